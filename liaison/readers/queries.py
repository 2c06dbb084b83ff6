"""What pages and API read of readers: who they are and were, and what each looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, func, select
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
    """One look: what was opened, when. `path` is the address that was asked, without its query."""

    number: int
    at: datetime
    person: str
    verb: str
    thing: str
    path: str | None


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
        .where(AuditLine.mechanism_id == mechanism_id, AuditLine.verb.in_(VIEWS))
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
        .where(AuditLine.mechanism_id == mechanism_id, AuditLine.verb.in_(VIEWS))
    )
    if before is not None:
        query = query.where(AuditLine.number < before)
    rows = await db.execute(query.order_by(AuditLine.number.desc()).limit(AT_ONCE))
    return [
        View(line.number or 0, line.at, name, line.verb, line.object, audit.facts_of(line).get("path"))
        for line, name in rows
    ]


async def choosable(db: Session, viewer: Viewer, mechanism: Mechanism) -> Sequence[Person]:
    """Whom the viewer may name: active people of agencies of the site that are no members today."""
    members = {
        one.agency_id for one in await mechanisms.members_on(db, mechanism.id, db.clock.today(mechanism.timezone))
    }
    query = select(Agency.id).where(and_(Agency.deactivated_at.is_(None), Agency.kept_by_id.is_(None)))
    people = await choosable_people(db, [one for one in await db.scalars(query) if one not in members])
    return [one for one in people if not lets_itself_in(viewer, mechanism, one)]
