"""The audit trail of one thing, as far as its reader may see the thing (PERMISSIONS.md "audit of an object")."""

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.actions import queries as actions
from liaison.actions.permissions import reads_before as reads_item_before
from liaison.audit import AuditLine
from liaison.db import Session
from liaison.directory import queries as directory
from liaison.directory.permissions import at_the_console, keeps_own
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.permissions import sees_until
from liaison.meetings import queries as meetings
from liaison.meetings.paper_queries import known_papers
from liaison.meetings.permissions import may_arrange, may_change, may_see_list
from liaison.meetings.permissions import reads_before as reads_meeting_before
from liaison.meetings.recorded import kept_from
from liaison.notices import queries as notices
from liaison.notices.permissions import is_sender
from liaison.polls import queries as polls
from liaison.proposals import queries as proposals
from liaison.proposals.permissions import may_read_draft, readable_versions

TOLD = {"title", "starts_at", "location", "reason", "occasion"}
"""What everybody who sees a meeting may read in a line about it."""
OF_PEOPLE = {"attendee", "agency", "partstat", "role"}
"""What those may read besides who see the list of who is asked."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act as its reader may know it."""

    number: int
    at: datetime
    verb: str
    person_id: int | None
    via: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """Which lines of a thing somebody reads, and what of each."""

    since: datetime | None = None
    before: datetime | None = None
    reads: Callable[[dict[str, Any]], dict[str, Any] | None] = field(default=lambda facts: facts)
    """The facts of a line without what is not theirs; None for a line that is not theirs at all."""


async def trail(db: Session, viewer: Viewer, kind: str, id_: int, *, after: int, limit: int) -> list[Line]:
    """The lines about the thing after that number, oldest first. Raises NotFound, NotPermitted."""
    sight = await sight_of(db, viewer, kind, id_)
    query = select(AuditLine).where(AuditLine.object == f"{kind}:{id_}").order_by(AuditLine.number).limit(limit)
    if sight.since is not None:
        query = query.where(AuditLine.at >= sight.since)
    if sight.before is not None:
        query = query.where(AuditLine.at < sight.before)
    found: list[Line] = []
    while len(found) < limit and (rows := (await db.scalars(query.where(AuditLine.number > after))).all()):
        for row in rows:
            assert row.number is not None
            after = row.number
            facts = sight.reads(json.loads(row.payload or "{}"))
            if facts is not None:
                found.append(Line(row.number, row.at, row.verb, row.person_id, row.via, facts))
    return found[:limit]


async def sight_of(db: Session, viewer: Viewer, kind: str, id_: int) -> Sight:
    """Which lines about the thing this viewer reads. Raises NotFound, NotPermitted."""
    if kind not in _SIGHTS:
        raise NotFound
    return await _SIGHTS[kind](db, viewer, id_)


async def _of_meeting(db: Session, viewer: Viewer, id_: int) -> Sight:
    """Who runs the meeting or arranges its agenda reads all; the others what came after they were told of it, of items those on
    the agenda, of who is asked what the list shows them, and nothing since their agency left. What was done with an item that the
    reader may not know of is told without what it says, and its decisions not at all; nor are papers that they may not know of."""
    meeting = await meetings.get(db, viewer, id_)
    items, decisions = await kept_from(db, viewer, id_)
    papers = await known_papers(db, viewer, id_)

    def known(facts: dict[str, Any]) -> dict[str, Any] | None:
        if facts.get("decision") in decisions or facts.get("paper", 0) not in {0, *papers}:
            return None
        return {"item": facts["item"]} if facts.get("item") in items else facts

    if may_change(viewer, meeting) or may_arrange(viewer, meeting, await meetings.chairs(db, id_)):
        return Sight(reads=known)
    shown = {
        item.id
        for item in await meetings.agenda(db, id_)
        if item.state == "accepted" or item.proposed_by == viewer.person_id
    }
    listed = may_see_list(viewer, meeting)
    asked = [one.person_id for one in await meetings.attendees(db, id_)]
    return Sight(
        since=meeting.announced_at or meeting.held_at,
        before=reads_meeting_before(viewer, meeting, asked, db.now()),
        reads=lambda facts: (
            _told(said, shown, sees_list=listed)
            if (said := known(facts)) is not None and papers.get(said.get("paper", 0)) in {None, *shown}
            else None
        ),
    )


def _told(facts: dict[str, Any], shown: Collection[int], *, sees_list: bool) -> dict[str, Any] | None:
    if "paper" in facts:
        return _only(facts, {"paper", "n"})
    if "step" in facts:  # who put a step elsewhere, and why, is for those who run the meeting
        return None
    if "item" in facts:  # without the title, which was another before it was accepted
        return {"item": facts["item"]} if facts["item"] in shown else None
    if "items" in facts:
        return {"items": [item for item in facts["items"] if item in shown]}
    if set(facts) <= TOLD | {"mails", "sequence"}:
        return _only(facts, TOLD)
    return _only(facts, TOLD | OF_PEOPLE) if sees_list else None


def _only(facts: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name in names}


async def _within(db: Session, viewer: Viewer, mechanism_id: int) -> Sight:
    """An agency that left reads what was done before it left."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    until = sees_until(viewer, mechanism_id, db.clock.today(mechanism.timezone))
    midnight = datetime.combine(until, time.min, ZoneInfo(mechanism.timezone)) if until else None
    return Sight(before=midnight)


async def _of_series(db: Session, viewer: Viewer, id_: int) -> Sight:
    return await _within(db, viewer, (await meetings.series(db, viewer, id_)).mechanism_id)


async def _of_member(db: Session, viewer: Viewer, id_: int) -> Sight:
    return await _within(db, viewer, (await mechanisms.member(db, viewer, id_)).mechanism_id)


async def _of_designation(db: Session, viewer: Viewer, id_: int) -> Sight:
    return await _within(db, viewer, (await mechanisms.designation(db, viewer, id_)).mechanism_id)


async def _of_person(db: Session, viewer: Viewer, id_: int) -> Sight:
    """Where somebody signed in from is told to themselves and the operator only."""
    person = await directory.person(db, viewer, id_)
    if viewer.person_id == id_ or viewer.operator or at_the_console(viewer):
        return Sight()
    _keepers(viewer, person.agency.keeper_id)
    return Sight(reads=lambda facts: {name: value for name, value in facts.items() if name != "source"})


async def _of_agency(db: Session, viewer: Viewer, id_: int) -> Sight:
    _keepers(viewer, (await directory.agency(db, viewer, id_)).id)
    return Sight()


async def _of_office(db: Session, viewer: Viewer, id_: int) -> Sight:
    _keepers(viewer, (await directory.office(db, viewer, id_)).agency_id)
    return Sight()


def _keepers(viewer: Viewer, agency_id: int) -> None:
    if not (keeps_own(viewer, agency_id) or viewer.operator or at_the_console(viewer)):
        raise NotPermitted(N_("This is read by those who keep the agency's people and by the operator."))


async def _of_action(db: Session, viewer: Viewer, id_: int) -> Sight:
    return Sight(before=reads_item_before(viewer, await actions.get(db, viewer, id_), db.now()))


async def _of_notice(db: Session, viewer: Viewer, id_: int) -> Sight:
    """Its sender reads all; the agencies that it went to what was done since it was sent."""
    notice = await notices.get(db, viewer, id_)
    return Sight() if is_sender(viewer, notice) else Sight(since=notice.sent_at)


async def _of_document(db: Session, viewer: Viewer, id_: int) -> Sight:
    """What was put to the members: who prepares it reads every line, others those about versions that they read."""
    proposal = await proposals.of_document(db, id_)
    readable = {one.number for one in readable_versions(viewer, proposal, db.now())}
    if not readable:
        raise NotFound
    if may_read_draft(viewer, proposal.mechanism):
        return Sight()
    return Sight(reads=lambda facts: facts if facts.get("n") in readable else None)


async def _of_time_poll(db: Session, viewer: Viewer, id_: int) -> Sight:
    await polls.get(db, viewer, id_)
    return Sight()


async def _operators(db: Session, viewer: Viewer, id_: int) -> Sight:
    site.operators_only(viewer)
    return Sight()


_SIGHTS: dict[str, Callable[[Session, Viewer, int], Awaitable[Sight]]] = {
    "meeting": _of_meeting,
    "mechanism": _within,
    "series": _of_series,
    "member": _of_member,
    "designation": _of_designation,
    "person": _of_person,
    "agency": _of_agency,
    "office": _of_office,
    "action": _of_action,
    "notice": _of_notice,
    "time_poll": _of_time_poll,
    "document": _of_document,
    "mail": _operators,
    "site": _operators,
}
KINDS = tuple(_SIGHTS)
