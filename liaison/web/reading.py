"""每次查看留痕: every page and file of a mechanism that one of its readers (查阅人员) is answered with is one line of the trail, in this one
place, whatever feature answers. A page that they open again on the same day is noted once, a file each time, also one that is made on
pressing a button.

Papers, minutes and texts put to the members note themselves besides, with the version that was read (web.papers, web.minutes, proposals)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar.types import Message, Scope
from sqlalchemy import select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions.extension_models import Extension
from liaison.actions.models import ActionItem
from liaison.audit import AuditLine
from liaison.countersigning.models import Document, DocumentVersion, SignOff
from liaison.db import Session
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgencyInvitation, AgendaItem, Attendee, Meeting, Series
from liaison.meetings.paper_models import Paper
from liaison.notices.contact_models import ContactLog
from liaison.notices.models import Notice
from liaison.polls.models import TimePoll
from liaison.results.brief_models import Brief
from liaison.results.models import Outcome

VERB: Final = "view"
_OF_VERSION = (
    select(Document.mechanism_id)
    .join(DocumentVersion, DocumentVersion.document_id == Document.id)
    .add_columns(DocumentVersion.id)
)
FOUND_BY: Final[Mapping[str, Any]] = {
    "mechanism_id": select(Mechanism.id, Mechanism.id),
    "meeting_id": select(Meeting.mechanism_id, Meeting.id),
    "series_id": select(Series.mechanism_id, Series.id),
    "member_id": select(Member.mechanism_id, Member.id),
    "designation_id": select(Designation.mechanism_id, Designation.id),
    "decision_id": select(Decision.mechanism_id, Decision.id),
    "action_id": select(ActionItem.mechanism_id, ActionItem.id),
    "notice_id": select(Notice.mechanism_id, Notice.id),
    "contact_id": select(ContactLog.mechanism_id, ContactLog.id),
    "outcome_id": select(Outcome.mechanism_id, Outcome.id),
    "brief_id": select(Brief.mechanism_id, Brief.id),
    "poll_id": select(TimePoll.mechanism_id, TimePoll.id),
    "item_id": select(Meeting.mechanism_id, AgendaItem.id).join(AgendaItem, AgendaItem.meeting_id == Meeting.id),
    "attendee_id": select(Meeting.mechanism_id, Attendee.id).join(Attendee, Attendee.meeting_id == Meeting.id),
    "invitation_id": select(Meeting.mechanism_id, AgencyInvitation.id).join(
        AgencyInvitation, AgencyInvitation.meeting_id == Meeting.id
    ),
    "paper_id": select(Meeting.mechanism_id, Paper.id).join(Paper, Paper.meeting_id == Meeting.id),
    "extension_id": select(ActionItem.mechanism_id, Extension.id).join(
        Extension, Extension.action_item_id == ActionItem.id
    ),
    "version_id": _OF_VERSION,
    "sign_off_id": _OF_VERSION.join(SignOff, SignOff.document_version_id == DocumentVersion.id).with_only_columns(
        Document.mechanism_id, SignOff.id
    ),
}
"""By the name of a parameter of an address, the mechanism of what it names."""
OVERVIEWS: Final = frozenset(
    {
        "/", "/meetings", "/mechanisms", "/programmes", "/actions", "/actions/ledger.xlsx", "/actions/figures", "/actions/figures/print",
        "/notices", "/referrals", "/referrals/ledger.xlsx", "/contact-log", "/contact-log/print", "/contact-log/contact-log.xlsx",
        "/api/audit", "/api/mechanisms", "/api/meetings", "/api/action-items", "/api/action-items/figures",
        "/api/deliveries", "/api/incoming", "/incoming", "/results", "/search", "/api/search",
    }
)  # fmt: skip
"""What shows something of every mechanism that its visitor reads: noted with each."""
OF_NO_MECHANISM: Final = (
    "/static", "/sign-in", "/password", "/set-up", "/account", "/directory", "/document-templates", "/feed", "/r/", "/incoming/{incoming_id",
    "/api/incoming/{incoming_id", "/system", "/calendar", "/mechanisms/new", "/actions/import", "/how-far", "/healthz", "/readyz", "/metrics", "/api/me", "/api/agencies", "/api/offices",
    "/api/people", "/api/calendar", "/api/openapi.json",
)  # fmt: skip
"""How addresses begin that show nothing of a mechanism to a reader: the site's own, the directory, one's own account, the operator's."""


async def note_reading(message: Message, scope: Scope) -> None:
    """Before an answer leaves: what a reader is shown is noted, or not shown."""
    viewer: Viewer | None = scope.get("state", {}).get("viewer")
    if message["type"] != "http.response.start" or viewer is None or not viewer.reader_of:
        return
    is_file = any(name.lower() == b"content-disposition" for name, _ in message["headers"])
    is_page = scope.get("method") == "GET"
    if not (message["status"] == 200 and is_page) and not (200 <= message["status"] < 300 and is_file):
        return
    database = scope["litestar_app"].state.database
    async with database.writing() as db:
        await _note(db, viewer, await _mechanisms(db, viewer, scope), scope["path"], is_file=is_file, is_page=is_page)


async def _mechanisms(db: Session, viewer: Viewer, scope: Scope) -> list[int]:
    if scope.get("path_template") in OVERVIEWS:
        return sorted(viewer.reader_of)
    for name, value in scope.get("path_params", {}).items():
        query = FOUND_BY.get(name)
        if query is not None and str(value).isdecimal():
            of_it, id_ = query.selected_columns
            found = set(await db.scalars(query.with_only_columns(of_it).where(id_ == int(value))))
            return sorted(found & viewer.reader_of)
    return []


async def _note(
    db: Session, viewer: Viewer, mechanism_ids: Sequence[int], path: str, *, is_file: bool, is_page: bool
) -> None:
    """In two statements however many mechanisms a page is of. Under a lock of each, so that of two pages opened at once only one finds that
    nothing is noted yet."""
    if not mechanism_ids:
        return
    query = select(Mechanism.id, Mechanism.timezone).where(Mechanism.id.in_(mechanism_ids))
    rows = await db.execute(query.order_by(Mechanism.id).with_for_update())
    zones: dict[int, str] = dict(rows.all())
    begins = {id_: datetime.combine(db.clock.today(zone), time.min, ZoneInfo(zone)) for id_, zone in zones.items()}
    facts = {"path": path} if is_page else {"path": path, "made": True}
    noted = set() if is_file else await _noted(db, viewer, begins, path)
    for id_ in sorted(zones.keys() - noted):
        audit.add(db, viewer, VERB, f"mechanism:{id_}", mechanism_id=id_, **facts)


async def _noted(db: Session, viewer: Viewer, begins: Mapping[int, datetime], path: str) -> set[int]:
    """The mechanisms in which this address was noted since their day began."""
    seen = select(AuditLine.mechanism_id, AuditLine.at).where(
        AuditLine.verb == VERB,
        AuditLine.object.in_([f"mechanism:{id_}" for id_ in begins]),
        AuditLine.person_id == viewer.person_id,
        AuditLine.at >= min(begins.values()),
        AuditLine.payload.in_([audit.payload_of(facts) for facts in ({"path": path}, {"path": path, "made": True})]),
    )
    return {id_ for id_, at in await db.execute(seen) if id_ is not None and at >= begins[id_]}
