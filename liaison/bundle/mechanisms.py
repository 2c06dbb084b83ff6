"""Taking over a bundle's mechanisms: agreement, members, liaisons, series, deadlines."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from liaison.bundle.loading import Loading
from liaison.bundle.values import Bundle, Entry
from liaison.calendaring.deadlines import ProfileRefused, check_profile
from liaison.directory.models import Agency, Person
from liaison.errors import Refusal
from liaison.i18n import N_
from liaison.mechanisms import agreement as agreements
from liaison.mechanisms import designating, founding, members, queries
from liaison.mechanisms.founding import Facts, Joining
from liaison.mechanisms.models import ONLINE, Designation, Mechanism, Member
from liaison.mechanisms.wording import profile_refused
from liaison.meetings.queries import series_of
from liaison.meetings.series import put_series

_FACTS: Final = ("name", "short_name", "programme", "timezone", "region", "locale", "mailbox", "quorum")
_FACT_FIELDS: Final = {"lead_agency_id": "lead_agency"}
_DESIGNATION_FIELDS: Final = {"person_id": "person", "agency_id": "agency"}


async def load_mechanisms(loading: Loading, bundle: Bundle) -> None:
    """The bundle's mechanisms; what is wrong is noted in `loading.errors`."""
    for entry in bundle.mechanisms:
        try:
            mechanism = await _load_mechanism(loading, entry)
        except Refusal as refusal:
            loading.refused(entry, refusal, _FACT_FIELDS)
            continue
        if mechanism is None:
            continue
        await _load_agreement(loading, entry, mechanism)
        for each in entry.entries("designations"):
            await _load_designation(loading, each, mechanism)
        for each in entry.entries("series"):
            await _load_series(loading, each, mechanism)


async def load_liaisons(loading: Loading, people: Iterable[Entry], mechanism: str | None) -> None:
    """Designate whoever a table of people calls liaison, in the named mechanism or in the only one of the site."""
    named = [entry for entry in people if entry.text("liaison")]
    if not named:
        return
    found = list(await loading.db.scalars(select(Mechanism).order_by(Mechanism.id)))
    fitting = [m for m in found if mechanism in (None, m.name, m.short_name)]
    if len(fitting) != 1:
        loading.refuse(named[0], "liaison", N_("Liaison of which mechanism? Please name one that the site has."))
        return
    today = loading.db.clock.today(fitting[0].timezone)
    for entry in named:
        person = loading.entered.get(id(entry))
        if person is not None:
            role = entry.text("liaison") or ""
            await _designate(loading, entry, fitting[0], person.agency, person, role, entry.day("starts_on"), today)


async def _load_mechanism(loading: Loading, entry: Entry) -> Mechanism | None:
    facts: dict[str, Any] = {name: entry.values[name] for name in _FACTS if entry.values.get(name) is not None}
    lead = loading.agency(entry, "lead_agency")
    turns = [loading.agency(entry, "host_rotation", name) for name in entry.names("host_rotation") or ()]
    joining = [(each, loading.agency(each)) for each in entry.entries("members")]
    if lead is None or None in turns or any(agency is None for _, agency in joining):
        return None
    facts["lead_agency_id"] = lead.id
    if entry.names("host_rotation") is not None:
        facts["host_rotation"] = tuple(turn.id for turn in turns if turn)
    name = facts["name"]
    deadlines = entry.entry("deadlines")
    if deadlines is not None and not _in_order(loading, deadlines):
        return None
    stored = (await loading.db.execute(select(Mechanism).where(Mechanism.name == name))).scalar_one_or_none()
    if stored is None:
        stored = await _found(
            loading, entry, Facts(**facts), [(each, agency) for each, agency in joining if agency], deadlines
        )
        loading.report.new("mechanisms", name)
    else:
        await _load_members(loading, stored, [(each, agency) for each, agency in joining if agency])
        before = asdict(await founding.facts_of(loading.db, stored))
        changes = {field: value for field, value in facts.items() if before[field] != value}
        if changes:
            await founding.change_mechanism(loading.db, loading.viewer, stored.id, changes)
        loading.report.kept("mechanisms", name, changed=bool(changes))
        if deadlines is not None:
            await _load_deadlines(loading, deadlines, stored)
    return stored


async def _found(
    loading: Loading, entry: Entry, facts: Facts, joining: list[tuple[Entry, Agency]], deadlines: Entry | None
) -> Mechanism:
    first: dict[int, Joining] = {}
    for each, agency in joining:
        takes_part = each.text("takes_part") or ONLINE
        first.setdefault(
            agency.id, Joining(agency_id=agency.id, joined_on=each.day("joined_on"), takes_part=takes_part)
        )
    given = _given(deadlines)
    mechanism = await founding.found(
        loading.db, loading.viewer, facts, members=list(first.values()), deadlines=given or None
    )
    await loading.db.flush()
    if given:
        loading.report.new("deadlines", facts.name or "")
    await _load_members(loading, mechanism, joining, new=True)
    return mechanism


async def _load_members(
    loading: Loading, mechanism: Mechanism, joining: list[tuple[Entry, Agency]], *, new: bool = False
) -> None:
    for each, agency in joining:
        stored = {(m.agency_id, m.joined_on): m for m in await queries.members(loading.db, mechanism.id)}
        try:
            member = stored.get((agency.id, each.day("joined_on") or date.min))
            was_there = member is not None and not new
            changed = await _load_member(loading, each, mechanism, agency, member)
        except Refusal as refusal:
            loading.refused(each, refusal, {"agency_id": "agency"})
            continue
        if was_there:
            loading.report.kept("members", agency.short_name, changed=changed)
        else:
            loading.report.new("members", agency.short_name)


async def _load_member(
    loading: Loading, each: Entry, mechanism: Mechanism, agency: Agency, member: Member | None
) -> bool:
    takes_part = each.text("takes_part")
    changed = False
    if member is None:
        joined_on = each.day("joined_on")
        how = takes_part or ONLINE
        member = await members.join(
            loading.db, loading.viewer, mechanism.id, agency_id=agency.id, joined_on=joined_on, takes_part=how
        )
        changed = True
    if takes_part is not None and member.takes_part != takes_part:
        await members.change_takes_part(loading.db, loading.viewer, member.id, takes_part=takes_part)
        changed = True
    if each.day("left_on") is not None and member.left_on != each.day("left_on"):
        await members.leave(loading.db, loading.viewer, member.id, left_on=each.day("left_on"))
        changed = True
    return changed


async def _load_deadlines(loading: Loading, entry: Entry, mechanism: Mechanism) -> None:
    given = _given(entry)
    changed = bool(given) and mechanism.deadlines != check_profile(given)
    if changed:
        await founding.set_deadlines(loading.db, loading.viewer, mechanism.id, given)
    loading.report.kept("deadlines", mechanism.name, changed=changed)


def _given(deadlines: Entry | None) -> dict[str, int]:
    return {step: value for step, value in deadlines.values.items() if value is not None} if deadlines else {}


def _in_order(loading: Loading, deadlines: Entry) -> bool:
    """Whether the steps keep their order around the meeting; if not, the step is named."""
    try:
        check_profile(_given(deadlines))
    except ProfileRefused as refusal:
        loading.errors.append(deadlines.wrong(refusal.field, profile_refused(refusal)))
        return False
    return True


async def _load_agreement(loading: Loading, entry: Entry, mechanism: Mechanism) -> None:
    said = entry.entry("agreement")
    if said is None:
        return
    stored = await queries.agreement(loading.db, mechanism.id)
    names = ("title", "doc_no", "signed_on", "effective_on", "review_on")
    before = {name: getattr(stored, name) for name in names} if stored else dict.fromkeys(names)
    after = before | {name: said.values[name] for name in names if name in said.values}
    clauses: list[tuple[int | None, str | None]] | None = None
    if "clauses" in said.values:
        clauses = [(each.whole("number"), each.text("text")) for each in said.entries("clauses")]
        present = [(clause.number, clause.text) for clause in await queries.clauses(loading.db, mechanism.id)]
        if sorted(clauses, key=lambda c: c[0] or 0) == present:
            clauses = None
    title = str(after["title"])
    if stored is not None and before == after and clauses is None:
        loading.report.kept("agreements", title, changed=False)
        return
    try:
        facts = agreements.AgreementFacts(**after)
        await agreements.put_agreement(loading.db, loading.viewer, mechanism.id, facts, clauses=clauses)
    except Refusal as refusal:
        loading.refused(said, refusal)
        return
    if stored is None:
        loading.report.new("agreements", title)
    else:
        loading.report.kept("agreements", title, changed=True)


async def _load_designation(loading: Loading, entry: Entry, mechanism: Mechanism) -> None:
    agency = loading.agency(entry)
    person = loading.person(entry, agency) if agency else None
    if agency is not None and person is not None:
        role = entry.text("role") or ""
        await _designate(loading, entry, mechanism, agency, person, role, entry.day("starts_on"), None)


async def _designate(
    loading: Loading,
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
    stored = await _designated(loading, mechanism, agency, person, role)
    same = next(
        (d for d in stored if d.starts_on == starts_on or (starts_on is None and today and d.is_in_term_on(today))),
        None,
    )
    try:
        if same is None:
            await designating.designate(
                loading.db,
                loading.viewer,
                mechanism.id,
                agency_id=agency.id,
                person_id=person.id,
                role=role,
                starts_on=starts_on or today,
                ends_on=entry.day("ends_on"),
                basis_ref=entry.text("basis_ref"),
                may_sign=entry.flag("may_sign"),
            )
            loading.report.new("designations", label)
            return
        changed = entry.day("ends_on") is not None and entry.day("ends_on") != same.ends_on
        if changed:
            await designating.change_end(loading.db, loading.viewer, same.id, ends_on=entry.day("ends_on"))
    except Refusal as refusal:
        loading.refused(entry, refusal, _DESIGNATION_FIELDS)
        return
    for name in ("basis_ref", "may_sign"):
        if entry.values.get(name) is not None and entry.values[name] != getattr(same, name):
            loading.refuse(
                entry,
                name,
                N_("This term is entered already with another value. Terms are not rewritten by an import."),
            )
    loading.report.kept("designations", label, changed=changed)


async def _designated(
    loading: Loading, mechanism: Mechanism, agency: Agency, person: Person, role: str
) -> list[Designation]:
    query = select(Designation).where(
        Designation.mechanism_id == mechanism.id,
        Designation.agency_id == agency.id,
        Designation.person_id == person.id,
        Designation.role == role,
    )
    return list(await loading.db.scalars(query))


async def _load_series(loading: Loading, entry: Entry, mechanism: Mechanism) -> None:
    known = {series.name for series in await series_of(loading.db, mechanism.id)}
    name = entry.text("name") or ""
    given: dict[str, Any] = {field: value for field, value in entry.values.items() if field != "name"}
    try:
        _, changed = await put_series(loading.db, loading.viewer, mechanism.id, name, **given)
    except Refusal as refusal:
        loading.refused(entry, refusal)
        return
    if name in known:
        loading.report.kept("series", name, changed=changed)
    else:
        loading.report.new("series", name)
