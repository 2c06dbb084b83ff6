"""知悉范围: who may know what an agenda item is about, and what everybody else is shown of it. Pure.

An item with an audience is known to the people of those agencies alone: not to the host by hosting, to a reader by reading, nor to the
operator. In its place stands that it is to be notified separately, and how long it takes. Whatever an item says goes through here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from liaison.accounts.viewer import Viewer
from liaison.db import holds_id
from liaison.directory.models import Agency, Person
from liaison.i18n import N_
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import AgendaItem

HIDDEN = N_("To be notified separately")
"""What stands in the place of an item that its reader may not know of."""


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One item as one viewer may know it. A hidden one has no title; who brings it is told to those who arrange the agenda."""

    id: int
    version: int
    meeting_id: int
    position: int
    title: str | None
    purpose: str | None
    agency_id: int | None
    agency: Agency | None
    presenter_id: int | None
    presenter: Person | None
    duration_minutes: int | None
    audience: frozenset[int] | None
    state: str
    hidden: bool
    late: bool
    reason: str | None
    deferred_count: int
    proposed_by: int | None
    proposed_at: datetime
    begun_at: datetime | None
    settled_at: datetime | None


def may_see_item(viewer: Viewer, item: AgendaItem) -> bool:
    """Know what an item of a meeting that the viewer sees is about: everybody, or of a restricted one the people of its audience."""
    return item.audience is None or viewer.agency_id in item.audience


def item_title(viewer: Viewer, item: AgendaItem) -> str | None:
    """What a program is told that the item is called: nothing where this viewer may not know of it."""
    return item.title if may_see_item(viewer, item) else None


def title_for(viewer: Viewer, item: AgendaItem) -> str:
    """What the item is called to this viewer."""
    return item.title if may_see_item(viewer, item) else HIDDEN


def known_to(viewer: Viewer) -> ColumnElement[bool]:
    """The same as a condition on AgendaItem."""
    return or_(AgendaItem.audience.is_(None), holds_id(AgendaItem.audience, viewer.agency_id))


def restricts(decision_id: Any) -> Select[frozenset[int] | None]:
    """The audience of the item that a decision was made on, where it has one: a statement on the column of some other table."""
    query = select(AgendaItem.audience).join(Decision, Decision.agenda_item_id == AgendaItem.id)
    return query.where(Decision.id == decision_id, AgendaItem.audience.is_not(None))


def item_shown(viewer: Viewer, item: AgendaItem, *, arranges: bool, late: bool = False) -> ItemShown:
    """The item as this viewer may know it; needs `agency` and `presenter`. `arranges`: whether they put the agenda in order."""
    known = may_see_item(viewer, item)
    return ItemShown(
        id=item.id,
        version=item.version,
        meeting_id=item.meeting_id,
        position=item.position,
        title=item.title if known else None,
        purpose=item.purpose if known else None,
        agency_id=item.agency_id if known or arranges else None,
        agency=item.agency if known or arranges else None,
        presenter_id=item.presenter_id if known else None,
        presenter=item.presenter if known else None,
        duration_minutes=item.duration_minutes,
        audience=item.audience if known else None,
        state="withdrawn" if item.removed_at else item.state,
        hidden=not known,
        late=late,
        reason=item.reason if known else None,
        deferred_count=item.deferred_count,
        proposed_by=item.proposed_by if known else None,
        proposed_at=item.proposed_at,
        begun_at=item.begun_at,
        settled_at=item.settled_at,
    )


def shown_to(said: Mapping[str, Any], agency_ids: Collection[int]) -> dict[str, Any]:
    """What an announcement says (`said`: its snapshot, or a part with its agenda) to a reader of all these agencies at once: restricted
    items that each of them may know of stand open, and only those. What still has an `audience` is not to be printed."""

    def shown(item: Mapping[str, Any]) -> Mapping[str, Any]:
        audience = item.get("audience")
        if audience is None or not agency_ids or not set(agency_ids) <= set(audience):
            return item
        return {name: value for name, value in item.items() if name != "audience"}

    return {**said, "agenda": [shown(item) for item in said["agenda"]]}


def audience_of(said: Mapping[str, Any], agency_ids: Collection[int]) -> frozenset[int] | None:
    """The agencies that may know all that `shown_to` opens to these; None where it opens nothing."""
    opened = [
        frozenset(item["audience"])
        for item in said["agenda"]
        if item.get("audience") is not None and agency_ids and set(agency_ids) <= set(item["audience"])
    ]
    return frozenset.intersection(*opened) if opened else None
