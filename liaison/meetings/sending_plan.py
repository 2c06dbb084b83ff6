"""发送年度会议安排: the year's dates are planned as drafts and told to the member agencies by one act; again, only what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import annual
from liaison.meetings.annual import Proposal
from liaison.meetings.by_office import Reader, readers
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_YOURS, may_schedule
from liaison.meetings.plan_lines import (
    ANNOUNCED,
    POSTPONED,
    PROVISIONAL,
    SKIPPED,
    PlanChange,
    PlanLine,
    changes,
    seen_on,
)
from liaison.meetings.plan_mails import KIND
from liaison.meetings.plan_models import SentPlan
from liaison.meetings.plan_queries import sent_plans
from liaison.meetings.queries import seen_in
from liaison.meetings.recipients import Unreachable


@dataclass(frozen=True, slots=True)
class ToSend:
    """What sending would do now, for the officer to read before."""

    number: int
    """1 for the plan itself, then one more for each change told."""
    lines: list[PlanLine]
    """The year from today on as it would be told."""
    changes: list[PlanChange]
    """What differs from what was told; none at the first time."""
    to_plan: list[tuple[int, date]]
    """The dates for which drafts are made."""
    readers: list[Reader]
    unreachable: list[Unreachable]
    agency_ids: list[int]
    """The member agencies of today."""
    last: SentPlan | None
    meetings: list[Meeting]
    """Those that stand on the plan already."""
    shown: list[PlanLine]
    """Of the lines those on whose day the officer's own agency is a member: it may leave before the year ends."""
    shown_changes: list[PlanChange]

    @property
    def says_nothing(self) -> bool:
        """Nothing lies ahead, or everything was told already."""
        return not self.lines if self.number == 1 else not self.changes


async def to_send(db: Session, viewer: Viewer, mechanism: Mechanism, year: int) -> ToSend:
    """The plan as it would go out now. A date that was told and whose meeting was called off since is not planned anew by sending, however
    often.

    Raises NotPermitted."""
    if not may_schedule(viewer, mechanism.id):
        raise NotPermitted(NOT_YOURS)
    sent = await sent_plans(db, mechanism.id, year)
    last = sent[-1] if sent else None
    before = [PlanLine.from_json(line) for line in last.lines] if last else []
    newest = {line.key: line for one in sent for line in map(PlanLine.from_json, one.lines)}
    told = {key for key, line in newest.items() if line.state != SKIPPED}
    today = db.clock.today(mechanism.timezone)
    lines, to_plan, meetings = [], [], []
    for row in await annual.proposals(db, viewer, mechanism, year, whole=True):
        meetings += [row.meeting] if row.meeting is not None else []
        if row.meeting is None and row.skipped is None:
            if row.day.date < today or (row.series.id, row.day.nominal) in told:
                continue
            to_plan.append(row.key)
        line = _line(row, mechanism)
        if line.day >= today:
            lines.append(line)
    lines.sort(key=lambda line: (line.day, line.start))
    duty = await mechanisms.on_duty(db, mechanism, today)
    those, unreachable = readers(duty, db.settings.locale)
    agency_ids = [member.agency_id for member in duty.members]
    differ = changes(before, lines, today) if last else []
    periods = seen_in(viewer, mechanism.id)

    def is_member(day: date) -> bool:
        return not periods or any(period.covers(day) for period in periods)

    return ToSend(
        *(len(sent) + 1, lines, differ, to_plan, those, unreachable, agency_ids, last),
        meetings=meetings,
        shown=seen_on(lines, is_member),
        shown_changes=[change for change in differ if is_member(change.line.day)],
    )


async def send_plan(
    db: Session, viewer: Viewer, mechanism_id: int, year: int, *, number: int | None = None
) -> SentPlan:
    """Plan what has no draft yet, and tell every member agency's liaison at once, deputies copied; an agency without one at its own
    address. The meetings stay drafts: no calendar mail leaves before their notices.

    `number` is the one that the officer was shown. Raises NotPermitted, Invalid, Conflict (sent meanwhile, or nothing to tell)."""
    mechanism = await locked(db, Mechanism, mechanism_id, joinedload(Mechanism.lead_agency))
    plan = await to_send(db, viewer, mechanism, year)
    if number is not None and number != plan.number:
        raise Conflict(N_("Somebody has sent this plan in the meantime. Please look again."))
    if plan.says_nothing:
        raise Conflict(
            N_("No date of this year lies ahead, so there is nothing to send.")
            if plan.number == 1
            else N_("Nothing has changed since the plan was sent.")
        )
    if plan.to_plan:
        try:
            await annual.plan(db, viewer, mechanism_id, plan.to_plan)
        except Invalid as refusal:
            message = next(iter(refusal.errors.values()))
            raise Conflict(message.msgid, **message.params) from None
        await db.flush()
        plan = await to_send(db, viewer, mechanism, year)
    sent = SentPlan(
        mechanism_id=mechanism_id,
        year=year,
        number=plan.number,
        lines=[line.to_json() for line in plan.lines],
        agency_ids=plan.agency_ids,
        sent_at=db.now(),
        sent_by=viewer.person_id or None,
    )
    db.add(sent)
    for meeting in plan.meetings:
        if meeting.plan_sent_at is None and meeting.state == "draft":
            meeting.plan_sent_at = sent.sent_at
    await db.flush()
    acts_for = viewer.acts_for(mechanism_id)
    agency = await db.get_one(Agency, acts_for or mechanism.lead_agency_id)
    newcomers = set(plan.agency_ids).difference(plan.last.agency_ids if plan.last else ())
    await _tell(db, sent, plan.readers, agency, newcomers)
    about, params = f"mechanism:{mechanism_id}", {"year": year, "number": plan.number, "dates": len(plan.lines)}
    audit.add(db, viewer, "send_plan", about, mechanism_id=mechanism_id, **params)
    return sent


def _line(row: Proposal, mechanism: Mechanism) -> PlanLine:
    meeting, series = row.meeting, row.series
    if meeting is not None:
        state = POSTPONED if meeting.postponed_at else ANNOUNCED if meeting.announced_at else PROVISIONAL
        return PlanLine(
            *(series.id, row.day.nominal, meeting.local_on, f"{meeting.local_start:%H:%M}", meeting.duration_minutes),
            *(meeting.title, meeting.host_agency.short_name, meeting.location, state),
        )
    host = row.host.short_name if row.host else ""
    at_lead = row.host is not None and row.host.id == mechanism.lead_agency_id
    return PlanLine(
        *(series.id, row.day.nominal, row.day.date, f"{series.start_time:%H:%M}", series.duration_minutes),
        *(series.name, host, series.location if at_lead and not row.skipped else None),
        *(SKIPPED if row.skipped else PROVISIONAL, row.skipped),
    )


async def _tell(db: Session, sent: SentPlan, to: Sequence[Reader], agency: Agency, newcomers: set[int]) -> None:
    for one in to:
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"mechanism:{sent.mechanism_id}",
            address=one.address,
            display_to=f"{one.name} <{one.address}>",
            locale=one.locale,
            person_ids=one.person_ids,
            source_id=sent.id,
            params={
                "agency": agency.name,
                "agency_ids": one.agency_ids,
                "full": not newcomers.isdisjoint(one.agency_ids),
            },
            once_key=f"{KIND}:{sent.id}:{one.address}",
            created_by=sent.sent_by,
        )
