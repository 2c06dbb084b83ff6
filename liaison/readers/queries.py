"""What pages and API read of readers: who they are and were, what each looked at and took along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.audit import AuditLine
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import NotFound
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism, Reader
from liaison.mechanisms.queries import choosable_people
from liaison.readers.permissions import lets_itself_in, may_see_readers

VIEWS: Final = ("view", "read_paper", "read_minutes", "view_minutes", "view_agreement", "view_member")
"""What is on the trail of a reader: pages and files, and by themselves papers, minutes and texts put to the members, each with its version."""
TAKEN: Final = "make_archive"
"""An archive that was taken along: members take theirs too, so it counts while somebody was a reader alone."""
AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class ReaderShown:
    """One naming, with who it is, who named them, and how many views are on the trail."""

    reader: Reader
    person: Person
    named_by: str | None
    views: int


@dataclass(frozen=True, slots=True)
class View:
    """One look: what was opened, when. `path` is the address that was asked, without its query; `is_made`: no page lies there, a file was
    made on pressing a button."""

    number: int
    at: datetime
    person: str
    verb: str
    thing: str
    path: str | None
    is_made: bool


async def of_mechanism(db: Session, viewer: Viewer, mechanism_id: int) -> tuple[Mechanism, list[ReaderShown]]:
    """Everybody who reads or read it, the newest naming first. Raises NotFound."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_see_readers(viewer, mechanism_id, db.clock.today(mechanism.timezone)):
        raise NotFound
    by = aliased(Person)
    rows = await db.execute(
        select(Reader, Person, by.name)
        .join(Person, Person.id == Reader.person_id)
        .outerjoin(by, by.id == Reader.named_by)
        .where(Reader.mechanism_id == mechanism_id)
        .options(joinedload(Person.agency))
        .order_by(Reader.id.desc())
    )
    counted = await db.execute(
        select(AuditLine.person_id, func.count())
        .where(AuditLine.mechanism_id == mechanism_id, await _of_readers(db, mechanism))
        .group_by(AuditLine.person_id)
    )
    views = {row[0]: int(row[1]) for row in counted}
    return mechanism, [ReaderShown(reader, person, name, views.get(person.id, 0)) for reader, person, name in rows]


async def views(db: Session, viewer: Viewer, mechanism_id: int, *, before: int | None = None) -> list[View]:
    """What readers looked at, newest first, from the line before that number on. Raises NotFound."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_see_readers(viewer, mechanism_id, db.clock.today(mechanism.timezone)):
        raise NotFound
    query = (
        select(AuditLine, Person.name)
        .join(Person, Person.id == AuditLine.person_id)
        .where(AuditLine.mechanism_id == mechanism_id, await _of_readers(db, mechanism))
    )
    if before is not None:
        query = query.where(AuditLine.number < before)
    rows = await db.execute(query.order_by(AuditLine.number.desc()).limit(AT_ONCE))
    found = []
    for line, name in rows:
        facts = audit.facts_of(line)
        is_made = bool(facts.get("made"))
        found.append(View(line.number or 0, line.at, name, line.verb, line.object, facts.get("path"), is_made))
    return found


async def choosable(db: Session, viewer: Viewer, mechanism: Mechanism) -> Sequence[Person]:
    """Whom the viewer may name: active people of agencies of the site that are no members today."""
    members = {
        one.agency_id for one in await mechanisms.members_on(db, mechanism.id, db.clock.today(mechanism.timezone))
    }
    query = select(Agency.id).where(and_(Agency.deactivated_at.is_(None), Agency.kept_by_id.is_(None)))
    people = await choosable_people(db, [one for one in await db.scalars(query) if one not in members])
    return [one for one in people if not lets_itself_in(viewer, mechanism, one)]


async def _of_readers(db: Session, mechanism: Mechanism) -> ColumnElement[bool]:
    """Lines of what readers looked at, and of what they took along in their time."""
    zone = ZoneInfo(mechanism.timezone)
    named = await db.scalars(select(Reader).where(Reader.mechanism_id == mechanism.id))
    times = [
        and_(
            AuditLine.person_id == one.person_id,
            AuditLine.at >= max(_midnight(one.starts_on, zone), one.named_at or _midnight(one.starts_on, zone)),
            AuditLine.at < (one.ended_at or _midnight(one.ends_on, zone)),
        )
        for one in named
    ]
    return or_(AuditLine.verb.in_(VIEWS), and_(AuditLine.verb == TAKEN, or_(false(), *times)))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
