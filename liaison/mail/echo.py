"""The mail that a site sends to itself to learn what its mail system can do: how it is written, and what its return tells. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal

from liaison.i18n import N_
from liaison.mail.authentication import server_of
from liaison.mail.headings import read_heading

State = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One thing learned: good, worth a note, or bad, in a sentence with its parameters."""

    state: State
    msgid: str
    params: dict[str, Any] = field(default_factory=dict)


def tagged(address: str, tag: str) -> str:
    """The address with a sub-address (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def letter(*, mail_from: str, to: str, mark: str, forged_names: Iterable[str], at: datetime) -> bytes:
    """A mail that is known by its `mark`, with a forged Authentication-Results under each of these names."""
    message = EmailMessage()
    for name in forged_names:
        message["Authentication-Results"] = f"{name}; dmarc=pass header.from=forged.invalid; x-mark={mark}"
    message["From"] = mail_from
    message["To"] = to
    message["Subject"] = f"liaison check {mark}"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mark}.{'tagged' if '+' in to else 'plain'}@{to.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        "This mail was sent by `liaison check --mail`, which looks for it in the mailbox. Nothing is to be done."
    )
    return message.as_bytes(policy=SMTP)


def judge(
    *, mark: str, forged_names: Sequence[str], own_server: str, plain: bytes | None, with_tag: bytes | None
) -> list[Judgement]:
    """What the mails tell that came back, the plain one and the one to a sub-address; None: it did not come. `own_server` is the name
    whose Authentication-Results this site believes so far."""
    found = plain or with_tag
    if found is None:
        return [Judgement("bad", N_("No mail came back within a minute. See whether LIAISON_MAIL_FROM is the address of a mailbox in LIAISON_INBOX_URL (or delivered by LMTP), and whether a spam filter keeps it."))]  # fmt: skip
    told = [Judgement("good", N_("A mail to our own address comes back, so answers arrive."))]
    if with_tag is not None:
        told.append(Judgement("good", N_("Sub-addressing works: secret addresses for answers can be switched on on the page System.")))  # fmt: skip
    else:
        told.append(Judgement("note", N_("Mail to a sub-address (name+…@) does not arrive: leave secret addresses switched off. Answers are then believed by their sender.")))  # fmt: skip
    fields = read_heading(found).checked_by
    theirs = next((name for each in fields if mark not in each and (name := server_of(each))), "")
    survived = {server_of(each) for each in fields if mark in each}
    if own_server and own_server in survived:
        told.append(Judgement("bad", N_("A forged Authentication-Results of %(name)s, which this site believes, arrives unchanged: anybody could vouch for themselves. Take that name out on the page System, or let the mail server remove such fields."), {"name": own_server}))  # fmt: skip
    if "=" in theirs:  # Microsoft's begin with the first result instead of a name
        told.append(Judgement("note", N_("The mail server adds Authentication-Results without a name, which cannot be told from forged ones: leave the name on the page System empty.")))  # fmt: skip
    elif not theirs:
        told.append(Judgement("note", N_("The mail server adds no Authentication-Results to this mail. Some add them only to mail from outside: look at the source of such a mail.")))  # fmt: skip
    elif theirs in survived:
        told.append(Judgement("note", N_("The mail server signs its Authentication-Results as %(name)s, but lets a forged one of that name through, at least from us: do not enter that name on the page System before it removes them."), {"name": theirs}))  # fmt: skip
    elif theirs in forged_names:
        told.append(Judgement("good", N_("The mail server signs its Authentication-Results as %(name)s and removes a forged one of that name. That name can be entered on the page System."), {"name": theirs}))  # fmt: skip
    else:
        told.append(Judgement("note", N_("The mail server signs its Authentication-Results as %(name)s. Whether it removes forged ones of that name was not tried: run it again with --own-server %(name)s."), {"name": theirs}))  # fmt: skip
    return told
