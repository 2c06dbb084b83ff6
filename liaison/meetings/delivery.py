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
    """Where they are mailed today, which may be another one than they were told at; None where no mail reaches them any more."""
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
        """A mail to today's address waits or is being sent or tried again."""
        here = (mail for mail in self.mails if mail.address == self.address)
        return any(mail.state in ("waiting", "sending", "deferred") for mail in here)


def ledger(
    last: Announcement,
    answers_from: int,
    *,
    attendees: Sequence[Attendee],
    invitations: Sequence[AgencyInvitation],
    mails: Iterable[Told],
    held: Mapping[str, Held],
    told: Iterable[ToldByHand],
    present: Sequence[Addressee],
) -> list[Line]:
    """Everybody whom the newest announcement asked, those who do not know it first; `mails` oldest first, `held` by address, `told` oldest
    first, `present` today's addresses: that it is off is told where it was told of. Needs each attendee's and invitation's agency."""
    notices: dict[str, list[Told]] = {}
    for mail in mails:
        if mail.kind in ("meeting", "meeting_reminder"):
            notices.setdefault(mail.address, []).append(mail)
    by_hand = {
        (each.attendee_id, each.invitation_id): each
        for each in told
        if each.sequence >= last_change(last, answers_from)
    }
    was = _addresses(listed(last.snapshot))
    now = was if last.method == Method.CANCEL.value else _addresses(present)
    lines = []
    for attendee in attendees:
        if attendee.agency_invitation_id is not None:
            continue  # a name on a slip: the agency was told
        key = ("attendee", attendee.id)
        by_phone = by_hand.get((attendee.id, None))
        lines.append(_line(attendee, was.get(key), now.get(key), last, notices, held, by_phone))
    for invitation in invitations:
        key = ("slip", invitation.id)
        by_phone = by_hand.get((None, invitation.id))
        lines.append(_line(invitation, was.get(key), now.get(key), last, notices, held, by_phone))
    return sorted(lines, key=lambda line: line.knows)


def last_change(last: Announcement, answers_from: int) -> int:
    """The SEQUENCE from which on one knows what is to be known: of the last change of time, or of its being off."""
    return last.sequence if last.method == Method.CANCEL.value else answers_from


def missing(lines: Iterable[Line]) -> list[str]:
    """The addresses behind which somebody does not know it, and to which no mail is on its way."""
    found = (line.address for line in lines if not line.knows and not line.on_its_way and line.address)
    return list(dict.fromkeys(found))


def _addresses(some: Iterable[Addressee]) -> dict[tuple[str, int], str]:
    """By attendee and by slip, where they are mailed."""
    found: dict[tuple[str, int], str] = {}
    for one in some:
        found |= {("attendee", id_): one.address for id_ in one.attendee_ids}
        found |= {("slip", slip.invitation_id): one.address for slip in one.slips}
    return found


def _line(
    asked: Attendee | AgencyInvitation,
    at: str | None,
    today: str | None,
    last: Announcement,
    notices: Mapping[str, Sequence[Told]],
    held: Mapping[str, Held],
    told: ToldByHand | None,
) -> Line:
    """`at`: where they were told, None if they were not; `today`: where they are mailed by now."""
    address = today if at is not None else None
    mails = [mail for each in {at, address} for mail in notices.get(each or "", ())]
    # Who was told by office, and holds it no more, knows it for nobody else.
    theirs = (address, at) if isinstance(asked, Attendee) else (address,)
    known = [held[each] for each in theirs if each is not None and each in held]
    holds = next((each for each in known if _holds_it(each, last)), next(iter(known), None))
    name = asked.name if isinstance(asked, Attendee) else asked.agency.name
    return Line(
        "attendee" if isinstance(asked, Attendee) else "slip",
        asked.id,
        name,
        asked.agency.short_name,
        address,
        sorted(mails, key=lambda mail: mail.id, reverse=True),
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
