"""The joint activities of the demo: one that was held and counted, and a lecture to come whose guests from outside are invited, one of them on
paper. Through the verbs that pages use, each at its moment."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import add_workdays, region_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import activities, announcing, scheduling
from liaison.meetings.asking import Asked, Guest
from liaison.meetings.entering import Present, enter_held
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.opening import open_database

JCY, SFJ = "区检察院", "区司法局"
FAIR = "根治欠薪联合宣传"
COUNTED = {"brochures": 600, "consultations": 38, "turnout": 210, "leads": 1}
LECTURE = "新业态劳动者权益保护专题讲座"
SCHOOL = "清沚技师学院"
GUESTS = (
    Guest("方敏", SCHOOL, "副院长", "fangmin@jishi.qingzhi.example", "0553-0000061"),
    Guest("马守田", "清沚街道新城社区居委会", "主任", phone="0553-0000071"),
)
"""The second one has no mail: the letter to him is made on paper."""


async def hold_activities(settings: Settings, mechanism_id: int, who: str) -> None:
    """Once: nothing is done where there is an activity already. `who` is the key of the host's liaison."""
    clock = Clock()
    database = open_database(settings, clock)
    try:
        async with database.reading() as db:
            of_mechanism = select(Meeting).where(Meeting.mechanism_id == mechanism_id)
            there = (await db.scalars(of_mechanism)).all()
            if any(one.kind in ACTIVITIES for one in there):
                return
            taken = {one.local_on for one in there}
            mechanism = await db.get_one(Mechanism, mechanism_id)
            zone, today = ZoneInfo(mechanism.timezone), db.clock.today(mechanism.timezone)
            calendar = region_calendar(mechanism.region)
            days = [add_workdays(calendar, today, ahead).date for ahead in (-12, -13, 14, 15)]
            held_on, coming_on = (next(day for day in some if day not in taken) for some in (days[:2], days[2:]))
        clock.as_of = datetime.combine(held_on, time(17), zone)
        async with database.writing() as db:
            await _hold(db, mechanism_id, who, datetime.combine(held_on, time(9)))
        clock.as_of = None
        async with database.writing() as db:
            await _invite(db, mechanism_id, who, datetime.combine(coming_on, time(14, 30)))
    finally:
        await database.dispose()


async def _hold(db: Session, mechanism_id: int, who: str, start: datetime) -> None:
    viewer, agencies = await _viewer(db, who), await _agencies(db)
    meeting = await enter_held(
        db,
        viewer,
        mechanism_id,
        kind="publicity",
        title=FAIR,
        local_start=start,
        duration_minutes=180,
        location="清沚区市民广场",
        host_agency_id=agencies[JCY],
        present=[Present(agencies[JCY], "周敏", "四级检察官助理"), Present(agencies[SFJ], "吴晓岚", "科员")],
    )
    await activities.describe(
        db,
        viewer,
        meeting,
        co_host_ids=[agencies[SFJ]],
        co_host_names=["清沚街道办事处"],
        audience_groups=["农民工", "社区居民"],
    )
    await activities.count(db, viewer, meeting, COUNTED)


async def _invite(db: Session, mechanism_id: int, who: str, start: datetime) -> None:
    viewer, agencies = await _viewer(db, who), await _agencies(db)
    meeting = await scheduling.schedule(
        db,
        viewer,
        mechanism_id,
        kind="lecture",
        title=LECTURE,
        local_start=start,
        duration_minutes=90,
        location=f"{SCHOOL}报告厅",
        host_agency_id=agencies[JCY],
        asked=[Asked(agency_id=agencies[SFJ], seats=2), *(Asked(guest=one, role="in_attendance") for one in GUESTS)],
    )
    await activities.describe(
        db, viewer, meeting, co_host_ids=[agencies[SFJ]], co_host_names=[SCHOOL], audience_groups=["学生", "农民工"]
    )
    await announcing.send(db, viewer, meeting)


async def _agencies(db: Session) -> dict[str, int]:
    found = select(Agency).where(Agency.short_name.in_((JCY, SFJ)), Agency.kept_by_id.is_(None))
    return {one.short_name: one.id for one in await db.scalars(found)}


async def _viewer(db: Session, key: str) -> Viewer:
    person = (await db.scalars(select(Person).where(Person.key == key))).one()
    viewer = await viewer_for(db, person.id, via="web")
    assert viewer is not None
    return viewer
