"""送达情况: who holds the present date of a meeting and who does not, person by person. Pure.

Somebody knows it who holds it in the mail and calendar, who was told by phone since, or who has answered to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from liaison.calendaring.itip import Held, Method
from liaison.calendaring.numbering import time_changed
from liaison.mail.outbox import Told
from liaison.meetings.address_models import ToldByHand
from liaison.meetings.models import AgencyInvitation, Announcement, Attendee
from liaison.meetings.recipients import Addressee
from liaison.meetings.showing import answer_of
from liaison.meetings.snapshot import content_of, listed


@dataclass(frozen=True, slots=True)
class Line:
    """One person or agency asked: at which address, what became of each mail to it (newest first), what it holds, whether they were
    told another way, how they answered. `knows`: they know when it takes place, or that it does not."""

    kind: str
    """attendee or slip"""
    id: int
    name: str
    agency: str
    address: str | None
    mails: Sequence[Told]
    held: Held | None
    holds_it: bool
    told: ToldByHand | None
    answer: str
    """The answer to the newest notice, a key of wording.ANSWER_NAMES, or `returned` of a slip; empty where none came."""
    via: str | None
    """Which way it came: web, link, api, mail or registered."""
    unverified: bool
    answered_from: str | None

    @property
    def knows(self) -> bool:
        return self.holds_it or self.told is not None or self.answer != ""

    @property
    def on_its_way(self) -> bool:
        """A mail to the address waits or is being sent or tried again."""
        return any(mail.state in ("waiting", "sending", "deferred") for mail in self.mails)


def ledger(
    last: Announcement,
    answers_from: int,
    *,
    attendees: Sequence[Attendee],
    invitations: Sequence[AgencyInvitation],
    mails: Iterable[Told],
    held: Mapping[str, Held],
    told: Iterable[ToldByHand],
) -> list[Line]:
    """Everybody whom the newest announcement asked, those who do not know it first; `mails` oldest first, `held` by address, `told` oldest
    first. Needs each attendee's and invitation's agency."""
    by_address: dict[str, list[Told]] = {}
    for mail in mails:
        if mail.kind in ("meeting", "meeting_reminder"):
            by_address.setdefault(mail.address, []).insert(0, mail)
    by_hand = {
        (each.attendee_id, each.invitation_id): each
        for each in told
        if each.sequence >= last_change(last, answers_from)
    }
    addressees = listed(last.snapshot)
    lines = []
    for attendee in attendees:
        if attendee.agency_invitation_id is not None:
            continue  # a name on a slip: the agency was told
        one = next((each for each in addressees if attendee.id in each.attendee_ids), None)
        lines.append(_line("attendee", attendee, one, last, by_address, held, by_hand.get((attendee.id, None))))
    for invitation in invitations:
        one = next((each for each in addressees if any(s.invitation_id == invitation.id for s in each.slips)), None)
        lines.append(_line("slip", invitation, one, last, by_address, held, by_hand.get((None, invitation.id))))
    return sorted(lines, key=lambda line: line.knows)


def last_change(last: Announcement, answers_from: int) -> int:
    """The SEQUENCE from which on one knows what is to be known: of the last change of time, or of its being off."""
    return last.sequence if last.method == Method.CANCEL.value else answers_from


def missing(lines: Iterable[Line]) -> list[str]:
    """The addresses behind which somebody does not know it, and to which no mail is on its way."""
    found = (line.address for line in lines if not line.knows and not line.on_its_way and line.address)
    return list(dict.fromkeys(found))


def _line(
    kind: str,
    asked: Attendee | AgencyInvitation,
    one: Addressee | None,
    last: Announcement,
    mails: Mapping[str, Sequence[Told]],
    held: Mapping[str, Held],
    told: ToldByHand | None,
) -> Line:
    address = one.address if one else None
    holds = held.get(address or "")
    name = asked.name if isinstance(asked, Attendee) else asked.agency.name
    return Line(
        kind,
        asked.id,
        name,
        asked.agency.short_name,
        address,
        mails.get(address or "", ()),
        holds,
        _holds_it(holds, last),
        told,
        *_answer(asked, last),
    )


def _answer(asked: Attendee | AgencyInvitation, last: Announcement) -> tuple[str, str | None, bool, str | None]:
    """The answer to what was announced last, how it came, whether unverified, and from which other address."""
    if last.method == Method.CANCEL.value:
        return "", None, False, None
    if isinstance(asked, AgencyInvitation):
        return ("returned", asked.returned_via, False, None) if asked.returned_at else ("", None, False, None)
    if asked.partstat == "needs_action":
        return "", None, False, None
    return answer_of(asked), asked.answered_via, asked.answered_unverified, asked.answered_from


def _holds_it(held: Held | None, last: Announcement) -> bool:
    """Whether what lies in the mailbox says the present time, or that it is off. Who never got a notice need not hear that it is off."""
    if last.method == Method.CANCEL.value:
        return held is None or held.method is Method.CANCEL
    return held is not None and held.method is Method.REQUEST and not time_changed(held, content_of(last.snapshot))
