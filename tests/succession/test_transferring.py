"""Somebody moves to another agency: what they held for the former one ends, what they had to do stays there, the past stays as it was."""

from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from liaison.accounts import feed_links, sessions
from liaison.accounts.models import Link, UserSession
from liaison.actions import queries
from liaison.actions.models import ActionItem
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.mechanisms.models import Designation
from liaison.mechanisms.queries import histories
from liaison.meetings.asking import Asked
from liaison.meetings.models import Attendee
from liaison.succession import transferring
from liaison.succession.models import Handover
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.succession.quarter import LIWB, SFJ, Quarter, told
from tests.succession.test_handover import assigned, handed_over

TODAY = date(2026, 11, 23)


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


async def moved(quarter: Quarter, who: str = "liwb", **more: str) -> None:
    world = quarter.world
    async with quarter.play.database.writing() as db:
        operator = await world.viewer(db, world.guyan)
        await transferring.transfer(db, operator, getattr(world, who).id, agency_id=world.rsj.id, **more)


async def test_designations_of_the_former_agency_end_that_day_and_what_was_tied_to_them(quarter: Quarter) -> None:
    world = quarter.world
    await quarter.announced(quarter.agency)
    async with quarter.play.database.writing() as db:
        await sessions.open_session(db, world.liwb.id, user_agent="", source="", by_office=True)
        await feed_links.renew_feed(db, await world.viewer(db, world.liwb))
    await quarter.tick()
    await moved(quarter)
    async with quarter.play.database.reading() as db:
        term = await db.get_one(Designation, world.terms["liwb"].id)
        assert (term.ends_on, term.agency_id) == (TODAY, world.sfj.id)
        assert all(each.ended_at for each in await db.scalars(select(UserSession)))
        links = (await db.scalars(select(Link).where(Link.person_id == world.liwb.id))).all()
        assert links
        assert all(link.revoked_at for link in links)
        shown = (await histories(db, [world.mechanism]))[world.mechanism.id][1]
        assert shown.agency.short_name == "区司法局"
        assert [span.term.name if span.term else None for span in shown.spans][-2:] == ["李文博", None]
    assert told(await quarter.tick()) == {LIWB: "CANCEL", SFJ: "REQUEST"}


@pytest.mark.parametrize(("goes", "owner"), [("liaison", "liwb"), ("nobody", None)])
async def test_open_items_stay_with_the_former_agency(quarter: Quarter, goes: str, owner: str | None) -> None:
    world = quarter.world
    item = await assigned(quarter, "建立线索台账", world.wuxl)
    await moved(quarter, "wuxl", open_items=goes)
    async with quarter.play.database.reading() as db:
        found = await db.get_one(ActionItem, item)
        assert found.owner_id == (getattr(world, owner).id if owner else None)
        assert (found.former_owner, found.lead_agency_id) == ("吴晓岚", world.sfj.id)


async def test_a_liaison_who_moves_leaves_items_to_nobody_while_the_office_is_vacant(quarter: Quarter) -> None:
    item = await assigned(quarter, "建立线索台账")
    await moved(quarter)
    async with quarter.play.database.reading() as db:
        assert (await db.get_one(ActionItem, item)).owner_id is None


async def test_past_attendance_and_the_history_of_an_item_keep_the_agency_as_it_was(quarter: Quarter) -> None:
    world = quarter.world
    item = await assigned(quarter, "建立线索台账", world.wuxl)
    meeting_id = await quarter.play.scheduled(Asked(person_id=world.wuxl.id))
    await moved(quarter, "wuxl")
    async with quarter.play.database.reading() as db:
        (attendee,) = await db.scalars(select(Attendee).where(Attendee.meeting_id == meeting_id))
        assert (attendee.name, attendee.agency_id) == ("吴晓岚", world.sfj.id)
        assert (await db.get_one(Person, world.wuxl.id)).agency_id == world.rsj.id
        viewer = await world.viewer(db, world.liwb)
        assert (await queries.get(db, viewer, item)).lead_agency_id == world.sfj.id


async def test_a_successor_who_moves_before_the_day_takes_nothing_over(quarter: Quarter) -> None:
    world = quarter.world
    await handed_over(quarter, to=world.xujie)
    await moved(quarter, "xujie")
    async with quarter.play.database.reading() as db:
        assert (await db.get_one(Designation, world.terms["liwb"].id)).ends_on is None
        assert (await db.scalars(select(Handover))).one().taken_back_at is not None
        rows = await db.scalars(select(Designation).where(Designation.person_id == world.xujie.id))
        assert rows.all() == []


async def test_the_form_counts_what_ends_and_stays_and_asks_where_items_go(
    quarter: Quarter, settings: Settings, database: Database, clock: Clock
) -> None:
    world = quarter.world
    item = await assigned(quarter, "建立线索台账", world.wuxl)
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    path = f"/directory/people/{world.wuxl.id}/transfer"
    page = unescape(await browser.get(path))
    assert "当日终止：支持起诉协作机制副联络员" in page
    assert "1项未办结落实事项留在该单位。" in page
    assert "建立线索台账" not in page, "the operator reads no action items"
    done = await browser.post(path, agency_id=str(world.rsj.id), open_items="nobody")
    assert done.status_code == 303
    async with quarter.play.database.reading() as db:
        assert (await db.get_one(ActionItem, item)).owner_id is None


async def test_programs_move_people_and_a_wrong_choice_names_its_field(
    quarter: Quarter, settings: Settings, database: Database, clock: Clock
) -> None:
    world, program = quarter.world, Program(settings, database, clock)
    path, to = f"/people/{world.wuxl.id}/transfer", {"agency_id": str(world.rsj.id)}
    assert await program.refused(world.guyan, "POST", path, {**to, "open_items": "me"}) == (422, ["open_items"])
    assert (await program.refused(world.gonghui, "POST", path, to))[0] == 403
    person = await program.post(world.guyan, path, {**to, "job_title": "科长"})
    assert (person["agency_id"], person["job_title"]) == (str(world.rsj.id), "科长")


async def test_a_liaison_who_moves_before_the_day_of_the_handover_leaves_items_to_the_named_successor(
    quarter: Quarter,
) -> None:
    item = await assigned(quarter, "建立线索台账")
    await handed_over(quarter)
    await moved(quarter)
    async with quarter.play.database.reading() as db:
        assert (await db.get_one(ActionItem, item)).owner_id == quarter.world.gonghui.id
    await quarter.on("12-01T09:00")
    async with quarter.play.database.reading() as db:
        assert (await db.get_one(ActionItem, item)).owner_id == quarter.world.gonghui.id
