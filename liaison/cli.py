"""The `liaison` command: exit code 0 done, 1 refused (one clear line says why), 2 wrong usage.

Everything heavy is imported inside the command that needs it, so that `liaison --help` answers at once."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from liaison import config, console
from liaison.config import VERSION
from liaison.errors import N_, Refusal


class Instant(click.ParamType[datetime]):
    """An instant with its offset (2026-12-17T14:30:00+08:00); without one it is local time of the site's zone."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail("give an instant such as 2026-12-17T14:30:00+08:00", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(config.load().timezone))


@click.group(cls=console.Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="liaison")
def liaison() -> None:
    """Joint meetings between agencies: who is liaison, who is invited, what was answered."""


@liaison.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-worker", is_flag=True, help="Send no mail here: `liaison work` runs elsewhere.")
def serve(host: str, port: int, no_worker: bool) -> None:
    """Answer the browser and the API, and send the mail."""
    settings = console.ready()
    from liaison.accounts.sign_in import set_up_link
    from liaison.config import Settings
    from liaison.serving import serve as run

    if settings.base_url == Settings().base_url and port:
        settings = replace(
            settings, base_url=f"http://127.0.0.1:{port}"
        )  # none was set: links lead to where it listens

    words = console.words_of(settings)

    async def on_start(database: Any) -> None:
        async with database.writing() as db:
            link = await set_up_link(db)
        click.echo(words._("Listening at %(address)s", address=settings.base_url))
        if not settings.smtp_url:
            click.echo(words._("No mail server is set: each mail is one file in %(path)s", path=settings.mail_dir))
        if link:
            click.echo(words._("There is no operator yet. Set up the site here, once: %(link)s", link=link))

    console.run(run(settings, host=host, port=port, with_worker=not no_worker, on_start=on_start))


@liaison.command()
@click.option("--once", is_flag=True, help="Do everything that is due, then end.")
@click.option(
    "--as-of", type=Instant(), help="Rules, dates and the trail run as of this instant; leases and pauses do not."
)
def work(once: bool, as_of: datetime | None) -> None:
    """Run the worker alone: send mail, keep the clockwork going."""
    settings = console.ready()
    from liaison.clock import Clock
    from liaison.serving import work as run

    if not console.run(run(settings, Clock(as_of=as_of), once=once)):
        raise SystemExit(1)


@liaison.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--data-dir", default="liaison-demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--reset", is_flag=True, help="Begin anew: what was done in the demo is deleted.")
def demo(port: int, data_dir: Path, reset: bool) -> None:
    """Try it: an invented mechanism, its people and next meetings, on this machine alone."""
    from liaison import logs
    from liaison.demo import demo_settings, run_demo

    logs.set_up("text", quiet=True)
    settings = demo_settings(console.load(), data_dir=data_dir, port=port)
    console.run(run_demo(settings, port=port, reset=reset, say=click.echo, words=console.words_of(settings)))


@liaison.command()
@click.option("--no-backup", is_flag=True, help="PostgreSQL only: a backup was made by the database's own means.")
def migrate(no_backup: bool) -> None:
    """Bring the database to this program's version, after a backup of it."""
    settings = console.load()
    from liaison import logs
    from liaison import migrate as migrations

    logs.set_up(settings.log_format, quiet=True)
    migrations.bring_to_head(settings, backup=not no_backup)
    words = console.words_of(settings)
    click.echo(words._("The database is up to date (%(revision)s).", revision=migrations.head()))


@liaison.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--with-key", is_flag=True, help="Put the secret key into it: whoever has the file can then forge links.")
def backup(file: Path, with_key: bool) -> None:
    """Write database and papers into the new FILE (.tar.gz), while everything runs on."""
    settings = config.load()
    from liaison import logs
    from liaison.keeping import making
    from liaison.migrate import revision_of

    logs.set_up(settings.log_format, quiet=True)
    if settings.sqlite_path is None or settings.sqlite_path.exists():
        revision_of(settings)  # data of a newer program are left alone
    manifest = making.make(settings, file, with_key=with_key)
    words = console.words_of(settings)
    click.echo(words._("%(path)s: backup as of audit line %(number)s:%(hash)s", path=file, number=manifest.facts.head_number, hash=manifest.facts.head_hash))  # fmt: skip


@liaison.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only look whether FILE is whole and what it holds.")
def restore(file: Path, check: bool) -> None:
    """Make the site of a backup anew, in an empty data directory or database. Mail is held until an operator releases it."""
    settings = config.load()
    from liaison import logs, restoring

    logs.set_up(settings.log_format, quiet=True)
    words = console.words_of(settings)
    if check:
        found = console.run(restoring.examine(file))
        lines = restoring.worded(words, found.manifest, settings.timezone)
        lines.append(words._("The audit trail fits.") if found.trail_checked else words._("Every part is whole. Restore it into an empty database to check the audit trail as well."))  # fmt: skip
        lines.append(words._("This program can restore it, and brings it to its own version.") if found.needs_migration else words._("This program can restore it."))  # fmt: skip
    else:
        done = console.run(restoring.restore(settings, file))
        lines = restoring.worded(words, done.manifest, settings.timezone)
        lines.append(words._("Restored. %(mails)s mails that had not left are held: look at them on the page System → Outbox, and let them go or give them up.", mails=done.settled.mails))  # fmt: skip
        lines.append(words._("Updates of %(meetings)s announced meetings will be newer than anything sent before. What was changed after the backup is not here: look through the meetings to come, and send them anew.", meetings=done.settled.meetings))  # fmt: skip
        if done.lost:
            lines.append(words._("Files of %(count)s papers were lost before this backup was made. Look for them in an older backup: %(names)s", count=len(done.lost), names=", ".join(done.lost)))  # fmt: skip
        if done.new_key:
            lines.append(words._("There was no secret key here, so a new one was made: links in mails sent before do not work any more. If you have the old key, name it in LIAISON_SECRET_KEY_PREVIOUS."))  # fmt: skip
    for line in lines:
        click.echo(line)


@liaison.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mechanism",
    help="Name of the mechanism that a table belongs to; may be left out when the site has one.",
)
@click.option(
    "--agency",
    help="Short name of the agency that a table's people or outcomes belong to, or that hosted its meetings, where a row names none.",
)
@click.option("--person", help="Key or mail of the liaison or deputy for whom a ledger (.xlsx) comes back.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
def import_(file: Path, mechanism: str | None, agency: str | None, person: str | None, dry_run: bool) -> None:
    """Take over agencies, people and mechanisms from FILE (.yaml, .xlsx or .csv), a table of outcomes or of past meetings (.xlsx or .csv),
    or a ledger of action items that was exported (.xlsx, with --person): all or nothing. No mail is sent."""
    settings = console.ready(quiet=True)
    from liaison import importing

    importing.import_file(settings, file, mechanism=mechanism, agency=agency, person=person, dry_run=dry_run)


@liaison.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--mechanism", help="Name of the one mechanism to write out; all of them when left out.")
@click.option("--year", type=int, help="One year of the record; all of it when left out.")
def export(directory: Path, mechanism: str | None, year: int | None) -> None:
    """Write the open record of the mechanisms into DIRECTORY, a folder each, with checksums and a program that checks them."""
    settings = console.ready(quiet=True)
    from liaison.archive.exporting import write_out

    words = console.words_of(settings)

    async def run(database: Any) -> None:
        async for folder, made in write_out(database, directory, mechanism, year, words):
            click.echo(words._("%(path)s: fingerprint %(manifest)s, audit trail up to %(head)s", path=folder, manifest=made.manifest, head=made.head))  # fmt: skip

    console.run(console.with_database(settings, run))


@liaison.group()
def person() -> None:
    """People of the site."""


@person.command(name="add")
@click.option("--name", prompt=True, help="The person's name.")
@click.option("--agency", prompt=True, help="The agency's short name; the first one is entered with it.")
@click.option("--mail", help="Mail address, for sign-in links.")
@click.option("--key", help="A short name kept for good, so that an import finds the same person.")
@click.option("--job-title")
@click.option("--phone")
@click.option("--operator", is_flag=True, help="This person runs the site.")
def person_add(operator: bool, **given: Any) -> None:
    """Enter a person; the first operator of a site is made like this."""
    settings = console.ready(quiet=True)
    from liaison.system.console import enter_person

    words = console.words_of(settings)

    async def run(database: Any) -> None:
        async with database.writing() as db:
            added = await enter_person(db, operator=operator, **given)
            click.echo(words._("%(name)s was entered.", name=added.name))

    console.run(console.with_database(settings, run))


@liaison.group()
def token() -> None:
    """Keys to the JSON API."""


@token.command(name="create")
@click.option("--person", "who", required=True, metavar="KEY-OR-MAIL", help="Whose rights the token has.")
@click.option("--name", default="", help="What it is for.")
def token_create(who: str, name: str) -> None:
    """Make an API token and print it, alone, once."""
    settings = console.ready(quiet=True)
    from liaison.accounts.tokens import create_token
    from liaison.accounts.viewer import COMMAND_LINE
    from liaison.system.console import person_named

    async def run(database: Any) -> None:
        async with database.writing() as db:
            found = await person_named(db, who)
            made = await create_token(db, COMMAND_LINE, found.id, name=name)
        click.echo(made)

    console.run(console.with_database(settings, run))


@liaison.command()
@click.option("--person", "who", required=True, metavar="KEY-OR-MAIL")
def sign_in_link(who: str) -> None:
    """Print a link that signs this person in once, for 10 minutes."""
    settings = console.ready(quiet=True)
    from liaison.accounts.sign_in import printed_link
    from liaison.system.console import person_named

    async def run(database: Any) -> None:
        async with database.writing() as db:
            found = await person_named(db, who)
            link = await printed_link(db, found.id)
        click.echo(link)

    console.run(console.with_database(settings, run))


@liaison.command()
@click.option(
    "--mail",
    is_flag=True,
    help="Send a mail to our own address and one to a sub-address, and see what comes back (60 s).",
)
@click.option(
    "--own-server",
    default="",
    metavar="NAME",
    help="With --mail: try whether the mail server removes a forged Authentication-Results of this name.",
)
def check(mail: bool, own_server: str) -> None:
    """Say what works, what does not, and what to do."""
    settings = console.load()
    from liaison import logs
    from liaison.checkup import examine

    logs.set_up(settings.log_format, quiet=True)
    words = console.words_of(settings)
    well = True
    for finding in console.run(examine(config.with_secret_key(settings), mail=mail, own_server=own_server)):
        mark = {"good": words._("works"), "note": words._("note"), "bad": words.pgettext("check", "does not work")}[
            finding.state
        ]
        said = {"what": finding.what.worded(words._), "mark": mark, "said": finding.said.worded(words._)}
        click.echo(words._("%(what)s: %(mark)s. %(said)s", **said))
        well = well and finding.state != "bad"
    if not well:
        raise SystemExit(1)


@liaison.command()
def reindex() -> None:
    """Build the index of the search anew."""
    settings = console.ready(quiet=True)
    from liaison.checkup import rebuild_search

    count = console.run(console.with_database(settings, rebuild_search))
    click.echo(console.words_of(settings)._("The index of the search is complete (%(count)s entries).", count=count))


@liaison.command()
def ingest() -> None:
    """Take in one mail from standard input; print what it came to in one word, and why."""
    settings = console.ready(quiet=True)
    from liaison.mail.parts import MOST_BYTES
    from liaison.postroom.reading import read_mail
    from liaison.postroom.sorting import receive
    from liaison.postroom.wording import REASONS as WHY

    words = console.words_of(settings)
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    while sys.stdin.buffer.read(MOST_BYTES):
        pass  # too big to be kept whole; but a mail server that is not let finish would send it again

    async def run(database: Any) -> None:
        mail = read_mail(raw)
        async with database.writing() as db:
            row = await receive(db, mail, door="stdin")
        click.echo(f"{row.verdict} {words._(WHY[row.reason])}")

    console.run(console.with_database(settings, run))


@liaison.command()
@click.option("--head", metavar="N:HASH", help="A head noted earlier: it must still be in the trail.")
def verify_log(head: str | None) -> None:
    """Check that nobody changed the audit trail."""
    settings = console.ready(quiet=True)
    from liaison import audit

    words = console.words_of(settings)
    number, known = _head(head) if head else (0, "")

    async def run(database: Any) -> None:
        async with database.reading() as db:
            broken = await audit.broken_at(db)
            if broken is not None:
                raise Refusal(N_("The audit trail does not fit at line %(number)s: it was changed."), number=broken)
            if known and await audit.hash_at(db, number) != known:
                raise Refusal(
                    N_("Line %(number)s is not the one that was noted: the trail was cut or made anew."), number=number
                )
            last, digest = await audit.head(db)
        click.echo(words._("The audit trail fits. Head: %(number)s:%(hash)s", number=last, hash=digest))

    console.run(console.with_database(settings, run))


def _head(text: str) -> tuple[int, str]:
    number, colon, digest = text.partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 100 and colon and len(digest) == 64):
        raise click.BadParameter("give a number, a colon and 64 characters of hash", param_hint="--head")
    return int(number), digest
