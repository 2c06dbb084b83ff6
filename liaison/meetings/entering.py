"""补录: a meeting that was held without the system, entered on one page. Nobody is mailed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Invalid
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import holding, recording, scheduling
from liaison.meetings.models import PRESENT, AgendaItem, Attendee, Meeting

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Present:
    """One name of those who were there; people need not be in the directory."""

    agency_id: int
    name: str
    job_title: str | None = None
    role: str = "required"


async def enter_held(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    *,
    kind: str,
    title: str,
    local_start: datetime,
    duration_minutes: int,
    location: str | None = None,
    host_agency_id: int | None = None,
    present: Sequence[Present] = (),
    items: Sequence[str] = (),
    decisions: Sequence[str] = (),
    notes: str | None = None,
    ordinal: int | None = None,
    ordinal_in_year: int | None = None,
) -> Meeting:
    """A held meeting with who was there, what was on the agenda and what was decided, all or nothing. Who enters it is its
    recorder, whichever agency was the host.

    `local_start` is naive local time of the mechanism's zone and has passed; `items` and `decisions` are one text each.
    Raises NotPermitted, Invalid (starts_at, present.N of one name too many or of an agency that never was a member, items.N,
    decisions.N and the fields of `schedule` and `hold`)."""
    meeting = await scheduling.schedule(
        db,
        viewer,
        mechanism_id,
        kind=kind,
        title=title,
        local_start=local_start,
        duration_minutes=duration_minutes,
        location=location,
        host_agency_id=host_agency_id,
        recorder_id=viewer.person_id or None,
    )
    if meeting.starts_at > db.now():
        raise Invalid({"starts_at": N_("This lies in the future. Schedule a meeting instead.")})
    check = Check()
    if len(present) > MOST_LINES:
        check.refuse(f"present.{MOST_LINES}", N_("At most %(most)s names in all, please."), most=MOST_LINES)
    for field, lines in (("items", items), ("decisions", decisions)):
        if len(lines) > MOST_LINES:
            check.refuse(field, N_("At most %(most)s lines, please."), most=MOST_LINES)
    check.done()
    members = {one.agency_id for one in await mechanisms.members(db, mechanism_id)}
    for number, one in enumerate(present):
        if one.agency_id not in members:
            check.refuse(f"present.{number}", N_("Please choose one of the member agencies."))
            continue
        name = check.required_text(f"present.{number}", one.name, most=60)
        job_title = check.text(f"present.{number}", one.job_title, most=80)
        db.add(
            Attendee(
                meeting_id=meeting.id,
                starts_at=meeting.starts_at,
                agency_id=one.agency_id,
                name=name,
                job_title=job_title,
                role=one.role,
                position=number,
                partstat="accepted",
                attendance=PRESENT,
                attendance_at=db.now(),
                attendance_by=viewer.person_id or None,
                version=1,
            )
        )
    for number, text in enumerate(items, 1):
        item_title = check.required_text(f"items.{number - 1}", text, most=200)
        db.add(
            AgendaItem(
                meeting_id=meeting.id,
                position=number,
                title=item_title,
                purpose="other",
                state="accepted",
                proposed_by=viewer.person_id or None,
                proposed_at=db.now(),
                settled_at=db.now(),
                version=1,
            )
        )
    check.done()
    await db.flush()
    if notes and notes.strip():
        try:
            await recording.save_note(db, viewer, meeting, notes)
        except Invalid as refusal:
            raise Invalid({"notes": refusal.errors["text"]}) from None
    for number, text in enumerate(decisions):
        try:
            await recording.decide(db, viewer, meeting, text=text, of_list=True)
        except Invalid as refusal:
            raise Invalid({f"decisions.{number}": message for message in refusal.errors.values()}) from None
    return await holding.hold(db, viewer, meeting, ordinal=ordinal, ordinal_in_year=ordinal_in_year)
