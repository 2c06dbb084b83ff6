"""What a person is today, loaded once per request for the Viewer that every permission asks."""

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Membership, Office, Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.mechanisms.models import ACTING, PRINCIPAL, Designation, Mechanism, Member, Reader


async def viewer_for(db: Session, person_id: int, *, via: str, session_id: int | None = None) -> Viewer | None:
    """The Viewer of an active person with today's designations, memberships and readerships; None if inactive or unknown."""
    person = (
        await db.execute(select(Person).where(Person.id == person_id).options(joinedload(Person.agency)))
    ).scalar_one_or_none()
    if person is None or person.deactivated_at is not None:
        return None
    periods: dict[int, tuple[Membership, ...]] = {}
    for m in await db.execute(
        select(Member.mechanism_id, Member.joined_on, Member.left_on, Mechanism.timezone)
        .join(Mechanism, Mechanism.id == Member.mechanism_id)
        .where(Member.agency_id == person.agency_id)
        .order_by(Member.joined_on)
    ):
        if m.joined_on > db.clock.today(m.timezone):
            continue  # who joins later sees it from that day on
        periods[m.mechanism_id] = (*periods.get(m.mechanism_id, ()), Membership(m.joined_on, m.left_on))
    readers = await db.execute(
        select(Reader.mechanism_id, Reader.starts_on, Reader.ends_on, Mechanism.timezone)
        .join(Mechanism, Mechanism.id == Reader.mechanism_id)
        .where(Reader.person_id == person_id)
    )
    return Viewer(
        person_id=person.id,
        agency_id=person.agency_id,
        name=person.name,
        agency_short_name=person.agency.short_name,
        locale=person.locale or person.agency.locale,
        operator=person.operator_at is not None,
        agency_admin=person.agency_admin_at is not None,
        reader_of=frozenset(r.mechanism_id for r in readers if r.starts_on <= db.clock.today(r.timezone) < r.ends_on),
        designations=await _offices(db, person),
        member_of=periods,
        via=via,
        session_id=session_id,
    )


async def _offices(db: Session, person: Person) -> tuple[Office, ...]:
    """The person's designations in force today; a principal stands back while another is acting."""
    rows = await db.execute(
        select(Designation, Mechanism.timezone)
        .join(Mechanism, Mechanism.id == Designation.mechanism_id)
        .join(Person, Person.id == Designation.person_id)
        .where(
            or_(Designation.person_id == person.id, Designation.role == ACTING),
            Designation.agency_id == person.agency_id,
            Person.deactivated_at.is_(None),
        )
    )
    today = [(d, zone) for d, zone in rows if d.is_in_term_on(db.clock.today(zone))]
    acting = {d.mechanism_id for d, _ in today if d.role == ACTING}
    return tuple(
        Office(
            designation_id=d.id,
            mechanism_id=d.mechanism_id,
            agency_id=d.agency_id,
            role=d.role,
            in_office=d.role == ACTING or (d.role == PRINCIPAL and d.mechanism_id not in acting),
            may_sign=d.may_sign,
        )
        for d, _ in today
        if d.person_id == person.id
    )
