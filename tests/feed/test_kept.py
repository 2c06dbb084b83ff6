"""What is kept of a subscription: texts in the database, tags in the process, and until when either holds."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, update

from liaison import worker
from liaison.calendaring import published
from liaison.calendaring.ics import vtimezone_of
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings
from liaison.db import Database
from liaison.feed import standing as feed
from liaison.feed import texts
from liaison.feed.models import FeedEvent
from liaison.i18n import LOCALES
from liaison.mechanisms import designating
from liaison.mechanisms.models import Mechanism
from liaison.meetings import asking, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Announcement
from liaison.meetings.publishing import edition
from liaison.meetings.zone_data import follow_zone_data
from tests.callers import visitor
from tests.conftest import NOW
from tests.feed.conftest import Calendars
from tests.feed.subscriber import Subscriber, keep, kept
from tests.statements import noting
from tests.world import World


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    note = noting(statements)

    event.listen(database.reader.sync_engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.reader.sync_engine, "before_cursor_execute", note)


async def a_meeting(calendars: Calendars, **more: object) -> int:
    meeting_id = await calendars.play.scheduled(Asked(person_id=calendars.play.world.chenzy.id), **more)
    await calendars.play.send(meeting_id)
    return meeting_id


async def test_a_304_reads_no_meeting_while_nobody_did_anything(
    calendars: Calendars, world: World, database: Database
) -> None:
    await a_meeting(calendars)
    tag = (await calendars.fetch(world.chenzy)).headers["etag"]
    with counted(database) as statements:
        assert (await calendars.fetch(world.chenzy, if_none_match=tag)).status_code == 304
    assert len(statements) == 2  # whose it is, and how many acts the trail holds
    await a_meeting(calendars, title="专题会议")
    with counted(database) as statements:
        assert (await calendars.fetch(world.chenzy, if_none_match=tag)).status_code == 200
    assert len(statements) > 2


async def test_a_304_after_acts_elsewhere_loads_no_texts(
    calendars: Calendars, world: World, database: Database
) -> None:
    await a_meeting(calendars)
    await keep(calendars)
    tag = (await calendars.fetch(world.chenzy)).headers["etag"]
    await calendars.assigned(world.liwb)
    with counted(database) as statements:
        assert (await calendars.fetch(world.chenzy, if_none_match=tag)).status_code == 304
    assert len(statements) == 6
    assert not [sql for sql in statements if "feed_event.text" in sql or "snapshot" in sql]


async def test_a_fetch_takes_the_kept_text_and_writes_nothing(
    calendars: Calendars, world: World, database: Database
) -> None:
    await a_meeting(calendars)
    await calendars.fetch(world.chenzy)
    assert await kept(calendars) == []  # a GET changes nothing
    await keep(calendars)
    assert {one.locale for one in await kept(calendars)} == set(LOCALES)
    mark = b"BEGIN:VEVENT\r\nSUMMARY:kept\r\nEND:VEVENT\r\n"
    async with database.writing() as db:
        await db.execute(update(FeedEvent).values(text=mark))
    assert mark in (await calendars.fetch(world.chenzy)).content
    async with database.writing() as db:
        await db.execute(update(FeedEvent).values(edition="of another program"))
    await calendars.fetch(world.liwb)
    assert mark not in (await calendars.fetch(world.chenzy)).content
    await keep(calendars)
    assert all(one.text != mark for one in await kept(calendars))


async def test_the_worker_keeps_the_newest_text_of_each_meeting_and_drops_the_others(
    calendars: Calendars, world: World, database: Database
) -> None:
    first = await a_meeting(calendars)
    work = worker.work_for(database, COMPOSERS)
    assert await worker.run_once(work)
    before = await kept(calendars)
    async with database.writing() as db:
        viewer, meeting = await calendars.play.meeting(db, first)
        await scheduling.change(db, viewer, meeting, title="改名的会议")
    await calendars.play.send(first)
    await worker.keep_feed_texts(work)
    assert len(await kept(calendars)) == 2 * len(before) == 2 * len(LOCALES)
    async with database.writing() as db:
        await texts.drop_texts(db)
    now = await kept(calendars)
    assert {one.locale for one in now} == set(LOCALES)
    assert all("改名的会议".encode() in one.text.replace(b"\r\n ", b"") for one in now)
    calendars.play.clock.as_of = NOW + timedelta(days=24 + 367)
    async with database.writing() as db:
        await texts.drop_texts(db)
    assert await kept(calendars) == []


async def test_a_kept_text_is_in_nobodys_calendar_but_theirs_who_are_asked_and_leaves_it_with_them(
    calendars: Calendars, world: World, database: Database
) -> None:
    canary = "金丝雀会议"
    meeting_id = await a_meeting(calendars, title=canary)
    await keep(calendars)
    strangers = (world.zhoumin, world.qianwei, world.liwb, world.zhenggq, world.sunl, world.maolin, world.guyan)
    assert canary in await calendars.entries(world.chenzy)
    tag = (await calendars.fetch(world.chenzy)).headers["etag"]
    for who in strangers:
        assert canary not in await calendars.entries(who), who.name
    async with database.writing() as db:
        viewer, meeting = await calendars.play.meeting(db, meeting_id)
        await asking.remove_attendee(db, viewer, meeting, (await queries.attendees(db, meeting_id))[0])
    assert (await calendars.fetch(world.chenzy, if_none_match=tag)).status_code == 200
    assert await calendars.entries(world.chenzy) == {}


async def test_more_announcements_than_are_written_at_once_are_all_kept(
    calendars: Calendars, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "AT_ONCE", 2)
    ids = [await a_meeting(calendars, title=f"会议{n}") for n in range(5)]
    await keep(calendars)
    async with calendars.play.database.reading() as db:
        said = list(await db.scalars(select(Announcement.id).where(Announcement.meeting_id.in_(ids))))
    assert {one.announcement_id for one in await kept(calendars)} == set(said)


def test_another_address_language_zone_or_year_is_another_edition() -> None:
    one = edition("zh_CN", "https://a.example", "Europe/London", 2027)
    others = {
        edition("en", "https://a.example", "Europe/London", 2027),
        edition("zh_CN", "https://b.example", "Europe/London", 2027),
        edition("zh_CN", "https://a.example", "Asia/Shanghai", 2027),
        edition("zh_CN", "https://a.example", "Europe/London", 2028),
        edition("zh_CN", "https://a.example", None, 2027),
    }
    assert len(others | {one}) == 6


@contextmanager
def other_zone_data(directory: Path, zone: str, like: str) -> Iterator[None]:
    """A process that starts where `zone` has other rules: those of another zone."""
    caches = (vtimezone_of, published.rules_of, edition)

    def start() -> None:
        zoneinfo.ZoneInfo.clear_cache()
        for cache in caches:
            cache.cache_clear()

    rules = resources.files("tzdata").joinpath("zoneinfo", like).read_bytes()
    (directory / zone).parent.mkdir(parents=True)
    (directory / zone).write_bytes(rules)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(directory), *before])
    start()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(before)
        start()


async def test_new_zone_data_give_new_texts_and_a_new_tag(
    calendars: Calendars, world: World, settings: Settings, database: Database, clock: Clock, tmp_path: Path
) -> None:
    async with database.writing() as db:
        await db.execute(update(Mechanism).values(timezone="Europe/London"))
    await a_meeting(calendars, local_start=datetime.fromisoformat("2027-03-28T00:30"), duration_minutes=120)
    await keep(calendars)
    subscriber = Subscriber(calendars, world.chenzy)
    await subscriber.is_right("send")
    assert b"DTEND;TZID=Europe/London:20270328T033000" in subscriber.has
    with other_zone_data(tmp_path / "zones", "Europe/London", "Africa/Abidjan"):
        async with visitor(settings, database, clock) as calendars.client:
            async with database.writing() as db:
                await follow_zone_data(db)
            await subscriber.is_right("new zone data")
    assert subscriber.statuses[-2] == 200
    assert b"DTEND;TZID=Europe/London:20270328T023000" in subscriber.has


@pytest.mark.parametrize("off", ["cancel", "postpone"])
async def test_what_leaves_by_itself_leaves_to_the_second_though_nobody_did_anything(
    calendars: Calendars, world: World, off: str
) -> None:
    play = calendars.play
    subscriber = Subscriber(calendars, world.chenzy)
    for act in (None, off):
        meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
        await play.send(meeting_id)
        if act is not None:
            async with play.database.writing() as db:
                viewer, meeting = await play.meeting(db, meeting_id)
                await getattr(scheduling, act)(db, viewer, meeting)
            await play.send(meeting_id)
    second = timedelta(seconds=1)
    held_for = datetime(2026, 12, 17, 6, 30, tzinfo=UTC) + feed.KEPT_BACK
    async with play.database.reading() as db:
        newest = await queries.announcements(db, meeting_id)
    off_for = newest[0].dtstamp + feed.CANCELLED_KEPT
    events = []
    for moment in (NOW, off_for - second, off_for, off_for + second, held_for - second, held_for, held_for + second):
        play.clock.as_of = moment
        await subscriber.is_right(str(moment))
        events.append(subscriber.has.count(b"BEGIN:VEVENT"))
    assert events == [2, 2, 2, 1, 1, 1, 0]


async def test_what_comes_with_an_office_comes_and_leaves_at_midnight_though_nobody_did_anything(
    calendars: Calendars, world: World
) -> None:
    play = calendars.play
    await play.send(await play.scheduled(Asked(agency_id=world.sfj.id)))
    async with play.database.writing() as db:
        await designating.hand_over(
            db, await world.viewer(db, world.gonghui), world.terms["liwb"].id,
            to_person_id=world.zhenggq.id, starts_on=date(2026, 11, 25), basis_ref="清司函〔2026〕9号",
        )  # fmt: skip
    midnight = datetime(2026, 11, 25, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    former, successor = Subscriber(calendars, world.liwb), Subscriber(calendars, world.zhenggq)
    events = []
    for moment in (midnight - timedelta(hours=1), midnight - timedelta(seconds=1), midnight):
        play.clock.as_of = moment
        await former.is_right(str(moment))
        await successor.is_right(str(moment))
        events.append((former.has.count(b"BEGIN:VEVENT"), successor.has.count(b"BEGIN:VEVENT")))
    assert events == [(1, 0), (1, 0), (0, 1)]
