"""What the leaver and the successor are mailed of a handover: that it is entered and what passes on which day, or that it was taken back."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from liaison.actions.models import ActionItem
from liaison.db import Session
from liaison.directory.models import Person
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import PRINCIPAL, Designation
from liaison.mechanisms.wording import ROLES
from liaison.succession import queries
from liaison.succession.models import Handover
from liaison.succession.moving import ACTIONS, MOVES

KIND = "handover"
ENTERED, TAKEN_BACK = "entered", "taken_back"
LEAVER, SUCCESSOR = "leaver", "successor"


async def tell_both(
    db: Session, handover: Handover, occasion: str, passes: Mapping[str, Sequence[int]], *, by: int | None
) -> None:
    """One mail to the leaver and one to the successor, each at their address; `passes` holds what moves, by kind."""
    for side, person in ((LEAVER, handover.from_.person), (SUCCESSOR, handover.to_person)):
        address = person.effective_address()
        if address is None or person.deactivated_at is not None:
            continue
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"designation:{handover.from_id}",
            address=address.mail,
            display_to=f"{person.name} <{address.mail}>",
            locale=person.mail_locale(db.settings.locale),
            person_ids=[person.id],
            source_id=handover.id,
            params={"side": side, "occasion": occasion, "passes": {key: list(ids) for key, ids in passes.items()}},
            once_key=f"{KIND}:{handover.id}:{occasion}:{side}",
            created_by=by,
        )


async def handover_mail(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """Who follows whom in which office from when, what passes, and where the handover sheet is."""
    handover = await queries.get(db, mail.source_id or 0)
    term, passes = handover.from_, mail.params["passes"]
    words = Words(mail.locale, term.mechanism.timezone)
    kinds = [(kind, len(passes[kind.key])) for kind in MOVES if kind.key in passes]
    role = (await db.get_one(Designation, handover.to_id)).role if handover.to_id else term.role
    context = {
        "side": mail.params["side"],
        "occasion": mail.params["occasion"],
        "reader": _reader(handover, mail.params["side"]),
        "leaver": term.person,
        "successor": handover.to_person,
        "agency": term.agency,
        "mechanism": term.mechanism,
        "role": words._(ROLES[role]),
        "is_principal": role == PRINCIPAL,
        "day": words.full_date(handover.starts_on),
        "passes": [kind.said(words, n) for kind, n in kinds],
        "items": await _items(db, passes.get(ACTIONS, ())),
        "url": f"{db.settings.base_url}/designations/{term.id}/sheet",
        "site_name": db.settings.site_name,
        "words": words,
        "starts_on": handover.starts_on,
    }
    return worded(
        mail,
        "handover",
        context,
        term.mechanism.sender(db.settings.mail_from),
        auto_submitted=True,
    )


def _reader(handover: Handover, side: str) -> Person:
    return handover.from_.person if side == LEAVER else handover.to_person


async def _items(db: Session, ids: Sequence[int]) -> Sequence[ActionItem]:
    """The action items that pass; the responsible agency's people, which both are, may read what they are about."""
    query = select(ActionItem).where(ActionItem.id.in_(ids))
    return (await db.scalars(query.order_by(ActionItem.due_on.is_(None), ActionItem.due_on, ActionItem.id))).all()


COMPOSERS = {KIND: one_by_one(handover_mail)}
