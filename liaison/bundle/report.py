"""What an import did, by section: how many are new, changed or as they were, and which."""

from dataclasses import dataclass, field
from typing import Final

from liaison.i18n import N_, Words

NEW, CHANGED, SAME = "new", "changed", "same"

SECTIONS: Final = {
    "agencies": N_("Agencies"),
    "offices": N_("Offices"),
    "people": N_("People"),
    "mechanisms": N_("Mechanisms"),
    "agreements": N_("Agreements"),
    "members": N_("Members"),
    "designations": N_("Designations"),
    "series": N_("Series"),
    "deadlines": N_("Deadlines"),
}


@dataclass
class Report:
    """The names of each section with what became of them, in the order of the file."""

    names: dict[str, dict[str, str]] = field(default_factory=dict)

    def new(self, section: str, name: str) -> None:
        self.names.setdefault(section, {})[name] = NEW

    def kept(self, section: str, name: str, *, changed: bool) -> None:
        self.names.setdefault(section, {}).setdefault(name, CHANGED if changed else SAME)

    def changed_too(self, section: str, name: str) -> None:
        """Something that was the same until now changed after all."""
        if self.names[section].get(name) == SAME:
            self.names[section][name] = CHANGED

    @property
    def changes_nothing(self) -> bool:
        return all(what == SAME for names in self.names.values() for what in names.values())

    def listed(self, section: str, what: str) -> list[str]:
        """The names of one section that are new, changed or the same."""
        return [name for name, became in self.names.get(section, {}).items() if became == what]

    def counts(self, section: str) -> dict[str, int]:
        """{"new", "changed", "same"} of one section."""
        found = list(self.names.get(section, {}).values())
        return {what: found.count(what) for what in (NEW, CHANGED, SAME)}

    def worded(self, words: Words) -> list[str]:
        """One line a section."""
        return [
            words._(
                "%(section)s: %(new)d new, %(changed)d changed, %(same)d as they were",
                section=words._(SECTIONS[section]),
                **self.counts(section),
            )
            for section in SECTIONS
            if section in self.names
        ]
