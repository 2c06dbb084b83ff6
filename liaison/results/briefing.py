"""拟写工作信息: a brief is drafted from the record in one press, edited by a person, and taken away or back."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import activity_queries, recorded
from liaison.meetings import queries as meetings
from liaison.meetings.models import ACTIVITIES, IN_ATTENDANCE, PRESENT, Meeting
from liaison.results import brief_text, queries, reporting, sums
from liaison.results.brief_models import OF_MEETING, RESULTS, Brief
from liaison.results.periods import year_of
from liaison.results.permissions import NO_BRIEFS
from liaison.results.queries import Filters
from liaison.results.values import outcome_json

NOT_HELD = N_("This meeting has not been held yet.")
NOTHING = N_("No outcome is on record in this period.")
MOST_LINES = 5000
SENT_TWICE = timedelta(minutes=1)
"""Within this time the same press is the same brief."""
_SAME = ("mechanism_id", "agency_id", "kind", "from_on", "to_on", "meeting_id", "drafted_text", "drafted_by")


async def draft_results(
    db: Session, viewer: Viewer, mechanism_id: int, words: Words, *, first: date | None, last: date | None
) -> Brief:
    """Draft the account of what the outcomes of these days add up to (as `reporting.report` reads them), in the language of `words`; its source
    is every line that counts, as it stands. Raises NotFound, NotPermitted, Invalid (from, to), Conflict (nothing on record, too much)."""
    mechanism, agency_id = await _own(db, viewer, mechanism_id)
    span = await queries.span(db, viewer, mechanism)
    if span is not None and first is None:  # 2021年以来, and not from the day of the first case on
        first = year_of(span[0].year).first
    report = await reporting.report(db, viewer, mechanism, first, last)
    period = report.period
    cells = await queries.cells(db, viewer, mechanism, period.first, period.last)
    if not cells:
        raise Conflict(NOTHING)
    filters = Filters(period.first, period.last)
    lines = await queries.by_number(db, viewer, mechanism, filters, after=0, limit=MOST_LINES + 1)
    if len(lines) > MOST_LINES:
        raise Conflict(N_("These are more than %(most)s entries. Please narrow the list first."), most=MOST_LINES)
    work = brief_text.Work(
        report.work.meetings_held,
        sum(one.held for one in report.work.activities if one.kind is not None),
        report.work.actions.done if report.work.actions else 0,
    )
    groups = sums.for_papers(cells)
    text = brief_text.of_results(words, period, cells, groups, work, to_last=span is None or period.last >= span[1])
    source = {
        "figures": brief_text.figures_of(cells),
        "confirmed": report.confirmed,
        "lines": [outcome_json(one) for one in lines if one.counts],
    }
    title = words._("Results of %(mechanism)s, %(period)s", mechanism=mechanism.short_name, period=period.named(words))
    return await _keep(
        db, viewer, mechanism, agency_id, kind=RESULTS, title=title, text=text, source=source, from_on=period.first, to_on=period.last
    )  # fmt: skip


async def draft_meeting(db: Session, viewer: Viewer, meeting_id: int, words: Words) -> Brief:
    """Draft the account of a meeting or activity that was held, from its record; restricted items and what was decided on them stay out of
    it. Raises NotFound, NotPermitted, Conflict (not held yet)."""
    meeting = await meetings.get(db, viewer, meeting_id)
    if viewer.acts_for(meeting.mechanism_id) is None:  # a guest sees the meeting, and not its mechanism
        raise NotPermitted(NO_BRIEFS)
    mechanism, agency_id = await _own(db, viewer, meeting.mechanism_id)
    if meeting.held_at is None:
        raise Conflict(NOT_HELD)
    told = await _told(db, viewer, meeting)
    source: dict[str, Any] = {"meeting_id": str(meeting.id), "items": told.items, "decisions": told.decisions}
    source |= {"agencies": [told.host, *told.others], "figures": told.figures}
    text = brief_text.of_meeting(words, told)
    return await _keep(
        db, viewer, mechanism, agency_id, kind=OF_MEETING, title=meeting.title, text=text, source=source, meeting_id=meeting.id
    )  # fmt: skip


async def edit(
    db: Session, viewer: Viewer, brief: Brief, *, title: str | None, text: str | None, version: int | None = None
) -> Brief:
    """Say it in one's own words; what it was drafted from stays. Raises NotPermitted, Invalid (title, text), Conflict (a stale form)."""
    await _lock(db, viewer, brief)
    brief.check_version(version, title=brief.title, text=brief.text)
    check = Check()
    title = check.required_text("title", title, most=200)
    text = check.required_text("text", text, most=10_000, lines=True)
    check.done()
    if (title, text) != (brief.title, brief.text):
        brief.title, brief.text, brief.edited_at = title, text, db.now()
        brief.touch()
        _audit_line(db, viewer, "edit_brief", brief)
    return brief


async def remove(db: Session, viewer: Viewer, brief: Brief) -> Brief:
    """Take it away; `restore` undoes it. Twice is once. Raises NotPermitted."""
    await _lock(db, viewer, brief)
    if brief.removed_at is None:
        brief.removed_at, brief.removed_by = db.now(), viewer.person_id
        brief.touch()
        _audit_line(db, viewer, "remove_brief", brief)
    return brief


async def restore(db: Session, viewer: Viewer, brief: Brief) -> Brief:
    """Undo `remove`. Raises NotPermitted."""
    await _lock(db, viewer, brief)
    if brief.removed_at is not None:
        brief.removed_at = brief.removed_by = None
        brief.touch()
        _audit_line(db, viewer, "restore_brief", brief)
    return brief


async def _own(db: Session, viewer: Viewer, mechanism_id: int) -> tuple[Mechanism, int]:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    agency_id = viewer.acts_for(mechanism_id)
    if agency_id is None:
        raise NotPermitted(NO_BRIEFS)
    return mechanism, agency_id


async def _lock(db: Session, viewer: Viewer, brief: Brief) -> None:
    await locked(db, Brief, brief.id)
    if viewer.acts_for(brief.mechanism_id) != brief.agency_id:
        raise NotPermitted(NO_BRIEFS)


async def _keep(db: Session, viewer: Viewer, mechanism: Mechanism, agency_id: int, **said: Any) -> Brief:
    text = said.pop("text")
    brief = Brief(
        mechanism_id=mechanism.id,
        agency_id=agency_id,
        text=text,
        drafted_text=text,
        drafted_at=db.now(),
        drafted_by=viewer.person_id,
        version=1,
        **said,
    )
    brief.title = brief.title[:200]
    same = select(Brief).where(
        *(getattr(Brief, name).is_not_distinct_from(getattr(brief, name)) for name in _SAME),
        Brief.drafted_at > db.now() - SENT_TWICE,
        Brief.removed_at.is_(None),
    )
    if (twice := (await db.scalars(same.limit(1))).first()) is not None:
        return twice
    db.add(brief)
    await db.flush()
    _audit_line(db, viewer, "draft_brief", brief)
    return brief


async def _told(db: Session, viewer: Viewer, meeting: Meeting) -> brief_text.Told:
    items = [one for one in await meetings.agenda(db, meeting.id, states=("accepted",)) if one.audience is None]
    open_ids = {one.id for one in items}
    decided = await recorded.decisions(db, viewer, meeting.id, revoked=False)
    there = [one for one in await meetings.attendees(db, meeting.id) if one.attendance in (PRESENT, IN_ATTENDANCE)]
    agencies = list(dict.fromkeys(one.agency.name for one in there if one.agency_id != meeting.host_agency_id))
    chair = next((one for one in there if one.role == "chair"), None)
    is_activity = meeting.kind in ACTIVITIES
    hosts = [one.agency.name for one in await activity_queries.co_hosts(db, meeting.id)] if is_activity else []
    counted = await activity_queries.figures(db, meeting.id) if is_activity else None
    names = ("brochures", "consultations", "turnout", "leads")
    return brief_text.Told(
        on=meeting.local_on,
        title=meeting.title,
        location=meeting.location,
        host=meeting.host_agency.name,
        others=list(dict.fromkeys(hosts if is_activity else agencies)),
        chair=f"{chair.agency.short_name}{chair.name}" if chair else None,
        items=[one.title for one in items],
        decisions=[one.text for one in decided if one.agenda_item_id is None or one.agenda_item_id in open_ids],
        figures=({name: getattr(counted, name) if counted else None for name in names} if is_activity else None),
        audience=list(meeting.audience_groups or ()),
    )


def _audit_line(db: Session, viewer: Viewer, verb: str, brief: Brief) -> None:
    audit.add(db, viewer, verb, f"brief:{brief.id}", mechanism_id=brief.mechanism_id)
