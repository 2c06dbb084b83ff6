"""What has happened in the demo so far: four meetings held, what they decided and asked for, minutes issued of one and being signed of the
last, a notice with a paper and some answers, and a question for a time.

Everything goes through the verbs that pages use, each at the moment it would have happened; dates follow the series' rule back from today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate
from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning, reporting
from liaison.actions import queries as actions
from liaison.calendaring.recurrence import dates, parse_rule
from liaison.calendaring.workdays import Roll, add_workdays, region_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.files.packing import FONT
from liaison.files.store import Brought, Incoming
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import agenda, announcing, asking, papers, queries, replies
from liaison.meetings.asking import Asked
from liaison.meetings.entering import Present, enter_held
from liaison.meetings.models import Meeting, Series
from liaison.meetings.recorded import decisions as decisions_of
from liaison.meetings.replies import SlipName
from liaison.minutes import queries as minutes_queries
from liaison.minutes import signing, writing
from liaison.minutes.delivering import note_delivered
from liaison.opening import open_database
from liaison.polls import asking as polls
from liaison.polls.answering import answer
from liaison.polls.asking import Proposed
from liaison.polls.models import CAN, IF_NEED_BE

HELD = 4


@dataclass(frozen=True, slots=True)
class Action:
    """One action item: who does it, by when, how it went. `due` counts days from today where it is negative or `from_today`,
    else from the meeting."""

    title: str
    agency: str
    owner: str
    due: int
    from_today: bool = False
    supports: tuple[str, ...] = ()
    progress: str | None = None
    done_after: int | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """One meeting that was held."""

    items: Sequence[str]
    decisions: Sequence[str]
    actions: Sequence[Action] = ()


JCY, SFJ = "区检察院", "区司法局"
STORY = (
    Held(
        ["通报上季度支持起诉与法律援助办理情况", "会商农民工讨薪案件协作流程"],
        ["双方联络员每月5日前交换上月支持起诉案件清单。"],
        [Action("制定农民工讨薪案件协作流程图", JCY, "qianwei", 30, done_after=24, result="流程图已印发双方办案人员。")],
    ),
    Held(
        ["通报上季度支持起诉与法律援助办理情况", "研究老年人赡养费案件协作"],
        ["对行动不便的老年人，法律援助机构上门受理，检察机关同步审查支持起诉条件。"],
        [
            Action("建立上门受理登记表", SFJ, "wuxl", 20, done_after=18, result="登记表已启用。"),
            Action("联合编印普法宣传册", JCY, "qianwei", 60, supports=(SFJ,), done_after=71, result="印制2000册，已发放。"),
        ],
    ),
    Held(
        ["通报上季度支持起诉与法律援助办理情况", "研究欠薪案件线索双向移送指引"],
        ["原则同意《欠薪案件线索双向移送指引》，会后按讨论意见修改。", "线索移送后5个工作日内反馈受理情况。"],
        [
            Action("修改并会签线索双向移送指引", SFJ, "liwb", -6, from_today=True, supports=(JCY,), progress="第二稿已送双方业务部门征求意见。"),
            Action("汇总各自办案系统案件编号规则", JCY, "qianwei", 25, done_after=20, result="已汇总并交换。"),
        ],
    ),
    Held(
        ["通报上季度支持起诉与法律援助办理情况", "部署国家宪法日联合普法宣传", "会商涉欠薪法律援助绿色通道"],
        ["国家宪法日前后开展一次联合普法宣传，由承办单位拟定方案。", "涉欠薪法律援助申请当日受理、当日指派。"],
        [
            Action("拟定联合普法宣传方案", JCY, "zhoumin", 2, from_today=True, supports=(SFJ,), progress="方案初稿已形成，待院领导审阅。"),
            Action("公布涉欠薪法律援助绿色通道咨询电话", SFJ, "wuxl", 10, from_today=True),
            Action("提供上季度支持起诉案件清单", JCY, "zhoumin", 12, done_after=9, result="清单已送区司法局。"),
        ],
    ),
)  # fmt: skip
THERE = (
    (JCY, "陈志远", "副检察长"),
    (JCY, "周敏", "四级检察官助理"),
    (SFJ, "郑国强", "副局长"),
    (SFJ, "李文博", "副主任"),
)
AGENDA = (
    ("通报本季度支持起诉与法律援助办理情况", "report", JCY, "zhoumin", 20),
    ("研究线索移送数据共享", "study", SFJ, "liwb", 40),
    ("推进下一年度联合普法安排", "push_forward", SFJ, "wuxl", 20),
)

PAPER = (
    "线索移送数据共享初步意见",
    "一、共享范围。双方每月交换上月移送的欠薪线索清单，只列线索编号、受理日期和办理阶段，不含当事人信息。",
    "二、交换方式。由双方联络员在每月5日前互发，遇节假日顺延至下一工作日。",
    "三、使用限制。清单仅用于办案协作，不向第三方提供，年底核对一次并销毁副本。",
    "四、需会商事项。一是线索编号规则是否统一；二是办理阶段如何划分；三是首次交换的时间。",
)
"""The paper to the second item: its title, then its paragraphs."""
ASKED_FOR = ("国家宪法日联合普法宣传筹备会", "商定宣传方案、分工和物料，约一个半小时。")


async def tell_story(settings: Settings, mechanism_id: int, who: str) -> None:
    """Play it once: nothing is done where a meeting has been held already. `who` is the key of the host's liaison."""
    days = await _past_days(settings, mechanism_id)
    for number, day in enumerate(days):
        await _hold(settings, mechanism_id, who, day, STORY[number])
    for day in days[-2:]:
        await _write_minutes(settings, mechanism_id, day, issue=day != days[-1])
    await _announce(settings, mechanism_id, who)


async def _past_days(settings: Settings, mechanism_id: int) -> list[date]:
    """The last dates that the series' rule named before today; none where anything was held already."""
    database = open_database(settings, Clock())
    try:
        async with database.reading() as db:
            held = select(Meeting.id).where(Meeting.mechanism_id == mechanism_id, Meeting.held_at.is_not(None))
            if (await db.execute(held)).first() is not None:
                return []
            mechanism = await db.get_one(Mechanism, mechanism_id)
            series = (await queries.series_of(db, mechanism_id))[0]
            today = db.clock.today(mechanism.timezone)
            return _named(series, mechanism, today)[-HELD:]
    finally:
        await database.dispose()


def _named(series: Series, mechanism: Mechanism, before: date) -> list[date]:
    """Every date the rule named from its start until `before`."""
    rule, calendar = parse_rule(series.rrule, starts_on=series.starts_on), region_calendar(mechanism.region)
    last = before - timedelta(days=1)
    found = dates(rule, calendar, series.starts_on, last, roll=Roll(series.roll), avoid_makeup=series.avoid_makeup)
    return [each.date for each in found]


async def _hold(settings: Settings, mechanism_id: int, who: str, day: date, story: Held) -> None:
    """The meeting of that day with its decisions and actions, each noted when it happened."""
    zone = ZoneInfo(settings.timezone)
    evening = datetime.combine(day, time(17), zone)
    database = open_database(settings, Clock(as_of=evening))
    try:
        async with database.writing() as db:
            viewer, mechanism = await _viewer(db, who), await db.get_one(Mechanism, mechanism_id)
            series = (await queries.series_of(db, mechanism_id))[0]
            agencies = {one.short_name: one for one in await db.scalars(select(Agency))}
            named = _named(series, mechanism, day + timedelta(days=1))
            turn = (JCY, SFJ)[(len(named) + 1) % 2]
            meeting = await enter_held(
                db,
                viewer,
                mechanism_id,
                kind="regular",
                title=series.name,
                local_start=datetime.combine(day, series.start_time),
                duration_minutes=series.duration_minutes,
                location=series.location if turn == JCY else "区司法局四楼会议室",
                host_agency_id=agencies[turn].id,
                present=[Present(agencies[agency].id, name, title) for agency, name, title in THERE],
                items=story.items,
                decisions=story.decisions,
                ordinal=len(named),
                ordinal_in_year=sum(each.year == day.year for each in named),
            )
            meeting.series_id = series.id
            decisions = await decisions_of(db, viewer, meeting.id)
            today = Clock().today(settings.timezone)
            ids = []
            for number, action in enumerate(story.actions):
                due = today + timedelta(days=action.due) if action.from_today else day + timedelta(days=action.due)
                item = await assigning.assign(
                    db,
                    viewer,
                    mechanism_id,
                    title=action.title,
                    lead_agency_id=agencies[action.agency].id,
                    meeting=meeting,
                    decision_id=decisions[min(number, len(decisions) - 1)].id,
                    supporting_agency_ids=[agencies[each].id for each in action.supports],
                    owner_id=(await _person(db, action.owner)).id,
                    due_on=max(due, day),
                )
                ids.append(item.id)
    finally:
        await database.dispose()
    for item_id, action in zip(ids, story.actions, strict=True):
        await _report(settings, item_id, action, day)


async def _report(settings: Settings, item_id: int, action: Action, day: date) -> None:
    """How one item went, on the days it went on."""
    today = Clock().today(settings.timezone)
    after = action.done_after if action.done_after is not None else 14
    on = min(day + timedelta(days=after), today - timedelta(days=1))
    if (action.progress is None and action.done_after is None) or on < day:
        return
    database = open_database(settings, Clock(as_of=datetime.combine(on, time(15), ZoneInfo(settings.timezone))))
    try:
        async with database.writing() as db:
            viewer = await _viewer(db, action.owner)
            item = await actions.get(db, viewer, item_id)
            if action.progress is not None:
                await reporting.report(db, viewer, item, action.progress)
            if action.done_after is not None:
                await reporting.complete(db, viewer, item, note=action.result)
    finally:
        await database.dispose()


async def _write_minutes(settings: Settings, mechanism_id: int, day: date, *, issue: bool) -> None:
    """The minutes of that day's meeting by its host: signed by both sides and issued in the week after; else circulated yesterday, and
    signed by the other side."""
    yesterday = Clock().today(settings.timezone) - timedelta(days=1)
    on = min(day + timedelta(days=7), yesterday) if issue else max(day, yesterday)
    database = open_database(settings, Clock(as_of=datetime.combine(on, time(17, 30), ZoneInfo(settings.timezone))))
    try:
        async with database.writing() as db:
            held = select(Meeting).where(Meeting.mechanism_id == mechanism_id, Meeting.held_at.is_not(None))
            found = next(one for one in await db.scalars(held) if one.local_on == day)
            sides = {(await db.get_one(Agency, one.agency_id)).short_name: one for one in await _liaisons(db)}
            meeting = await queries.get(db, await _viewer(db, str(sides[JCY].key)), found.id)
            own, other = (JCY, SFJ) if meeting.host_agency.short_name == JCY else (SFJ, JCY)
            host, guest = [await _viewer(db, str(sides[one].key)) for one in (own, other)]
            minutes = await writing.draft(db, host, meeting)
            version = await writing.circulate(db, host, minutes, minutes.document.newest)
            for signs in (guest, host) if issue else (guest,):
                await signing.sign(db, signs, minutes, version, root=version.root)
            if issue:
                number = f"清{'检' if own == JCY else '司'}会纪〔{day.year}〕{meeting.ordinal_in_year}号"
                await signing.issue(db, host, minutes, version, doc_no=number, copy_to=["区委政法委"])
                for one in await minutes_queries.deliveries(db, minutes):
                    await note_delivered(db, host, version.id, one.id)
    finally:
        await database.dispose()


async def _announce(settings: Settings, mechanism_id: int, who: str) -> None:
    """The next planned meeting: agenda and people, the notice, and the first answers; once."""
    database = open_database(settings, Clock())
    try:
        async with database.writing() as db:
            viewer = await _viewer(db, who)
            coming = [one for one in await queries.upcoming(db, viewer, mechanism_id=mechanism_id) if one.series_id]
            if not coming or coming[0].announced_at is not None:
                return
            meeting = await queries.get(db, viewer, coming[0].id)
            agencies = {one.short_name: one.id for one in await db.scalars(select(Agency))}
            chair, guest = await _person(db, "chenzy"), await _person(db, "sunl")
            await asking.ask(
                db,
                viewer,
                meeting,
                [Asked(person_id=chair.id, role="chair"), Asked(person_id=guest.id, role="in_attendance")],
            )
            for title, purpose, agency, presenter, minutes in AGENDA:
                await agenda.add_item(
                    db,
                    viewer,
                    meeting,
                    title=title,
                    purpose=purpose,
                    agency_id=agencies[agency],
                    presenter_id=(await _person(db, presenter)).id,
                    duration_minutes=minutes,
                )
            shared = next(one for one in await queries.agenda(db, meeting.id) if one.title == AGENDA[1][0])
            brought = _paper(settings)
            await papers.add(db, await _viewer(db, "liwb"), meeting, brought, title=PAPER[0], agenda_item_id=shared.id)
            await announcing.send(db, viewer, meeting)
            answered = next(a for a in await queries.attendees(db, meeting.id) if a.person_id == chair.id)
            await replies.answer(
                db, await _viewer(db, "chenzy"), await queries.attendee(db, answered.id), partstat="accepted"
            )
            slip = next(i for i in await queries.invitations(db, meeting.id) if i.agency_id == agencies[SFJ])
            names = [SlipName("郑国强", "副局长"), SlipName("李文博", "副主任", "0553-0000021")]
            liaison = await _viewer(db, "liwb")
            await replies.return_slip(db, liaison, await queries.invitation(db, slip.id), names)
            await _ask_for_a_time(db, viewer, meeting.mechanism)
    finally:
        await database.dispose()


async def _liaisons(db: Session) -> list[Person]:
    return [await _person(db, key) for key in ("zhoumin", "liwb")]


def _paper(settings: Settings) -> Brought:
    """The paper as a file that was brought and kept."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    title = ParagraphStyle("title", fontName=FONT, fontSize=20, leading=30, alignment=TA_CENTER, spaceAfter=18)
    body = ParagraphStyle("body", fontName=FONT, fontSize=16, leading=29, firstLineIndent=32, wordWrap="CJK")
    coming = Incoming(settings.data_dir)
    made = BytesIO()
    lines = [Paragraph(PAPER[0], title), *(Paragraph(one, body) for one in PAPER[1:])]
    SimpleDocTemplate(made, pagesize=A4, leftMargin=28 * mm, rightMargin=26 * mm, topMargin=37 * mm).build(lines)
    coming.write(made.getvalue())
    coming.whole()
    return Brought(f"{PAPER[0]}.pdf", "pdf", coming.keep(settings.papers_dir))


async def _ask_for_a_time(db: Session, viewer: Viewer, mechanism: Mechanism) -> None:
    """Three working days the week after next, which the agency that asks has answered for itself."""
    calendar, today = region_calendar(mechanism.region), db.clock.today(mechanism.timezone)
    days = [add_workdays(calendar, today, ahead).date for ahead in (8, 9, 11)]
    times = [Proposed(datetime.combine(day, time(hour)), 90) for day, hour in zip(days, (9, 15, 10), strict=True)]
    due_on = add_workdays(calendar, today, 3).date
    poll = await polls.ask_for_times(
        db, viewer, mechanism.id, candidates=times, due_on=due_on, title=ASKED_FOR[0], note=ASKED_FOR[1]
    )
    said = zip(sorted(poll.candidates, key=lambda one: one.local_start), (CAN, IF_NEED_BE, CAN), strict=True)
    await answer(db, viewer, poll, viewer.agency_id, {one.id: choice for one, choice in said})


async def _person(db: Session, key: str) -> Person:
    return (await db.scalars(select(Person).where(Person.key == key))).one()


async def _viewer(db: Session, key: str) -> Viewer:
    viewer = await viewer_for(db, (await _person(db, key)).id, via="web")
    assert viewer is not None
    return viewer
