"""导入历次会议: a table of meetings held before is entered, all of it or nothing; what is there already stays as it is. Nobody is mailed."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, true

from liaison import audit
from liaison.accounts.viewer import Office, Viewer
from liaison.db import Session, locked
from liaison.directory.models import Agency, Person
from liaison.documents.headed import TableRefused, Told, Wrong, unheard
from liaison.errors import Invalid, Message, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import PRINCIPAL, Mechanism, Member
from liaison.mechanisms.permissions import may_see
from liaison.meetings.entering import Present, enter_held
from liaison.meetings.models import Meeting
from liaison.meetings.past_cells import person_in
from liaison.meetings.past_numbers import Numbers
from liaison.meetings.past_table import PUT_BETWEEN, Past
from liaison.meetings.permissions import NOT_YOURS, may_enter_past
from liaison.meetings.seen import visible_to

_COLUMN = {"starts_at": "date", "ordinal_in_year": "ordinal"}
"""Where a field of `enter_held` stands in the table, unless it is called the same."""


_NOT_HELD = N_("“%(title)s” of this day is scheduled and not yet recorded as held: please record it on its own page.")
_BESIDE = re.compile("[，,（(）)]")
"""Between a name and a job title behind it: 王某，副局长."""


@dataclass(frozen=True, slots=True)
class New:
    """A meeting that the table brings: where its row stands, what it is, and under which numbers it is kept."""

    at: int
    id: int
    on: date
    title: str
    kind: str
    ordinal: int | None
    ordinal_in_year: int | None
    host: str
    agencies: tuple[str, ...]
    items: int
    decisions: int


@dataclass(slots=True)
class TakenIn:
    """What a table brings: the new meetings in the order of their days, and how many are there already."""

    new: list[New] = field(default_factory=list)
    unchanged: int = 0


async def take_in(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    rows: Iterable[Past | Wrong],
    *,
    agency: str | None = None,
    told: Told = unheard,
) -> TakenIn:
    """Enter the meetings of a table as held (补录), by their days, so that their numbers follow. The host is by default the viewer's agency; at
    the server's console the one of that short name (`agency`). A held meeting of the same day and title that
    the viewer sees is there already; one not yet held is refused. `told` hears how many
    of how many are done. The caller undoes the transaction to only try it.

    Raises NotFound, NotPermitted, TableRefused with every place that is wrong; then nothing may be kept."""  # fmt: skip
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_see(viewer, mechanism_id):
        raise NotFound
    if not may_enter_past(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    members = await mechanisms.members(db, mechanism_id)
    people = await _people(db, {one.agency_id for one in members})
    table = _Table(viewer, mechanism, members, people, db.clock.today(mechanism.timezone))
    seen = await _there_already(db, mechanism_id, visible_to(viewer) if viewer.person_id else true())
    new = table.look(rows, {(one.local_on, one.title): one.held_at is not None for one in seen}, agency)
    numbers = Numbers(mechanism.first_ordinal, await _there_already(db, mechanism_id, Meeting.ordinal.is_not(None)))
    table.wrong += numbers.give(new)
    if table.wrong:
        raise TableRefused(table.wrong)
    for done, past in enumerate(new, 1):
        host, present = table.host_of(past, agency), table.present_at(past, agency)
        assert host is not None
        meeting = await _enter(db, viewer, mechanism_id, past, host, present, numbers)
        table.taken.new.append(_new(past, meeting, host, present, table))
        told(done, len(new))
        await asyncio.sleep(0)  # a long table must not keep the other requests waiting
    if new:
        facts = {"new": len(new), "unchanged": table.taken.unchanged}
        audit.add(db, viewer, "import_meetings", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, **facts)
    return table.taken


async def _there_already(db: Session, mechanism_id: int, which: ColumnElement[bool]) -> list[Meeting]:
    """Which meetings of the mechanism are not off, those that were held last."""
    query = select(Meeting).where(
        Meeting.mechanism_id == mechanism_id, Meeting.cancelled_at.is_(None), Meeting.postponed_at.is_(None), which
    )
    return list(await db.scalars(query.order_by(Meeting.held_at.is_not(None), Meeting.id)))


async def _people(db: Session, agency_ids: set[int]) -> dict[str, int]:
    """The agency of each name that the directory has at one of these agencies alone."""
    found: dict[str, set[int]] = {}
    for name, agency_id in await db.execute(
        select(Person.name, Person.agency_id).where(Person.agency_id.in_(agency_ids))
    ):
        found.setdefault(name, set()).add(agency_id)
    return {name: agencies.pop() for name, agencies in found.items() if len(agencies) == 1}


async def _enter(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    past: Past,
    host: Agency,
    present: list[Present],
    numbers: Numbers,
) -> Meeting:
    if (
        viewer.acts_for(mechanism_id) is None
    ):  # at the console: nobody in particular: the record is the host's, as if its liaison had entered it
        viewer = replace(viewer, designations=(Office(0, mechanism_id, host.id, PRINCIPAL, True, False),))
    ordinal, ordinal_in_year = numbers.of(past)
    try:
        return await enter_held(
            db,
            viewer,
            mechanism_id,
            kind=past.kind,
            title=past.title,
            local_start=datetime.combine(past.on, past.starts),
            duration_minutes=past.minutes,
            location=past.location,
            host_agency_id=host.id,
            present=present,
            items=past.items,
            decisions=past.decisions,
            ordinal=ordinal,
            ordinal_in_year=ordinal_in_year,
        )
    except Invalid as refusal:
        raise TableRefused(
            past.line.columns.wrong(past.at, _COLUMN.get(name, name.partition(".")[0]), message)
            for name, message in refusal.errors.items()
        ) from None


def _new(past: Past, meeting: Meeting, host: Agency, present: list[Present], table: "_Table") -> New:
    agencies = tuple(dict.fromkeys(table.names[one.agency_id] for one in present))
    return New(past.at, meeting.id, past.on, past.title, past.kind, meeting.ordinal, meeting.ordinal_in_year,
               host.short_name, agencies, len(past.items), len(past.decisions))  # fmt: skip


class _Table:
    """A table on its way in, beside the agencies that are or were members."""

    def __init__(
        self, viewer: Viewer, mechanism: Mechanism, members: list[Member], people: dict[str, int], today: date
    ) -> None:
        self.members, self.people, self.today = members, people, today
        self.agencies = {name: one.agency for one in members for name in (one.agency.name, one.agency.short_name)}
        self.names = {one.agency_id: one.agency.short_name for one in members}
        self.own = viewer.acts_for(mechanism.id)
        self.taken, self.wrong = TakenIn(), list[Wrong]()

    def look(
        self, rows: Iterable[Past | Wrong], there: Mapping[tuple[date, str], bool], agency: str | None
    ) -> list[Past]:
        """The rows to be entered, by their days; what is wrong is noted, what is there already counted. `there` says whether it was held."""
        first: dict[tuple[date, str], int] = {}
        new = []
        for row in rows:
            if isinstance(row, Wrong):
                self.wrong.append(row)
                continue
            earlier = first.setdefault((row.on, row.title), row.at)
            if earlier != row.at:
                said = Message(N_("“%(title)s” stands with this day in row %(row)s already."), {"title": row.title, "row": earlier})  # fmt: skip
                self._refuse(row, "title", said)
            elif there.get((row.on, row.title)):
                self.taken.unchanged += 1
            elif (row.on, row.title) in there:
                self._refuse(row, "title", Message(_NOT_HELD, {"title": row.title}))
            else:
                self._check_agencies(row, agency)
                new.append(row)
        return sorted(new, key=lambda row: (row.on, row.starts, row.at))

    def _check_agencies(self, row: Past, agency: str | None) -> None:
        for name in [row.host, *(one.agency for one in row.present)]:
            if name and name not in self.agencies:
                column = "host_agency_id" if name == row.host else "present"
                unknown = Message(N_("“%(name)s” is no member agency of this mechanism."), {"name": name})
                self._refuse(row, column, unknown)
        for name, title in (person for one in row.present for person in one.people):
            if title in self.people:  # two people of the directory side by side: none is the other's job title
                self._refuse(row, "present", Message(PUT_BETWEEN, {"said": f"{title} {name}"}))
        host = self.host_of(row, agency)
        if host is None and not row.host:
            self._refuse(row, "host_agency_id", Message(N_("Please choose the agency that hosts the meeting.")))
        elif host is not None and not self._may_host(host, row.on):
            left = Message(N_("“%(name)s” was no member agency on that day."), {"name": host.short_name})
            self._refuse(row, "host_agency_id", left)

    def host_of(self, row: Past, agency: str | None) -> Agency | None:
        """承办单位 of a row: the one it names, else the usual one."""
        if row.host or self.own is None:
            return self.agencies.get(row.host or agency or "")
        return next((one.agency for one in self.members if one.agency_id == self.own), None)

    def _may_host(self, agency: Agency, on: date) -> bool:
        spans = [one for one in self.members if one.agency_id == agency.id]
        return agency.deactivated_at is None and any(one.is_member_on(day) for one in spans for day in (on, self.today))

    def present_at(self, row: Past, agency: str | None) -> list[Present]:
        """Who was there: the people that the row names, and each agency of which it names nobody by its own name; the chair first, of the
        agency where the row or the directory has that name, else of the host."""
        people = [(self.agencies[one.agency].id, *person) for one in row.present for person in one.people]
        found = []
        if row.chair:
            found.append(self._chair(row, people, agency))
            people = [one for one in people if one[:2] != (found[0].agency_id, found[0].name)]
        found += [Present(*one) for one in people]
        named = {one.agency_id for one in found}
        alone = dict.fromkeys(self.agencies[one.agency].id for one in row.present if not one.people)
        return found + [Present(id_, self.names[id_]) for id_ in alone if id_ not in named]

    def _chair(self, row: Past, people: list[tuple[int, str, str | None]], agency: str | None) -> Present:
        begins = max((name for name in self.agencies if row.chair.startswith(name)), key=len, default="")
        said = row.chair.removeprefix(begins).strip(" ：:") or row.chair
        name, _, beside = _BESIDE.sub(",", said).strip(", ").partition(",")
        title = beside.strip() or None
        if title is None:
            name, title = person_in(name, {*self.people, *(one for _, one, _ in people)})
        host = self.host_of(row, agency)
        assert host is not None
        of = next((id_ for id_, one, _ in people if one == name), self.people.get(name, host.id))
        of = self.agencies[begins].id if begins else of
        return Present(of, name, title, role="chair")

    def _refuse(self, row: Past, column: str, message: Message) -> None:
        self.wrong.append(row.line.columns.wrong(row.at, column, message))
