"""A decision says whom it charges and by when, and a meeting which meeting follows it."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("lead_agency_id", BigId, nullable=True))
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key("fk_decision_lead_agency_id", "agency", ["lead_agency_id"], ["id"])
    op.create_table(
        "decision_support",
        sa.Column("decision_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_decision_support_agency_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_decision_support_decision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision_support"),
        sa.UniqueConstraint("decision_id", "agency_id", name="uq_decision_support_decision_id_agency_id"),
    )
    op.create_index("ix_decision_support_agency_id", "decision_support", ["agency_id"])
    with op.batch_alter_table("meeting") as batch_op:
        batch_op.add_column(sa.Column("next_meeting_id", BigId, nullable=True))
        batch_op.create_foreign_key("fk_meeting_next_meeting_id", "meeting", ["next_meeting_id"], ["id"])
