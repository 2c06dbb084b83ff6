"""Mail without a calendar: a reply to an invitation answers it, one to a reminder becomes a progress note, 议题 becomes an agenda item.

What may be done by mail is what its sender may do at that moment, by the same verbs as on the page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from liaison.accounts.viewer import Viewer
from liaison.actions import queries as actions
from liaison.actions import reporting
from liaison.calendaring.answers import Answer, Proof, Reply
from liaison.calendaring.subaddress import tags_in, untagged
from liaison.db import Session
from liaison.directory import queries as directory
from liaison.errors import Invalid, Refusal
from liaison.mail import outbox
from liaison.mail.answering import ANSWER, may_answer
from liaison.mail.inbox import IncomingMessage
from liaison.mail.models import MailPerson, OutboxMail
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism, Member
from liaison.mechanisms.queries import in_force
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import agenda, queries
from liaison.meetings.models import Announcement, Attendee, Meeting
from liaison.meetings.permissions import may_propose
from liaison.meetings.receiving import MOST_COMMENT, receive_reply
from liaison.postroom.about import about
from liaison.postroom.coded import receive_coded
from liaison.postroom.models import APPLIED, HELD, STALE
from liaison.postroom.outcome import Outcome, outcome_of
from liaison.postroom.plain import agenda_title, answer_in, codes_in, own_words, proposed_in, says_done
from liaison.private import kept_of
from liaison.reminders.bundling import KIND as REMINDERS
from liaison.reminders.rules import ACTION, ATTENDEE, Line

CONFIRM_DONE = "confirm_done"
"""The kind of the mail that gives back a link to confirm what a reply said."""
COUNTER_DECLINED = "counter_declined"
"""The kind of the mail that tells somebody that the time they proposed is not taken (METHOD:DECLINECOUNTER)."""
_ASK_WHETHER_THEY_COME = ("meeting", "meeting_reminder", COUNTER_DECLINED)
"""Kinds of mail that speak of one announcement, and may be answered as it may."""
_MOST_TITLE = 200


@dataclass(frozen=True, slots=True)
class _Plain:
    """A plain mail on its way: what its sender wrote, and how sure it is who that is."""

    message: IncomingMessage
    text: str
    proof: Proof
    hold_unverified: bool
    mail_id: int
    received_at: datetime

    @property
    def sender(self) -> str:
        return self.message.heading.sender

    def doubt(self) -> str:
        """Why its sender is not believed; empty if they are, though perhaps marked 未核实."""
        if self.proof == "failed":
            return "forged"
        return "unverified" if self.proof == "none" and self.hold_unverified else ""


async def receive_plain(
    db: Session,
    message: IncomingMessage,
    *,
    proof: Proof,
    hold_unverified: bool,
    mail_id: int,
    received_at: datetime,
) -> Outcome:
    """Take a person's mail that holds no calendar answer: do what it says, or say why it waits for an officer."""
    plain = _Plain(message, own_words(message.text), proof, hold_unverified, mail_id, received_at)
    answered = await _answered_mail(db, message.heading.refers_to)
    if codes := codes_in(f"{message.heading.subject}\n{message.text}"):
        outcome: Outcome | None = await receive_coded(
            db,
            plain.text,
            codes,
            sender=plain.sender,
            mail_id=mail_id,
            doubt=plain.doubt(),
            unverified=plain.proof == "none",
        )
    else:
        outcome = await _to_mail_of_ours(db, plain, answered) if answered is not None else None
    title = agenda_title(message.heading.subject, plain.text)
    if outcome is None and title is not None:
        outcome = await _agenda_item(db, plain, title)
    if outcome is None:
        known = await directory.people_at(db, plain.sender)
        person_id = known[0].id if known else None
        audience = answered.audience if answered is not None else None
        reason = "not_understood" if known else "unknown_sender"
        outcome = Outcome(HELD, reason, person_id=person_id, audience=audience)
    if answered is not None and outcome.mechanism_id is None:
        of = await about(db, answered)
        # Else its officers would never see it; and who answers what not everybody may know of may write of just that.
        outcome = replace(outcome, mechanism_id=of.mechanism_id, audience=outcome.audience or answered.audience)
    return outcome


async def _to_mail_of_ours(db: Session, plain: _Plain, mail: OutboxMail) -> Outcome | None:
    """What a reply to that mail comes to; None if nothing is answered to such a mail."""
    if mail.kind in _ASK_WHETHER_THEY_COME:
        return await _to_notice(db, plain, mail)
    if mail.kind != REMINDERS:
        return None
    # Who answers a mail that not everybody may know of writes of just that.
    return replace(await _to_reminder(db, plain, mail), audience=mail.audience)


async def _answered_mail(db: Session, refers_to: tuple[str, ...]) -> OutboxMail | None:
    """The newest mail of ours that the reply names."""
    if not refers_to:
        return None
    query = select(OutboxMail).where(OutboxMail.message_id.in_(refers_to)).order_by(OutboxMail.id.desc()).limit(1)
    return (await db.execute(query)).scalar_one_or_none()


async def _to_notice(db: Session, plain: _Plain, mail: OutboxMail) -> Outcome:
    """An answer to the invitation that this mail was, in the version it had: one to an earlier time does not count."""
    announcement = await db.get(Announcement, mail.source_id)
    if announcement is None:
        return Outcome(HELD, "not_understood")
    return await _answer(db, plain, announcement, mail.address)


async def _answer(db: Session, plain: _Plain, announcement: Announcement, address: str) -> Outcome:
    meeting = await db.get(Meeting, announcement.meeting_id)
    mechanism_id = meeting.mechanism_id if meeting else None
    found = answer_in(plain.text)
    if found is None:
        return Outcome(HELD, "not_understood", mechanism_id=mechanism_id, meeting_id=announcement.meeting_id)
    partstat, besides = found
    sequence = announcement.sequence
    if meeting is not None and meeting.uid == announcement.uid and sequence >= meeting.answers_from:
        # To the present time, whichever notice of it was answered: of words that people write the last ones stand.
        sequence = max(sequence, meeting.sequence or 0)
    reply = Reply(
        method="REPLY",
        uid=announcement.uid,
        sequence=sequence,
        dtstamp=None,
        answers=(Answer(address, partstat),),
        sender=plain.sender,
        received_at=plain.received_at,
        proof=plain.proof,
        comment=besides,
        tags=tags_in(plain.message.heading.recipients),
    )
    received = await receive_reply(
        db, reply, hold_unverified=plain.hold_unverified, mail_id=plain.mail_id, in_words=True
    )
    params = {
        "uid": announcement.uid,
        "attendee": address,
        "partstat": partstat,
        "sequence": announcement.sequence,
    }
    if comment := kept_of(besides, most=MOST_COMMENT):
        params["comment"] = comment
    return outcome_of(received, params, plain.proof)


async def _to_reminder(db: Session, plain: _Plain, mail: OutboxMail) -> Outcome:
    """Progress on the one action item that the reminder spoke of, or the answer to the one meeting; several are for an officer."""
    lines = [Line.from_json(stored) for stored in mail.params["lines"]]
    people = set(await db.scalars(select(MailPerson.person_id).where(MailPerson.mail_id == mail.id)))
    if plain.sender != mail.address:
        people &= {person.id for person in await directory.people_at(db, plain.sender)}
        if not people:
            return Outcome(HELD, "other_sender")
    if len(people) != 1:
        return Outcome(HELD, "several_people")
    person_id = people.pop()
    asked = [line for line in lines if line.kind == ATTENDEE]
    if answer_in(plain.text) is not None and len(asked) == 1 and not says_done(plain.text):
        attendee = await db.get(Attendee, asked[0].id)
        meeting = await db.get(Meeting, attendee.meeting_id) if attendee else None
        said = await _announced_then(db, meeting, mail.composed_at or mail.created_at) if meeting else None
        if said is not None:
            return await _answer(db, plain, said, mail.address)
    if doubt := plain.doubt():
        return Outcome(HELD, doubt, person_id=person_id)
    items = [line for line in lines if line.kind == ACTION]
    if len(items) != 1:
        return Outcome(HELD, "several_items" if items else "not_understood", person_id=person_id)
    return await _progress(db, plain, mail, items[0], person_id)


async def _announced_then(db: Session, meeting: Meeting, at: datetime) -> Announcement | None:
    """What the meeting's newest announcement was when a reminder was written: who answers that answers this, not what came later."""
    query = select(Announcement).where(Announcement.meeting_id == meeting.id, Announcement.at <= at)
    return (await db.execute(query.order_by(Announcement.id.desc()).limit(1))).scalar_one_or_none()


async def _progress(db: Session, plain: _Plain, mail: OutboxMail, line: Line, person_id: int) -> Outcome:
    viewer = await viewer_for(db, person_id, via="mail")
    if viewer is None:
        return Outcome(HELD, "not_permitted", person_id=person_id)
    if not plain.text:
        return Outcome(HELD, "not_understood", person_id=person_id)
    try:
        item = await actions.get(db, viewer, line.id)
    except Refusal:
        return Outcome(HELD, "not_permitted", person_id=person_id)
    if says_done(plain.text) and item.ended_at is not None:
        return Outcome(STALE, "ended", {"item": item.id}, mechanism_id=item.mechanism_id, person_id=person_id)
    if says_done(plain.text):
        if not await may_answer(db, mail.address):
            return Outcome(
                HELD, "answered_enough", {"item": item.id}, mechanism_id=item.mechanism_id, person_id=person_id
            )
        # One mail back for one mail in, to the address the reminder went to: only its reader can confirm.
        await outbox.enqueue(
            db,
            kind=CONFIRM_DONE,
            about=f"action:{item.id}",
            address=mail.address,
            display_to=mail.display_to,
            locale=mail.locale,
            person_ids=[person_id],
            source_id=item.id,
            params={"person_id": person_id, "office": line.office},
            once_key=f"{ANSWER}{plain.mail_id}",
        )
        return Outcome(APPLIED, "done_asked", {"item": item.id}, mechanism_id=item.mechanism_id, person_id=person_id)

    async def report() -> None:
        await reporting.report(db, viewer, item, plain.text, unverified=plain.proof == "none")

    outcome = Outcome(APPLIED, "progress", {"item": item.id}, mechanism_id=item.mechanism_id, person_id=person_id)
    return await _tried(db, report, outcome)


async def _agenda_item(db: Session, plain: _Plain, title: str) -> Outcome:
    """A proposal for the next meeting of the mechanism that the mail was written to, from somebody who may make one."""
    known, said = await directory.people_at(db, plain.sender), proposed_in(plain.text)
    # Until it is known who may know of it, nobody but those who wrote it does.
    closed = frozenset(one.agency_id for one in known) if said.audience is not None else None
    if len(known) != 1:
        return Outcome(HELD, "several_people" if known else "unknown_sender", audience=closed)
    person_id = known[0].id
    viewer = await viewer_for(db, person_id, via="mail")
    if viewer is None:
        return Outcome(HELD, "not_permitted", person_id=person_id, audience=closed)
    if not title:
        return Outcome(HELD, "not_understood", person_id=person_id, audience=closed)
    if doubt := plain.doubt():
        return Outcome(HELD, doubt, person_id=person_id, audience=closed)
    meeting = await _next_meeting(db, viewer, plain)
    if meeting is None:
        params = {"title": title[:_MOST_TITLE]}
        return Outcome(HELD, "which_meeting", params, person_id=person_id, audience=closed)
    outcome = Outcome(
        APPLIED,
        "proposed",
        {"title": title[:_MOST_TITLE]},
        mechanism_id=meeting.mechanism_id,
        meeting_id=meeting.id,
        person_id=person_id,
    )
    among = {name: one.agency_id for one in await mechanisms.members(db, meeting.mechanism_id) for name in _names(one)}
    audience = frozenset(among.get(name, 0) for name in said.audience or ())
    if 0 in audience or (said.audience is not None and not audience):
        return replace(outcome, verdict=HELD, reason="unknown_audience", audience=closed)
    presenters = [one for one in await directory.people_of(db, viewer, viewer.agency_id) if one.name == said.presenter]

    async def propose() -> None:
        await agenda.add_item(
            db,
            viewer,
            meeting,
            title=title[:_MOST_TITLE],
            purpose=said.purpose,
            presenter_id=presenters[0].id if len(presenters) == 1 else None,
            duration_minutes=said.minutes,
            audience=audience,
        )

    return await _tried(db, propose, replace(outcome, audience=audience | {viewer.agency_id} if audience else None))


def _names(member: Member) -> tuple[str, str]:
    return member.agency.short_name, member.agency.name


async def _next_meeting(db: Session, viewer: Viewer, plain: _Plain) -> Meeting | None:
    """The next meeting to which the sender may propose, of the one mechanism that reads the mailbox the mail came to."""
    mailboxes = {untagged(each) for each in plain.message.heading.recipients}
    own = select(Mechanism.id, Mechanism.mailbox).where(
        Mechanism.id.in_(viewer.member_of), in_force(db.clock.today(db.settings.timezone))
    )
    rows = (await db.execute(own)).all()
    # What was written to another mechanism's mailbox is no proposal to one that happens to have none.
    named = set(await db.scalars(select(Mechanism.id).where(func.lower(Mechanism.mailbox).in_(mailboxes))))
    possible = []
    for id_ in [id_ for id_, mailbox in rows if (id_ in named if named else not mailbox)]:
        coming = await queries.upcoming(db, viewer, mechanism_id=id_)
        possible += [one for one in coming if may_propose(viewer, one) and not one.held_at][:1]
    return possible[0] if len(possible) == 1 else None


async def _tried(db: Session, act: Callable[[], Awaitable[None]], outcome: Outcome) -> Outcome:
    """Do it; what the verb refuses leaves nothing behind and waits for an officer."""
    try:
        async with db.begin_nested():
            await act()
            await db.flush()
    except Refusal as refusal:
        reason = "refused_text" if isinstance(refusal, Invalid) else "not_permitted"
        return replace(outcome, verdict=HELD, reason=reason)
    return outcome
