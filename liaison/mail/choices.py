"""What an operator has chosen about answers by mail, on the page 系统."""

from dataclasses import dataclass

from liaison import site
from liaison.checks import Check
from liaison.db import Session
from liaison.i18n import N_

OWN_SERVER = "own_mail_server"
HOLD_UNVERIFIED = "hold_unverified"
SUB_ADDRESSING = "sub_addressing"


@dataclass(frozen=True, slots=True)
class InboxChoices:
    """`own_server`: by which name the site's own mail server signs its Authentication-Results; empty if it adds none. `hold`: whether
    answers that nobody vouches for wait for an officer; None: they do where the own server is known. `sub_addressing`: whether
    organizers of meetings first sent from now on carry a secret for each address."""

    own_server: str = ""
    hold: bool | None = None
    sub_addressing: bool = False

    @property
    def holds_unverified(self) -> bool:
        """Whether an answer whose sender nobody vouches for waits."""
        return bool(self.own_server) if self.hold is None else self.hold


async def inbox_choices(db: Session) -> InboxChoices:
    """What is chosen."""
    chosen = await site.choices(db, OWN_SERVER, HOLD_UNVERIFIED, SUB_ADDRESSING)
    server, hold = chosen.get(OWN_SERVER), chosen.get(HOLD_UNVERIFIED)
    return InboxChoices(
        str(server["name"]) if server else "", bool(hold["on"]) if hold else None, SUB_ADDRESSING in chosen
    )


async def choose_for_inbox(
    db: Session, actor: site.Operating, *, own_server: str, hold: bool | None, sub_addressing: bool
) -> None:
    """Keep these choices. Raises NotPermitted for all but operators, Invalid (own_server)."""
    site.operators_only(actor)
    check = Check()
    name = (check.text("own_server", own_server, most=200) or "").lower()
    if any(sign in name for sign in ' ;"()='):
        check.refuse("own_server", N_("Please give the name alone, such as mx.agency.example."))
    check.done()
    before = await inbox_choices(db)
    if name != before.own_server:
        await site.choose(db, actor, OWN_SERVER, {"name": name} if name else None)
    if hold != before.hold:
        await site.choose(db, actor, HOLD_UNVERIFIED, None if hold is None else {"on": hold})
    if sub_addressing != before.sub_addressing:
        await site.choose(db, actor, SUB_ADDRESSING, {} if sub_addressing else None)
