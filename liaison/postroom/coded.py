"""A reply with a reference code: 同意, 修改意见 or 签收 by mail, for acts that a mere From may not do (MAIL.md "Answers coming in").

Each feature whose acts may be done so has its verb in `ACTS`, by the purpose of the code; the code says for whom and on what."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links, reference_codes
from liaison.accounts.models import ReferenceCode
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Address, Person
from liaison.errors import Gone, NotFound, Refusal
from liaison.mail import outbox
from liaison.mail.answering import ANSWER, may_answer
from liaison.mechanisms.viewers import viewer_for
from liaison.postroom.acknowledging import acknowledge_notice, of_notice
from liaison.postroom.models import APPLIED, HELD
from liaison.postroom.outcome import Outcome, TooLate
from liaison.postroom.plain import Word, word_in
from liaison.postroom.signing import sign_minutes, sign_proposal

ANSWERED_TOO_LATE = "answered_too_late"
"""The kind of the mail that tells who answered a text that was replaced or issued since."""
Act = Callable[[Session, Viewer, ReferenceCode, Word, bool], Awaitable[None]]
"""The last says that it is 未核实: the code came back, but no mail server vouches for the sender."""
ACTS: Final[Mapping[str, Act]] = {
    links.SIGN: sign_minutes,
    links.PROPOSAL: sign_proposal,
    links.NOTICE: acknowledge_notice,
}
"""By the purpose of a code, the verb that a reply with it calls."""
Concerns = Callable[[Session, ReferenceCode], Awaitable[tuple[int, frozenset[int]]]]
CONCERNS: Final[Mapping[str, Concerns]] = {links.NOTICE: of_notice}
"""By the purpose of a code, the mechanism and the agencies that may know of what it is about, where that is not everybody."""


async def receive_coded(
    db: Session,
    text: str,
    codes: list[str],
    *,
    sender: str,
    mail_id: int,
    doubt: str = "",
    unverified: bool = False,
    acts: Mapping[str, Act] = ACTS,
) -> Outcome:
    """Do what the code allows, if the reply comes from the address it was sent to and says so; what is `unverified` counts, marked as
    such. A refused act leaves the code unused. `doubt`: why its sender is not believed at all, also where what is unverified is held.

    The code says who may know of the mail, also where it was used before and where the reply does not say which mail it answers."""
    outcome = await _receive(
        db, text, codes[0], sender=sender, mail_id=mail_id, doubt=doubt, unverified=unverified, acts=acts
    )
    row = await reference_codes.given_out(db, codes[0])
    if row is not None and row.purpose in CONCERNS:
        mechanism_id, audience = await CONCERNS[row.purpose](db, row)
        outcome = replace(outcome, mechanism_id=mechanism_id, audience=audience)
    return outcome


async def _receive(
    db: Session,
    text: str,
    code: str,
    *,
    sender: str,
    mail_id: int,
    doubt: str,
    unverified: bool,
    acts: Mapping[str, Act],
) -> Outcome:
    try:
        row = await reference_codes.find(db, code)
    except (NotFound, Gone):
        return Outcome(HELD, "used_code")
    word = word_in(text)
    act = acts.get(row.purpose)
    if word is None or act is None:
        return Outcome(HELD, "not_understood", person_id=row.person_id)
    person = await _person(db, row)
    address = person.effective_address() if person else None
    if person is None or address is None or address.mail != sender or doubt:
        return Outcome(HELD, doubt or "other_sender", person_id=row.person_id)
    viewer = await viewer_for(db, row.person_id or 0, via="mail")
    if viewer is None:
        return Outcome(HELD, "not_permitted", person_id=row.person_id)
    try:
        async with db.begin_nested():
            await act(db, viewer, row, word, unverified)
            await reference_codes.use(db, row)
            await db.flush()
    except TooLate as late:
        await _tell_late(db, row, person, address, late, mail_id)
        return Outcome(HELD, late.reason, person_id=row.person_id)
    except Refusal:
        return Outcome(HELD, "not_permitted", person_id=row.person_id)
    return Outcome(APPLIED, "coded", {"says": word.says}, person_id=row.person_id)


async def _person(db: Session, row: ReferenceCode) -> Person | None:
    """Whom the code was mailed to, with what their address needs: aliases and contacts may answer invitations, and nothing else."""
    query = select(Person).where(Person.id == row.person_id)
    loaded = query.options(joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))
    return (await db.execute(loaded)).scalar_one_or_none()


async def _tell_late(
    db: Session, row: ReferenceCode, person: Person, address: Address, late: TooLate, mail_id: int
) -> None:
    """One mail back for one mail in: nothing was recorded, and which text to answer instead."""
    if not await may_answer(db, address.mail):
        return
    await outbox.enqueue(
        db,
        kind=ANSWERED_TOO_LATE,
        about=f"{late.kind}:{late.id}",
        address=address.mail,
        display_to=f"{address.holder} <{address.mail}>",
        locale=person.mail_locale(db.settings.locale),
        person_ids=[person.id],
        source_id=row.object_id,
        params={late.kind: late.id},
        once_key=f"{ANSWER}{mail_id}",
    )
