"""提请关注: a draft to the own leader, which the responsible agency's liaison changes, and copies or sends within their own agency.

Nothing goes to another agency, and nothing goes by itself (PRACTICE.md 14)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions.due import OVERDUE, due_state
from liaison.actions.escalation_models import Escalation
from liaison.actions.locking import lock
from liaison.actions.models import ActionItem
from liaison.actions.permissions import may_escalate
from liaison.calendaring.workdays import region_calendar
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Person
from liaison.directory.queries import agencies_at
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox
from liaison.meetings.queries import PERSON_ADDRESS
from liaison.meetings.recording import SENT_TWICE

KIND = "action_escalation"
MOST = 2000


async def escalate(
    db: Session, viewer: Viewer, item: ActionItem, *, text: str, to_person_id: int | None = None
) -> Escalation:
    """Keep the text, and mail it to `to_person_id` of the own agency where one is given. For an overdue item. A form that is sent
    twice within a minute is one text and one mail.

    Raises NotPermitted, Invalid (text, to_person_id), Conflict (not overdue)."""
    await lock(db, item)
    ask(db, viewer, item)
    check = Check()
    text = check.required_text("text", text, most=MOST, lines=True)
    person = await receiver(db, check, item.lead_agency_id, to_person_id)
    check.done()
    if (same := await _just_written(db, viewer, item, text, person)) is not None:
        return same
    kept = Escalation(
        action_item_id=item.id,
        agency_id=item.lead_agency_id,
        text=text,
        at=db.now(),
        by_id=viewer.person_id,
        by=await db.get_one(Person, viewer.person_id),
        to_person_id=person.id if person else None,
        to_person=person,
    )
    db.add(kept)
    await db.flush()
    if person is not None:
        await send(db, person, KIND, about=f"escalation:{kept.id}", source_id=kept.id, by=viewer.person_id)
    # A line of its own thing: the item's trail is read by every member agency.
    audit.add(db, viewer, "escalate", f"escalation:{kept.id}", mechanism_id=item.mechanism_id, to=kept.to_person_id)
    return kept


def ask(db: Session, viewer: Viewer, item: ActionItem) -> None:
    """Raises NotPermitted, Conflict (ended, or not overdue). Needs `mechanism`."""
    if not may_escalate(viewer, item):
        raise NotPermitted(N_("This is written by the responsible agency's liaison or deputy, to their own leader."))
    calendar, today = region_calendar(item.mechanism.region), db.clock.today(item.mechanism.timezone)
    if item.ended_at is not None or due_state(calendar, item.due_on, today) != OVERDUE:
        raise Conflict(N_("This item is not overdue."))


async def receivers(db: Session, agency_id: int) -> list[Person]:
    """The own agency's people whom a mail reaches that nobody else reads; leaders first."""
    query = select(Person).where(Person.agency_id == agency_id, Person.deactivated_at.is_(None))
    people = list(await db.scalars(query.options(*PERSON_ADDRESS)))
    at = {one.id: address.mail for one in people if (address := one.effective_address()) is not None}
    readers = await agencies_at(db, set(at.values())) if at else {}
    reached = [one for one in people if one.id in at and readers.get(at[one.id], set()) <= {agency_id}]
    return sorted(reached, key=lambda one: (one.rank if one.rank is not None else 99, one.id))


async def receiver(db: Session, check: Check, agency_id: int, person_id: int | None) -> Person | None:
    """Whom of the own agency it is mailed to; refuses `to_person_id` for anybody else."""
    if person_id is None:
        return None
    found = next((one for one in await receivers(db, agency_id) if one.id == person_id), None)
    if found is None:
        check.refuse("to_person_id", N_("Please choose somebody of your own agency whom a mail reaches."))
    return found


async def send(db: Session, person: Person, kind: str, *, about: str, source_id: int, by: int) -> None:
    """The one mail of a text that was kept, at once."""
    if (address := person.effective_address()) is not None:
        await outbox.enqueue(
            db,
            kind=kind,
            about=about,
            address=address.mail,
            display_to=f"{address.holder} <{address.mail}>",
            locale=person.mail_locale(db.settings.locale),
            person_ids=[person.id],
            source_id=source_id,
            once_key=f"{kind}:{source_id}",
            created_by=by,
        )


async def of_item(db: Session, viewer: Viewer, item: ActionItem) -> Sequence[Escalation]:
    """What the viewer's own agency wrote of it, newest first; nothing of any other agency's."""
    query = select(Escalation).where(Escalation.action_item_id == item.id, Escalation.agency_id == viewer.agency_id)
    query = query.options(joinedload(Escalation.by), joinedload(Escalation.to_person))
    return (await db.scalars(query.order_by(Escalation.id.desc()).limit(20))).all()


async def _just_written(
    db: Session, viewer: Viewer, item: ActionItem, text: str, person: Person | None
) -> Escalation | None:
    query = select(Escalation).where(
        Escalation.action_item_id == item.id,
        Escalation.text == text,
        Escalation.by_id == viewer.person_id,
        Escalation.to_person_id.is_not_distinct_from(person.id if person else None),
        Escalation.at > db.now() - SENT_TWICE,
    )
    query = query.options(joinedload(Escalation.by), joinedload(Escalation.to_person))
    return (await db.scalars(query.order_by(Escalation.id.desc()).limit(1))).first()
