"""What an import knows while it is under way: the site by the names that bundles use, what was done, and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liaison.bundle.report import Report
from liaison.bundle.values import BundleRefused, Entry, Line
from liaison.directory.models import Agency, Office, Person
from liaison.documents.headed import Told, unheard
from liaison.errors import Invalid, Message, Refusal
from liaison.i18n import N_


@dataclass
class Known:
    """What the site has, by the names that bundles use, and what became of the bundle so far; `errors` is what is wrong with it."""

    report: Report = field(default_factory=Report)
    errors: list[Line] = field(default_factory=list)
    agencies: dict[str, Agency] = field(default_factory=dict)
    offices: dict[tuple[int, str], Office] = field(default_factory=dict)
    by_key: dict[str, Person] = field(default_factory=dict)
    by_name: dict[tuple[int, str], list[Person]] = field(default_factory=dict)
    entered: dict[int, Person] = field(default_factory=dict)
    """By `id` of the bundle's entry."""
    failed: set[tuple[str, str]] = field(default_factory=set)
    told: Told = unheard
    of: int = 0
    """How many entries are gone through in all, and who hears how far that is."""
    gone_through: int = 0

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

    def one_more(self) -> None:
        """One more entry comes: those before it are done."""
        self.told(self.gone_through, self.of)
        self.gone_through += 1

    def fail(self, section: str, name: str | None) -> None:
        """What could not be entered is not missed a second time by whatever names it."""
        self.failed.add((section, name or ""))

    def done(self) -> Report:
        """The report, or BundleRefused when anything was wrong."""
        self.told(self.gone_through, self.of)
        if self.errors:
            raise BundleRefused(self.errors)
        return self.report

    def _known_to_fail(self, section: str, name: str) -> bool:
        return (section, name) in self.failed
