"""The story as tests play it: schedule with the world's people, send, let the worker run, read the mails."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import icalendar

from liaison.accounts.viewer import Viewer
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.db import Database, Session
from liaison.directory.models import Person
from liaison.mail.delivery import deliver_due
from liaison.mail.transport import MaildirTransport
from liaison.meetings import announcing, queries, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from tests.world import World

START = datetime.fromisoformat("2026-12-17T14:30")


@dataclass(slots=True)
class Mail:
    """One mail as it arrived."""

    to: str
    subject: str
    text: str
    html: str
    raw: EmailMessage
    calendar: icalendar.Calendar | None
    method: str | None

    @property
    def event(self) -> icalendar.Event:
        assert self.calendar is not None
        event = self.calendar.walk("VEVENT")[0]
        assert isinstance(event, icalendar.Event)
        return event

    @property
    def links(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if "/r/" in line]


class Play:
    """The database, its world and a mailbox in which everything arrives."""

    def __init__(self, database: Database, world: World, clock: Clock, directory: Path) -> None:
        self.database, self.world, self.clock, self.directory = database, world, clock, directory
        self.read: set[str] = set()

    async def viewer(self, person: Person) -> Viewer:
        async with self.database.reading() as db:
            return await self.world.viewer(db, person)

    async def scheduled(self, *asked: Asked, by: Person | None = None, **more: object) -> int:
        """A draft on 2026-12-17 14:30 by the host's liaison; its id."""
        viewer = await self.viewer(by or self.world.zhoumin)
        fields: dict[str, object] = {
            "kind": "regular",
            "title": "第四季度联席会议",
            "local_start": START,
            "duration_minutes": 120,
        }
        async with self.database.writing() as db:
            meeting = await scheduling.schedule(
                db,
                viewer,
                self.world.mechanism.id,
                asked=asked,
                **{**fields, "location": "区检察院三楼第一会议室", **more},
            )  # type: ignore[arg-type]
            return meeting.id

    async def meeting(self, db: Session, meeting_id: int, by: Person | None = None) -> tuple[Viewer, Meeting]:
        viewer = await self.world.viewer(db, by or self.world.zhoumin)
        return viewer, await queries.get(db, viewer, meeting_id)

    async def send(self, meeting_id: int, *, by: Person | None = None, **more: object) -> list[Mail]:
        """Send, deliver, and give back what newly arrived."""
        async with self.database.writing() as db:
            viewer, meeting = await self.meeting(db, meeting_id, by)
            await announcing.send(db, viewer, meeting, **more)  # type: ignore[arg-type]
        return await self.delivered()

    async def delivered(self) -> list[Mail]:
        """Let a worker run until nothing is due; what newly arrived, by address."""
        await deliver_due(self.database, MaildirTransport(self.directory), COMPOSERS, "test")
        return mails_in(self.directory, self.read)


def mails_in(directory: Path, read: set[str]) -> list[Mail]:
    """The mails in a Maildir that are not in `read` yet, by address; they are put there."""
    new = [path for path in sorted((directory / "new").glob("*")) if path.name not in read]
    read.update(path.name for path in new)
    return sorted((_read(path.read_bytes()) for path in new), key=lambda mail: mail.to)


def _read(raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = {part.get_content_type(): part for part in message.walk()}
    calendar = parts.get("text/calendar")
    parsed = icalendar.Calendar.from_ical(calendar.get_payload(decode=True)) if calendar else None
    return Mail(
        to=message["To"].addresses[0].addr_spec,
        subject=str(message["Subject"]),
        text=parts["text/plain"].get_content(),
        html=parts["text/html"].get_content(),
        raw=message,
        calendar=parsed,  # type: ignore[arg-type]
        method=str(parsed["METHOD"]) if parsed else None,
    )


def by_address(mails: list[Mail]) -> dict[str, Mail]:
    """The mails by recipient; fails when one address got two."""
    found = {mail.to: mail for mail in mails}
    assert len(found) == len(mails), "one mail per address"
    return found
