"""What an archive is of: a mechanism, whole or one year of it, and for whom. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import COMMAND_LINE, Viewer
from liaison.i18n import N_, Words
from liaison.mechanisms.models import Mechanism

FIRST_YEAR, LAST_YEAR = 1950, 2199
COUNTED: Final = {
    "wordings": N_("Wordings of the agreement"),
    "terms": N_("Terms of liaisons and deputies"),
    "meetings": N_("Meetings and activities"),
    "decisions": N_("Decisions"),
    "minutes": N_("Issued minutes, with their countersign sheets"),
    "papers": N_("Papers"),
    "actions": N_("Action items"),
    "activities": N_("Joint activities with their figures"),
    "notices": N_("Notices and referrals of your agency"),
    "referrals": N_("Lines of the ledger of referrals"),
    "outcomes": N_("Lines of outcomes"),
    "contacts": N_("Contacts of your agency"),
}
"""What is in an archive, as it is counted."""
LEFT_OUT: Final = {
    "drafts": N_("Meetings that were never announced nor held: drafts"),
    "minutes": N_("Minutes that are not issued yet"),
    "restricted": N_("Agenda items that your agency may not know of, with their papers and decisions"),
    "papers": N_("Papers that wait for the virus scanner or were refused by it"),
    "lost": N_("Papers whose files are lost on the server"),
    "proposals": N_("Versions of the agreement that were not put to the members yet"),
    "notices": N_("Notices and referrals that were not sent: drafts"),
}
"""What is not in an archive, and why."""
NEVER: Final = (
    N_("Notices, referrals and contacts of other agencies, unless yours is their sender or addressee"),
    N_("Working notes of meetings, answers' remarks and phone numbers of other agencies' people"),
    N_("Mails and the state of their delivery"),
)
"""What is in no agency's copy."""


@dataclass(slots=True)
class Scope:
    """One archive as it is being gathered: whose record, which days, and for whom in which words."""

    viewer: Viewer
    mechanism: Mechanism
    year: int | None
    words: Words
    today: date
    now: datetime
    scanner: bool
    """Whether papers wait for a virus scanner here."""
    left_out: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def first(self) -> date:
        """The first local day."""
        return date(self.year or FIRST_YEAR, 1, 1)

    @property
    def last(self) -> date:
        """The last local day."""
        return date(self.year or LAST_YEAR, 12, 31)

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time.min, self.zone).astimezone(UTC)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(date(self.last.year + 1, 1, 1), time.min, self.zone).astimezone(UTC)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.mechanism.timezone)

    def local(self, moment: datetime) -> date:
        """The day on which something was, where the mechanism is."""
        return moment.astimezone(self.zone).date()

    def holds(self, day: date | None) -> bool:
        """Whether that local day lies in it."""
        return day is not None and self.first <= day <= self.last


def may_archive(viewer: Viewer, mechanism_id: int) -> bool:
    """Take the record along as far as they read it: everybody of an agency that is or was a member, and readers. The operator sees the
    frame alone and has nothing to take along; at the server's own console they write out the open record (`at_the_console`)."""
    return mechanism_id in viewer.shares_mechanism_ids()


def at_the_console(mechanism_id: int) -> Viewer:
    """Whoever sits at the server's own console, who has the database anyway: reads there what a reader of the mechanism does."""
    return Viewer(
        person_id=COMMAND_LINE.person_id,
        agency_id=COMMAND_LINE.agency_id,
        operator=True,
        reader_of=frozenset({mechanism_id}),
        via="cli",
    )
