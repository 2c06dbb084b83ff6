"""What minutes ask of the viewer: sign for the agency; of those who write them to draft, circulate, register, change, remind, issue and deliver."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.countersigning import queries as documents
from liaison.countersigning.models import ALL_AGREED, DRAFT, Document, Signer
from liaison.countersigning.permissions import signs_for
from liaison.countersigning.standing import standing_of, state_of
from liaison.db import Session
from liaison.desk.around import NOT_REACHED
from liaison.desk.todos import Failure, Todo
from liaison.mail.models import OutboxMail
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.queries import in_force
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import is_host
from liaison.meetings.stepping import rows_of, steps_shown
from liaison.meetings.steps import ISSUE, MINUTES_DRAFT, StepOf, has, steps_of, wants_minutes
from liaison.minutes import telling
from liaison.minutes.models import Minutes, MinutesDelivery
from liaison.minutes.permissions import may_edit
from liaison.minutes.signers import left_since

LOOKED_BACK: Final = timedelta(days=120)
"""So long after a meeting its missing minutes stay on the desk."""


async def record_todos(db: Session, viewer: Viewer) -> list[Todo]:
    """All of it, for meetings the viewer sees."""
    todos = []
    held, open_ = await _unfinished(db, viewer)
    held = [one for one in held if has(one.kind, MINUTES_DRAFT)]
    rows = await rows_of(db, [one.id for one in held])
    for meeting in held:
        if meeting.minutes_drafted_at is None and may_edit(viewer, meeting):
            steps = _by_step(steps_of(meeting, rows[meeting.id], db.clock.today(meeting.timezone)))
            if steps[MINUTES_DRAFT].state != "skipped":
                todos.append(Todo("minutes_draft", steps[MINUTES_DRAFT].date, meeting.id, meeting))
    for minutes in open_:
        todos += await _of(db, viewer, minutes)
    return [*todos, *await _to_deliver(db, viewer)]


async def _to_deliver(db: Session, viewer: Viewer) -> list[Todo]:
    """Issued minutes that no mail brings to somebody, until the host says that they have them."""
    query = (
        select(MinutesDelivery)
        .join(Minutes, Minutes.id == MinutesDelivery.minutes_id)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(
            MinutesDelivery.done_at.is_(None),
            or_(
                Meeting.mechanism_id.in_({one.mechanism_id for one in viewer.designations}),
                Meeting.recorder_id == viewer.person_id,
            ),
        )
        .options(
            joinedload(MinutesDelivery.minutes).options(
                joinedload(Minutes.meeting).options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency)),
                joinedload(Minutes.document).selectinload(Document.versions),
            )
        )
        .order_by(MinutesDelivery.id)
    )
    found: dict[int, list[MinutesDelivery]] = {}
    for one in await db.scalars(query):
        if may_edit(viewer, one.minutes.meeting):
            found.setdefault(one.minutes_id, []).append(one)
    todos = []
    for rows in found.values():
        minutes, names = rows[0].minutes, tuple(one.name for one in rows)
        today, version_id = db.clock.today(minutes.meeting.timezone), minutes.document.newest.id
        todos.append(Todo("minutes_deliver", today, version_id, minutes.meeting, names=names, count=len(names)))
    return todos


async def _of(db: Session, viewer: Viewer, minutes: Minutes) -> list[Todo]:
    meeting, document = minutes.meeting, minutes.document
    version, state, stands = document.newest, state_of(document), standing_of(document.newest)
    own = signs_for(viewer, document)
    todos = []
    if version.circulated_at is not None and own in stands.owes:
        todos.append(Todo("sign", version.due_on, meeting.id, meeting))
    if not may_edit(viewer, meeting):
        return todos
    today = db.clock.today(meeting.timezone)
    if state == DRAFT:
        return [*todos, Todo("minutes_circulate", await _due(db, minutes, MINUTES_DRAFT), meeting.id, meeting)]
    if state == ALL_AGREED:
        return [*todos, Todo("minutes_issue", await _due(db, minutes, ISSUE), meeting.id, meeting)]
    if stands.wants_changes:
        names = _names(version.signers, stands.wants_changes)
        todos.append(Todo("minutes_changes", today, meeting.id, meeting, names=names, count=len(names)))
    members = {one.agency_id for one in await mechanisms.members_on(db, meeting.mechanism_id, today)}
    left = left_since([*stands.owes, *stands.wants_changes], members) if is_host(viewer, meeting) else []
    if left:
        names = _names(version.signers, left)
        todos.append(Todo("minutes_left", today, meeting.id, meeting, names=names, count=len(names)))
    owing = [id_ for id_ in stands.owes if id_ not in left]
    _, unreached = await telling.those_who_sign(db, minutes, version, owing)
    if unreached:
        names = tuple(one.agency.short_name for one in unreached)
        todos.append(Todo("minutes_paper", version.due_on, meeting.id, meeting, names=names, count=len(names)))
    late = [id_ for id_ in owing if id_ != own and id_ not in {one.agency_id for one in unreached}]
    if late and version.due_on is not None and version.due_on < today:
        names = _names(version.signers, late)
        todos.append(Todo("minutes_unsigned", version.due_on, meeting.id, meeting, names=names, count=len(names)))
    if failures := await failures_of(db, minutes.about):
        todos.append(Todo("mail", today, meeting.id, meeting, "minutes", count=len(failures), failures=failures))
    return todos


async def _unfinished(db: Session, viewer: Viewer) -> tuple[list[Meeting], list[Minutes]]:
    """Meetings held of late without any minutes, and minutes that are not issued: of the viewer's mechanisms, and those that name the
    viewer as recorder or authorising officer."""
    not_drafted = and_(
        Meeting.starts_at > db.now() - LOOKED_BACK,
        Meeting.minutes_drafted_at.is_(None),
        Meeting.minutes_issued_at.is_(None),
        in_force(db.clock.today(db.settings.timezone)),
    )
    query = (
        select(Meeting, Minutes)
        .join(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .outerjoin(Minutes, and_(Minutes.meeting_id == Meeting.id, Minutes.issued_at.is_(None)))
        .outerjoin(Document, Document.id == Minutes.document_id)
        .where(
            Meeting.held_at.is_not(None),
            or_(Minutes.id.is_not(None), not_drafted),
            or_(
                Meeting.mechanism_id.in_({one.mechanism_id for one in viewer.designations}),
                Meeting.recorder_id == viewer.person_id,
                Document.authorised_by_id == viewer.person_id,
            ),
        )
        .options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
        .order_by(Meeting.id, Minutes.id)
    )
    held: list[Meeting] = []
    open_: list[Minutes] = []
    for meeting, minutes in (await db.execute(query)).all():
        if minutes is not None:
            minutes.meeting = meeting
            open_.append(minutes)
        elif wants_minutes(meeting):
            held.append(meeting)
    known = await documents.documents(db, [one.document_id for one in open_]) if open_ else {}
    for one in open_:
        one.document = known[one.document_id]
    return held, open_


async def _due(db: Session, minutes: Minutes, step: str) -> date:
    """The day of the step; today for a correction, and for a text that goes round once more."""
    today = db.clock.today(minutes.meeting.timezone)
    if minutes.corrects_id is not None or (step == MINUTES_DRAFT and minutes.document.newest.number > 1):
        return today
    return next((one.date for one in await steps_shown(db, minutes.meeting) if one.step == step), today)


def _by_step(found: Sequence[StepOf]) -> dict[str, StepOf]:
    return {one.step: one for one in found}


def _names(signers: Sequence[Signer], agency_ids: Sequence[int]) -> tuple[str, ...]:
    return tuple(one.agency.short_name for one in signers if one.agency_id in agency_ids)


async def failures_of(db: Session, about: str) -> tuple[Failure, ...]:
    """Mails about one thing that were the last to their address and did not arrive."""
    query = select(OutboxMail.address, OutboxMail.display_to, OutboxMail.reason, OutboxMail.state)
    rows = await db.execute(query.where(OutboxMail.about == about).order_by(OutboxMail.id))
    last = {address: (display_to, reason, state) for address, display_to, reason, state in rows}
    return tuple(
        Failure(display_to.rpartition(" <")[0] or display_to, reason)
        for display_to, reason, state in last.values()
        if state in NOT_REACHED
    )
