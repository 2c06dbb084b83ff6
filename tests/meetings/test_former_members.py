"""An agency that left keeps reading what was shared before, and nothing that was written down afterwards: page, API, trail, feed, mail."""

from datetime import UTC, date, datetime, time

import pytest

from liaison.actions import assigning, reporting
from liaison.actions import queries as actions
from liaison.actions.models import Support
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.meetings import holding, recording, series
from liaison.meetings.asking import Asked
from tests.callers import Browser, Program
from tests.conftest import NOW
from tests.feed.conftest import Calendars
from tests.meetings.play import Play
from tests.world import World

BEFORE, AFTER = "退出前9c1e", "退出后4d7b"
"""Stand in everything that was written down while 区民政局 was a member, and after it had left."""
THEN = datetime(2025, 6, 20, 1, 0, tzinfo=UTC)


class Story:
    """A meeting that 区民政局 was asked to in June 2025, with a decision and an item; both went on after it had left in July."""

    def __init__(self, play: Play) -> None:
        self.play = play

    async def told(self, *, guest: Person | None = None) -> "Story":
        play, world = self.play, self.play.world
        play.clock.as_of = datetime(2025, 6, 10, 1, 0, tzinfo=UTC)
        asked = [Asked(agency_id=world.mzj.id), *([Asked(person_id=guest.id)] if guest else [])]
        self.meeting = await play.scheduled(
            *asked, title=f"第二季度联席会议{BEFORE}", local_start=datetime.fromisoformat("2025-06-19T14:30")
        )
        await play.send(self.meeting)
        play.clock.as_of = THEN
        self.item = await self._assigned("移送线索", day=THEN)
        await self._write(BEFORE, held=False)
        await play.delivered()
        play.clock.as_of = NOW
        await self._write(AFTER, held=True)
        self.later = await play.scheduled(Asked(agency_id=world.sfj.id), title=f"会议{AFTER}")
        self.mails = await play.send(self.later)
        self.later_item = await self._assigned(f"事项{AFTER}", day=NOW)
        async with play.database.writing() as db:
            viewer = await world.viewer(db, world.zhoumin)
            made = await series.add_series(
                db,
                viewer,
                world.mechanism.id,
                name=f"系列{AFTER}",
                rrule="FREQ=MONTHLY;BYDAY=2WE",
                starts_on=date(2026, 1, 1),
                start_time=time(9),
                duration_minutes=60,
                location=None,
                roll="following",
                avoid_makeup=True,
            )
            self.new_series = made.id
        return self

    async def _assigned(self, title: str, *, day: datetime) -> int:
        world = self.play.world
        async with self.play.database.writing() as db:
            viewer, meeting = await self.play.meeting(db, self.meeting)
            item = await assigning.assign(
                db,
                viewer,
                world.mechanism.id,
                title=title,
                lead_agency_id=world.sfj.id,
                owner_id=world.liwb.id,
                meeting=meeting if day == THEN else None,
            )
            return item.id

    async def _write(self, text: str, *, held: bool) -> None:
        """A decision and progress; the second time also the end of the item."""
        world = self.play.world
        async with self.play.database.writing() as db:
            viewer, meeting = await self.play.meeting(db, self.meeting)
            await recording.decide(db, viewer, meeting, text=f"决定{text}")
            if not held:
                await holding.hold(db, viewer, meeting)
            owner = await world.viewer(db, world.liwb)
            item = await actions.get(db, owner, self.item)
            await reporting.report(db, owner, item, f"进展{text}")
            if held:
                await reporting.complete(db, owner, item, note=f"结果{text}")

    @property
    def pages(self) -> list[str]:
        mechanism = f"/mechanisms/{self.play.world.mechanism.id}"
        return [
            "/", "/meetings", f"/meetings/{self.meeting}", f"/meetings/{self.meeting}/print", "/actions", "/actions?status=all",
            "/actions?status=done", f"/actions/{self.item}", mechanism, f"{mechanism}?year=2026", f"{mechanism}/series",
            f"{mechanism}/plan?year=2026",
        ]  # fmt: skip

    @property
    def addresses(self) -> list[str]:
        """Of the API."""
        mechanism = f"/mechanisms/{self.play.world.mechanism.id}"
        return [
            "/meetings", f"{mechanism}/meetings", f"/meetings/{self.meeting}", f"/meetings/{self.meeting}/decisions",
            f"/meetings/{self.meeting}/action-items", "/action-items", f"/action-items/{self.item}", f"{mechanism}/series",
            f"/audit?object=meeting:{self.meeting}", f"/audit?object=action:{self.item}",
        ]  # fmt: skip


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


@pytest.fixture
async def story(play: Play) -> Story:
    return await Story(play).told()


async def read(settings: Settings, database: Database, clock: Clock, api: Program, who: Person, story: Story) -> str:
    """All that somebody reads of the story on pages and by the API."""
    browser = await Browser(settings, database, clock).sign_in(who)
    shown = [await browser.get(path) for path in story.pages]
    return "".join(shown + [(await api.call(who, "GET", address)).text for address in story.addresses])


async def test_a_former_member_reads_on_pages_and_by_the_api_what_was_written_until_it_left(
    settings: Settings, database: Database, clock: Clock, api: Program, world: World, story: Story
) -> None:
    for who in (world.zhoumin, world.maolin):  # a member's liaison and the reader: the canaries are there
        found = await read(settings, database, clock, api, who, story)
        assert {f"{what}{AFTER}" for what in ("决定", "进展", "结果", "系列", "会议", "事项")} <= words_in(found), (
            who.name
        )
    found = await read(settings, database, clock, api, world.songhp, story)
    assert {f"{what}{BEFORE}" for what in ("决定", "进展")} <= words_in(found)
    assert AFTER not in found


def words_in(text: str) -> set[str]:
    return {
        f"{what}{mark}"
        for what in ("决定", "进展", "结果", "系列", "会议", "事项")
        for mark in (BEFORE, AFTER)
        if f"{what}{mark}" in text
    }


async def test_what_was_written_after_it_left_is_missing_to_a_former_member_like_what_does_not_exist(
    api: Program, world: World, story: Story
) -> None:
    decisions = (await api.get(world.zhoumin, f"/meetings/{story.meeting}/decisions"))["items"]
    assert len(decisions) == 2
    assert (await api.get(world.songhp, f"/decisions/{decisions[0]['id']}"))["text"] == f"决定{BEFORE}"
    missing = (await api.call(world.songhp, "GET", "/decisions/99999999")).text
    later = [f"/decisions/{decisions[1]['id']}", f"/series/{story.new_series}", f"/meetings/{story.later}"]
    for path in (
        *later,
        f"/action-items/{story.later_item}",
        f"/series/{story.new_series}/dates?from=2026-01-01&to=2026-12-31",
    ):
        answer = await api.call(world.songhp, "GET", path)
        assert (answer.status_code, answer.text) == (404, missing), path


async def test_the_dates_of_a_series_end_for_an_agency_where_its_membership_does(api: Program, world: World) -> None:
    path = f"/series/{world.series.id}/dates?from=2025-01-01&to=2026-12-31"
    assert [one["date"] for one in (await api.get(world.songhp, path))["items"]] == ["2025-03-20", "2025-06-19"]
    for who in (world.liwb, world.chenzy, world.maolin):
        assert len((await api.get(who, path))["items"]) == 8, who.name


async def test_who_was_at_the_meeting_or_supports_the_item_reads_on(
    settings: Settings, database: Database, clock: Clock, api: Program, play: Play
) -> None:
    world = play.world
    story = await Story(play).told(guest=world.songhp)
    found = await api.get(world.songhp, f"/meetings/{story.meeting}/decisions")
    assert [one["text"] for one in found["items"]] == [f"决定{BEFORE}", f"决定{AFTER}"]
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        item = await actions.get(db, viewer, story.item)
        item.supports.append(Support(agency_id=world.mzj.id))
    item = await api.get(world.songhp, f"/action-items/{story.item}")
    assert (item["ended_note"], len(item["progress"])) == (f"结果{AFTER}", 2)


async def test_calendar_and_mailbox_of_a_former_member_hear_nothing_more(
    play: Play, api: Program, world: World, story: Story
) -> None:
    calendars = Calendars(play, api, api.client, {})
    assert AFTER not in (await calendars.fetch(world.songhp)).text
    assert AFTER in (await calendars.fetch(world.liwb)).text
    assert story.mails
    assert [mail.to for mail in story.mails if "mzj" in mail.to] == []
