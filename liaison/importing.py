"""`liaison import`: what a file is, its headings tell; it is taken over whole or not at all, and what was only tried is undone."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
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
from liaison.documents.headed import TableRefused, Told
from liaison.documents.tables import rows_in
from liaison.errors import Conflict
from liaison.i18n import N_, Words
from liaison.mechanisms.models import Mechanism
from liaison.meetings import past_meetings, past_table
from liaison.notices import past_referrals
from liaison.notices import past_table as past_ledger
from liaison.results import outcome_table, taking_in
from liaison.system.console import ledger_back


class _OnlyTried(Exception):
    """Undoes what was only tried."""


@dataclass(frozen=True, slots=True)
class _File:
    """What is imported, for whom, and in whose words that is said."""

    words: Words
    name: str
    content: bytes
    mechanism: str | None
    agency: str | None
    person: str | None

    async def ledger(self, table: list[list[str]], db: Session, told: Told) -> list[str]:
        taken = await ledger_back(db, self.person, table, self.words, told=told)
        return [
            *(self.words._("Row %(row)s: %(text)s", row=one.row, text=one.title) for one in taken.rows),
            self.words.ngettext("%(n)d new item", "%(n)d new items", taken.new),
            self.words.ngettext("%(n)d item changed", "%(n)d items changed", taken.changed),
        ]

    async def outcomes(self, db: Session, told: Told) -> list[str]:
        found = await self._mechanism(db, N_("Please say with --mechanism to which mechanism these outcomes belong."))
        rows = list(outcome_table.read(rows_in(self.name, self.content), today=db.clock.today(found.timezone)))
        whose = self.agency or found.lead_agency.short_name
        taken = await taking_in.take_in(
            db,
            COMMAND_LINE,
            found.id,
            iter(rows),
            agency=whose,
            source=self.name[:100],
            of=len(rows),
            told=told,
        )
        return [
            self.words.ngettext("%(n)d new case", "%(n)d new cases", taken.new),
            self.words.ngettext("%(n)d case unchanged", "%(n)d cases unchanged", taken.unchanged),
        ]

    async def meetings(self, db: Session, told: Told) -> list[str]:
        found = await self._mechanism(db, N_("Please say with --mechanism whose past meetings these are."))
        rows = past_table.read(rows_in(self.name, self.content), today=db.clock.today(found.timezone))
        host = self.agency or found.lead_agency.short_name
        taken = await past_meetings.take_in(db, COMMAND_LINE, found.id, rows, agency=host, told=told)
        return [
            *(f"{one.on.isoformat()} {one.title}" for one in taken.new),
            self.words.ngettext("%(n)d new meeting", "%(n)d new meetings", len(taken.new)),
            self.words.ngettext("%(n)d meeting unchanged", "%(n)d meetings unchanged", taken.unchanged),
        ]

    async def referrals(self, db: Session, told: Told) -> list[str]:
        missing = N_("Please say with --mechanism to which mechanism this ledger of referrals belongs.")
        found = await self._mechanism(db, missing)
        today, calendar = db.clock.today(found.timezone), region_calendar(found.region)
        rows = past_ledger.read(rows_in(self.name, self.content), today=today, calendar=calendar)
        own = self.agency or found.lead_agency.short_name
        taken = await past_referrals.take_in(db, COMMAND_LINE, found.id, rows, agency=own, told=told)
        return [
            *(f"{one.on.isoformat()} {one.case_code or one.subject}" for one in taken.new),
            self.words.ngettext("%(n)d new referral", "%(n)d new referrals", len(taken.new)),
            self.words.ngettext(
                "%(n)d referral is there already and stays as it is",
                "%(n)d referrals are there already and stay as they are",
                taken.unchanged,
            ),
        ]

    async def bundle(self, db: Session, told: Told) -> list[str]:
        found = bundle_in(self.name, self.content, agency=self.agency or await lead_agency(db, self.mechanism))
        return list((await load(db, COMMAND_LINE, found, mechanism=self.mechanism, told=told)).worded(self.words))

    def act(self) -> Callable[[Session, Told], Awaitable[list[str]]]:
        """What is done with the file, as its headings tell."""
        table = ledger_in(self.name, self.content)
        if table is not None:
            return partial(self.ledger, table)
        if holds_outcomes(self.name, self.content):
            return self.outcomes
        if holds_past_meetings(self.name, self.content):
            return self.meetings
        return self.referrals if holds_referrals(self.name, self.content) else self.bundle

    async def _mechanism(self, db: Session, missing: str) -> Mechanism:
        found = await mechanism_named(db, self.mechanism)
        if found is None:
            raise Conflict(missing)
        return found


def import_file(
    settings: Settings, file: Path, *, mechanism: str | None, agency: str | None, person: str | None, dry_run: bool
) -> None:
    """Take the file over and say what it brought; with `dry_run` only that. Every place that is wrong is named before the refusal."""
    words = console.words_of(settings)
    act = _File(words, file.name, file.read_bytes(), mechanism, agency, person).act()

    async def run(database: Database) -> None:
        with suppress(_OnlyTried):
            async with database.writing() as db:
                try:
                    with _bar() as told:
                        lines = await act(db, told)
                except (LedgerRefused, TableRefused) as refusal:
                    for wrong in refusal.wrong:
                        click.echo(wrong.worded(words), err=True)
                    raise
                for line in lines:
                    click.echo(line)
                if dry_run:
                    raise _OnlyTried
        if dry_run:
            click.echo(words._("This was only a trial: nothing was changed."))

    console.run(console.with_database(settings, run))


@contextmanager
def _bar() -> Iterator[Told]:
    """A bar for whoever looks on at a terminal; elsewhere nothing is written."""
    with click.progressbar(length=1, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def told(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        yield told
        bar.update((bar.length or 0) - bar.pos)  # also where nothing had to be done
