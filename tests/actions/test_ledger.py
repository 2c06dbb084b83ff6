"""Action items: assigned, reported, ended, carried from meeting to meeting; who may, and what is refused."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from liaison.actions import assigning, queries, reporting
from liaison.actions.beside import beside
from liaison.actions.models import ActionItem
from liaison.actions.queries import MOST_COUNTED, Filters
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings import holding, recording
from tests.callers import Browser
from tests.conftest import NOW
from tests.meetings.play import Play

START = datetime.fromisoformat("2026-11-20T14:30")
"""Friday before the day on which the tests take place."""


@pytest.fixture
def play(database: Database, world: Any, clock: Any, tmp_path: Any) -> Play:
    return Play(database, world, clock, tmp_path / "mail")


async def held(play: Play, start: datetime = START) -> int:
    meeting_id = await play.scheduled(local_start=start)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await holding.hold(db, viewer, meeting)
    return meeting_id


async def assigned(play: Play, meeting_id: int | None = None, *, by: Person | None = None, **more: Any) -> int:
    world = play.world
    given: dict[str, Any] = {
        "title": "建立线索编号登记台账",
        "lead_agency_id": world.sfj.id,
        "owner_id": world.liwb.id,
        "due_on": date(2026, 12, 10),
        **more,
    }
    async with play.database.writing() as db:
        viewer = await world.viewer(db, by or world.zhoumin)
        meeting = (await play.meeting(db, meeting_id))[1] if meeting_id else None
        return (await assigning.assign(db, viewer, world.mechanism.id, meeting=meeting, **given)).id


async def act(play: Play, who: Person, item_id: int, verb: Any, **more: Any) -> ActionItem:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, who)
        item = await queries.get(db, viewer, item_id)
        await verb(db, viewer, item, **more)
        return item


@pytest.mark.parametrize("who", ["chenzy", "hejing", "sunl", "guyan", "maolin", "songhp"])
async def test_only_officers_and_deputies_assign(play: Play, who: str) -> None:
    with pytest.raises(NotPermitted):
        await assigned(play, by=getattr(play.world, who))


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("title", {"title": " "}),
        ("lead_agency_id", {"lead_agency_id": None, "owner_id": None}),
        ("due_on", {"due_on": date(2026, 11, 1)}),
        ("decision_id", {"decision_id": 99}),
    ],
)
async def test_what_cannot_be_assigned_is_refused_by_field(play: Play, field: str, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        await assigned(play, **more)
    assert set(refused.value.errors) == {field}


async def test_responsible_is_one_member_agency_and_the_owner_is_of_it(play: Play) -> None:
    world = play.world
    for more in ({"lead_agency_id": world.rsj.id}, {"owner_id": world.zhoumin.id}):
        with pytest.raises(Invalid):
            await assigned(play, **more)
    with pytest.raises(Invalid) as refused:
        await assigned(play, supporting_agency_ids=[world.sfj.id])
    assert "supporting_agency_ids" in refused.value.errors


@pytest.mark.parametrize(("who", "may"), [("liwb", True), ("wuxl", True), ("zhoumin", False), ("zhenggq", False)])
async def test_progress_comes_from_the_owner_and_the_responsible_agency(play: Play, who: str, may: bool) -> None:
    item_id = await assigned(play)
    person = getattr(play.world, who)
    if may:
        await act(play, person, item_id, reporting.report, text="已拟初稿")
    else:
        with pytest.raises(NotPermitted):
            await act(play, person, item_id, reporting.report, text="已拟初稿")


async def test_strangers_find_nothing(play: Play) -> None:
    item_id = await assigned(play)
    for who in (play.world.sunl, play.world.songhp, play.world.guyan):
        with pytest.raises(NotFound):
            await act(play, who, item_id, reporting.report, text="x")


async def test_done_twice_is_once_and_reopening_undoes_it(play: Play) -> None:
    item_id = await assigned(play)
    done = await act(play, play.world.liwb, item_id, reporting.complete, note="台账已启用")
    again = await act(play, play.world.liwb, item_id, reporting.complete)
    assert (done.state, done.ended_note) == (again.state, again.ended_note) == ("done", "台账已启用")
    with pytest.raises(Conflict):
        await act(play, play.world.liwb, item_id, reporting.give_up, reason="情况变化")
    reopened = await act(play, play.world.liwb, item_id, reporting.reopen)
    assert (reopened.state, reopened.ended_note, reopened.remind_on) == ("open", None, date(2026, 12, 7))
    async with play.database.reading() as db:
        (said,) = await queries.progress_of(db, await play.world.viewer(db, play.world.zhoumin), reopened)
        assert (said.text, said.by_id, said.at) == ("台账已启用", play.world.liwb.id, done.ended_at)


async def test_what_is_said_of_an_item_done_already_is_kept_as_progress(play: Play) -> None:
    item_id = await assigned(play)
    await act(play, play.world.liwb, item_id, reporting.complete, note="已建账")
    await act(play, play.world.liwb, item_id, reporting.complete, note="已建账")
    await act(play, play.world.liwb, item_id, reporting.complete, note="并报备")
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.liwb)
        item = await queries.get(db, viewer, item_id)
        assert [one.text for one in await queries.progress_of(db, viewer, item)] == ["并报备"]


async def test_a_supporting_agency_that_joined_later_sees_what_it_supports(play: Play) -> None:
    item_id = await assigned(play, supporting_agency_ids=[play.world.jcy.id])
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["jcy"].id)).joined_on = date(2026, 11, 24)
    play.clock.as_of = NOW + timedelta(days=2)
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.chenzy)
        assert (await queries.get(db, viewer, item_id)).id == item_id


async def test_no_longer_possible_needs_a_reason(play: Play) -> None:
    item_id = await assigned(play)
    with pytest.raises(Invalid):
        await act(play, play.world.liwb, item_id, reporting.give_up, reason=" ")
    ended = await act(play, play.world.liwb, item_id, reporting.give_up, reason="专项已并入市级平台")
    assert ended.state == "not_possible"


async def test_a_stale_form_is_refused_and_an_ended_item_is_not_changed(play: Play) -> None:
    item_id = await assigned(play)
    await act(play, play.world.zhoumin, item_id, assigning.change, title="另一题目", version=1)
    with pytest.raises(Conflict) as stale:
        await act(play, play.world.zhoumin, item_id, assigning.change, title="第三个", version=1)
    assert stale.value.theirs["title"] == "另一题目"
    await act(play, play.world.liwb, item_id, reporting.complete)
    with pytest.raises(Conflict):
        await act(play, play.world.zhoumin, item_id, assigning.change, title="第三个")


async def test_another_responsible_agency_drops_the_owner_of_the_first(play: Play) -> None:
    item_id = await assigned(play)
    changed = await act(play, play.world.zhoumin, item_id, assigning.change, lead_agency_id=play.world.jcy.id)
    assert (changed.lead_agency_id, changed.owner_id) == (play.world.jcy.id, None)


async def test_an_open_item_is_carried_to_the_next_meetings_and_never_copied(play: Play) -> None:
    first = await held(play)
    item_id = await assigned(play, first)
    play.clock.as_of = NOW + timedelta(days=20)
    second = await held(play, datetime.fromisoformat("2026-12-11T14:30"))
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        _, meeting = await play.meeting(db, second)
        found = await beside(db, viewer, meeting)
        assert [item.id for item in found.before] == [item_id]
        assert (found.asked_for, found.carried) == ([], {item_id: 1})
        _, meeting = await play.meeting(db, first)
        found = await beside(db, viewer, meeting)
        assert [item.id for item in found.asked_for] == [item_id]
        assert (found.before, found.carried) == ([], {item_id: 1})
    await act(play, play.world.liwb, item_id, reporting.complete)
    play.clock.as_of = NOW + timedelta(days=40)
    third = await held(play, datetime.fromisoformat("2026-12-30T09:00"))
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        _, meeting = await play.meeting(db, third)
        assert (await beside(db, viewer, meeting)).before == []
        assert await queries.carried(db, await queries.of_meeting(db, viewer, first)) == {item_id: 1}


async def test_how_often_an_item_was_carried_is_counted_from_its_own_meeting(play: Play) -> None:
    play.clock.as_of = NOW + timedelta(days=40)
    meetings = [await held(play, START + timedelta(days=7 * n)) for n in range(3)]
    first, second, third = [await assigned(play, meeting_id) for meeting_id in meetings]
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        items = [await queries.get(db, viewer, item_id) for item_id in (first, second, third)]
        assert await queries.carried(db, items) == {first: 2, second: 1}


async def test_the_ledger_lists_what_is_due_first_first_and_pages_by_key(play: Play) -> None:
    days = [date(2026, 12, 20), None, date(2026, 12, 1), date(2026, 12, 1), None]
    ids = [await assigned(play, due_on=due_on) for due_on in days]
    order = [ids[2], ids[3], ids[0], ids[1], ids[4]]
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        today = date(2026, 11, 23)
        found: list[int] = []
        after = None
        while rows := await queries.ledger(db, viewer, Filters(), today=today, after=after, limit=2):
            found += [item.id for item in rows]
            after = (rows[-1].due_on, rows[-1].id)
    assert found == order


async def test_the_ledger_is_narrowed_by_agency_owner_status_and_date(play: Play) -> None:
    world = play.world
    theirs = await assigned(play)
    ours = await assigned(
        play,
        lead_agency_id=world.jcy.id,
        owner_id=world.qianwei.id,
        supporting_agency_ids=[world.sfj.id],
        due_on=date(2026, 11, 30),
    )
    done = await assigned(play)
    await act(play, world.liwb, done, reporting.complete)
    cases = [
        (Filters(agency_id=world.sfj.id), {theirs, ours, done}),
        (Filters(agency_id=world.jcy.id), {ours}),
        (Filters(owner_id=world.qianwei.id), {ours}),
        (Filters(status="open"), {theirs, ours}),
        (Filters(status="done"), {done}),
        (Filters(status="overdue"), {ours}),
        (Filters(due_before=date(2026, 12, 1)), {ours}),
        (Filters(mechanism_id=10**6), set()),
    ]
    async with play.database.reading() as db:
        viewer = await world.viewer(db, world.zhoumin)
        for filters, expected in cases:
            rows = await queries.ledger(db, viewer, filters, today=date(2026, 12, 2))
            assert {item.id for item in rows} == expected, filters
        counts = await queries.counts(db, viewer, Filters(status="done"), today=date(2026, 12, 2))
    assert counts == {"open": 2, "overdue": 1, "done": 1, "not_possible": 0}


async def test_nobody_counts_further_than_is_shown(play: Play, settings: Settings) -> None:
    world = play.world
    one = await assigned(play, lead_agency_id=world.jcy.id, owner_id=world.zhoumin.id)
    async with play.database.writing() as db:
        row = (await db.execute(select(ActionItem.__table__).where(ActionItem.id == one))).mappings().one()
        same = {name: value for name, value in row.items() if name != "id"}
        done = {**same, "ended_at": NOW, "ended_how": "done"}
        await db.execute(insert(ActionItem), [done] * (MOST_COUNTED - 1))
    browser = await Browser(settings, play.database, play.clock).sign_in(world.zhoumin)
    shown = re.findall(r'class="count">([^<]+)', await browser.get("/actions"))
    assert shown == ["1", "0", "999", "0", "1000"]
    async with play.database.writing() as db:
        await db.execute(insert(ActionItem), [done] * 100)
    async with play.database.reading() as db:
        counts = await queries.counts(db, await world.viewer(db, world.zhoumin), Filters(), today=NOW.date())
    assert counts == {"open": 1, "overdue": 0, "done": MOST_COUNTED + 1, "not_possible": 0}
    shown = re.findall(r'class="count">([^<]+)', await browser.get("/actions"))
    assert shown == ["1", "0", "1000+", "0", "1000+"]


async def test_an_action_comes_from_a_decision_of_its_own_meeting_only(play: Play) -> None:
    first, other = await held(play), await held(play, datetime.fromisoformat("2026-11-19T09:00"))
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, first)
        decision = (await recording.decide(db, viewer, meeting, text="每月5日前交换清单。")).id
    assert await assigned(play, first, decision_id=decision)
    with pytest.raises(Invalid) as refused:
        await assigned(play, other, decision_id=decision)
    assert set(refused.value.errors) == {"decision_id"}


async def test_the_reminder_day_follows_the_due_date(play: Play) -> None:
    item_id = await assigned(play)
    moved = await act(play, play.world.zhoumin, item_id, assigning.change, due_on=date(2027, 1, 8))
    assert moved.remind_on == date(2027, 1, 5)
    assert NOW.tzinfo is UTC


async def test_overdue_means_by_the_date_of_the_items_own_mechanism(play: Play) -> None:
    """At one in the morning in Beijing of the 11th it is still the 10th in New York, and already the 11th in Auckland."""
    world, made = play.world, {}
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        for zone in ("America/New_York", "Pacific/Auckland"):
            far = Mechanism(
                name=zone, short_name=zone, timezone=zone, region="CN", locale="zh_CN", lead_agency_id=world.jcy.id,
                deadlines={},
            )  # fmt: skip
            db.add(far)
            await db.flush()
            db.add(Member(mechanism_id=far.id, agency_id=world.jcy.id, joined_on=date(2022, 1, 1)))
            made[zone] = far.id
        made["Asia/Shanghai"] = world.mechanism.id
        for zone, mechanism_id in made.items():
            db.add(
                ActionItem(
                    mechanism_id=mechanism_id, title=zone, lead_agency_id=world.jcy.id, due_on=date(2026, 12, 10),
                    assigned_on=date(2026, 11, 23), assigned_at=play.clock.now(), assigned_by=viewer.person_id, version=1,
                )
            )  # fmt: skip

    async def overdue(instant: str) -> list[str]:
        play.clock.as_of = datetime.fromisoformat(instant).astimezone(UTC)
        today = play.clock.today("Asia/Shanghai")
        async with play.database.reading() as db:
            viewer = await world.viewer(db, world.zhoumin)
            only = Filters(status="overdue")
            shown = [item.title for item in await queries.ledger(db, viewer, only, today=today)]
            assert [item.title for item in await queries.listing(db, viewer, only, today=today)] == shown
            assert (await queries.counts(db, viewer, only, today=today))["overdue"] == len(shown)
            return sorted(shown)

    assert await overdue("2026-12-10T18:00+08:00") == []
    assert await overdue("2026-12-10T20:00+08:00") == ["Pacific/Auckland"]
    assert await overdue("2026-12-11T01:00+08:00") == ["Asia/Shanghai", "Pacific/Auckland"]
    assert await overdue("2026-12-11T14:00+08:00") == ["America/New_York", "Asia/Shanghai", "Pacific/Auckland"]


async def test_a_due_date_on_a_free_day_is_marked_wherever_the_item_stands(play: Play, settings: Settings) -> None:
    marked = await assigned(play, title="周末到期", due_on=date(2026, 12, 12))
    plain = await assigned(play, title="周四到期", due_on=date(2026, 12, 10))
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.liwb)
    ledger = await browser.get("/actions")
    for page, id_, found in ((ledger, marked, True), (ledger, plain, False)):
        row = page.partition(f'id="action-{id_}"')[2].partition("</tr>")[0]
        assert ("周末</span>" in row) is found
    assert "周末</span>" in await browser.get(f"/actions/{marked}")
    assert "周末</span>" not in await browser.get(f"/actions/{plain}")
