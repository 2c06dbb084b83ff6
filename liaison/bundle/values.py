"""What an import bundle says, as values: entries with their fields, each with the line it stands on.

A field is named by its path in the bundle (`people.mail`), or by the heading of its column where a table was read (`邮箱`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from liaison.errors import Message, Refusal
from liaison.i18n import N_

MOST_LINES = 100
"""So many errors are told at once; whoever has more repairs these first."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is wrong where: the file's line (its row in a table, None for the whole file), the field, and what to do."""

    line: int | None
    field: str
    message: Message


class BundleRefused(Refusal):
    """The file is not taken, and nothing of it was kept; `lines` says everything that is wrong with it."""

    status = 422

    def __init__(self, lines: Iterable[Line]) -> None:
        super().__init__(N_("The file was not imported: please correct it first. Nothing was changed."))
        self.lines = sorted(lines, key=lambda each: each.line or 0)[:MOST_LINES]


@dataclass(frozen=True, slots=True)
class Entry:
    """One agency, person, member … of the bundle: typed values by field; a field that was not given is not in `values`."""

    section: str
    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    """How a table calls its fields; empty for YAML."""
    only_new: bool = False
    """Taken only where the site does not have it yet; never changes what is there."""

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def whole(self, name: str) -> int | None:
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def day(self, name: str) -> date | None:
        value = self.values.get(name)
        return value if isinstance(value, date) else None

    def clock(self, name: str) -> time | None:
        value = self.values.get(name)
        return value if isinstance(value, time) else None

    def flag(self, name: str) -> bool | None:
        value = self.values.get(name)
        return value if isinstance(value, bool) else None

    def names(self, name: str) -> list[str] | None:
        """A list of names; None when the field was not given."""
        value = self.values.get(name)
        return list(value) if isinstance(value, list) else None

    def entry(self, name: str) -> "Entry | None":
        value = self.values.get(name)
        return value if isinstance(value, Entry) else None

    def entries(self, name: str) -> list["Entry"]:
        value = self.values.get(name)
        return [each for each in value if isinstance(each, Entry)] if isinstance(value, list) else []

    def wrong(self, name: str, message: Message) -> Line:
        """What is wrong with one field of this entry (or, with a name it does not have, with the whole entry)."""
        label = self.headings.get(name) or (f"{self.section}.{name}" if name else self.section)
        return Line(self.lines.get(name, self.line), label, message)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything one file brings, in the order it is taken over."""

    agencies: tuple[Entry, ...] = ()
    offices: tuple[Entry, ...] = ()
    people: tuple[Entry, ...] = ()
    mechanisms: tuple[Entry, ...] = ()

    @property
    def of_directory(self) -> int:
        """How many entries are of the directory."""
        return len(self.agencies) + len(self.offices) + len(self.people)
