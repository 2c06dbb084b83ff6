"""Who is told of a designation, and what a handover ends besides the term itself."""

from datetime import date

from sqlalchemy import select

from liaison.db import Database
from liaison.mail.models import OutboxMail
from liaison.mechanisms import designating, queries
from liaison.mechanisms.mails import designation_entered
from tests.world import World

TODAY = date(2026, 11, 23)


async def test_an_operator_who_designates_on_a_letter_tells_the_agency(database: Database, world: World) -> None:
    given = {"agency_id": world.sfj.id, "person_id": world.zhenggq.id, "role": "deputy", "starts_on": TODAY}
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await designating.designate(db, viewer, world.mechanism.id, basis_ref="清司函〔2026〕9号", **given)
    async with database.reading() as db:
        (mail,) = await db.scalars(select(OutboxMail))
        assert (mail.kind, mail.address) == ("designation", world.liwb.mail)
        letter = await designation_entered(db, mail)
    assert letter is not None
    assert letter.subject == "【联络员变更】区司法局：郑国强（支持起诉协作机制）"
    assert "清司函〔2026〕9号" in letter.text
    assert "系统管理员" in letter.html


async def test_an_agency_that_designates_for_itself_is_told_nothing(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await designating.designate(
            db,
            viewer,
            world.mechanism.id,
            agency_id=world.sfj.id,
            person_id=world.zhenggq.id,
            role="deputy",
            starts_on=TODAY,
        )
    async with database.reading() as db:
        assert (await db.scalars(select(OutboxMail))).all() == []


async def test_a_deputy_who_becomes_liaison_ends_as_deputy_on_that_day_when_asked(
    database: Database, world: World
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        new = await designating.hand_over(
            db,
            viewer,
            world.terms["liwb"].id,
            to_person_id=world.wuxl.id,
            starts_on=date(2027, 1, 1),
            ends_deputy=True,
        )
        assert new.role == "principal"
    async with database.reading() as db:
        rows = await queries.designations(db, world.mechanism.id)
        ended = next(row for row in rows if row.person_id == world.wuxl.id and row.role == "deputy")
        assert ended.ends_on == date(2027, 1, 1)
