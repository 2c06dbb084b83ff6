"""One version of a meeting as it is announced: kept word for word, so that a mail composed later says what the officer sent,
and not what was edited since. Pure."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email.utils import parseaddr
from typing import Any

from liaison.calendaring.itip import Announced, Attendee, Change, Event, Held, Message, Method, message_for
from liaison.calendaring.numbering import Version
from liaison.calendaring.subaddress import tag_of, tagged
from liaison.i18n import Words
from liaison.meetings import models
from liaison.meetings.audience import shown_to
from liaison.meetings.models import HANDED_ON, HANDED_OVER, AgencyInvitation, AgendaItem, Announcement, Meeting
from liaison.meetings.recipients import Addressee
from liaison.meetings.wording import activity_lines, agenda_lines

ALARM_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Content:
    """What calendars compare: time and place (calendaring.itip.TimeAndPlace)."""

    starts_at: datetime
    duration_minutes: int
    timezone: str
    location: str


def content_of(snapshot: Mapping[str, Any]) -> Content:
    """Time and place of an announced version."""
    return Content(
        datetime.fromisoformat(snapshot["local_start"]),
        snapshot["duration_minutes"],
        snapshot["timezone"],
        snapshot["location"] or "",
    )


def organizer_of(meeting: Meeting, mail_from: str) -> str:
    """The ORGANIZER's address: the mechanism's mailbox, else the address of MAIL_FROM (MAIL.md decision 3)."""
    return meeting.mechanism.mailbox or parseaddr(mail_from)[1]


def snapshot_of(
    meeting: Meeting,
    agenda: Sequence[AgendaItem],
    listed: Sequence[Addressee],
    *,
    organizer: str,
    organizer_name: str,
    contact: Mapping[str, str | None] | None,
    replies_due_on: date | None,
    last_actions: bool = False,
    co_hosts: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything the mails and the calendar part say; needs `mechanism` and `host_agency` loaded. With `last_actions` the agenda
    begins with the state of the last meetings' action items."""
    return {
        "kind": meeting.kind,
        "title": meeting.title,
        "local_start": meeting.local_start.isoformat(),
        "duration_minutes": meeting.duration_minutes,
        "timezone": meeting.timezone,
        "location": meeting.location,
        "provisional": meeting.provisional,
        "mechanism": meeting.mechanism.name,
        "host": meeting.host_agency.name,
        "host_agency_id": meeting.host_agency_id,
        "contact": dict(contact) if contact else None,
        "note": meeting.note,
        "reason": meeting.reason,
        "postponed": meeting.state == "postponed",
        "hides_attendees": meeting.hides_attendees,
        "organizer": organizer,
        "organizer_name": organizer_name,
        "replies_due_on": replies_due_on.isoformat() if replies_due_on else None,
        "last_actions": last_actions,
        "agenda": [
            {
                "title": item.title,
                "purpose": item.purpose,
                "agency": item.agency.short_name if item.agency else None,
                "presenter": item.presenter.name if item.presenter else None,
                "duration_minutes": item.duration_minutes,
                **({"audience": sorted(item.audience)} if item.audience is not None else {}),
            }
            for item in agenda
            if item.state == "accepted"
        ],
        # left out where there is nothing to say: what was announced before is no news
        **({"co_hosts": list(co_hosts)} if co_hosts else {}),
        **({"audience_groups": meeting.audience_groups} if meeting.audience_groups else {}),
        "addressees": [one.to_json() for one in listed],
    }


def listed(snapshot: Mapping[str, Any]) -> list[Addressee]:
    """Everybody this version was announced to."""
    return [Addressee.from_json(one) for one in snapshot["addressees"]]


@dataclass(slots=True)
class Telling:
    """One version on its way to many addresses: the calendar's view of it is made once per language and what its readers may know.

    `partstats` maps addresses to what is known of their answer."""

    snapshot: Mapping[str, Any]
    method: Method
    uid: str
    version: Version
    partstats: Mapping[str, str]
    secret: str | None = None
    """The meeting's `reply_secret`: with it each address is given an organizer of its own."""
    reads: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By address, the agencies that read it (reading.agencies_reading); to one that is not known no restricted item is told."""
    events: dict[tuple[str, tuple[int, ...]], Event] = field(default_factory=dict)
    addressees: dict[str, Addressee] = field(init=False)

    def __post_init__(self) -> None:
        self.addressees = {one.address: one for one in listed(self.snapshot)}

    def message_to(self, one: Addressee, held: Held | None, *, again: bool = False) -> Message | None:
        """The calendar message for one address, or None when it holds all this already."""
        event = self.event_for(one.address, one.locale)
        now = self.addressees.get(one.address)
        if now is None and again and self.method is Method.REQUEST:
            now = one  # in office since the announcement: the others' calendars learn of it with the next one
            if not one.copy_only:
                event = replace(event, attendees=(*event.attendees, self._attendee(one)))
        # A deputy is on no calendar; put on the list here, only to find out whether anything changed for them. Who was asked by
        # name and now only gets a deputy's copy is taken off the calendar first.
        leaves = held is not None and held.in_calendar and held.method is Method.REQUEST
        if now is not None and now.copy_only and not leaves:
            event = replace(event, attendees=(*event.attendees, self._attendee(now)))
        return message_for(
            held,
            Announced(self.method, event),
            one.address,
            again=again,
            printed=self._printed(now or one),
            in_calendar=not (now or one).copy_only,
        )

    def _printed(self, one: Addressee) -> str:
        """What the mail says to this address besides what calendars compare: changed seats of one agency are no news for another."""
        snapshot = self.snapshot
        if self.method is Method.CANCEL:
            return "postponed" if snapshot["postponed"] else "cancelled"
        says = [
            snapshot["kind"],
            snapshot["replies_due_on"],
            sorted((p.attendee_id, p.name, p.role) for p in one.people),
            sorted((s.agency, s.seats, s.requirement or "") for s in one.slips),
            sorted((s.agency, s.seats, s.requirement or "") for s in one.copies),
        ]
        return hashlib.sha256(json.dumps(says).encode()).hexdigest()[:32]

    def event_for(self, address: str, locale: str) -> Event:
        """What this address may know, with the organizer that it was given."""
        event = self.event(locale, self.reads.get(address, frozenset()))
        organizer = organizer_for(address, self.snapshot, self.uid, self.secret)
        return event if organizer == event.organizer else replace(event, organizer=organizer)

    def event(self, locale: str, agency_ids: Collection[int] = ()) -> Event:
        """The calendar's view of this version in one language, as all these agencies may know it."""
        said = shown_to(self.snapshot, agency_ids)
        opened = tuple(n for n, item in enumerate(said["agenda"]) if item is not self.snapshot["agenda"][n])
        if (locale, opened) not in self.events:
            self.events[locale, opened] = self._event(said, Words(locale, self.snapshot["timezone"]))
        return self.events[locale, opened]

    def _event(self, snapshot: Mapping[str, Any], words: Words) -> Event:
        contact = snapshot["contact"]
        return Event(
            uid=self.uid,
            sequence=self.version.sequence,
            dtstamp=self.version.dtstamp,
            answers_from=self.version.answers_from,
            starts_at=datetime.fromisoformat(snapshot["local_start"]),
            duration_minutes=snapshot["duration_minutes"],
            timezone=snapshot["timezone"],
            summary=snapshot["title"],
            location=snapshot["location"] or "",
            description=description(snapshot, words),
            organizer=snapshot["organizer"],
            organizer_name=snapshot["organizer_name"],
            contact=" ".join(filter(None, (contact["agency"], contact["name"], contact["phone"]))) if contact else "",
            attendees=tuple(self._attendee(one) for one in self.addressees.values() if not one.copy_only),
            status="TENTATIVE" if snapshot["provisional"] else "CONFIRMED",
            hides_attendees=snapshot["hides_attendees"],
            alarm_minutes=ALARM_MINUTES,
        )

    def _attendee(self, one: Addressee) -> Attendee:
        return Attendee(
            one.address,
            one.name,
            cutype="GROUP" if one.group else "INDIVIDUAL",
            role=one.role,  # type: ignore[arg-type]
            partstat=self.partstats.get(one.address, "NEEDS-ACTION"),  # type: ignore[arg-type]
        )


def organizer_for(address: str, snapshot: Mapping[str, Any], uid: str, secret: str | None) -> str:
    """To whom this address answers: the organizer, with what only this address was given where the meeting has a `reply_secret`."""
    organizer: str = snapshot["organizer"]
    return tagged(organizer, tag_of(secret, uid, address)) if secret else organizer


def still_waiting(
    last: Announcement | None,
    attendees: Sequence[models.Attendee],
    invitations: Sequence[AgencyInvitation],
    *,
    present: Sequence[Addressee] | None = None,
) -> list[Addressee]:
    """The addresses behind which somebody told of the meeting has not answered yet, cut down to just those.

    `last` is the newest announcement of the meeting's UID; after a cancellation nobody is waited for. `present` are today's
    addresses: duties follow the designation of the day, in the words of that announcement."""
    if last is None or last.method == Method.CANCEL.value:
        return []
    told = listed(last.snapshot)
    waiting = {a.id for a in attendees if a.partstat == "needs_action"} & {
        id_ for one in told for id_ in one.attendee_ids
    }
    open_slips = {i.id for i in invitations if i.returned_at is None} & {
        slip.invitation_id for one in told for slip in one.slips
    }
    found = [one.only(waiting, open_slips) for one in (told if present is None else present)]
    found = [one for one in found if one.attendee_ids or one.slips]
    return found if present is None else [one.in_the_words_of(told) for one in found]


def aware(waiting: Sequence[Addressee], last: Announcement, unaware: Collection[str]) -> list[Addressee]:
    """Those of `waiting` who were told, each cut down to what a notice that arrived spoke of, to whatever address it went."""
    arrived = [one for one in listed(last.snapshot) if one.address not in unaware]
    people = {id_ for one in arrived for id_ in one.attendee_ids}
    slips = {slip.invitation_id for one in arrived for slip in one.slips}
    found = [one.only(people, slips) for one in waiting]
    return [one for one in found if one.attendee_ids or one.slips]


def change_of(message: Message, snapshot: Mapping[str, Any], *, passed_on: bool = False) -> str:
    """What a mail tells its recipient: that a meeting is off, in the words of this version; that it is theirs by office from now on,
    or no more (`passed_on`)."""
    if passed_on and message.change is not Change.CANCELLED:
        return HANDED_OVER if message.method is Method.REQUEST else HANDED_ON
    return "postponed" if message.change is Change.CANCELLED and snapshot["postponed"] else message.change.value


def description(snapshot: Mapping[str, Any], words: Words) -> str:
    """The text a calendar shows: who hosts, the agenda, and that answering goes by the mail. No link: it would be somebody's."""
    lines = [words._("Hosted by %(agency)s", agency=snapshot["host"])]
    lines += [f"{label}{words._(': ')}{said}" for label, said in activity_lines(snapshot, words)]
    if snapshot["note"]:
        lines += ["", snapshot["note"]]
    if agenda := agenda_lines(snapshot, words):
        lines += ["", words._("Agenda"), *agenda]
    lines += ["", words._("Please answer by the links in the mail of this notice.")]
    return "\n".join(lines)
