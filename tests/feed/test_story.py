"""Feeds are put together from kept texts and remembered tags: whatever anybody does, they say what they would say if every
calendar were written anew."""

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from liaison import meetings
from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, reporting
from liaison.actions import queries as actions
from liaison.db import Session
from liaison.directory import agencies
from liaison.i18n import LOCALES
from liaison.mechanisms import designating, founding
from liaison.meetings import activities, agenda, announcing, asking, deferring, holding, queries, replies, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import AgendaItem, Meeting
from liaison.succession.following import apply_due
from tests.feed.conftest import Calendars
from tests.feed.subscriber import Subscriber, kept
from tests.meetings.play import START
from tests.world import World

Act = Callable[[Session, Viewer, Meeting], Awaitable[object]]
NOT_HERE = {
    "activities.ask_count", "activity_queries.between", "activity_queries.of_year", "agenda.item_of", "announcing.enqueue", "annual.dates_of", "annual.proposals", "asking.add_asked", "overview.overview",
    "finding.decisions_seen", "finding.items_seen", "finding.meetings_seen", "finding.papers_seen",
    "overview.answers", "agenda_queries.agenda", "agenda_queries.left_for_others", "agenda_queries.shown", "mails.preview",
    "clashes.clashes", "sending_plan.to_send",
    "deferring.hand_on_deferred", "deferring.take_up_deferred", "recorded.decisions", "recorded.kept_from", "recorded.note", "recorded.notes",
    "recording.may_correct", "recording.may_write", "holding.may_record_now", "record_view.record", "recording.notes_of",
    "recording.decisions_of", "recording.decision_of", "suggesting.next_days", "suggesting.next_host", "suggesting.last_asked",
    "stepping.opened", "telling.lines_of", "following.fixed", "following.in_month", "following.planned",
    "following.proposed", "packs.pack_of", "paper_queries.has_own_item", "paper_queries.known_papers",
    "paper_queries.open_papers_shown", "paper_queries.paper_of", "paper_queries.papers_of", "past_queries.entered_afterwards", "papers.refuse_who_brings_nothing",
}  # fmt: skip
"""They read, or are a part of a verb that is here."""
NOT_SAID = {
    "activities.count", "annual.plan", "entering.enter_held", "past_meetings.take_in", "announcing.resend", "announcing.remind", "telling.resend_to_missing",
    "telling.note_told", "holding.check_in", "holding.check_in_all",
    "holding.add_present", "checking_in.check_in_oneself", "leave.approve_leave", "leave.ask_for_substitute", "leave.decide_leave", "holding.begin_item", "holding.settle_item",
    "recording.save_note", "recording.decide", "recording.correct", "recording.revoke", "recording.restore", "replies.answer",
    "replies.register", "series.put_series", "series.add_series", "series.change_series", "skipping.skip", "skipping.unskip",
    "sending_plan.send_plan",
    "papers.add", "papers.add_version", "papers.change", "papers.choose_largest", "papers.note_reading", "papers.remove",
    "papers.restore",
    "following.fix", "following.leave_open", "holding.skip_item", "stepping.shift_step", "stepping.skip_step", "stepping.undo_step",
}  # fmt: skip
"""They make drafts, repeat what was said, or write down answers and what happened: no calendar shows any of it.
(The drafts of a plan that was sent have tests of their own, test_planned.py.)"""


async def item_of(db: Session, viewer: Viewer, meeting: Meeting, *, removed: bool = False) -> AgendaItem:
    """The first item of the agenda, or the one that was taken off."""
    given = AgendaItem.removed_at.is_not(None) if removed else AgendaItem.removed_at.is_(None)
    order = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id, given).order_by(AgendaItem.position)
    return await agenda.item_of(db, viewer, (await db.scalars(order)).first(), removed=removed)


def story(world: World) -> list[tuple[str, Act]]:
    """Every verb by which a meeting comes to be another, in an order in which each has something to do."""
    later = [START + timedelta(days=days) for days in range(10)]

    async def accept(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        item = await agenda.add_item(
            db, await world.viewer(db, world.liwb), meeting, title="通报案件", purpose="report"
        )
        await agenda.accept_item(db, viewer, item)

    async def turn_round(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        ids = [one.id for one in await queries.agenda(db, meeting.id)]
        await agenda.order(db, viewer, meeting, ids[::-1])

    async def chair(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        attendee = next(a for a in await queries.attendees(db, meeting.id) if a.person_id == world.chenzy.id)
        await asking.change_attendee(db, viewer, meeting, attendee, role="chair")

    async def take_off(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        attendee = next(a for a in await queries.attendees(db, meeting.id) if a.person_id == world.chenzy.id)
        await asking.remove_attendee(db, viewer, meeting, attendee)

    async def take_agency_off(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        await asking.remove_invitation(db, viewer, meeting, (await queries.invitations(db, meeting.id))[0])

    async def name(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        slip = await queries.invitation(db, (await queries.invitations(db, meeting.id))[0].id)
        await replies.return_slip(db, await world.viewer(db, world.liwb), slip, [replies.SlipName(world.zhenggq.name)])

    async def item(db: Session, viewer: Viewer, meeting: Meeting) -> AgendaItem:
        return await item_of(db, viewer, meeting)

    async def change_item(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        first = await item_of(db, viewer, meeting)
        await agenda.change_item(
            db,
            viewer,
            first,
            title="研究移送办法",
            purpose="study",
            agency_id=None,
            presenter_id=None,
            duration_minutes=30,
        )

    async def withdraw(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        await agenda.withdraw_item(db, viewer, await item_of(db, viewer, meeting))

    async def restore(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        await agenda.restore_item(db, viewer, await item_of(db, viewer, meeting, removed=True))

    async def up(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        last = (await queries.agenda(db, meeting.id))[-1]
        await agenda.move_item(db, viewer, await agenda.item_of(db, viewer, last.id), up=True)

    async def close(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        await agenda.set_audience(db, viewer, await item_of(db, viewer, meeting), [world.sfj.id])

    async def give_back(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        last = (await queries.agenda(db, meeting.id))[-1]
        await deferring.return_item(
            db, viewer, await agenda.item_of(db, viewer, last.id, unseen=True), reason="请补充材料"
        )

    async def defer(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        last = (await queries.agenda(db, meeting.id))[-1]
        await deferring.defer_item(db, viewer, await agenda.item_of(db, viewer, last.id, unseen=True))

    async def make_it_an_activity(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        await scheduling.change(db, viewer, meeting, kind="publicity")
        await activities.describe(db, viewer, meeting, co_host_names=["清沚街道办"], audience_groups=["农民工"])

    async def make_it_a_meeting(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        await activities.describe(db, viewer, meeting)
        await scheduling.change(db, viewer, meeting, kind="regular")

    async def hold(db: Session, viewer: Viewer, meeting: Meeting) -> None:
        db.clock.as_of = meeting.starts_at + timedelta(hours=1)
        await holding.hold(db, viewer, meeting)

    return [
        ("scheduling.change", lambda db, v, m: scheduling.change(db, v, m, title="改名的会议", location="二楼", note="带材料")),
        ("scheduling.move", lambda db, v, m: scheduling.move(db, v, m, local_start=later[5], reason="领导出差")),
        ("agenda.add_item", lambda db, v, m: agenda.add_item(db, v, m, title="研究线索", purpose="study", duration_minutes=1)),
        ("agenda.change_item", change_item),
        ("agenda.accept_item", accept),
        ("agenda.order", turn_round),
        ("agenda.move_item", up),
        ("agenda.withdraw_item", withdraw),
        ("agenda.restore_item", restore),
        ("agenda.set_audience", close),
        ("deferring.return_item", give_back),
        ("deferring.defer_item", defer),
        ("asking.ask", lambda db, v, m: asking.ask(db, v, m, [Asked(person_id=world.wuxl.id)])),
        ("asking.change_attendee", chair),
        ("asking.remove_attendee", take_off),
        ("replies.return_slip", name),
        ("activities.describe", make_it_an_activity),
        ("activities.describe", make_it_a_meeting),
        ("scheduling.postpone", lambda db, v, m: scheduling.postpone(db, v, m, reason="时间另行通知")),
        ("scheduling.reinstate", lambda db, v, m: scheduling.reinstate(db, v, m, local_start=later[6])),
        ("scheduling.cancel", lambda db, v, m: scheduling.cancel(db, v, m, reason="与上级会议冲突")),
        ("scheduling.reinstate", lambda db, v, m: scheduling.reinstate(db, v, m, local_start=later[7])),
        ("asking.remove_invitation", take_agency_off),
        ("asking.ask", lambda db, v, m: asking.ask(db, v, m, [Asked(agency_id=world.sfj.id, seats=1)])),
        ("holding.hold", hold),
        ("holding.unhold", lambda db, v, m: holding.unhold(db, v, m, reason="记错了")),
    ]  # fmt: skip


SENT_AND_PASSED_ON = {"scheduling.schedule", "announcing.send", "announcing.pass_on"}
"""Told before, between and after the others."""


def verbs_on_meetings() -> Iterator[str]:
    for found in pkgutil.iter_modules(meetings.__path__):
        if found.ispkg or found.name == "queries":
            continue
        module = importlib.import_module(f"liaison.meetings.{found.name}")
        for name, verb in inspect.getmembers(module, inspect.iscoroutinefunction):
            parameters = [*inspect.signature(verb).parameters, ""]
            if verb.__module__ == module.__name__ and not name.startswith("_") and parameters[1] in ("viewer", "actor"):
                yield f"{found.name}.{name}"


def test_every_verb_on_meetings_is_in_the_story_of_the_feed_or_says_nothing_in_a_calendar(world: World) -> None:
    told = {name for name, _ in story(world)} | SENT_AND_PASSED_ON
    assert sorted(verbs_on_meetings()) == sorted(told | NOT_HERE | NOT_SAID)


async def test_whatever_is_done_to_a_meeting_calendars_say_it_as_if_written_anew(
    calendars: Calendars, world: World
) -> None:
    play = calendars.play
    subscribers = [Subscriber(calendars, who) for who in (world.chenzy, world.liwb, world.wuxl, world.zhenggq)]
    await calendars.api.patch(world.wuxl, f"/people/{world.wuxl.id}", {"locale": "en"})

    async def all_right(after: str) -> None:
        for one in subscribers:
            await one.is_right(after)

    await all_right("nothing")
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id), Asked(agency_id=world.sfj.id, seats=2))
    await all_right("schedule")
    await play.send(meeting_id)
    await all_right("send")
    for name, act in story(world):
        play.clock.as_of = play.clock.now() + timedelta(minutes=1)
        async with play.database.writing() as db:
            viewer, meeting = await play.meeting(db, meeting_id)
            await act(db, viewer, meeting)
        await all_right(name)
        with suppress(announcing.NothingNew):
            if not name.startswith("holding"):
                await play.send(meeting_id)
        await all_right(f"{name}, sent")
    told = await kept(calendars)
    assert len({one.announcement_id for one in told}) > 10
    assert {one.locale for one in told} == set(LOCALES)


async def test_names_offices_and_action_items_change_in_calendars_as_if_written_anew(
    calendars: Calendars, world: World
) -> None:
    play = calendars.play
    subscribers = [Subscriber(calendars, who) for who in (world.chenzy, world.zhenggq, world.wuxl)]
    liwb = Subscriber(calendars, world.liwb)
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id), Asked(agency_id=world.sfj.id, seats=2))
    await play.send(meeting_id)
    item_id = await calendars.assigned(world.wuxl)

    async def rename_mechanism(db: Session) -> None:
        operator = await world.viewer(db, world.guyan)
        facts = {"name": "新名称协作机制", "short_name": "新简称", "mailbox": "new@meetings.qingzhi.example"}
        await founding.change_mechanism(db, operator, world.mechanism.id, facts)

    async def rename_agency(db: Session) -> None:
        await agencies.change_agency(
            db, await world.viewer(db, world.guyan), world.sfj.id, short_name="新司法局", name="清沚区新司法局"
        )

    async def new_due_day(db: Session) -> None:
        viewer = await world.viewer(db, world.zhoumin)
        await assigning.change(db, viewer, await actions.get(db, viewer, item_id), due_on=date(2026, 12, 20))

    async def hand_over(db: Session) -> None:
        await designating.hand_over(
            db, await world.viewer(db, world.gonghui), world.terms["liwb"].id,
            to_person_id=world.zhenggq.id, starts_on=date(2026, 11, 25), basis_ref="清司函〔2026〕9号",
        )  # fmt: skip

    async def the_day_before(db: Session) -> None:
        play.clock.as_of = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)

    async def the_day(db: Session) -> None:
        play.clock.as_of = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)

    async def follow(db: Session) -> None:
        await apply_due(db)

    async def done(db: Session) -> None:
        viewer = await world.viewer(db, world.zhenggq)
        await reporting.complete(db, viewer, await actions.get(db, viewer, item_id), note="已建立")

    async def reopen(db: Session) -> None:
        viewer = await world.viewer(db, world.zhenggq)
        await reporting.reopen(db, viewer, await actions.get(db, viewer, item_id))

    async def to_another(db: Session) -> None:
        viewer = await world.viewer(db, world.zhoumin)
        await assigning.change(db, viewer, await actions.get(db, viewer, item_id), owner_id=world.zhenggq.id)

    await liwb.is_right("send")
    for act in (rename_mechanism, rename_agency, new_due_day, hand_over, the_day_before, the_day):
        async with play.database.writing() as db:
            await act(db)
        for one in (*subscribers, liwb):
            await one.is_right(act.__name__)
    assert b"BEGIN:VEVENT" not in liwb.has
    for act in (follow, done, reopen, to_another):
        async with play.database.writing() as db:
            await act(db)
        for one in subscribers:
            await one.is_right(act.__name__)
    await play.send(meeting_id)
    for one in subscribers:
        await one.is_right("sent by the new names")
