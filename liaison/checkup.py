"""`liaison check`: what works, what does not, and what to do about it. Looks at everything, changes nothing, and sends nothing unless
it is asked to."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from liaison import mailcheck, migrate
from liaison.calendaring.workdays import region_calendar
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory import queries as directory
from liaison.errors import CannotRun, Message
from liaison.files import store
from liaison.files.scanning import files_of_papers
from liaison.i18n import N_
from liaison.mail import queue_state, reasons
from liaison.mail.classify import Kind
from liaison.mail.smtp import server_for
from liaison.mail.sources import state
from liaison.mail.sources.places import inboxes
from liaison.mailcheck import Finding, finding
from liaison.models import FILES
from liaison.opening import open_database
from liaison.search import building
from liaison.system import backups
from liaison.system.backup_rules import FAILED

MOST_CLOCK_DIFFERENCE = timedelta(seconds=5)
WORKER_SILENT = timedelta(minutes=1)
NEXT_YEAR_DUE: Final = (12, 15)
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}


async def examine(settings: Settings, *, mail: bool = False, own_server: str = "") -> list[Finding]:
    """Everything that can be looked at from here, in the order in which to repair it; `mail`: and whether a mail to ourselves comes
    back (mailcheck.send_to_ourselves)."""
    findings, echoes = [_address(settings), _directory(settings)], []
    days = None
    schema = await asyncio.to_thread(_schema, settings)
    findings.append(schema)
    if schema.state != "bad":
        database = open_database(settings, Clock())
        try:
            looks = [
                _clock,
                _worker,
                _operators,
                _papers,
                _search,
                _backup,
                *([_reading] if settings.inbox_url else []),
            ]
            for look in looks:
                findings.append(await _safely(look, database))
            days = await _safely(_calendar, database)
            if mail:
                echoes = await mailcheck.send_to_ourselves(database, own_server=own_server)
        finally:
            await database.dispose()
    findings += [await _mail(settings), *await mailcheck.ways_in(settings), *echoes]
    return [*findings, *([days] if days else [])]


async def _safely(look: Callable[[Database], Awaitable[Finding]], database: Database) -> Finding:
    try:
        return await look(database)
    except (SQLAlchemyError, OSError) as error:
        return finding(_DATABASE, "bad", N_("It does not answer (%(why)s)."), why=type(error).__name__)


_DATABASE: Final = N_("Database")
_MAIL: Final = N_("Mail")


def _address(settings: Settings) -> Finding:
    what = N_("Address of the site")
    host = urlsplit(settings.base_url).hostname
    if settings.https:
        return finding(what, "good", N_("%(address)s; cookies are sent over https only."), address=settings.base_url)
    if host in _LOOPBACK:
        return finding(what, "note", N_("%(address)s can only be reached from this machine. Set LIAISON_BASE_URL to the address that people use, else links in mails lead nowhere."), address=settings.base_url)  # fmt: skip
    return finding(what, "note", N_("%(address)s is plain http: passwords and cookies cross the network readable. Put a proxy with https before it, and set LIAISON_BASE_URL and LIAISON_TRUSTED_PROXIES."), address=settings.base_url)  # fmt: skip


def _directory(settings: Settings) -> Finding:
    what = N_("Data directory")
    probe = settings.data_dir / ".check"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return finding(
            what, "bad", N_("%(path)s cannot be written (%(why)s)."), path=settings.data_dir, why=error.strerror
        )
    key = settings.data_dir / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        return finding(what, "note", N_("Others on this machine can read %(path)s. Run: chmod 600 %(path)s"), path=key)
    return finding(what, "good", N_("%(path)s can be written."), path=Path(settings.data_dir).absolute())


def _schema(settings: Settings) -> Finding:
    try:
        engine = migrate.sync_engine(settings)
        try:
            with engine.connect() as connection:
                found = migrate.current(connection)
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError, ImportError, CannotRun) as error:
        return finding(_DATABASE, "bad", N_("It does not answer (%(why)s)."), why=type(error).__name__)
    known = migrate.head()
    if found == known:
        return finding(_DATABASE, "good", N_("It answers and is up to date (%(revision)s)."), revision=known)
    if found is not None and found > known:
        return finding(_DATABASE, "bad", N_("These data are of a newer version (%(found)s) than this program knows (%(known)s). Install that version."), found=found, known=known)  # fmt: skip
    return finding(_DATABASE, "bad", N_("The database is not up to date. Run: liaison migrate"))


async def _clock(database: Database) -> Finding:
    what = N_("Clock")
    async with database.reading() as db:
        theirs = await queue_state.read_clock(db)
    difference = abs(datetime.now(UTC) - theirs)
    if difference > MOST_CLOCK_DIFFERENCE:
        return finding(what, "bad", N_("The database's clock differs by %(seconds)s seconds. Let both machines keep time by NTP."), seconds=round(difference.total_seconds()))  # fmt: skip
    return finding(what, "good", N_("It is %(now)s UTC here and in the database."), now=f"{theirs:%Y-%m-%d %H:%M:%S}")


async def _worker(database: Database) -> Finding:
    what = N_("Worker")
    async with database.reading() as db:
        health = await queue_state.health(db)
    waiting = {"count": health.open_count}
    if health.paused:
        return finding(what, "note", N_("All mail is paused by an operator (%(count)s waiting)."), **waiting)
    if health.block_reason:
        return finding(what, "bad", N_("The mail server takes no mail (%(count)s waiting): %(reason)s"), reason=Message(reasons.REASONS.get(health.block_reason, health.block_reason)), **waiting)  # fmt: skip
    if health.worker_seen_at is None or health.now - health.worker_seen_at > WORKER_SILENT:
        return finding(what, "note", N_("No worker runs at the moment (%(count)s mails waiting). Start: liaison serve, or liaison work"), **waiting)  # fmt: skip
    return finding(what, "good", N_("A worker runs; %(count)s mails are waiting."), **waiting)


async def _reading(database: Database) -> Finding:
    what = N_("Reading of mailboxes")
    async with database.reading() as db:
        states = await state.states(db, inboxes(db.settings.inbox_url))
    for each in states:
        if each.problem:
            return finding(what, "bad", N_("%(name)s cannot be read since %(since)s UTC. %(reason)s %(words)s"), name=each.inbox.label, since=f"{each.since:%Y-%m-%d %H:%M}", reason=Message(each.reason), words=each.words)  # fmt: skip
    read = [each.read_at for each in states]
    oldest = min((each for each in read if each), default=None)
    if oldest is None or None in read:
        return finding(what, "note", N_("Not all of them were read yet; a worker reads each every minute."))
    return finding(what, "good", N_("All were read; the one longest ago at %(when)s UTC."), when=f"{oldest:%Y-%m-%d %H:%M:%S}")  # fmt: skip


async def _operators(database: Database) -> Finding:
    what = N_("Operators")
    async with database.reading() as db:
        count = await directory.active_operators(db)
    if not count:
        return finding(what, "bad", N_("There is none. Start liaison serve and open the link it prints, or run: liaison person add --operator"))  # fmt: skip
    return finding(what, "good", N_("%(count)s run this site."), count=count)


async def _papers(database: Database) -> Finding:
    what, directory = N_("Papers"), database.settings.papers_dir
    async with database.reading() as db:
        known = [stored_name for stored_name, _ in await files_of_papers(db, FILES)]
    lost = await asyncio.to_thread(store.missing, directory, known)
    if lost:
        return finding(what, "bad", N_("%(count)s of %(all)s files are missing in %(path)s, among them %(name)s. Copy them there from a backup: they lie in its directory papers."), count=len(lost), all=len(known), path=directory, name=lost[0])  # fmt: skip
    return finding(what, "good", N_("All %(count)s files are there."), count=len(known))


async def _search(database: Database) -> Finding:
    what = N_("Index of the search")
    async with database.reading() as db:
        if not await building.is_built(db):
            return finding(what, "note", N_("It is still being built; a worker goes on with it. Until then older things may not be found."))  # fmt: skip
        count = await building.count(db)
    return finding(what, "good", N_("It is complete (%(count)s entries)."), count=count)


async def rebuild_search(database: Database) -> int:
    """Build the index of the search anew, while everything else goes on; how many entries it then has."""
    async with database.writing() as db:
        await building.begin_anew(db)
    while True:
        async with database.writing() as db:
            if not await building.build_some(db):
                return await building.count(db)


async def _backup(database: Database) -> Finding:
    what = N_("Backup")
    async with database.reading() as db:
        found = await backups.status(db)
    if not found.possible:
        return finding(what, "note", N_("pg_dump is not installed here, so liaison makes no backups: they must be made by the database's own means."))  # fmt: skip
    if not found.on:
        return finding(what, "note", N_("Nightly backups are switched off."))
    if found.state == FAILED:
        return finding(
            what, "bad", N_("The newest backup failed and is tried again every hour. %(why)s"), why=found.why or ""
        )
    if found.age is None or found.made_at is None:
        return finding(what, "note", N_("None was made yet; a worker makes the first one when it starts."))
    hours = round(found.age.total_seconds() / 3600)
    if found.too_old:
        return finding(what, "bad", N_("The last one is %(hours)s hours old. See whether a worker runs."), hours=hours)
    return finding(what, "good", N_("%(file)s is %(hours)s hours old and has %(size)s MB."), file=found.file, hours=hours, size=round((found.bytes or 0) / 1e6, 1))  # fmt: skip


async def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return finding(_MAIL, "note", N_("No mail server is set: each mail is one file in %(path)s, and nobody gets it. Set LIAISON_SMTP_URL."), path=settings.mail_dir)  # fmt: skip
    transport = server_for(settings)
    try:
        outcome = await transport.probe()
    finally:
        await transport.close()
    server = urlsplit(settings.smtp_url).netloc.rpartition("@")[2]
    if outcome.kind is Kind.SENT:
        return finding(
            _MAIL, "good", N_("%(server)s takes our connection and sign-in; nothing was sent."), server=server
        )
    reason = Message(reasons.REASONS.get(outcome.reason or "", outcome.reason or ""))
    return finding(
        _MAIL, "bad", N_("%(server)s: %(reason)s %(reply)s"), server=server, reason=reason, reply=outcome.reply[:200]
    )


async def _calendar(database: Database) -> Finding:
    settings = database.settings
    async with database.reading() as db:
        today = db.clock.today(settings.timezone)
        calendar = await asyncio.to_thread(region_calendar, settings.region)  # some regions take 0.4 s the first time
    return announced_days(settings.region, calendar.official_years, today)


def announced_days(region: str, official: Collection[int], today: date) -> Finding:
    """Whether this year's holidays are known, and from the middle of December the next one's: they are announced in November."""
    what = N_("Holiday calendar")
    if today.year not in official:
        return finding(what, "bad", N_("%(region)s: the year %(year)s is not in it; dates are provisional. Enter its schedule: System → Holiday schedules."), region=region, year=today.year)  # fmt: skip
    if (today.month, today.day) >= NEXT_YEAR_DUE and today.year + 1 not in official:
        return finding(what, "note", N_("%(region)s: the year %(year)s is still missing; its dates are provisional. Enter its schedule: System → Holiday schedules."), region=region, year=today.year + 1)  # fmt: skip
    last = max(official)
    return finding(what, "good", N_("%(region)s: announced up to %(year)s; later dates are marked provisional."), region=region, year=last)  # fmt: skip
