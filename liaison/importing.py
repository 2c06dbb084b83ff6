"""`liaison import`: what a file is, its headings tell; it is taken over whole or not at all, and what was only tried is undone."""

import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import click

from liaison import console
from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions.ledger_table import LedgerRefused
from liaison.bundle.kinds import bundle_in, holds_outcomes, holds_past_meetings, holds_referrals, ledger_in
from liaison.bundle.loading import lead_agency, load, mechanism_named
from liaison.calendaring.workdays import region_calendar
from liaison.config import Settings
from liaison.db import Database, Session
from liaison.documents.headed import TableRefused
from liaison.documents.tables import rows_in
from liaison.errors import Conflict
from liaison.i18n import N_
from liaison.meetings import past_meetings, past_table
from liaison.notices import past_referrals
from liaison.notices import past_table as past_ledger
from liaison.results import taking_in
from liaison.results.outcome_table import read
from liaison.system.console import ledger_back

Act = Callable[[Session], Awaitable[list[str]]]


class _OnlyTried(Exception):
    """Undoes what was only tried."""


def import_file(
    settings: Settings, file: Path, *, mechanism: str | None, agency: str | None, person: str | None, dry_run: bool
) -> None:
    """Take the file over and say what it brought; with `dry_run` only that. Every place that is wrong is named before the refusal."""
    words, content = console.words_of(settings), file.read_bytes()

    async def ledger(db: Session) -> list[str]:
        assert table is not None
        try:
            taken = await ledger_back(db, person, table, words)
        except LedgerRefused as refusal:
            for wrong in refusal.wrong:
                click.echo(wrong.worded(words), err=True)
            raise
        return [
            *(words._("Row %(row)s: %(text)s", row=one.row, text=one.title) for one in taken.rows),
            words.ngettext("%(n)d new item", "%(n)d new items", taken.new),
            words.ngettext("%(n)d item changed", "%(n)d items changed", taken.changed),
        ]

    async def outcomes(db: Session) -> list[str]:
        found = await mechanism_named(db, mechanism)
        if found is None:
            raise Conflict(N_("Please say with --mechanism to which mechanism these outcomes belong."))
        rows = read(rows_in(file.name, content), today=db.clock.today(found.timezone))
        whose = agency or found.lead_agency.short_name
        try:
            taken = await taking_in.take_in(db, COMMAND_LINE, found.id, rows, agency=whose, source=file.name[:100])
        except TableRefused as refusal:
            for wrong in refusal.wrong:
                click.echo(wrong.worded(words), err=True)
            raise
        return [
            words.ngettext("%(n)d new case", "%(n)d new cases", taken.new),
            words.ngettext("%(n)d case unchanged", "%(n)d cases unchanged", taken.unchanged),
        ]

    async def meetings(db: Session) -> list[str]:
        found = await mechanism_named(db, mechanism)
        if found is None:
            raise Conflict(N_("Please say with --mechanism whose past meetings these are."))
        rows = list(past_table.read(rows_in(file.name, content), today=db.clock.today(found.timezone)))
        host = agency or found.lead_agency.short_name
        try:
            with click.progressbar(length=len(rows), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
                taken = await past_meetings.take_in(
                    db, COMMAND_LINE, found.id, rows, agency=host, told=lambda done, of: bar.update(1)
                )
                bar.update(len(rows) - len(taken.new))
        except TableRefused as refusal:
            for wrong in refusal.wrong:
                click.echo(wrong.worded(words), err=True)
            raise
        return [
            *(f"{one.on.isoformat()} {one.title}" for one in taken.new),
            words.ngettext("%(n)d new meeting", "%(n)d new meetings", len(taken.new)),
            words.ngettext("%(n)d meeting unchanged", "%(n)d meetings unchanged", taken.unchanged),
        ]

    async def referrals(db: Session) -> list[str]:
        found = await mechanism_named(db, mechanism)
        if found is None:
            raise Conflict(N_("Please say with --mechanism to which mechanism this ledger of referrals belongs."))
        today, calendar = db.clock.today(found.timezone), region_calendar(found.region)
        rows = list(past_ledger.read(rows_in(file.name, content), today=today, calendar=calendar))
        own = agency or found.lead_agency.short_name
        try:
            with click.progressbar(length=len(rows), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
                taken = await past_referrals.take_in(
                    db, COMMAND_LINE, found.id, rows, agency=own, told=lambda done, of: bar.update(1)
                )
                bar.update(len(rows) - len(taken.new))
        except TableRefused as refusal:
            for wrong in refusal.wrong:
                click.echo(wrong.worded(words), err=True)
            raise
        return [
            *(f"{one.on.isoformat()} {one.case_code or one.subject}" for one in taken.new),
            words.ngettext("%(n)d new referral", "%(n)d new referrals", len(taken.new)),
            words.ngettext(
                "%(n)d referral is there already and stays as it is",
                "%(n)d referrals are there already and stay as they are",
                taken.unchanged,
            ),
        ]

    async def bundle(db: Session) -> list[str]:
        found = bundle_in(file.name, content, agency=agency or await lead_agency(db, mechanism))
        return list((await load(db, COMMAND_LINE, found, mechanism=mechanism)).worded(words))

    table = ledger_in(file.name, content)
    act: Act = ledger if table is not None else bundle
    if table is None and holds_outcomes(file.name, content):
        act = outcomes
    elif table is None and holds_past_meetings(file.name, content):
        act = meetings
    elif table is None and holds_referrals(file.name, content):
        act = referrals

    async def run(database: Database) -> None:
        with suppress(_OnlyTried):
            async with database.writing() as db:
                for line in await act(db):
                    click.echo(line)
                if dry_run:
                    raise _OnlyTried
        if dry_run:
            click.echo(words._("This was only a trial: nothing was changed."))

    console.run(console.with_database(settings, run))
