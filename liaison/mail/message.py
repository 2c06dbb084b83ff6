"""What a feature hands over to be sent: one mail to one address, in words, before it becomes bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from liaison.mail.models import OutboxMail


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One mail as its recipient will read it.

    `to` and `mail_from` are written as "Name <address>" or a bare address; a `from_name` that may hold any character is given by
    itself beside a bare `mail_from`. `address` is where it goes (lower case). `calendar` is one
    iCalendar object, whose METHOD `calendar_method` repeats. Mails with the same `thread` (a meeting's UID) stand together in the
    reader's mailbox. `holds` is what the recipient may hold once this mail may have reached them, as JSON values."""

    to: str
    address: str
    mail_from: str
    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    calendar_method: str | None = None
    thread: str | None = None
    auto_submitted: bool = False
    holds: dict[str, Any] | None = None
    from_name: str = ""
    audience: frozenset[int] | None = None
    """Set where it says what only the people of these agencies may know; all who read its address are of them."""
    listed_as: str = ""
    """What lists of mails call it where its subject says more than whoever looks after the mail may know."""


Wording = Callable[[OutboxMail], OutgoingMessage | None]
"""Words one mail whose facts are loaded already, in a thread, without database; None where there is nothing left to say."""
