"""What each feature gives to the search: of which columns the words are, on which day the thing stands, and whom it may be found by. Pure.

| kind | words | day |
|---|---|---|
| meeting | title, place, what its notice says | its own |
| agenda_item | title; not what was taken off | of its meeting |
| decision | number and text; not what was struck | of its meeting |
| action_item | title | since when it is to be done |
| minutes | number, titles and texts of the sections: of what was issued, else of what is countersigned and of the draft | of their meeting |
| paper | title; not what was removed | of the meeting where it lies |
| notice | subject, number, case code, text | sent, else written, by the mechanism's clock |
| person | name, department, job title, short name, names of the agency; who is in service. No phone and no mail | none |
| mechanism | name and short name | none |
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import aliased

from liaison.actions.models import ActionItem, Support
from liaison.countersigning.models import Document, DocumentSection, DocumentVersion
from liaison.db import Base
from liaison.directory.models import Agency, Person
from liaison.directory.queries import person_is_active
from liaison.mechanisms.models import Mechanism
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgencyInvitation, AgendaItem, Meeting
from liaison.meetings.paper_models import Paper
from liaison.meetings.values import decision_label
from liaison.minutes.models import Minutes
from liaison.notices.models import Addressee, Notice
from liaison.search import places, reach
from liaison.search.reach import Gathering

Audience = frozenset[int] | None
Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the index before its words are made tokens. `part`: 0, or one of several parts that different agencies may know of."""

    thing_id: int
    day: date | None
    reach: set[str]
    texts: Sequence[str | None]
    part: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is found. `rows` is read for the things in question, and `entries` makes of what was read what is indexed."""

    name: str
    number: int
    model: type[Base]
    rows: Select[*tuple[Any, ...]]
    entries: Callable[[Rows], Iterable[Entry]]


def _ids(column: Any, *conditions: Any) -> Any:
    """The ids of a column as one text with commas, read beside the row in hand."""
    return select(func.aggregate_strings(cast(column, String), ",")).where(*conditions).correlate_except(
        column.class_
    ).scalar_subquery()  # fmt: skip


def _set(ids: str | None) -> frozenset[int]:
    return frozenset(int(one) for one in ids.split(",")) if ids else frozenset()


_OF_MEETING: Final = (
    Meeting.id.label("meeting_id"),
    Meeting.mechanism_id,
    Meeting.local_start,
    or_(Meeting.announced_at.is_not(None), Meeting.held_at.is_not(None)).label("told"),
    Meeting.host_agency_id,
    Meeting.created_by,
    _ids(
        AgencyInvitation.agency_id, AgencyInvitation.meeting_id == Meeting.id, AgencyInvitation.removed_at.is_(None)
    ).label("invited"),
)


def _gathering(row: Any) -> Gathering:
    return Gathering(
        row.meeting_id, row.mechanism_id, bool(row.told), row.host_agency_id, row.created_by, _set(row.invited)
    )


def _meetings(rows: Rows) -> Iterable[Entry]:
    for row in rows:
        texts = (row.title, row.location, row.note)
        yield Entry(row.meeting_id, row.local_start.date(), reach.of_meeting(_gathering(row)), texts)


def _agenda_items(rows: Rows) -> Iterable[Entry]:
    for row in rows:
        groups = _of_item(row, row.audience)
        yield Entry(row.id, row.local_start.date(), groups, (row.title,))


def _of_item(row: Any, audience: Audience) -> set[str]:
    """What is not accepted is for those who run the meeting, and who proposed it."""
    open_ = row.state in (None, "accepted")
    groups = reach.of_meeting(_gathering(row), audience, officers=not open_)
    return groups if open_ else groups | reach.people(row.proposed_by)


def _decisions(rows: Rows) -> Iterable[Entry]:
    for row in rows:
        groups = reach.of_meeting(_gathering(row), row.audience)
        yield Entry(row.id, row.local_start.date(), groups, (decision_label(row), row.text))


def _action_items(rows: Rows) -> Iterable[Entry]:
    for row in rows:
        concerned = {row.lead_agency_id, *_set(row.supports)}
        groups = reach.of_item(row.mechanism_id, row.audience, concerned, row.owner_id)
        yield Entry(row.id, row.assigned_on, groups, (row.title,))


def _papers(rows: Rows) -> Iterable[Entry]:
    for row in rows:
        both = row.audience is not None and row.item_audience is not None
        audience = row.audience & row.item_audience if both else row.audience or row.item_audience
        groups = _of_item(row, audience) | reach.people(row.added_by)
        yield Entry(row.id, row.local_start.date(), groups, (row.title,))


def _minutes(rows: Rows) -> Iterable[Entry]:
    """What only some agencies may know of is a part of its own for them."""
    parts: dict[tuple[int, int, Audience], list[Any]] = {}
    audiences: dict[tuple[int, int], set[int]] = {}
    for row in rows:
        parts.setdefault((row.id, row.number, row.audience), []).append(row)
        audiences.setdefault((row.id, row.number), set()).update(row.audience or ())
    numbers: dict[int, int] = {}
    for (minutes_id, number, audience), sections in parts.items():
        row, part = sections[0], numbers.get(minutes_id, 0)
        numbers[minutes_id] = part + 1
        texts = [text for each in sections for text in (each.title, each.text)]
        groups = _of_minutes(row, audience, audiences[minutes_id, number])
        if part < places.PARTS:
            yield Entry(minutes_id, row.local_start.date(), groups, [row.doc_no, *texts], part)


def _of_minutes(row: Any, audience: Audience, bringing: set[int]) -> set[str]:
    """Issued minutes are read by everybody who sees the meeting; before, a wording that is circulated by those concerned, a draft by those
    who write it, among them who brings an item that not everybody may know of."""
    if row.issued_at is not None:
        return reach.of_meeting(_gathering(row), audience)
    if row.circulated_at is not None:
        groups = reach.of_meeting(_gathering(row), audience, officers=True)
        return groups | reach.people(row.recorder_id, row.authorised_by_id)
    agencies = {row.host_agency_id, *bringing} if audience is None else audience
    groups = {reach.of_agency(reach.OFFICERS, row.mechanism_id, one) for one in agencies}
    return groups | reach.people(row.recorder_id)


def _notices(rows: Rows) -> Iterable[Entry]:
    for row in rows:
        agencies = {row.from_agency_id, *(_set(row.addressees) if row.sent_at is not None else ())}
        groups = {reach.of_agency(reach.NOTICES, row.mechanism_id, one) for one in agencies}
        day = (row.sent_at or row.written_at).astimezone(ZoneInfo(row.timezone)).date()
        yield Entry(row.id, day, groups, (row.subject, row.doc_no, row.case_code, row.text))


def _people(rows: Rows) -> Iterable[Entry]:
    """Of a body from outside only whose agency entered it."""
    for row in rows:
        everybody = reach.EVERYBODY if row.kept_by_id is None else f"{reach.EVERYBODY}{row.kept_by_id}"
        yield Entry(row.id, None, {everybody}, row[2:])


def _mechanisms(rows: Rows) -> Iterable[Entry]:
    for row in rows:
        yield Entry(row.id, None, {reach.OPERATORS, reach.of_group(reach.FRAME, row.id)}, (row.name, row.short_name))


_PAPER_ITEM = aliased(AgendaItem)
_LATER = aliased(DocumentVersion)
_SHOWN = and_(
    DocumentVersion.document_id == Minutes.document_id,
    # The newest wording, and behind a draft what is countersigned meanwhile: of what was issued there is nothing but the newest.
    ~select(_LATER.id)
    .where(
        _LATER.document_id == DocumentVersion.document_id,
        _LATER.number > DocumentVersion.number,
        or_(_LATER.circulated_at.is_not(None), DocumentVersion.circulated_at.is_(None), Minutes.issued_at.is_not(None)),
    )
    .exists(),
)

KINDS: Final = (
    Kind("meeting", 1, Meeting, select(*_OF_MEETING, Meeting.title, Meeting.location, Meeting.note), _meetings),
    Kind(
        "agenda_item",
        2,
        AgendaItem,
        select(
            AgendaItem.id, AgendaItem.title, AgendaItem.audience, AgendaItem.state, AgendaItem.proposed_by, *_OF_MEETING
        )
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.removed_at.is_(None)),
        _agenda_items,
    ),
    Kind(
        "decision",
        3,
        Decision,
        select(Decision.id, Decision.year, Decision.number, Decision.text, AgendaItem.audience, *_OF_MEETING)
        .join(Meeting, Meeting.id == Decision.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.id == Decision.agenda_item_id)
        .where(Decision.revoked_at.is_(None)),
        _decisions,
    ),
    Kind(
        "action_item",
        4,
        ActionItem,
        select(
            ActionItem.id,
            ActionItem.title,
            ActionItem.mechanism_id,
            ActionItem.assigned_on,
            ActionItem.lead_agency_id,
            ActionItem.owner_id,
            AgendaItem.audience,
            _ids(Support.agency_id, Support.action_item_id == ActionItem.id).label("supports"),
        )
        .outerjoin(Decision, Decision.id == ActionItem.decision_id)
        .outerjoin(AgendaItem, AgendaItem.id == Decision.agenda_item_id),
        _action_items,
    ),
    Kind(
        "minutes",
        5,
        Minutes,
        select(
            Minutes.id,
            Minutes.doc_no,
            Minutes.issued_at,
            DocumentVersion.number,
            DocumentVersion.circulated_at,
            DocumentSection.title,
            DocumentSection.text,
            DocumentSection.audience,
            Document.authorised_by_id,
            Meeting.recorder_id,
            *_OF_MEETING,
        )
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .join(Document, Document.id == Minutes.document_id)
        .join(DocumentVersion, _SHOWN)
        .join(DocumentSection, DocumentSection.document_version_id == DocumentVersion.id)
        .order_by(Minutes.id, DocumentVersion.number, DocumentSection.position),
        _minutes,
    ),
    Kind(
        "paper",
        6,
        Paper,
        select(
            Paper.id,
            Paper.title,
            Paper.audience,
            Paper.added_by,
            _PAPER_ITEM.audience.label("item_audience"),
            _PAPER_ITEM.state,
            _PAPER_ITEM.proposed_by,
            *_OF_MEETING,
        )
        .outerjoin(_PAPER_ITEM, _PAPER_ITEM.id == Paper.agenda_item_id)
        .join(Meeting, Meeting.id == func.coalesce(_PAPER_ITEM.meeting_id, Paper.meeting_id))
        .where(Paper.removed_at.is_(None), _PAPER_ITEM.removed_at.is_(None)),
        _papers,
    ),
    Kind(
        "notice",
        7,
        Notice,
        select(
            Notice.id,
            Notice.mechanism_id,
            Notice.from_agency_id,
            Notice.sent_at,
            Notice.written_at,
            Notice.subject,
            Notice.doc_no,
            Notice.case_code,
            Notice.text,
            Mechanism.timezone,
            _ids(Addressee.agency_id, Addressee.notice_id == Notice.id).label("addressees"),
        )
        .join(Mechanism, Mechanism.id == Notice.mechanism_id)
        .where(Notice.discarded_at.is_(None)),
        _notices,
    ),
    Kind(
        "person",
        8,
        Person,
        select(
            Person.id,
            Agency.kept_by_id,
            Person.name,
            Person.department,
            Person.job_title,
            Person.key,
            Agency.name.label("agency"),
            Agency.short_name,
        )
        .join(Agency, Agency.id == Person.agency_id)
        .where(person_is_active()),
        _people,
    ),
    Kind("mechanism", 9, Mechanism, select(Mechanism.id, Mechanism.name, Mechanism.short_name), _mechanisms),
)
BY_NAME: Final = {kind.name: kind for kind in KINDS}
BY_NUMBER: Final = {kind.number: kind for kind in KINDS}
