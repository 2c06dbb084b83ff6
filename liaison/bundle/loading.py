"""Taking an import bundle over: agencies, offices, people and mechanisms, all or nothing, and the same again changes nothing.

Agencies are known by their short name, people by their key (or, without one, by name within the agency), mechanisms by name. What a
bundle does not mention stays as it is. No mail is sent. The caller undoes the transaction to only try it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.bundle.report import Report
from liaison.bundle.values import Bundle, BundleRefused, Entry, Line
from liaison.db import Session
from liaison.directory import agencies, offices, people
from liaison.directory.models import Agency, Office, Person
from liaison.errors import Invalid, Message, Refusal
from liaison.i18n import N_

_PERSON_FIELDS: Final = ("department", "job_title", "rank", "mail", "phone", "locale")


@dataclass
class Loading:
    """One import under way: what the site has, by the names that bundles use, and what went wrong so far."""

    db: Session
    viewer: Viewer
    report: Report = field(default_factory=Report)
    errors: list[Line] = field(default_factory=list)
    agencies: dict[str, Agency] = field(default_factory=dict)
    offices: dict[tuple[int, str], Office] = field(default_factory=dict)
    by_key: dict[str, Person] = field(default_factory=dict)
    by_name: dict[tuple[int, str], list[Person]] = field(default_factory=dict)
    entered: dict[int, Person] = field(default_factory=dict)
    """By `id` of the bundle's entry."""
    failed: set[tuple[str, str]] = field(default_factory=set)

    def refuse(self, entry: Entry, field_name: str, msgid: str, /, **params: Any) -> None:
        self.errors.append(entry.wrong(field_name, Message(msgid, params)))

    def refused(self, entry: Entry, refusal: Refusal, names: Mapping[str, str] | None = None) -> None:
        """A verb's refusal as lines; `names` says which field of the bundle a field of the verb is."""
        if not isinstance(refusal, Invalid):
            self.errors.append(entry.wrong("", refusal.message))
            return
        for name, message in refusal.errors.items():
            self.errors.append(entry.wrong((names or {}).get(name, name), message))

    def agency(self, entry: Entry, name: str = "agency", said: str | None = None) -> Agency | None:
        """The agency that a field names; None after noting that there is none."""
        short_name = said or entry.text(name) or ""
        found = self.agencies.get(short_name)
        if found is None and not self._known_to_fail("agencies", short_name):
            self.refuse(
                entry,
                name,
                N_("There is no agency “%(name)s”. Agencies are named by their short names."),
                name=short_name,
            )
        return found

    def person(self, entry: Entry, agency: Agency, name: str = "person") -> Person | None:
        """The person that a field names by key, or by name within the agency; None after noting that there is none."""
        said = entry.text(name) or ""
        found = self.by_key.get(said) or self.named(agency, said)
        if found is None and not self._known_to_fail("people", said):
            self.refuse(entry, name, N_("There is no person “%(name)s”. People are named by their key."), name=said)
        return found

    def named(self, agency: Agency, name: str) -> Person | None:
        """The only person of that name in the agency."""
        found = self.by_name.get((agency.id, name), [])
        return found[0] if len(found) == 1 else None

    def keep(self, person: Person) -> None:
        """Know a person from now on by key and name."""
        if person.key:
            self.by_key[person.key] = person
        namesakes = self.by_name.setdefault((person.agency_id, person.name), [])
        if person not in namesakes:
            namesakes.append(person)

    def fail(self, section: str, name: str | None) -> None:
        """What could not be entered is not missed a second time by whatever names it."""
        self.failed.add((section, name or ""))

    def _known_to_fail(self, section: str, name: str) -> bool:
        return (section, name) in self.failed


async def loading_of(db: Session, viewer: Viewer) -> Loading:
    """Everything of the directory that a bundle may name."""
    loading = Loading(db, viewer)
    for agency in await db.scalars(select(Agency)):
        loading.agencies[agency.short_name] = agency
    for office in await db.scalars(select(Office)):
        loading.offices[office.agency_id, office.name] = office
    for person in await db.scalars(select(Person).options(joinedload(Person.agency)).order_by(Person.id)):
        loading.keep(person)
    return loading


async def load_directory(loading: Loading, bundle: Bundle) -> None:
    """Agencies, offices and people of the bundle; what is wrong is noted in `loading.errors`."""
    for entry in bundle.agencies:
        try:
            await _load_agency(loading, entry)
        except Refusal as refusal:
            loading.fail("agencies", entry.text("short_name"))
            loading.refused(entry, refusal)
    for entry in bundle.offices:
        try:
            await _load_office(loading, entry)
        except Refusal as refusal:
            loading.refused(entry, refusal)
    for entry in bundle.people:
        try:
            await _load_person(loading, entry)
        except Refusal as refusal:
            loading.fail("people", entry.text("key") or entry.text("name"))
            loading.refused(entry, refusal, {"office_id": "office", "contact_id": "contact"})
    for entry in bundle.people:
        try:
            await _load_contact(loading, entry)
        except Refusal as refusal:
            loading.refused(entry, refusal, {"contact_id": "contact"})


def done(loading: Loading) -> Report:
    """The report, or BundleRefused when anything was wrong."""
    if loading.errors:
        raise BundleRefused(loading.errors)
    return loading.report


async def _load_agency(loading: Loading, entry: Entry) -> None:
    short_name = entry.text("short_name") or ""
    stored = loading.agencies.get(short_name)
    if stored is None:
        loading.agencies[short_name] = await agencies.add_agency(loading.db, loading.viewer, **entry.values)
        loading.report.new("agencies", short_name)
        return
    changes = {} if entry.only_new else _changes(stored, {n: v for n, v in entry.values.items() if n != "short_name"})
    if changes:
        await agencies.change_agency(loading.db, loading.viewer, stored.id, **changes)
    loading.report.kept("agencies", short_name, changed=bool(changes))


async def _load_office(loading: Loading, entry: Entry) -> None:
    agency = loading.agency(entry)
    if agency is None:
        return
    name = entry.text("name") or ""
    fields = {n: v for n, v in entry.values.items() if n != "agency"}
    stored = loading.offices.get((agency.id, name))
    if stored is None:
        office = await offices.add_office(loading.db, loading.viewer, agency_id=agency.id, **fields)
        loading.offices[agency.id, name] = office
        loading.report.new("offices", name)
        return
    changes = _changes(stored, fields)
    if changes:
        await offices.change_office(loading.db, loading.viewer, stored.id, **changes)
    loading.report.kept("offices", name, changed=bool(changes))


async def _load_person(loading: Loading, entry: Entry) -> None:
    agency = loading.agency(entry)
    if agency is None:
        loading.fail("people", entry.text("key") or entry.text("name"))
        return
    name, key = entry.text("name") or "", entry.text("key")
    fields: dict[str, Any] = {n: entry.values[n] for n in _PERSON_FIELDS if n in entry.values}
    if "office" in entry.values:
        office = loading.offices.get((agency.id, entry.text("office") or ""))
        if office is None and entry.text("office"):
            loading.refuse(entry, "office", N_("This agency has no office “%(name)s”."), name=entry.text("office"))
        fields["office_id"] = office.id if office else None
    stored = loading.by_key.get(key) if key else None
    if stored is None:
        namesakes = [p for p in loading.by_name.get((agency.id, name), []) if not (key and p.key)]
        if len(namesakes) > 1:
            loading.refuse(
                entry, "name", N_("There are several “%(name)s” in this agency. Please give a key."), name=name
            )
            return
        stored = namesakes[0] if namesakes else None
    if stored is None:
        person = await people.add_person(loading.db, loading.viewer, agency_id=agency.id, name=name, key=key, **fields)
        loading.entered[id(entry)] = person
        loading.keep(person)
        loading.report.new("people", name)
        return
    if stored.agency_id != agency.id:
        loading.refuse(
            entry,
            "agency",
            N_("%(name)s is of %(agency)s here. Moving somebody to another agency is done in the directory."),
            name=stored.name,
            agency=stored.agency.short_name,
        )
        return
    loading.entered[id(entry)] = stored
    changes = _changes(stored, {**fields, "name": name, **({"key": key} if key else {})})
    if changes:
        await people.change_person(loading.db, loading.viewer, stored.id, **changes)
        loading.keep(stored)
    loading.report.kept("people", name, changed=bool(changes))


async def _load_contact(loading: Loading, entry: Entry) -> None:
    """Whoever takes calls for a leader may stand further down in the file: so contacts come last."""
    person = loading.entered.get(id(entry))
    if person is None or "contact" not in entry.values:
        return
    contact = (
        loading.person(entry, loading.agencies[entry.text("agency") or ""], "contact")
        if entry.text("contact")
        else None
    )
    contact_id = contact.id if contact else None
    if person.contact_id != contact_id and (contact or not entry.text("contact")):
        await people.change_person(loading.db, loading.viewer, person.id, contact_id=contact_id)
        loading.report.changed_too("people", person.name)


def _changes(stored: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if getattr(stored, name) != value}
