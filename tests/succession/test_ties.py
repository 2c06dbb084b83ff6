"""What was tied to an office ends with it: mailed links, sessions, the subscription made in it; what is one's own stays."""

import re
from datetime import date

import httpx
import pytest
from sqlalchemy import select

from liaison.accounts import feed_links, sessions
from liaison.accounts.models import Link, UserSession
from liaison.audit import AuditLine
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.mechanisms import designating
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries
from liaison.meetings.asking import Asked
from liaison.reminders.reminding import remind_due, switch_digest
from tests.callers import visitor
from tests.meetings.play import Play, by_address
from tests.succession.quarter import GONGHUI, LIWB, WUXL, Quarter, beijing


@pytest.fixture
def quarter(play: Play) -> Quarter:
    return Quarter(play)


@pytest.fixture
def anybody(settings: Settings, database: Database, clock: Clock) -> httpx.AsyncClient:
    return visitor(settings, database, clock)


def path_in(text: str) -> str:
    found = re.search(r"/r/[^?\s]+", text)
    assert found is not None
    return found[0]


async def test_the_leavers_links_open_no_more_and_the_successors_do(
    quarter: Quarter, anybody: httpx.AsyncClient
) -> None:
    meeting_id = await quarter.play.scheduled(quarter.agency, Asked(person_id=quarter.world.chenzy.id))
    mails = by_address(await quarter.play.send(meeting_id))
    links = {to: path_in(mail.text) for to, mail in mails.items()}
    await quarter.tick()
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.on("11-30T23:59")
    assert (await anybody.get(links[LIWB])).status_code == 200
    mails = by_address(await quarter.on("12-01T00:01"))
    for call in (anybody.get(links[LIWB]), anybody.post(links[LIWB], json={"names": [{"name": "郑国强"}]})):
        assert (await call).status_code == 410
    assert (await anybody.get(links[WUXL])).status_code == 200  # the deputy's
    successors = path_in(mails[GONGHUI].text)
    assert (await anybody.get(successors)).status_code == 200
    assert (await anybody.post(successors, json={"names": [{"name": "郑国强"}]})).status_code == 200
    async with quarter.play.database.reading() as db:
        (invitation,) = await queries.invitations(db, meeting_id)
        assert invitation.returned_by == quarter.world.gonghui.id
        ended = await db.scalars(select(Link).where(Link.revoked_at.is_not(None)))
        assert [link.person_id for link in ended] == [quarter.world.liwb.id]
        lines = await db.scalars(select(AuditLine).where(AuditLine.verb == "lose_office"))
        assert [(line.object, line.via) for line in lines] == [
            (f"designation:{quarter.world.terms['liwb'].id}", "worker")
        ]


async def feed_of(quarter: Quarter, person: Person) -> str:
    async with quarter.play.database.writing() as db:
        address = await feed_links.renew_feed(db, await quarter.world.viewer(db, person))
    return "/feed/" + address.rpartition("/feed/")[2]


async def test_a_subscription_made_in_office_ends_with_the_office_and_one_made_before_stays(
    quarter: Quarter, anybody: httpx.AsyncClient
) -> None:
    leavers, successors = await feed_of(quarter, quarter.world.liwb), await feed_of(quarter, quarter.world.gonghui)
    await quarter.tick()
    await quarter.hand_over(quarter.world.gonghui)
    await quarter.on("12-01T09:00")
    assert (await anybody.get(leavers)).status_code == 410
    assert (await anybody.get(successors)).status_code == 200
    anew = await feed_of(quarter, quarter.world.liwb)  # as a participant
    async with quarter.play.database.writing() as db:
        (second,) = [one for one in await mechanisms.designations(db, quarter.world.mechanism.id)
                     if one.person_id == quarter.world.gonghui.id]  # fmt: skip
        viewer = await quarter.world.viewer(db, quarter.world.gonghui)
        await designating.change_end(db, viewer, second.id, ends_on=date(2026, 12, 4))
    await quarter.on("12-04T09:00")
    assert (await anybody.get(successors)).status_code == 200  # made before the office
    assert (await anybody.get(anew)).status_code == 200


async def test_who_still_holds_an_office_keeps_the_subscription(quarter: Quarter, anybody: httpx.AsyncClient) -> None:
    feed = await feed_of(quarter, quarter.world.wuxl)
    await quarter.tick()
    await quarter.hand_over(quarter.world.wuxl, ends_deputy=True)
    await quarter.on("12-01T09:00")
    assert (await anybody.get(feed)).status_code == 200


async def test_sessions_by_office_end_on_the_day(quarter: Quarter) -> None:
    await quarter.tick()
    await quarter.hand_over(quarter.world.gonghui)
    async with quarter.play.database.writing() as db:
        for by_office in (True, False):
            await sessions.open_session(db, quarter.world.liwb.id, user_agent="", source="", by_office=by_office)
    for day, live in (("11-30T23:59", [True, False]), ("12-01T00:01", [False])):
        await quarter.on(day)
        async with quarter.play.database.reading() as db:
            rows = await db.scalars(select(UserSession).where(UserSession.ended_at.is_(None)).order_by(UserSession.id))
            assert [row.by_office for row in rows] == live


async def test_the_clocks_reminder_of_the_slip_goes_to_the_successor(quarter: Quarter) -> None:
    await quarter.announced()
    await quarter.hand_over(quarter.world.gonghui)
    async with quarter.play.database.writing() as db:
        await switch_digest(db, await quarter.world.viewer(db, quarter.world.guyan), on=False)
    await quarter.on("12-01T09:00")
    quarter.play.clock.as_of = beijing("12-16T08:30")
    async with quarter.play.database.writing() as db:
        await remind_due(db)
    assert {mail.to for mail in await quarter.play.delivered()} == {GONGHUI, WUXL}
