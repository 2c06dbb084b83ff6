"""名单核对: an agency says that its liaison, deputies, people, addresses and phones are right, and what pages read of that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import NOBODY, Viewer
from liaison.db import Session, locked
from liaison.directory.models import Person
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries
from liaison.mechanisms.models import ListCheck, Member
from liaison.mechanisms.permissions import may_confirm_list, may_see


@dataclass(frozen=True, slots=True)
class AgencyList:
    """What a member agency looks through."""

    member: Member
    """With agency and mechanism."""
    duty: queries.OnDuty
    people: Sequence[Person]


async def confirm(db: Session, viewer: Viewer, member_id: int) -> ListCheck:
    """名单无误: the agency's list is right today. Raises NotFound, NotPermitted."""
    member = await locked(db, Member, member_id, joinedload(Member.mechanism))
    _ask(viewer, member)
    query = select(ListCheck).where(ListCheck.member_id == member.id, ListCheck.asked_at.is_not(None))
    asked = (await db.scalars(query.order_by(ListCheck.half_from.desc()).limit(1))).first()
    check = asked if asked is not None and asked.confirmed_at is None else ListCheck(member_id=member.id)
    by = viewer.person_id if viewer.person_id != NOBODY else None
    check.confirmed_at, check.confirmed_by = db.now(), by
    db.add(check)
    await db.flush()
    thing = f"member:{member.id}"
    audit.add(db, viewer, "confirm_list", thing, mechanism_id=member.mechanism_id, agency=member.agency_id)
    return check


async def to_confirm(db: Session, viewer: Viewer, member_id: int) -> AgencyList:
    """The list that the viewer may confirm. Raises NotFound, NotPermitted."""
    options = (joinedload(Member.mechanism), joinedload(Member.agency))
    member = (await db.scalars(select(Member).where(Member.id == member_id).options(*options))).first()
    if member is None:
        raise NotFound
    _ask(viewer, member)
    duty = await queries.on_duty(db, member.mechanism, db.clock.today(member.mechanism.timezone))
    return AgencyList(member, duty, await queries.choosable_people(db, [member.agency_id]))


async def asked_of(db: Session, member_ids: Collection[int]) -> Sequence[ListCheck]:
    """Every time these members were asked, passed over, or said it of themselves."""
    return (await db.scalars(select(ListCheck).where(ListCheck.member_id.in_(member_ids)))).all()


def _ask(viewer: Viewer, member: Member) -> None:
    if not (viewer.person_id == NOBODY and viewer.via == "link") and not may_see(viewer, member.mechanism_id):
        raise NotFound
    if not may_confirm_list(viewer, member.mechanism_id, member.agency_id):
        raise NotPermitted(N_("Each agency looks through its own list: its administrator, its liaison or a deputy."))
