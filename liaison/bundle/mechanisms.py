"""Taking over a bundle's mechanisms: agreement, members, liaisons, series, deadlines."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from liaison.accounts.viewer import Viewer
from liaison.bundle.known import Known
from liaison.bundle.values import Bundle, Entry
from liaison.calendaring.deadlines import ProfileRefused, check_profile
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import Refusal
from liaison.i18n import N_
from liaison.mechanisms import agreement as agreements
from liaison.mechanisms import designating, founding, members, queries
from liaison.mechanisms.clauses import ClauseSaid
from liaison.mechanisms.founding import FACTS, Facts, Joining
from liaison.mechanisms.models import ONLINE, Clause, Designation, Mechanism, Member
from liaison.mechanisms.wording import profile_refused
from liaison.meetings import stepping
from liaison.meetings.queries import series_of
from liaison.meetings.series import put_series

_FACT_FIELDS: Final = {"lead_agency_id": "lead_agency"}
_DESIGNATION_FIELDS: Final = {"person_id": "person", "agency_id": "agency"}


async def load_mechanisms(db: Session, viewer: Viewer, known: Known, bundle: Bundle) -> None:
    """The bundle's mechanisms; what is wrong is noted in `known.errors`."""
    for entry in bundle.mechanisms:
        known.one_more()
        await asyncio.sleep(0)
        try:
            mechanism = await _load_mechanism(db, viewer, known, entry)
        except Refusal as refusal:
            known.refused(entry, refusal, _FACT_FIELDS)
            continue
        if mechanism is None:
            continue
        await _load_agreement(db, viewer, known, entry, mechanism)
        for each in entry.entries("designations"):
            await _load_designation(db, viewer, known, each, mechanism)
        for each in entry.entries("series"):
            await _load_series(db, viewer, known, each, mechanism)


async def load_liaisons(
    db: Session, viewer: Viewer, known: Known, people: Iterable[Entry], mechanism: str | None
) -> None:
    """Designate whoever a table of people calls liaison, in the named mechanism or in the only one of the site."""
    named = [entry for entry in people if entry.text("liaison")]
    if not named:
        return
    found = list(await db.scalars(select(Mechanism).order_by(Mechanism.id)))
    fitting = [m for m in found if mechanism in (None, m.name, m.short_name)]
    if len(fitting) != 1:
        known.refuse(named[0], "liaison", N_("Liaison of which mechanism? Please name one that the site has."))
        return
    today = db.clock.today(fitting[0].timezone)
    for entry in named:
        known.one_more()
        await asyncio.sleep(0)
        person = known.entered.get(id(entry))
        if person is not None:
            role = entry.text("liaison") or ""
            await _designate(
                db, viewer, known, entry, fitting[0], person.agency, person, role, entry.day("starts_on"), today
            )


async def _load_mechanism(db: Session, viewer: Viewer, known: Known, entry: Entry) -> Mechanism | None:
    facts: dict[str, Any] = {name: entry.values[name] for name in FACTS if entry.values.get(name) is not None}
    lead = known.agency(entry, "lead_agency")
    turns = [known.agency(entry, "host_rotation", name) for name in entry.names("host_rotation") or ()]
    needed = [known.agency(entry, "must_include", name) for name in entry.names("must_include") or ()]
    joining = [(each, known.agency(each)) for each in entry.entries("members")]
    if lead is None or None in [*turns, *needed] or any(agency is None for _, agency in joining):
        return None
    facts["lead_agency_id"] = lead.id
    if entry.names("host_rotation") is not None:
        facts["host_rotation"] = tuple(turn.id for turn in turns if turn)
    if entry.names("must_include") is not None:
        facts["must_include"] = tuple(one.id for one in needed if one)
    name = facts["name"]
    deadlines = entry.entry("deadlines")
    if deadlines is not None and not _in_order(known, deadlines):
        return None
    stored = (await db.execute(select(Mechanism).where(Mechanism.name == name))).scalar_one_or_none()
    if stored is None:
        stored = await _found(
            db, viewer, known, entry, Facts(**facts), [(each, agency) for each, agency in joining if agency], deadlines
        )
        known.report.new("mechanisms", name)
    else:
        await _load_members(db, viewer, known, stored, [(each, agency) for each, agency in joining if agency])
        before = asdict(await founding.facts_of(db, stored))
        changes = {field: value for field, value in facts.items() if before[field] != value}
        if changes:
            await founding.change_mechanism(db, viewer, stored.id, changes)
        known.report.kept("mechanisms", name, changed=bool(changes))
        if deadlines is not None:
            await _load_deadlines(db, viewer, known, deadlines, stored)
    return stored


async def _found(
    db: Session,
    viewer: Viewer,
    known: Known,
    entry: Entry,
    facts: Facts,
    joining: list[tuple[Entry, Agency]],
    deadlines: Entry | None,
) -> Mechanism:
    first: dict[int, Joining] = {}
    for each, agency in joining:
        takes_part = each.text("takes_part") or ONLINE
        first.setdefault(
            agency.id, Joining(agency_id=agency.id, joined_on=each.day("joined_on"), takes_part=takes_part)
        )
    given = _given(deadlines)
    mechanism = await founding.found(db, viewer, facts, members=list(first.values()), deadlines=given or None)
    await db.flush()
    if given:
        known.report.new("deadlines", facts.name or "")
    await _load_members(db, viewer, known, mechanism, joining, new=True)
    return mechanism


async def _load_members(
    db: Session,
    viewer: Viewer,
    known: Known,
    mechanism: Mechanism,
    joining: list[tuple[Entry, Agency]],
    *,
    new: bool = False,
) -> None:
    for each, agency in joining:
        stored = {(m.agency_id, m.joined_on): m for m in await queries.members(db, mechanism.id)}
        try:
            member = stored.get((agency.id, each.day("joined_on") or date.min))
            was_there = member is not None and not new
            changed = await _load_member(db, viewer, known, each, mechanism, agency, member)
        except Refusal as refusal:
            known.refused(each, refusal, {"agency_id": "agency"})
            continue
        if was_there:
            known.report.kept("members", agency.short_name, changed=changed)
        else:
            known.report.new("members", agency.short_name)


async def _load_member(
    db: Session, viewer: Viewer, known: Known, each: Entry, mechanism: Mechanism, agency: Agency, member: Member | None
) -> bool:
    takes_part = each.text("takes_part")
    changed = False
    if member is None:
        joined_on = each.day("joined_on")
        how = takes_part or ONLINE
        member = await members.join(db, viewer, mechanism.id, agency_id=agency.id, joined_on=joined_on, takes_part=how)
        changed = True
    if takes_part is not None and member.takes_part != takes_part:
        await members.change_takes_part(db, viewer, member.id, takes_part=takes_part)
        changed = True
    if each.day("left_on") is not None and member.left_on != each.day("left_on"):
        await members.leave(db, viewer, member.id, left_on=each.day("left_on"))
        changed = True
    return changed


async def _load_deadlines(db: Session, viewer: Viewer, known: Known, entry: Entry, mechanism: Mechanism) -> None:
    given = _given(entry)
    changed = bool(given) and mechanism.deadlines != check_profile(given)
    if changed:
        await stepping.deadlines_changed(db, await founding.set_deadlines(db, viewer, mechanism.id, given))
    known.report.kept("deadlines", mechanism.name, changed=changed)


def _given(deadlines: Entry | None) -> dict[str, int]:
    return {step: value for step, value in deadlines.values.items() if value is not None} if deadlines else {}


def _in_order(known: Known, deadlines: Entry) -> bool:
    """Whether the steps keep their order around the meeting; if not, the step is named."""
    try:
        check_profile(_given(deadlines))
    except ProfileRefused as refusal:
        known.errors.append(deadlines.wrong(refusal.field, profile_refused(refusal)))
        return False
    return True


async def _load_agreement(db: Session, viewer: Viewer, known: Known, entry: Entry, mechanism: Mechanism) -> None:
    said = entry.entry("agreement")
    if said is None:
        return
    stored = await queries.agreement(db, mechanism.id)
    names = ("title", "doc_no", "signed_on", "effective_on", "review_on")
    before = {name: getattr(stored, name) for name in names} if stored else dict.fromkeys(names)
    after = before | {name: said.values[name] for name in names if name in said.values}
    clauses: list[ClauseSaid] | None = None
    if "clauses" in said.values:
        clauses = sorted((_clause(each) for each in said.entries("clauses")), key=lambda one: one.number or 0)
        stands = await queries.clauses(db, mechanism.id)
        if len(stands) == len(clauses) and all(map(_stands, stands, clauses)):
            clauses = None
    title = str(after["title"])
    if stored is not None and before == after and clauses is None:
        known.report.kept("agreements", title, changed=False)
        return
    try:
        facts = agreements.AgreementFacts(**after)
        await agreements.put_agreement(db, viewer, mechanism.id, facts, clauses=clauses)
    except Refusal as refusal:
        known.refused(said, refusal)
        return
    if stored is None:
        known.report.new("agreements", title)
    else:
        known.report.kept("agreements", title, changed=True)


def _clause(said: Entry) -> ClauseSaid:
    number, text, obliges = said.whole("number"), said.text("text"), said.entry("obligation")
    if obliges is None:
        return ClauseSaid(number, text)
    return ClauseSaid(
        number, text, obliges.text("kind"), obliges.whole("amount"), obliges.text("period"), says_obligation=True
    )


def _stands(stored: Clause, said: ClauseSaid) -> bool:
    """Whether the clause says this already; an obligation that a bundle leaves out is no change."""
    if (stored.number, stored.text) != (said.number, said.text):
        return False
    facts = stored.obligation or {}
    told = (said.kind, said.amount, said.period)
    return not said.says_obligation or told == (facts.get("kind"), facts.get("amount"), facts.get("period"))


async def _load_designation(db: Session, viewer: Viewer, known: Known, entry: Entry, mechanism: Mechanism) -> None:
    agency = known.agency(entry)
    person = known.person(entry, agency) if agency else None
    if agency is not None and person is not None:
        role = entry.text("role") or ""
        await _designate(db, viewer, known, entry, mechanism, agency, person, role, entry.day("starts_on"), None)


async def _designate(
    db: Session,
    viewer: Viewer,
    known: Known,
    entry: Entry,
    mechanism: Mechanism,
    agency: Agency,
    person: Person,
    role: str,
    starts_on: date | None,
    today: date | None,
) -> None:
    """Without `starts_on` (a table that leaves it out) whoever holds the role `today` keeps it, and anybody else takes it today."""
    label = f"{person.name}:{role}:{starts_on}"
    stored = await _designated(db, mechanism, agency, person, role)
    same = next(
        (d for d in stored if d.starts_on == starts_on or (starts_on is None and today and d.is_in_term_on(today))),
        None,
    )
    try:
        if same is None:
            await designating.designate(
                db,
                viewer,
                mechanism.id,
                agency_id=agency.id,
                person_id=person.id,
                role=role,
                starts_on=starts_on or today,
                ends_on=entry.day("ends_on"),
                basis_ref=entry.text("basis_ref"),
                may_sign=entry.flag("may_sign"),
            )
            known.report.new("designations", label)
            return
        changed = entry.day("ends_on") is not None and entry.day("ends_on") != same.ends_on
        if changed:
            await designating.change_end(db, viewer, same.id, ends_on=entry.day("ends_on"))
    except Refusal as refusal:
        known.refused(entry, refusal, _DESIGNATION_FIELDS)
        return
    for name in ("basis_ref", "may_sign"):
        if entry.values.get(name) is not None and entry.values[name] != getattr(same, name):
            known.refuse(
                entry,
                name,
                N_("This term is entered already with another value. Terms are not rewritten by an import."),
            )
    known.report.kept("designations", label, changed=changed)


async def _designated(
    db: Session, mechanism: Mechanism, agency: Agency, person: Person, role: str
) -> list[Designation]:
    query = select(Designation).where(
        Designation.mechanism_id == mechanism.id,
        Designation.agency_id == agency.id,
        Designation.person_id == person.id,
        Designation.role == role,
    )
    return list(await db.scalars(query))


async def _load_series(db: Session, viewer: Viewer, known: Known, entry: Entry, mechanism: Mechanism) -> None:
    there = {series.name for series in await series_of(db, mechanism.id)}
    name = entry.text("name") or ""
    given: dict[str, Any] = {field: value for field, value in entry.values.items() if field != "name"}
    try:
        _, changed = await put_series(db, viewer, mechanism.id, name, **given)
    except Refusal as refusal:
        known.refused(entry, refusal)
        return
    if name in there:
        known.report.kept("series", name, changed=changed)
    else:
        known.report.new("series", name)
