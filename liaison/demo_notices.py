"""The notices of the demo: one that the other agency sent and that waits for an answer, one of one's own with another date offered, one
that was answered, a lead that the other agency referred, and two contacts between them. Through the verbs that pages use, each at its
moment."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.viewers import viewer_for
from liaison.notices import answering, contact_log, deadlines, writing
from liaison.notices.due import DEFAULT_DAYS
from liaison.notices.leads import Lead
from liaison.notices.models import FOR_ACTION, FOR_COMMENT, FOR_INFORMATION, Addressee, Notice
from liaison.opening import open_database

JCY, SFJ = "区检察院", "区司法局"
ASKS = (
    "关于核实清司援〔2026〕31号法律援助申请进展的商请",
    "我局近日受理农民工讨薪法律援助申请一件（清司援〔2026〕31号），申请人拟申请支持起诉。\n请贵院告知该案是否已受理、拟办理阶段，以便指派律师衔接。",
)
VIEWS = (
    "关于《农民工讨薪线索移送办法（征求意见稿）》征求意见的函",
    "现将《农民工讨薪线索移送办法（征求意见稿）》发送贵局，请就线索编号规则、移送时限和反馈方式提出意见。\n如无意见，也请函复。",
)
TOLD = (
    "关于国家宪法日联合普法宣传安排的通报",
    "我院定于12月4日在市民广场设点普法，已备宣传册800份、展板6块。请贵局知悉，并派法律援助律师到场接受咨询。",
)

LEAD = (
    "农民工讨薪支持起诉线索",
    "我局在法律援助中发现，某建设项目班组务工人员被拖欠劳动报酬，当事人起诉确有困难，符合支持起诉条件。\n当事人情况见卷，不在此列明。请贵院审查是否受理。",
)


async def send_notices(settings: Settings, mechanism_id: int) -> None:
    """Once: nothing is done where there is a notice already."""
    clock = Clock()
    database = open_database(settings, clock)
    try:
        async with database.reading() as db:
            if (await db.execute(select(Notice.id).limit(1))).first() is not None:
                return
            mechanism = await db.get_one(Mechanism, mechanism_id)
            zone, today = ZoneInfo(mechanism.timezone), db.clock.today(mechanism.timezone)
            calendar = region_calendar(mechanism.region)
            days = [add_workdays(calendar, today, -ahead).date for ahead in (6, 3, 1)]
        moments = [datetime.combine(day, time(9, 40), zone) for day in days]
        clock.as_of = moments[0]
        async with database.writing() as db:
            told = await _send(db, mechanism_id, "zhoumin", SFJ, TOLD, FOR_INFORMATION, 3)
            await answering.acknowledge(db, await _viewer(db, "liwb"), _line(told))
            await _call(db, mechanism_id, "chat", "宪法日普法点位和展板数量", None)
        clock.as_of = moments[1]
        async with database.writing() as db:
            views = await _send(db, mechanism_id, "zhoumin", SFJ, VIEWS, FOR_COMMENT, 5)
            liwb = await _viewer(db, "liwb")
            await answering.acknowledge(db, liwb, _line(views))
            later = add_workdays(calendar, _line(views).due_on or today, 4).date
            await deadlines.offer(db, liwb, _line(views), due_on=later, text="需经局长办公会研究，会议定于下周召开。")
        clock.as_of = moments[2]
        async with database.writing() as db:
            await _send(db, mechanism_id, "liwb", JCY, ASKS, FOR_ACTION, 3)
            await _call(
                db,
                mechanism_id,
                "phone",
                "农民工讨薪线索移送的衔接口径",
                "请对方书面明确线索编号规则，下次例会前商定。",
            )
            clauses = await mechanisms.clauses(db, mechanism_id)
            clause = next((one for one in clauses if "线索" in one.text), None)
            lead = Lead("清司移〔2026〕6号", "wages", clause.id if clause else None)
            await _send(db, mechanism_id, "liwb", JCY, LEAD, FOR_ACTION, DEFAULT_DAYS, lead)
    finally:
        await database.dispose()


async def _send(
    db: Session,
    mechanism_id: int,
    who: str,
    to: str,
    words: tuple[str, str],
    purpose: str,
    days: int,
    lead: Lead | None = None,
) -> Notice:
    agency_id = (await db.execute(select(Agency.id).where(Agency.short_name == to))).scalar_one()
    viewer = await _viewer(db, who)
    subject, text = words
    notice = await writing.draft(
        db,
        viewer,
        mechanism_id,
        subject=subject,
        text=text,
        purpose=purpose,
        to_agency_ids=[agency_id],
        deadline_days=days,
        lead=lead,
    )
    return await writing.send(db, viewer, notice)


async def _call(db: Session, mechanism_id: int, way: str, subject: str, follow_up: str | None) -> None:
    agency_id = (await db.execute(select(Agency.id).where(Agency.short_name == SFJ))).scalar_one()
    await contact_log.log(
        db,
        await _viewer(db, "zhoumin"),
        mechanism_id,
        subject=subject,
        way=way,
        counterpart="李文博",
        with_agency_id=agency_id,
        follow_up=follow_up,
    )


def _line(notice: Notice) -> Addressee:
    return notice.addressees[0]


async def _viewer(db: Session, key: str) -> Viewer:
    person = (await db.scalars(select(Person).where(Person.key == key))).one()
    viewer = await viewer_for(db, person.id, via="web")
    assert viewer is not None
    return viewer
