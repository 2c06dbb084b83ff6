"""On the day an office changes hands: calendars, links and subscriptions follow it (PRACTICE.md 3, "when someone moves")."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from sqlalchemy import and_, delete, not_, or_, select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.audit import Actor
from liaison.db import Session, insert_into, one_at_a_time
from liaison.directory.models import Person
from liaison.mechanisms.designating import lose_office
from liaison.mechanisms.models import Designation, Mechanism
from liaison.meetings import announcing
from liaison.meetings.models import Meeting
from liaison.minutes import telling as minutes
from liaison.notices import telling as notices
from liaison.proposals import telling as proposals
from liaison.succession import handover, telling
from liaison.succession.models import FollowedTerm

WORKER: Final = Actor(None, "worker")


async def apply_due(db: Session) -> int:
    """Follow every term that has begun or ended since the last time, by the local date of its mechanism; how many mails that calls for.

    Handovers whose day has come move what passes with them (succession.handover), what was tied to the office of a term that is over
    ends, and the other agencies are told who is liaison now (succession.telling). Meetings to come that the agency was told of go to
    whoever holds its office now, and so do minutes, proposals and notices on which the agency still owes its word: however many days were missed,
    from the last liaison told to the present one. A second run, or a second worker, finds nothing left to do. A term ends as well with its
    person's service, and begins again if its end is taken back."""
    await one_at_a_time(db, "succession")
    await handover.apply_due(db, WORKER)
    mails = 0
    for mechanism_id, terms in groupby(await _changed(db), key=lambda row: row[0].mechanism_id):
        known = await telling.followed_liaisons(db, mechanism_id)
        for designation, has_begun in terms:
            if has_begun:
                new = insert_into(db, FollowedTerm).values(designation_id=designation.id, at=db.now())
                await db.execute(new.on_conflict_do_nothing(index_elements=[FollowedTerm.designation_id]))
            else:
                await lose_office(db, designation)
                await db.execute(delete(FollowedTerm).where(FollowedTerm.designation_id == designation.id))
                facts = {"agency": designation.agency_id, "person": designation.person_id}
                thing = f"designation:{designation.id}"
                audit.add(db, WORKER, "lose_office", thing, mechanism_id=mechanism_id, **facts)
        mechanism = await db.get_one(Mechanism, mechanism_id)
        mails += await telling.tell_changes(db, mechanism, known)
        for meeting in await _to_come(db, mechanism_id):
            mails += await announcing.pass_on(db, WORKER, meeting)
        mails += await minutes.pass_on(db, mechanism_id)
        mails += await proposals.pass_on(db, mechanism_id)
        mails += await notices.pass_on(db, mechanism)
    return mails


async def _changed(db: Session) -> Sequence[tuple[Designation, bool]]:
    """The terms that began, or ended, and were not followed yet, by mechanism; each with whether it has begun."""
    found: list[tuple[Designation, bool]] = []
    for zone in await db.scalars(select(Mechanism.timezone).distinct()):
        today = db.clock.today(zone)
        in_term = and_(
            Designation.starts_on <= today,
            or_(Designation.ends_on.is_(None), Designation.ends_on > today),
            Person.deactivated_at.is_(None),
        )
        followed = FollowedTerm.id.is_not(None)
        query = (
            select(Designation, in_term)
            .join(Mechanism, Mechanism.id == Designation.mechanism_id)
            .join(Person, Person.id == Designation.person_id)
            .outerjoin(FollowedTerm, FollowedTerm.designation_id == Designation.id)
            .where(Mechanism.timezone == zone, or_(and_(in_term, not_(followed)), and_(not_(in_term), followed)))
        )
        found += [(row[0], bool(row[1])) for row in await db.execute(query)]
    return sorted(found, key=lambda row: (row[0].mechanism_id, row[0].id))


async def _to_come(db: Session, mechanism_id: int) -> Sequence[Meeting]:
    """The mechanism's announced meetings that lie ahead; that one is to be called off and nobody was told yet is no news here."""
    query = select(Meeting).where(
        Meeting.mechanism_id == mechanism_id,
        Meeting.starts_at > db.now(),
        Meeting.announced_at.is_not(None),
        Meeting.off_announced.is_(False),
        Meeting.held_at.is_(None),
    )
    query = query.options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
    return (await db.scalars(query.order_by(Meeting.id))).all()
