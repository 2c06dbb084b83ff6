"""Referrals entered afterwards: who entered them, and the day of sending as what lists and the ledger go by, with their indexes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from liaison.db import BigId, UTCDateTime

revision = "0043"
down_revision = "0042"

_AT_ONCE = 1000
_INDEXES = {
    "ix_notice_from_agency_id": ("notice", ["mechanism_id", "from_agency_id"], "id"),
    "ix_notice_addressee_agency_id": ("notice_addressee", ["agency_id"], "notice_id"),
    "ix_notice_addressee_lead_to": ("notice_addressee", ["agency_id"], "notice_id"),
    "ix_notice_addressee_lead_from": ("notice_addressee", ["from_agency_id"], "notice_id"),
}
_notice = sa.table("notice", sa.column("id", BigId), sa.column("mechanism_id", BigId), sa.column("dated_on", sa.Date),
                   sa.column("written_at", UTCDateTime()), sa.column("sent_at", UTCDateTime()))  # fmt: skip
_mechanism = sa.table("mechanism", sa.column("id", BigId), sa.column("timezone", sa.String))


def upgrade() -> None:
    for name, (table, _, _) in _INDEXES.items():
        op.drop_index(name, table)
    op.add_column("notice", sa.Column("dated_on", sa.Date(), nullable=True))
    op.add_column("notice_addressee", sa.Column("dated_on", sa.Date(), nullable=True))
    _date_them()
    op.execute(
        "UPDATE notice_addressee SET dated_on = (SELECT notice.dated_on FROM notice WHERE notice.id = notice_id)"
    )
    with op.batch_alter_table("notice") as batch_op:
        batch_op.alter_column("dated_on", nullable=False)
        batch_op.add_column(sa.Column("entered_afterwards_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("entered_afterwards_by", BigId, nullable=True))
        batch_op.add_column(sa.Column("entered_for_id", BigId, nullable=True))
        batch_op.create_foreign_key("fk_notice_entered_afterwards_by", "person", ["entered_afterwards_by"], ["id"])
        batch_op.create_foreign_key("fk_notice_entered_for_id", "agency", ["entered_for_id"], ["id"])
    with op.batch_alter_table("notice_addressee") as batch_op:
        batch_op.alter_column("dated_on", nullable=False)
    for name, (table, before, last) in _INDEXES.items():
        where = {}
        if "lead" in name:
            where = {"sqlite_where": sa.text("is_referral = 1"), "postgresql_where": sa.text("is_referral")}
        op.create_index(name, table, [*before, "dated_on", last], **where)
    op.create_index(
        "ix_notice_entered_for_id",
        "notice",
        ["mechanism_id", "entered_for_id", "entered_afterwards_at"],
        sqlite_where=sa.text("entered_for_id IS NOT NULL"),
        postgresql_where=sa.text("entered_for_id IS NOT NULL"),
    )


def _date_them() -> None:
    """The local day of sending where the mechanism is, of a draft that of writing."""
    db, after = op.get_bind(), 0
    query = sa.select(_notice.c.id, _notice.c.sent_at, _notice.c.written_at, _mechanism.c.timezone)
    query = query.join(_mechanism, _mechanism.c.id == _notice.c.mechanism_id).order_by(_notice.c.id).limit(_AT_ONCE)
    dated = _notice.update().where(_notice.c.id == sa.bindparam("of")).values(dated_on=sa.bindparam("day"))
    while rows := db.execute(query.where(_notice.c.id > after)).all():
        after = rows[-1].id
        db.execute(dated, [{"of": one.id, "day": _day(one.sent_at or one.written_at, one.timezone)} for one in rows])


def _day(moment: datetime, timezone: str) -> object:
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(ZoneInfo(timezone)).date()
