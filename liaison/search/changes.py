"""Which rows that a transaction changes are looked at again by the search, and which things are found by them. Pure.

A session says after each flush what it wrote; only columns that the index is made of count, so that an answer or a reminder costs nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, inspect, or_, select
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import UOWTransaction

from liaison.actions.models import ActionItem, Support
from liaison.countersigning.models import Document, DocumentSection, DocumentVersion
from liaison.db import Base
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Mechanism
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgencyInvitation, AgendaItem, Meeting
from liaison.meetings.paper_models import Paper
from liaison.minutes.models import Minutes
from liaison.notices.models import Addressee, Notice

CHANGED: Final = "search_changed"
"""In `info` of a session: the ids that were noted, by table."""
Ids = Collection[int]


@dataclass(frozen=True, slots=True)
class Watched:
    """A table whose rows the search follows: `by` names whose id is noted, `columns` what has to differ."""

    by: str
    columns: frozenset[str]


def _watch(columns: str, by: str = "id") -> Watched:
    return Watched(by, frozenset(columns.split()))


WATCHED: Final[dict[type[Base], Watched]] = {
    Meeting: _watch(
        "title location note local_start announced_at held_at host_agency_id created_by mechanism_id recorder_id"
    ),
    AgencyInvitation: _watch("agency_id removed_at", by="meeting_id"),
    AgendaItem: _watch("title meeting_id audience state removed_at proposed_by"),
    Decision: _watch("text meeting_id agenda_item_id revoked_at"),
    ActionItem: _watch("title mechanism_id decision_id lead_agency_id owner_id assigned_on"),
    Support: _watch("agency_id", by="action_item_id"),
    Minutes: _watch("doc_no document_id issued_at"),
    Document: _watch("authorised_by_id"),
    DocumentVersion: _watch("circulated_at", by="document_id"),
    DocumentSection: _watch("title text audience", by="document_version_id"),
    Paper: _watch("title meeting_id agenda_item_id audience removed_at"),
    Notice: _watch("subject doc_no case_code text sent_at discarded_at"),
    Addressee: _watch("agency_id", by="notice_id"),
    Person: _watch("name department job_title key agency_id deactivated_at"),
    Agency: _watch("name short_name kept_by_id deactivated_at"),
    Mechanism: _watch("name short_name"),
}

_SAME: Final[dict[type[Base], str]] = {
    Meeting: "meeting",
    AgencyInvitation: "meeting",
    AgendaItem: "agenda_item",
    Decision: "decision",
    ActionItem: "action_item",
    Support: "action_item",
    Minutes: "minutes",
    Paper: "paper",
    Notice: "notice",
    Addressee: "notice",
    Person: "person",
    Mechanism: "mechanism",
}
"""Of which kind the thing itself is whose id is noted."""


def _of_meetings(ids: Ids) -> dict[str, Select[Any]]:
    """What belongs to a meeting is found by whoever finds the meeting, on its day."""
    items = select(AgendaItem.id).where(AgendaItem.meeting_id.in_(ids))
    return {
        "agenda_item": items,
        "decision": select(Decision.id).where(Decision.meeting_id.in_(ids)),
        "paper": select(Paper.id).where(or_(Paper.meeting_id.in_(ids), Paper.agenda_item_id.in_(items))),
        "minutes": select(Minutes.id).where(Minutes.meeting_id.in_(ids)),
    }


def _of_items(ids: Ids) -> dict[str, Select[Any]]:
    """Who may know of an agenda item may know of what was decided on it, and of its papers."""
    decisions = select(Decision.id).where(Decision.agenda_item_id.in_(ids))
    return {
        "decision": decisions,
        "action_item": select(ActionItem.id).where(ActionItem.decision_id.in_(decisions)),
        "paper": select(Paper.id).where(Paper.agenda_item_id.in_(ids)),
    }


def _of_decisions(ids: Ids) -> dict[str, Select[Any]]:
    return {"action_item": select(ActionItem.id).where(ActionItem.decision_id.in_(ids))}


def _minutes_of(condition: ColumnElement[bool]) -> dict[str, Select[Any]]:
    return {"minutes": select(Minutes.id).where(condition)}


def _of_versions(ids: Ids) -> dict[str, Select[Any]]:
    documents = select(DocumentVersion.document_id).where(DocumentVersion.id.in_(ids))
    return _minutes_of(Minutes.document_id.in_(documents))


_BESIDE: Final[dict[type[Base], Callable[[Ids], dict[str, Select[Any]]]]] = {
    Meeting: _of_meetings,
    AgencyInvitation: _of_meetings,
    AgendaItem: _of_items,
    Decision: _of_decisions,
    Document: lambda ids: _minutes_of(Minutes.document_id.in_(ids)),
    DocumentVersion: lambda ids: _minutes_of(Minutes.document_id.in_(ids)),
    DocumentSection: _of_versions,
    Agency: lambda ids: {"person": select(Person.id).where(Person.agency_id.in_(ids))},
}


def note_changes(session: SyncSession, flush: UOWTransaction) -> None:
    """Note in the session what was just written and is found by the search. Runs after each flush, while it is still known what differs."""
    for row in (*session.new, *session.deleted):
        if type(row) in WATCHED:
            _note(session, row)
    for row in session.dirty:
        watched = WATCHED.get(type(row))
        if watched is not None:
            attributes = inspect(row).attrs
            if any(attributes[name].history.has_changes() for name in watched.columns):
                _note(session, row)


def kinds_of(model: type[Base], ids: Ids) -> tuple[str | None, dict[str, Select[Any]]]:
    """What is to be indexed anew where these ids of a table were noted: the kind that they are the ids of, and by kind what else."""
    return _SAME.get(model), _BESIDE[model](ids) if model in _BESIDE else {}


def _note(session: SyncSession, row: Any) -> None:
    by = WATCHED[type(row)].by
    session.info.setdefault(CHANGED, {}).setdefault(type(row), set()).add(getattr(row, by))
