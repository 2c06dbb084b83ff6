"""To whom behind one address a mail of a meeting speaks: a line for each person and each slip, with the link that is theirs. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from liaison.accounts.links import ANSWER, SLIP, May
from liaison.i18n import Words
from liaison.meetings.recipients import Addressee, Named, Slip
from liaison.meetings.wording import ROLE_NAMES


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a mail: for whom it is, and their own link."""

    name: str
    link: str
    addressed: str
    """The name as a letter begins with it: 李文博副主任, 清沚区司法局."""
    role: str = ""
    agency: str = ""
    request: str = ""
    own: bool = True
    """Whether whoever reads this is meant themselves: a person's own address; of a slip, whether a liaison reads it."""
    by_contact: bool = False
    """Whether the reader answers for this person."""
    internal: bool = False
    """Whether it is the host's own agency: it asks itself for no favour."""
    in_attendance: bool = False
    guest: bool = False
    """From outside: invited, not asked."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Everybody one mail speaks to."""

    people: Sequence[Told]
    slips: Sequence[Told]
    copies: Sequence[Told]

    @property
    def you(self) -> Told | None:
        """The one person who reads this and is meant by it, alone: only they are told 您."""
        alone = len(self.people) == 1 and not self.slips and not self.copies and self.people[0].own
        return self.people[0] if alone else None


def lines_of(one: Addressee, link: Callable[[May], str]) -> Lines:
    """The people and slips behind one address as they were announced, each with what `link` gives."""
    words = Words(one.locale, "UTC")

    def person_line(person: Named) -> Told:
        return Told(
            person.name,
            link(May(ANSWER, person.attendee_id, person_id=person.person_id)),
            f"{person.name}{person.job_title or ''}" if words.locale == "zh_CN" else person.name,
            role=words._(ROLE_NAMES[person.role]) if person.role != "required" else "",
            own=person.via == "own",
            by_contact=person.via == "contact",
            in_attendance=person.role == "in_attendance",
            guest=person.guest,
        )

    def slip_line(slip: Slip) -> Told:
        request = words.ngettext("%(n)d person", "%(n)d people", slip.seats)
        if slip.requirement:
            request = words._("%(seats)s (%(requirement)s)", seats=request, requirement=slip.requirement)
        may = May(SLIP, slip.invitation_id, slip.person_id, slip.agency_id, slip.designation_id)
        by_liaison = slip.person_id is not None
        return Told(slip.agency, link(may), slip.agency, agency=slip.agency, request=request, own=by_liaison)

    return Lines(
        people=[person_line(person) for person in one.people],
        slips=[slip_line(slip) for slip in one.slips],
        copies=[slip_line(slip) for slip in one.copies],
    )
