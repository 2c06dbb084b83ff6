"""What a page of notices costs does not grow with what was ever sent: the same statements, each read by an index, a page at a time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, insert, select

from liaison.db import Session
from liaison.notices import ledger, queries
from liaison.notices.ledger import RECEIVED, REFERRED
from liaison.notices.models import Addressee, Notice
from tests.callers import Program
from tests.meetings.play import Play
from tests.notices.referred import referred
from tests.notices.sent import sent

Asked = list[tuple[str, Any]]


async def asked_by(play: Play, what: Callable[[Session], Awaitable[Any]]) -> Asked:
    """The statements about notices that this asks the database, with their values."""
    said: Asked = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        if "notice" in statement:
            said.append((statement, values))

    engine = play.database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        async with play.database.reading() as db:
            await what(db)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return said


async def plan_of(play: Play, statement: str, values: Any) -> list[str]:
    """How SQLite goes about it; nothing on PostgreSQL, which plans by how much there is."""
    async with play.database.reading() as db:
        if db.get_bind().dialect.name != "sqlite":
            return []
        connection = await db.connection()
        return [str(row) for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


async def many_settled(play: Play, count: int) -> None:
    """So many of 区检察院 to 区司法局 that are done with, every tenth a lead."""
    world, at = play.world, datetime(2026, 11, 20, 1, tzinfo=UTC)
    rows: list[dict[str, Any]] = [
        {
            "mechanism_id": world.mechanism.id,
            "kind": "referral" if n % 10 == 0 else "information",
            "purpose": "action",
            "from_agency_id": world.jcy.id,
            "subject": f"第{n}件",
            "text": "内容",
            "dated_on": at.date(),
            "written_at": at,
            "sent_at": at + timedelta(seconds=n),
            "version": 1,
        }
        for n in range(count)
    ]
    async with play.database.writing() as db:
        await db.execute(insert(Notice), rows)
        ids = (await db.execute(select(Notice.id, Notice.kind).where(Notice.text == "内容"))).all()
        lines: list[dict[str, Any]] = [
            {
                "notice_id": id_,
                "from_agency_id": world.jcy.id,
                "agency_id": world.sfj.id,
                "asked": True,
                "dated_on": at.date(),
                "settled_at": at,
                "version": 1,
                "is_referral": kind == "referral",
            }
            for id_, kind in ids
        ]
        await db.execute(insert(Addressee), lines)


async def test_a_page_of_the_ledger_is_read_by_the_indexes_of_leads_alone(play: Play, program: Program) -> None:
    viewer = await play.viewer(play.world.zhoumin)
    await referred(play, program)
    last = await referred(play, program, by=play.world.liwb, to_agency_ids=[str(play.world.jcy.id)])

    async def page(db: Session) -> None:
        await ledger.leads(db, viewer, ledger.Filters(), before=int(last["id"]), limit=31)

    few = await asked_by(play, page)
    await many_settled(play, 3000)
    assert await asked_by(play, page) == few
    for (statement, values), name in zip(few[1:], ("lead_to", "lead_from"), strict=True):
        if plan := await plan_of(play, statement, values):
            assert any(f"INDEX ix_notice_addressee_{name}" in step for step in plan), plan
            assert not any("TEMP B-TREE" in step for step in plan), plan
    async with play.database.reading() as db:
        for direction, count in ((REFERRED, 301), (RECEIVED, 1)):
            assert len(await ledger.leads(db, viewer, ledger.Filters(direction=direction), limit=400)) == count


async def test_a_box_is_read_in_the_order_of_its_index(play: Play, program: Program) -> None:
    viewer = await play.viewer(play.world.liwb)
    last = await sent(play, program)
    await many_settled(play, 300)
    for box in queries.BOXES:

        async def page(db: Session, box: str = box) -> None:
            await queries.listed(db, viewer, queries.Filters(box=box), before=int(last["id"]), limit=31)

        asked = await asked_by(play, page)
        plan = await plan_of(play, *asked[1])
        assert not any("TEMP B-TREE" in step for step in plan), (box, plan)


async def test_what_is_open_is_found_by_the_indexes_of_what_is_open(play: Play, program: Program) -> None:
    viewer = await play.viewer(play.world.zhoumin)
    await sent(play, program)
    await many_settled(play, 300)

    async def desk(db: Session) -> None:
        assert len(await queries.open_ones(db, viewer)) == 1

    asked = await asked_by(play, desk)
    if plan := await plan_of(play, *asked[0]):
        for index in ("ix_notice_addressee_open", "ix_notice_addressee_awaited"):
            assert any(index in step for step in plan), plan
        assert not any("ix_notice_from_agency_id" in step for step in plan), plan
