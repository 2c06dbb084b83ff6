"""Clashes of a plan: whoever is asked elsewhere at the same time or on the same day; a title only for whoever may know it."""

from datetime import date, datetime

import pytest

from liaison.accounts.viewer import Viewer
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.meetings import annual, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.clashes import Clash, clashes
from liaison.meetings.models import Meeting
from tests.callers import Browser
from tests.meetings.play import Play
from tests.meetings.test_annual_pages import seen
from tests.world import World

DAY = date(2027, 3, 18)
NOW = datetime.fromisoformat("2026-11-23T01:00:00+00:00")


@pytest.fixture
async def elsewhere(database: Database, world: World) -> int:
    """Another mechanism of 区司法局 and 区人社局 whose liaison at 区司法局 is the same person."""
    async with database.writing() as db:
        other = Mechanism(
            name="欠薪治理联席会议", short_name="欠薪治理", timezone="Asia/Shanghai", region="CN", locale="zh_CN",
            lead_agency_id=world.rsj.id,
        )  # fmt: skip
        db.add(other)
        await db.flush()
        for agency, person in ((world.sfj, world.liwb), (world.rsj, world.sunl)):
            db.add(Member(mechanism_id=other.id, agency_id=agency.id, joined_on=date(2024, 1, 1)))
            db.add(
                Designation(
                    mechanism_id=other.id, agency_id=agency.id, person_id=person.id, role="principal",
                    starts_on=date(2024, 1, 1), designated_at=NOW,
                )
            )  # fmt: skip
        return other.id


async def meets(play: Play, mechanism_id: int, at: str, *, told: str = "announced_at") -> None:
    """A meeting there to which both agencies are asked."""
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.sunl)
        meeting = await scheduling.schedule(
            *(db, viewer, mechanism_id),
            kind="regular", title="欠薪治理例会", local_start=datetime.fromisoformat(at), duration_minutes=60,
            asked=[Asked(agency_id=play.world.sfj.id), Asked(agency_id=play.world.rsj.id)],
        )  # fmt: skip
        if told:
            setattr(await db.get_one(Meeting, meeting.id), told, db.now())


async def found(play: Play, viewer: Viewer) -> list[Clash]:
    async with play.database.reading() as db:
        mechanism = await mechanisms.get(db, viewer, play.world.mechanism.id)
        rows = await annual.proposals(db, viewer, mechanism, 2027)
        return (await clashes(db, viewer, mechanism, rows)).get((play.world.series.id, DAY), [])


async def test_a_liaison_asked_elsewhere_at_that_time_is_named_and_the_title_only_for_who_may_know_it(
    play: Play, elsewhere: int
) -> None:
    await meets(play, elsewhere, "2027-03-18T15:00")
    theirs = (await found(play, await play.viewer(play.world.liwb)))[0]
    assert theirs.meeting is not None
    assert (theirs.meeting.title, theirs.people, theirs.overlaps) == ("欠薪治理例会", ("李文博",), True)
    assert await found(play, await play.viewer(play.world.zhoumin)) == [Clash(None, ("李文博",), overlaps=True)]


@pytest.mark.parametrize(
    ("at", "told", "expected"),
    [
        ("2027-03-18T09:00", "announced_at", [False]),  # the same day, not the same time
        ("2027-03-18T16:30", "announced_at", [False]),  # begins when the other ends
        ("2027-03-18T15:00", "plan_sent_at", [True]),  # a plan told of it
        ("2027-03-19T14:30", "announced_at", []),
        ("2027-03-18T15:00", "", []),  # a draft elsewhere is nobody's business
    ],
)
async def test_only_meetings_of_that_day_that_were_told_of_count(
    play: Play, elsewhere: int, at: str, told: str, expected: list[bool]
) -> None:
    await meets(play, elsewhere, at, told=told)
    assert [one.overlaps for one in await found(play, await play.viewer(play.world.zhoumin))] == expected


async def test_who_is_asked_by_name_clashes_as_a_liaison_does(play: Play, elsewhere: int) -> None:
    await play.scheduled(
        Asked(person_id=play.world.sunl.id),
        local_start=datetime.combine(DAY, datetime.min.time()).replace(hour=14, minute=30),
        series_id=play.world.series.id,
        nominal_on=DAY,
    )
    await meets(play, elsewhere, "2027-03-18T15:00")
    people = [one.people for one in await found(play, await play.viewer(play.world.zhoumin))]
    assert [set(one) for one in people] == [{"李文博", "孙丽"}]


async def test_the_page_shows_clashes_to_officers_and_to_nobody_else(
    settings: Settings, database: Database, clock: Clock, play: Play, elsewhere: int
) -> None:
    await meets(play, elsewhere, "2027-03-18T15:00")
    where = f"/mechanisms/{play.world.mechanism.id}/plan?year=2027"
    officer = await Browser(settings, database, clock).sign_in(play.world.zhoumin)
    text = seen(await officer.get(where))
    assert "同一时间：有其他会议（李文博）" in text
    assert "欠薪" not in text
    reader = await Browser(settings, database, clock).sign_in(play.world.maolin)
    assert "有其他会议" not in await reader.get(where)
