"""Who is looking: the value that every permission asks. Facts of the day (designation, membership), never a stored role
except operator, agency administrator and reader (PERMISSIONS.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

NOBODY = 0
"""The person of a link that was mailed to an agency without a liaison: it acts for the agency alone."""


@dataclass(frozen=True, slots=True)
class Office:
    """One designation in force today: in which mechanism, for which agency, as what."""

    designation_id: int
    mechanism_id: int
    agency_id: int
    role: str
    """principal, acting or deputy"""
    in_office: bool
    """True for the one liaison in office: the acting one, else the principal."""
    may_sign: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """One period of the viewer's agency in one mechanism: member from `joined_on`, before `left_on` if it left."""

    joined_on: date
    left_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the agency was a member on that local date."""
        return self.joined_on <= day and (self.left_on is None or day < self.left_on)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person at the door, with what they are today. `via` is the door: web, api, link, cli or mail."""

    person_id: int
    agency_id: int
    name: str = ""
    agency_short_name: str = ""
    locale: str | None = None
    operator: bool = False
    agency_admin: bool = False
    reader_of: frozenset[int] = frozenset()
    designations: tuple[Office, ...] = ()
    member_of: Mapping[int, tuple[Membership, ...]] = field(default_factory=dict, hash=False)
    """The mechanisms the viewer's agency is or was a member of, each with all its periods there, oldest first."""
    via: str = "web"
    session_id: int | None = None

    def officer_of(self, mechanism_id: int) -> int | None:
        """The agency whose liaison in office the viewer is in that mechanism; None if in none."""
        return next((d.agency_id for d in self.designations if d.mechanism_id == mechanism_id and d.in_office), None)

    def deputy_of(self, mechanism_id: int) -> int | None:
        """The agency whose deputy (or not-in-office principal) the viewer is in that mechanism; None if of none."""
        return next(
            (d.agency_id for d in self.designations if d.mechanism_id == mechanism_id and not d.in_office), None
        )

    def acts_for(self, mechanism_id: int) -> int | None:
        """The agency the viewer acts for in that mechanism as officer or deputy; None if for none."""
        return self.officer_of(mechanism_id) or self.deputy_of(mechanism_id)

    def acts_in_any(self) -> bool:
        """Whether the viewer is officer or deputy anywhere today."""
        return bool(self.designations)

    def within(self, mechanism_id: int) -> "Viewer":
        """The same viewer as far as that mechanism goes: what is asked of one need not name every other."""
        return replace(
            self,
            reader_of=self.reader_of & {mechanism_id},
            designations=tuple(one for one in self.designations if one.mechanism_id == mechanism_id),
            member_of={id_: periods for id_, periods in self.member_of.items() if id_ == mechanism_id},
        )

    def shares_mechanism_ids(self) -> frozenset[int]:
        """The mechanisms whose open parts the viewer reads."""
        return frozenset(self.member_of) | self.reader_of


COMMAND_LINE = Viewer(person_id=0, agency_id=0, operator=True, via="cli")
"""Whoever sits at the server's own console: may what an operator may; the trail names no person (0 is stored as none)."""
