"""What the operator's pages read: the outbox, one mail, and how the site is."""

import importlib.metadata
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import undefer

from liaison import audit, migrate
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mail import outbox, queue_state
from liaison.mail.models import FINAL_STATES, HELD, OPEN_STATES, MailPerson, OutboxMail
from liaison.mail.queue_state import QueueHealth
from liaison.mail.sources import state
from liaison.mail.sources.places import inboxes
from liaison.mail.sources.state import InboxState
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries as meetings
from liaison.meetings.models import Meeting
from liaison.system import backups
from liaison.system.backup_rules import BackupStatus

WORKER_SILENT = timedelta(minutes=1)
FILTERS: Final = {
    "open": (N_("Still to go"), (*OPEN_STATES, HELD)),
    "held": (N_("Held back"), (HELD,)),
    "failed": (N_("Not delivered"), ("refused", "bounced", "given_up")),
    "sent": (N_("Sent"), ("sent",)),
    "all": (N_("All"), (*OPEN_STATES, HELD, *FINAL_STATES)),
}


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """How the site is, for the page 系统."""

    health: QueueHealth
    worker_lives: bool
    database: str
    revision: str
    zone_data: str
    audit_head: tuple[int, str]
    backup: BackupStatus
    inboxes: Sequence[InboxState]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a site already has, for the first steps."""

    agencies: int
    people: int
    mechanisms: Sequence[Mechanism]
    meetings: int

    @property
    def is_empty(self) -> bool:
        """Nobody has founded a mechanism or planned a meeting yet."""
        return not self.mechanisms or not self.meetings


async def site_status(db: Session) -> SiteStatus:
    """How the site is now."""
    health = await queue_state.health(db)
    seen = health.worker_seen_at
    return SiteStatus(
        health=health,
        worker_lives=seen is not None and health.now - seen <= WORKER_SILENT,
        database=await _database(db),
        revision=migrate.head(),
        zone_data=zone_data_version(),
        audit_head=await audit.head(db),
        backup=await backups.status(db),
        inboxes=await state.states(db, inboxes(db.settings.inbox_url)),
    )


async def beginning(db: Session) -> Beginning:
    """How far the first steps are."""
    counts = [
        (await db.execute(select(func.count()).select_from(model))).scalar_one() for model in (Agency, Person, Meeting)
    ]
    found = list(await db.scalars(select(Mechanism).order_by(Mechanism.id)))
    return Beginning(agencies=counts[0], people=counts[1], mechanisms=found, meetings=counts[2])


async def mail(db: Session, mail_id: int) -> OutboxMail:
    """One mail with its bytes. Raises NotFound."""
    query = select(OutboxMail).where(OutboxMail.id == mail_id).options(undefer(OutboxMail.body))
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def people_of(db: Session, mail_id: int) -> list[Person]:
    """Whom a mail was meant for."""
    query = select(Person).join(MailPerson, MailPerson.person_id == Person.id).where(MailPerson.mail_id == mail_id)
    return list(await db.scalars(query.order_by(Person.id)))


async def counts_by_filter(db: Session) -> dict[str, int]:
    """How many mails each filter of the outbox page holds."""
    rows = await db.execute(select(OutboxMail.state, func.count().label("mails")).group_by(OutboxMail.state))
    by_state = {row.state: row.mails for row in rows}
    return {name: sum(by_state.get(state, 0) for state in states) for name, (_, states) in FILTERS.items()}


def needing_attention(counts: Mapping[str, int]) -> str:
    """The filter the outbox opens on: what was not delivered, else what still has to go, else all."""
    return next((name for name in ("failed", "open") if counts[name]), "all")


async def deliveries(
    db: Session,
    viewer: Viewer,
    *,
    meeting_id: int | None,
    person_id: int | None,
    state: str | None,
    after: int,
    limit: int,
) -> Sequence[OutboxMail]:
    """What became of mails: the operator all, officers and deputies those of their meetings, everybody their own."""
    if meeting_id is not None:
        meeting = await meetings.get(db, viewer, meeting_id)
        if not (viewer.operator or viewer.acts_for(meeting.mechanism_id)):
            raise NotPermitted(N_("Only the liaisons of this mechanism see what became of its mail."))
    elif person_id != viewer.person_id and not viewer.operator:
        raise NotPermitted(N_("Please name a meeting, or yourself: only the operator sees all mail."))
    about = f"meeting:{meeting_id}" if meeting_id is not None else None
    return await outbox.deliveries(db, about=about, person_id=person_id, state=state, after=after, limit=limit)


async def people_by_mail(db: Session, mails: Sequence[OutboxMail]) -> dict[int, list[int]]:
    """The people each mail was meant for."""
    found: dict[int, list[int]] = {each.id: [] for each in mails}
    rows = select(MailPerson.mail_id, MailPerson.person_id).where(MailPerson.mail_id.in_(found)).order_by(MailPerson.id)
    for mail_id, person_id in await db.execute(rows):
        found[mail_id].append(person_id)
    return found


@cache
def zone_data_version() -> str:
    """The version of the zone data in use: the machine's, where it tells one, else the program's own."""
    for directory in zoneinfo.TZPATH:
        try:
            with (Path(directory) / "tzdata.zi").open(encoding="ascii") as file:
                return file.readline().removeprefix("# version").strip()
        except OSError:
            continue
    return importlib.metadata.version("tzdata")


async def _database(db: Session) -> str:
    if db.settings.sqlite_path is not None:
        return f"SQLite {(await db.execute(text('SELECT sqlite_version()'))).scalar_one()}"
    return f"PostgreSQL {(await db.execute(text('SHOW server_version'))).scalar_one()}"
