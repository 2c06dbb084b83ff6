"""A reply with a reference code: 同意, 修改意见 or 签收 by mail, for acts that a mere From may not do (MAIL.md "Answers coming in").

Each feature whose acts may be done so has its verb in `ACTS`, by the purpose of the code; the code says for whom and on what."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links, reference_codes
from liaison.accounts.models import ReferenceCode
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import Gone, NotFound, Refusal
from liaison.mechanisms.viewers import viewer_for
from liaison.postroom.acknowledging import acknowledge_notice
from liaison.postroom.models import APPLIED, HELD
from liaison.postroom.outcome import Outcome
from liaison.postroom.plain import Word, word_in
from liaison.postroom.signing import sign_minutes

Act = Callable[[Session, Viewer, ReferenceCode, Word, bool], Awaitable[None]]
"""The last says that it is 未核实: the code came back, but no mail server vouches for the sender."""
ACTS: Final[Mapping[str, Act]] = {links.SIGN: sign_minutes, links.NOTICE: acknowledge_notice}
"""By the purpose of a code, the verb that a reply with it calls."""


async def receive_coded(
    db: Session,
    text: str,
    codes: list[str],
    *,
    sender: str,
    forged: bool,
    unverified: bool = False,
    acts: Mapping[str, Act] = ACTS,
) -> Outcome:
    """Do what the code allows, if the reply comes from the address it was sent to and says so; what is `unverified` counts, marked as
    such. A refused act leaves the code unused."""
    try:
        row = await reference_codes.find(db, codes[0])
    except (NotFound, Gone):
        return Outcome(HELD, "used_code")
    word = word_in(text)
    act = acts.get(row.purpose)
    if word is None or act is None:
        return Outcome(HELD, "not_understood", person_id=row.person_id)
    if forged or sender not in await _registered(db, row):
        return Outcome(HELD, "forged" if forged else "other_sender", person_id=row.person_id)
    viewer = await viewer_for(db, row.person_id or 0, via="mail")
    if viewer is None:
        return Outcome(HELD, "not_permitted", person_id=row.person_id)
    try:
        async with db.begin_nested():
            await act(db, viewer, row, word, unverified)
            await reference_codes.use(db, row)
            await db.flush()
    except Refusal:
        return Outcome(HELD, "not_permitted", person_id=row.person_id)
    return Outcome(APPLIED, "coded", {"says": word.says}, person_id=row.person_id)


async def _registered(db: Session, row: ReferenceCode) -> set[str]:
    """The address under which the person is mailed: aliases and contacts may answer invitations, and nothing else."""
    query = select(Person).where(Person.id == row.person_id)
    loaded = query.options(joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))
    person = (await db.execute(loaded)).scalar_one_or_none()
    address = person.effective_address() if person else None
    return {address.mail} if address else set()
