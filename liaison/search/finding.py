"""What was found, loaded by each feature's own rule who may see it: nothing else is ever shown of it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from liaison.accounts.viewer import Viewer
from liaison.actions import queries as actions
from liaison.db import Session
from liaison.directory.models import Person
from liaison.directory.queries import people_visible_to, person_is_active
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import finding as meetings
from liaison.meetings.models import Meeting
from liaison.meetings.values import decision_label
from liaison.minutes import queries as minutes
from liaison.minutes.editing import shown
from liaison.notices import queries as notices
from liaison.notices.models import Notice

Ids = Collection[int]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that the viewer may see. `texts`: all of it that they may read, besides the title; `beside`: where it belongs."""

    kind: str
    id: int
    url: str
    title: str
    texts: tuple[str | None, ...]
    day: date | None
    mechanism_id: int | None = None
    mechanism: str | None = None
    beside: str | None = None
    tag: str | None = None
    """of a meeting its kind, of a referral that it is one: a code"""


async def look_up(db: Session, viewer: Viewer, kind: str, ids: Ids) -> Mapping[int, Found]:
    """Of these things of one kind those that the viewer may see, by id."""
    return await _LOOK_UPS[kind](db, viewer, ids)


async def _meetings(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    return {
        id_: _at(one, "meeting", id_, f"/meetings/{id_}", one.title, (one.location, one.note), tag=one.kind)
        for id_, one in (await meetings.meetings_seen(db, viewer, ids)).items()
    }


async def _agenda_items(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    found = {}
    for id_, one in (await meetings.items_seen(db, viewer, ids)).items():
        url = f"/meetings/{one.meeting_id}#item-{id_}"
        found[id_] = _at(one.meeting, "agenda_item", id_, url, one.title, (), beside=one.meeting.title)
    return found


async def _decisions(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    found = {}
    for id_, one in (await meetings.decisions_seen(db, viewer, ids)).items():
        url = f"/meetings/{one.meeting_id}#decision-{id_}"
        label = decision_label(one)
        found[id_] = _at(one.meeting, "decision", id_, url, label, (one.text,), beside=one.meeting.title)
    return found


async def _action_items(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    return {
        id_: Found(
            "action_item",
            id_,
            f"/actions/{id_}",
            one.title,
            (),
            one.assigned_on,
            one.mechanism_id,
            one.mechanism.short_name,
            one.lead_agency.short_name,
        )
        for id_, one in (await actions.several(db, viewer, ids)).items()
    }


async def _minutes(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    """Programs know minutes by the version that they may read."""
    found = {}
    for id_, (one, version) in (await minutes.several(db, viewer, ids)).items():
        sections = [each for each in shown(viewer, version, lambda _: False) if not each.hidden]
        texts = (one.doc_no, *(text for each in sections for text in (each.title, each.text)))
        found[id_] = _at(one.meeting, "minutes", version.id, f"/minutes/{version.id}", one.meeting.title, texts)
    return found


async def _papers(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    return {
        id_: _at(meeting, "paper", id_, f"/papers/{id_}", paper.title, (), beside=meeting.title)
        for id_, (paper, meeting) in (await meetings.papers_seen(db, viewer, ids)).items()
    }


async def _notices(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    seen = notices.visible_to(viewer, db.clock.today(db.settings.timezone))
    query = select(Notice).where(Notice.id.in_(ids), Notice.discarded_at.is_(None), seen)
    query = query.options(joinedload(Notice.mechanism), joinedload(Notice.from_agency))
    return {
        one.id: Found(
            "notice",
            one.id,
            f"/notices/{one.id}",
            one.subject,
            (one.doc_no, one.case_code, one.text),
            (one.sent_at or one.written_at).astimezone(one.zone).date(),
            one.mechanism_id,
            one.mechanism.short_name,
            one.from_agency.short_name,
            one.kind,
        )
        for one in await db.scalars(query)
    }


async def _people(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    query = select(Person).join(Person.agency).where(Person.id.in_(ids), people_visible_to(viewer), person_is_active())
    return {
        one.id: Found(
            "person",
            one.id,
            f"/directory/people/{one.id}",
            one.name,
            (one.job_title, one.department, one.key, one.agency.name, one.agency.short_name),
            None,
            beside=one.agency.short_name,
        )
        for one in await db.scalars(query.options(contains_eager(Person.agency)))
    }


async def _mechanisms(db: Session, viewer: Viewer, ids: Ids) -> dict[int, Found]:
    query = select(Mechanism).where(Mechanism.id.in_(ids), mechanisms.visible_to(viewer))
    return {
        one.id: Found("mechanism", one.id, f"/mechanisms/{one.id}", one.name, (one.short_name,), None, one.id)
        for one in await db.scalars(query)
    }


def _at(
    meeting: Meeting,
    kind: str,
    id_: int,
    url: str,
    title: str,
    texts: tuple[str | None, ...],
    *,
    beside: str | None = None,
    tag: str | None = None,
) -> Found:
    mechanism = meeting.mechanism
    return Found(kind, id_, url, title, texts, meeting.local_on, mechanism.id, mechanism.short_name, beside, tag)


_LOOK_UPS: Final[Mapping[str, Callable[[Session, Viewer, Ids], Awaitable[Mapping[int, Found]]]]] = {
    "meeting": _meetings,
    "agenda_item": _agenda_items,
    "decision": _decisions,
    "action_item": _action_items,
    "minutes": _minutes,
    "paper": _papers,
    "notice": _notices,
    "person": _people,
    "mechanism": _mechanisms,
}
