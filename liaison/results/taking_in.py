"""A table of outcomes is taken in: all of it, or nothing. What an agency reports already with the same words changes nothing."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import insert, select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.documents.headed import MOST_WRONG, TableRefused, Told, Wrong, unheard
from liaison.errors import Conflict, Message, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import may_see
from liaison.results.entering import void
from liaison.results.models import Outcome
from liaison.results.outcome_table import Row
from liaison.results.permissions import NOT_YOURS, may_enter

CHUNK = 250
SHOWN = 20
_OTHERWISE = N_(
    "Your agency reports “%(code)s” already, and otherwise. Change that line on its page, or correct it here."
)
_REPEATED = N_("“%(code)s” stands in row %(row)s already.")


@dataclass(slots=True)
class TakenIn:
    """What a table brings: how many new lines with their sums, how many the agencies report already in the same words, how many other
    agencies report too and otherwise, and the first new ones to look at."""

    new: int = 0
    unchanged: int = 0
    differing: int = 0
    cases: int = 0
    people: int = 0
    amount_recovered: Decimal = Decimal("0.00")
    first: list[Row] = field(default_factory=list)


async def take_in(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    rows: Iterator[Row | Wrong],
    *,
    agency: str | None = None,
    source: str | None = None,
    of: int = 0,
    told: Told = unheard,
) -> TakenIn:
    """Take the rows of a table in, for the viewer's agency; at the server's console for the agency of that short name (`agency`), or the one
    that a row names. `source`: the file's name; `of`: how many rows there are, where that is known, for `told`. The caller undoes the transaction to only try it.

    Raises NotFound, NotPermitted, Conflict (no such agency), TableRefused with every place that is wrong; then nothing may be kept."""  # fmt: skip
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_see(viewer, mechanism_id):
        raise NotFound
    table = _Table(db, viewer, mechanism, source, await _agencies(db, viewer, mechanism, agency))
    done = 0
    while chunk := list(islice(rows, CHUNK)):
        await table.take(chunk)
        done += len(chunk)
        told(done, max(of, done))
        await asyncio.sleep(0)  # a long table must not keep the other requests waiting
    if table.wrong:
        raise TableRefused(table.wrong, more=table.wrong_in_all - len(table.wrong))
    if table.days:
        await void(db, mechanism_id, table.days, table.last_id)
    if table.taken.new:
        facts: dict[str, Any] = {"new": table.taken.new, "unchanged": table.taken.unchanged}
        audit.add(db, viewer, "import_outcomes", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, **facts)
    return table.taken


@dataclass(slots=True)
class _Agencies:
    """Whose lines a table may bring: by short name, and the one for rows that name none."""

    by_name: dict[str, int]
    usual: int | None


async def _agencies(db: Session, viewer: Viewer, mechanism: Mechanism, agency: str | None) -> _Agencies:
    today = db.clock.today(mechanism.timezone)
    members = [one.agency for one in await mechanisms.members_on(db, mechanism.id, today)]
    own = viewer.acts_for(mechanism.id)
    if own is not None:
        return _Agencies({name: own for one in members if one.id == own for name in (one.short_name, one.name)}, own)
    if not may_enter(viewer, mechanism.id, 0):
        raise NotPermitted(NOT_YOURS)
    by_name = {name: one.id for one in members for name in (one.name, one.short_name)}
    if agency and agency not in by_name:
        raise Conflict(N_("“%(name)s” is no agency of this mechanism."), name=agency)
    return _Agencies(by_name, by_name.get(agency) if agency else None)


class _Table:
    """A table on its way in."""

    def __init__(self, db: Session, viewer: Viewer, mechanism: Mechanism, source: str | None, agencies: _Agencies) -> None:  # fmt: skip
        self.db, self.viewer, self.mechanism, self.source, self.agencies = db, viewer, mechanism, source, agencies
        self.taken, self.wrong, self.wrong_in_all = TakenIn(), list[Wrong](), 0
        self.rows_of = dict[tuple[int, str], int]()
        self.days, self.last_id = set[Any](), 0

    async def take(self, chunk: Iterable[Row | Wrong]) -> None:
        """So many rows at once; after the first wrong one the rest is only looked at."""
        rows = [(row, self._agency(row)) for row in chunk if not self._is_wrong(row) and isinstance(row, Row)]
        named = [(row, agency) for row, agency in rows if agency is not None and self._is_first(row, agency)]
        present = await self._present({row.said.case_code for row, _ in named})
        fresh: list[dict[str, Any]] = []
        for row, agency in named:
            lines = present.setdefault(row.said.case_code, [])
            own = next((one for one in lines if one.agency_id == agency), None)
            if own is None:
                fresh.append(self._line(row, agency, lines))
                lines.append(Outcome(**fresh[-1]))  # of no session: the next row of this case sees it
            elif own.says() == row.said.says():
                self.taken.unchanged += 1
            else:
                self._refuse(row.at, Message(_OTHERWISE, {"code": row.said.case_code}))
        if fresh and not self.wrong:
            await self.db.execute(insert(Outcome), fresh)
            newest = select(Outcome.id).where(Outcome.mechanism_id == self.mechanism.id).order_by(Outcome.id.desc())
            self.last_id = (await self.db.scalars(newest.limit(1))).one()

    def _line(self, row: Row, agency: int, lines: list[Outcome]) -> dict[str, Any]:
        """A new line as it is inserted; what it brings is counted."""
        said, taken = row.said, self.taken
        differs = any(one.says() != said.says() for one in lines)
        taken.new += 1
        taken.differing += differs
        if len(taken.first) < SHOWN:
            taken.first.append(row)
        if not lines:
            taken.cases += said.cases
            taken.people += said.people
            taken.amount_recovered += said.amount_recovered or 0
        if differs or not lines:
            self.days |= {said.closed_on, *(one.closed_on for one in lines)}
        return {
            "mechanism_id": self.mechanism.id,
            "agency_id": agency,
            "entered_at": self.db.now(),
            "entered_by": self.viewer.person_id or None,
            "entered_from": self.source,
            "changed_at": self.db.now(),
            "version": 1,
            "counts": not lines,
            **said.facts(),
        }

    async def _present(self, codes: set[str]) -> dict[str, list[Outcome]]:
        found: dict[str, list[Outcome]] = {}
        if codes:
            query = select(Outcome).where(
                Outcome.mechanism_id == self.mechanism.id, Outcome.case_code.in_(codes), Outcome.removed_at.is_(None)
            )
            for line in await self.db.scalars(query.order_by(Outcome.id)):
                found.setdefault(line.case_code, []).append(line)
                self.db.expunge(line)
        return found

    def _is_first(self, row: Row, agency: int) -> bool:
        earlier = self.rows_of.setdefault((agency, row.said.case_code), row.at)
        if earlier != row.at:
            self._refuse(row.at, Message(_REPEATED, {"code": row.said.case_code, "row": earlier}))
        return earlier == row.at

    def _agency(self, row: Row) -> int | None:
        agency = self.agencies.by_name.get(row.agency) if row.agency else self.agencies.usual
        if agency is None and row.agency:
            self._refuse(row.at, Message(N_("Only lines of your own agency are taken in here, not of “%(name)s”."), {"name": row.agency}))  # fmt: skip
        elif agency is None:
            self._refuse(row.at, Message(N_("Which agency reports this? The table needs the column 填报单位.")))
        return agency

    def _is_wrong(self, row: Row | Wrong) -> bool:
        if isinstance(row, Wrong):
            self._note(row)
        return isinstance(row, Wrong)

    def _refuse(self, at: int, message: Message) -> None:
        self._note(Wrong(str(at), "", message))

    def _note(self, wrong: Wrong) -> None:
        self.wrong_in_all += 1
        if len(self.wrong) < MOST_WRONG:
            self.wrong.append(wrong)
