"""What a person is today, loaded once per request for the Viewer that every permission asks."""

from sqlalchemy import BindParameter, bindparam, or_, select

from liaison.accounts.viewer import Membership, Office, Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import ACTING, PRINCIPAL, Designation, Mechanism, Member, Reader
from liaison.mechanisms.terms import Span

# Every request asks these four: put together once, and only the columns that a Viewer is made of.
_PERSON: BindParameter[int] = bindparam("person_id")
_AGENCY: BindParameter[int] = bindparam("agency_id")
_WHO = (
    select(
        Person.id,
        Person.agency_id,
        Person.name,
        Person.locale,
        Person.operator_at,
        Person.agency_admin_at,
        Agency.short_name.label("agency_short_name"),
        Agency.locale.label("agency_locale"),
    )
    .join(Agency, Agency.id == Person.agency_id)
    .where(Person.id == _PERSON, Person.deactivated_at.is_(None))
)
_MEMBERSHIPS = (
    select(Member.mechanism_id, Member.joined_on, Member.left_on, Mechanism.timezone)
    .join(Mechanism, Mechanism.id == Member.mechanism_id)
    .where(Member.agency_id == _AGENCY)
    .order_by(Member.joined_on)
)
_READERSHIPS = (
    select(Reader.mechanism_id, Reader.starts_on, Reader.ends_on, Mechanism.timezone)
    .join(Mechanism, Mechanism.id == Reader.mechanism_id)
    .where(Reader.person_id == _PERSON)
)
_DESIGNATIONS = (
    select(
        Designation.id,
        Designation.mechanism_id,
        Designation.agency_id,
        Designation.person_id,
        Designation.role,
        Designation.starts_on,
        Designation.ends_on,
        Designation.may_sign,
        Mechanism.timezone,
    )
    .join(Mechanism, Mechanism.id == Designation.mechanism_id)
    .join(Person, Person.id == Designation.person_id)
    .where(
        or_(Designation.person_id == _PERSON, Designation.role == ACTING),
        Designation.agency_id == _AGENCY,
        Person.deactivated_at.is_(None),
    )
)


async def viewer_for(db: Session, person_id: int, *, via: str, session_id: int | None = None) -> Viewer | None:
    """The Viewer of an active person with today's designations, memberships and readerships; None if inactive or unknown."""
    person = (await db.execute(_WHO, {"person_id": person_id})).one_or_none()
    if person is None:
        return None
    periods: dict[int, tuple[Membership, ...]] = {}
    for m in await db.execute(_MEMBERSHIPS, {"agency_id": person.agency_id}):
        if m.joined_on > db.clock.today(m.timezone):
            continue  # who joins later sees it from that day on
        periods[m.mechanism_id] = (*periods.get(m.mechanism_id, ()), Membership(m.joined_on, m.left_on))
    readers = await db.execute(_READERSHIPS, {"person_id": person_id})
    return Viewer(
        person_id=person.id,
        agency_id=person.agency_id,
        name=person.name,
        agency_short_name=person.agency_short_name,
        locale=person.locale or person.agency_locale,
        operator=person.operator_at is not None,
        agency_admin=person.agency_admin_at is not None,
        reader_of=frozenset(r.mechanism_id for r in readers if r.starts_on <= db.clock.today(r.timezone) < r.ends_on),
        designations=await _offices(db, person.id, person.agency_id),
        member_of=periods,
        via=via,
        session_id=session_id,
    )


async def _offices(db: Session, person_id: int, agency_id: int) -> tuple[Office, ...]:
    """The person's designations in force today; a principal stands back while another is acting."""
    rows = await db.execute(_DESIGNATIONS, {"person_id": person_id, "agency_id": agency_id})
    today = [d for d in rows if Span(d.starts_on, d.ends_on, None).covers(db.clock.today(d.timezone))]
    acting = {d.mechanism_id for d in today if d.role == ACTING}
    return tuple(
        Office(
            designation_id=d.id,
            mechanism_id=d.mechanism_id,
            agency_id=d.agency_id,
            role=d.role,
            in_office=d.role == ACTING or (d.role == PRINCIPAL and d.mechanism_id not in acting),
            may_sign=d.may_sign,
        )
        for d in today
        if d.person_id == person_id
    )
