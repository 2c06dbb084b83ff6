"""An agency without a liaison is reminded at its own address: which reminders went there."""

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.add_column(sa.Column("agency_id", BigId, nullable=True))
        batch_op.alter_column("person_id", existing_type=BigId, nullable=True)
        batch_op.create_foreign_key("fk_reminder_agency_id", "agency", ["agency_id"], ["id"])
        batch_op.create_unique_constraint(
            "uq_reminder_about_step_due_on_agency_id", ["about", "step", "due_on", "agency_id"]
        )
        batch_op.create_check_constraint(op.f("ck_reminder_one_receiver"), "(person_id IS NULL) <> (agency_id IS NULL)")
        batch_op.create_index("ix_reminder_agency_id", ["agency_id"], unique=False)
