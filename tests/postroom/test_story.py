"""A quarter by mail: a leader with Outlook, a guest with nothing but a mailbox, a clerk behind a shared mailbox, and a liaison who leaves
half-way. At its end every line of the roster and every calendar is right."""

import re
from datetime import datetime, timedelta

import httpx
import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.meetings import delivery, queries, scheduling, telling
from liaison.meetings.asking import Asked
from tests.callers import visitor
from tests.meetings.play import START, Mail, Play, by_address
from tests.postroom.post import answer, take, written
from tests.succession.quarter import CHENZY, GONGHUI, LIWB, Quarter

SUNL, MINJIAN = "sunl@rsj.qingzhi.example", "minjian@jcy.qingzhi.example"
MOVED = START + timedelta(days=1)
PLACE = "区司法局二楼会议室"


@pytest.fixture
def anybody(settings: Settings, database: Database, clock: Clock) -> httpx.AsyncClient:
    return visitor(settings, database, clock)


def outlook(mail: Mail, partstat: str, play: Play) -> bytes:
    """Exchange answers without ORGANIZER, in a Windows zone."""
    zone = "DTSTART;TZID=China Standard Time:20261217T143000\r\nCLASS:PUBLIC\r\nX-MICROSOFT-CDO-APPT-SEQUENCE:0"
    raw = answer(mail, partstat, at=play.clock.now(), more=zone).decode()
    return re.sub(r"ORGANIZER:[^\r\n]*\r?\n", "", raw).encode()


def link_of(mail: Mail, name: str) -> str:
    """The link in a shared mail that is that person's."""
    behind = mail.text[mail.text.index(name) :]
    found = re.search(r"/r/[^?\s]+", behind)
    assert found is not None
    return found[0]


async def take_now(play: Play, raw: bytes) -> tuple[str, str]:
    return await take(play, raw, received_at=play.clock.now())


async def test_a_quarter_by_mail(play: Play, anybody: httpx.AsyncClient) -> None:
    quarter, world = Quarter(play), play.world
    play.clock.as_of = play.clock.now()
    asked = (
        quarter.agency,
        Asked(person_id=world.chenzy.id, role="chair"),
        Asked(person_id=world.sunl.id, role="in_attendance"),
        Asked(person_id=world.hanmei.id),
    )
    meeting_id = await play.scheduled(*asked)
    first = by_address(quarter.arrive(await play.send(meeting_id)))
    liwb_link = link_of(first[LIWB], "司法局")

    # They answer, each in their way.
    assert await take_now(play, outlook(first[CHENZY], "ACCEPTED", play)) == ("applied", "answered")
    assert await take_now(play, written(first[SUNL], "参加。届时带台账").as_bytes()) == ("applied", "answered")
    shared = answer(first[MINJIAN], "ACCEPTED", at=play.clock.now())
    assert await take_now(play, shared) == ("applied", "answered_by_address")
    hanmei = await anybody.post(link_of(first[MINJIAN], "韩梅"), json={"partstat": "tentative"})
    assert hanmei.status_code == 200
    assert (await anybody.post(liwb_link, json={"names": [{"name": "郑国强"}]})).status_code == 200

    # It is moved. What was said of the earlier time counts no more, however late it arrives.
    await quarter.on("11-26T10:00")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=MOVED, reason="与全市会议冲突")
    second = by_address(quarter.arrive(await play.send(meeting_id)))
    assert await take_now(play, outlook(first[CHENZY], "ACCEPTED", play)) == ("stale", "earlier_time")
    assert await take_now(play, written(first[SUNL], "请假").as_bytes()) == ("stale", "earlier_time")
    assert await roster(play, meeting_id) == {
        "陈志远": "needs_action", "孙丽": "needs_action", "韩梅": "needs_action", "郑国强": "needs_action",
    }  # fmt: skip
    accepted = outlook(second[CHENZY], "ACCEPTED", play)
    assert await take_now(play, accepted) == ("applied", "answered")
    assert await take_now(play, written(second[SUNL], "参加").as_bytes()) == ("applied", "answered")
    assert (await anybody.post(link_of(second[MINJIAN], "韩梅"), json={"partstat": "accepted"})).status_code == 200

    # The liaison leaves half-way; the successor returns the slip.
    await quarter.hand_over(world.gonghui)
    mails = by_address(await quarter.on("12-01T08:30"))
    assert (await anybody.post(liwb_link, json={"names": [{"name": "李文博"}]})).status_code == 410
    assert quarter.shown(LIWB) == []
    successor = link_of(mails[GONGHUI], "司法局")
    names = {"names": [{"name": "郑国强", "job_title": "副局长"}, {"name": "龚慧"}]}
    assert (await anybody.post(successor, json=names)).status_code == 200

    # Another place: answers are carried, and the chair thinks again.
    await quarter.on("12-08T09:00")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=MOVED, location=PLACE)
    third = by_address(quarter.arrive(await play.send(meeting_id)))
    assert LIWB not in third
    assert await take_now(play, outlook(third[CHENZY], "DECLINED", play)) == ("applied", "answered")
    assert await take_now(play, accepted) == ("stale", "older_answer")  # fetched once more, out of order

    assert await roster(play, meeting_id) == {
        "陈志远": "declined", "孙丽": "accepted", "韩梅": "accepted", "郑国强": "accepted", "龚慧": "accepted",
    }  # fmt: skip
    for address in (CHENZY, SUNL, MINJIAN, GONGHUI):
        (_, event) = next(iter(quarter.calendars[address].events.values()))
        assert event is not None, address
        start = event["DTSTART"].dt
        assert isinstance(start, datetime)
        assert start.replace(tzinfo=None) == MOVED
        assert str(event["LOCATION"]) == PLACE
    carried = {str(each): each.params["PARTSTAT"] for each in third[SUNL].event["ATTENDEE"]}
    assert carried[f"mailto:{SUNL}"] == "ACCEPTED"
    async with play.database.reading() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        lines = await telling.lines_of(db, viewer, meeting)
        assert all(line.holds_it for line in lines)
        assert delivery.missing(lines) == []
        assert {line.name: (line.via, line.unverified) for line in lines if line.kind == "attendee"} == {
            "陈志远": ("mail", True), "孙丽": ("mail", True), "韩梅": ("link", False),
        }  # fmt: skip


async def roster(play: Play, meeting_id: int) -> dict[str, str]:
    async with play.database.reading() as db:
        return {one.name: one.partstat for one in await queries.attendees(db, meeting_id)}
