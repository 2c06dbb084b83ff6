"""Joint activities: who hosts one beside its host agency and whom it is for, and what was counted once it was held."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory import outside
from liaison.directory.models import Agency
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.meetings import activity_queries, queries
from liaison.meetings.activity_models import COUNTED, FIGURES, ActivityFigures, CoHost, names_in
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import ACTIVITIES, Meeting
from liaison.meetings.permissions import NOT_RECORDER, NOT_YOURS, may_change, may_record

MOST_CO_HOSTS, MOST_GROUPS, MOST_COUNTED = 20, 12, 1_000_000
_NO_ACTIVITY = N_("Only joint activities have this. Please choose another kind, or leave it empty.")
_ONE_EACH = N_("Please name one at a time: a comma sets names apart.")
_HELD = N_("This meeting has been held; its notice can no longer be changed.")


async def describe(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    *,
    co_host_ids: Sequence[int] = (),
    co_host_names: Sequence[str] = (),
    audience_groups: Sequence[str] = (),
    version: int | None = None,
) -> bool:
    """Say who co-hosts an activity, by agencies of the site and by names of bodies from outside, and whom it is for. What was said before
    is replaced. Told by the next `send`. Gives whether anything changed. Raises NotPermitted, Invalid (co_hosts, audience_groups), Conflict when stale
    (`version` of the meeting), or after it was held, unless it was entered afterwards (补录)."""
    await lock(db, meeting, held=None if meeting.entered_afterwards_at is not None else _HELD)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    before = [one.agency_id for one in await activity_queries.co_hosts(db, meeting.id)]
    meeting.check_version(version, co_host_ids=before, audience_groups=meeting.audience_groups or [])
    check = Check()
    for field, said in (("co_hosts", co_host_names), ("audience_groups", audience_groups)):
        if any(len(names_in(one)) > 1 for one in said):
            check.refuse(field, _ONE_EACH)
    if meeting.kind not in ACTIVITIES:
        if co_host_ids or co_host_names:
            check.refuse("co_hosts", _NO_ACTIVITY)
        if audience_groups:
            check.refuse("audience_groups", _NO_ACTIVITY)
    groups = [check.required_text("audience_groups", one, most=40) for one in dict.fromkeys(audience_groups)]
    if len(groups) > MOST_GROUPS or len(co_host_ids) + len(co_host_names) > MOST_CO_HOSTS:
        check.refuse(
            "audience_groups" if len(groups) > MOST_GROUPS else "co_hosts",
            N_("Please name at most %(most)s."),
            most=MOST_GROUPS if len(groups) > MOST_GROUPS else MOST_CO_HOSTS,
        )
    agencies = [await db.get(Agency, id_) for id_ in dict.fromkeys(co_host_ids)]
    hosts = [one for one in agencies if one is not None and one.deactivated_at is None and one.kept_by_id is None]
    if len(hosts) < len(agencies):
        check.refuse("co_hosts", N_("Please choose an agency from the directory."))
    names = [check.required_text("co_hosts", one, most=outside.MOST_NAME) for one in co_host_names]
    check.done()
    for name in names:
        known = await outside.of_the_site_by_name(db, name)
        hosts.append(known or await outside.body(db, viewer, meeting.host_agency_id, name))
    kept = [one for one in dict.fromkeys(hosts) if one.id != meeting.host_agency_id]
    is_news = [one.id for one in kept] != before or groups != (meeting.audience_groups or [])
    if is_news:
        await db.execute(delete(CoHost).where(CoHost.meeting_id == meeting.id))
        db.add_all(CoHost(meeting_id=meeting.id, agency_id=one.id, position=at) for at, one in enumerate(kept))
        meeting.audience_groups = groups or None
        meeting.touch()
        await db.flush()
        audit_line(db, viewer, "describe_activity", meeting, co_hosts=[one.id for one in kept], groups=groups)
    return is_news


async def ask_count(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    """Raises NotPermitted, Conflict (no activity, or not held)."""
    if not may_record(viewer, meeting, await queries.chairs(db, meeting.id)):
        raise NotPermitted(NOT_RECORDER)
    if meeting.kind not in ACTIVITIES:
        raise Conflict(N_("Figures are entered of joint activities."))
    if meeting.held_at is None:
        raise Conflict(N_("Figures are entered once the activity is recorded as held."))


async def count(
    db: Session, viewer: Viewer, meeting: Meeting, figures: Mapping[str, int | None], *, version: int | None = None
) -> ActivityFigures:
    """Enter what was counted at an activity that was held (activity_models.FIGURES: whole numbers, or None for what nobody counted); what
    its kind does not count is left out. Raises NotPermitted, Invalid, Conflict (not held, stale)."""
    await lock(db, meeting)
    await ask_count(db, viewer, meeting)
    check = Check()
    counted = COUNTED[meeting.kind]
    values = {
        name: check.number(name, figures.get(name), least=0, most=MOST_COUNTED) if name in counted else None
        for name in FIGURES
    }
    check.done()
    found = await activity_queries.figures(db, meeting.id)
    if found is None:
        found = ActivityFigures(meeting_id=meeting.id, version=1, entered_at=db.now())
        db.add(found)
    else:
        await locked(db, ActivityFigures, found.id)
        found.check_version(version, **{name: getattr(found, name) for name in FIGURES})
        if all(getattr(found, name) == values[name] for name in FIGURES):
            return found
        found.touch()
    for name, value in values.items():
        setattr(found, name, value)
    found.entered_at, found.entered_by = db.now(), viewer.person_id or None
    await db.flush()
    audit_line(db, viewer, "count_activity", meeting, **values)
    return found
