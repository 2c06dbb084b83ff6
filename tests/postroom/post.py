"""What clients send back, and taking it in as the server does."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import select

from liaison.meetings.models import Attendee
from liaison.postroom.models import IncomingMail
from liaison.postroom.reading import read_mail
from liaison.postroom.sorting import receive
from tests.meetings.play import Mail, Play

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def answer(
    mail: Mail,
    partstat: str,
    *,
    at: datetime = NOON,
    sender: str = "",
    attendee: str = "",
    sequence: int | None = None,
    method: str = "REPLY",
    comment: str = "",
    more: str = "",
) -> bytes:
    """The reply of an ordinary client to an invitation."""
    address = attendee or mail.to
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Client//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{mail.event['UID']}",
        f"SEQUENCE:{mail.event['SEQUENCE'] if sequence is None else sequence}",
        f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}",
        f"ORGANIZER:{mail.event['ORGANIZER']}",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{address}",
        *([f"COMMENT:{comment}"] if comment else []),
        *([more] if more else []),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    message = written(mail, "Accepted", sender=sender or address)
    message.add_alternative("\r\n".join(lines).encode(), maintype="text", subtype="calendar", params={"method": method})
    return message.as_bytes()


def written(mail: Mail, text: str, *, sender: str = "", subject: str = "") -> EmailMessage:
    """What a person writes back, the mail they answer quoted below."""
    message = EmailMessage()
    message["From"] = sender or mail.to
    message["To"] = str(mail.raw["From"].addresses[0].addr_spec)
    message["Subject"] = subject or f"Re: {mail.subject}"
    message["Date"] = format_datetime(NOON)
    message["In-Reply-To"] = str(mail.raw["Message-ID"])
    message["References"] = str(mail.raw["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    message.set_content(f"{text}\n\n{mail.to} 写道：\n{quoted}\n")
    return message


async def take(play: Play, raw: bytes, *, received_at: datetime = NOON) -> tuple[str, str]:
    """What the mail came to, and why."""
    mail = read_mail(raw)
    async with play.database.writing() as db:
        row: IncomingMail = await receive(db, mail, door="stdin", received_at=received_at)
        return row.verdict, row.reason


async def said(play: Play, person_id: int) -> tuple[str, bool, str | None]:
    """How the person's answer stands: what, whether unverified, and from which other address."""
    async with play.database.reading() as db:
        one = (await db.scalars(select(Attendee).where(Attendee.person_id == person_id))).one()
        return one.partstat, one.answered_unverified, one.answered_from
