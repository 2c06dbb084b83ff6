"""What a mail that came in means: the verb it calls, or why it calls none. Every mail ends as applied, stale, held or ignored.

Nothing here believes a mail more than MAIL.md says: a mere From answers an invitation or reports progress, marked 未核实, and nothing
else. An automatic mail is never answered, and no mail by more than one."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from liaison.addresses import name_and_address
from liaison.calendaring.answers import Proof, Reply
from liaison.calendaring.reading import CalendarPart
from liaison.calendaring.subaddress import tags_in, untagged
from liaison.db import Session, one_at_a_time
from liaison.mail.authentication import vouched_for
from liaison.mail.bounces import mark_bounced
from liaison.mail.choices import inbox_choices
from liaison.mail.headings import Heading
from liaison.mail.inbox import IncomingMessage
from liaison.mechanisms.models import Mechanism
from liaison.meetings.receiving import MOST_COMMENT, Received, receive_reply
from liaison.postroom.about import about
from liaison.postroom.models import APPLIED, HELD, IGNORED, IncomingMail
from liaison.postroom.outcome import Outcome, outcome_of
from liaison.postroom.reading import ANSWERING, REFRESH, ReadMail
from liaison.postroom.replying import receive_plain
from liaison.private import kept_of


async def receive(
    db: Session, mail: ReadMail, *, door: str, source_key: str | None = None, received_at: datetime | None = None
) -> IncomingMail:
    """Take one mail in: find out what it means, do that, and keep it with what it came to.

    The same mail from the same place in a mailbox (`source_key`) is taken in once; delivered twice, its effect is there once."""
    await one_at_a_time(db, "postroom")
    if source_key is not None:
        known = await db.execute(select(IncomingMail).where(IncomingMail.source_key == source_key))
        if (row := known.scalar_one_or_none()) is not None:
            return row
    query = select(IncomingMail).where(IncomingMail.digest == mail.digest).order_by(IncomingMail.id).limit(1)
    before = (await db.execute(query)).scalar_one_or_none()
    row = IncomingMail(
        received_at=received_at or db.now(),
        door=door,
        source_key=source_key,
        digest=mail.digest,
        message_id=mail.heading.message_id,
        sender=mail.heading.sender[:320],
        sender_name=mail.heading.sender_name,
        subject=mail.heading.subject,
        size=mail.size,
        raw=mail.raw,
        verdict=HELD,
        reason="not_understood",
    )
    db.add(row)
    await db.flush()
    if before is not None and not (before.verdict == APPLIED and mail.calendar is not None):
        outcome = Outcome(
            before.verdict,
            "repeated",
            {"mail": before.id},
            mechanism_id=before.mechanism_id,
            meeting_id=before.meeting_id,
            audience=before.audience,
        )
        row.settled_at = db.now()  # what is to be done about it is done with the first
    else:
        at = min(row.received_at, before.received_at) if before is not None else row.received_at
        outcome = await _meaning(db, mail, before.id if before is not None else row.id, at)
    await _keep(db, row, mail, outcome)
    return row


async def sort_again(db: Session, row: IncomingMail, mail: ReadMail) -> None:
    """Find out once more what a mail means, now that more is known of its sender."""
    await _keep(db, row, mail, await _meaning(db, mail, row.id, row.received_at))


async def _keep(db: Session, row: IncomingMail, mail: ReadMail, outcome: Outcome) -> None:
    row.verdict, row.reason, row.params = outcome.verdict, outcome.reason, outcome.params
    row.mechanism_id = outcome.mechanism_id or await _mechanism_addressed(db, mail.heading)
    row.meeting_id, row.attendee_id, row.person_id = outcome.meeting_id, outcome.attendee_id, outcome.person_id
    row.audience = outcome.audience


async def _meaning(db: Session, mail: ReadMail, mail_id: int, received_at: datetime) -> Outcome:
    message, heading = mail.message, mail.heading
    if message is None:
        return Outcome(HELD, mail.over_cap)
    if untagged(heading.sender) in await _own_addresses(db):
        return Outcome(IGNORED, "own_mail")
    if message.bounces or message.about:
        return await _bounce(db, message)
    calendar, choices = mail.calendar, await inbox_choices(db)
    proof = vouched_for(heading.checked_by, own_server=choices.own_server, sender=heading.sender)
    if calendar is not None and calendar.method in ANSWERING and not (heading.automatic and calendar.method == REFRESH):
        reply = _reply(calendar, heading, proof, received_at)
        received = await receive_reply(db, reply, hold_unverified=choices.holds_unverified, mail_id=mail_id)
        return outcome_of(received, _facts_of(received, calendar), proof)
    if heading.automatic:
        return Outcome(IGNORED, "automatic", {"header": heading.automatic})
    outcome = await receive_plain(
        db,
        message,
        proof=proof,
        hold_unverified=choices.holds_unverified,
        mail_id=mail_id,
        received_at=received_at,
    )
    if outcome.reason in ("not_understood", "unknown_sender") and calendar is not None:
        reason = "other_method" if calendar.method else "no_method"
        return Outcome(HELD, reason, {"method": calendar.method}, person_id=outcome.person_id)
    return outcome


def _reply(calendar: CalendarPart, heading: Heading, proof: Proof, received_at: datetime) -> Reply:
    return Reply(
        method=calendar.method,
        uid=calendar.uid,
        sequence=calendar.sequence,
        dtstamp=calendar.dtstamp,
        answers=calendar.answers,
        sender=heading.sender,
        received_at=received_at,
        proof=proof,
        comment=calendar.comment,
        tags=tags_in(heading.recipients),
    )


def _facts_of(received: Received, calendar: CalendarPart) -> dict[str, Any]:
    """What an officer needs to decide about a calendar's answer."""
    answer = next((each for each in calendar.answers if each.partstat != "NEEDS-ACTION"), None)
    params: dict[str, Any] = {"method": calendar.method, "uid": calendar.uid}
    if answer is not None:
        params |= {"attendee": answer.address, "partstat": answer.partstat, "sequence": calendar.sequence}
        if answer.delegated_to:
            params["delegated_to"] = answer.delegated_to
    if calendar.dtstamp is not None:
        params["dtstamp"] = calendar.dtstamp.isoformat()
    if comment := kept_of(calendar.comment, most=MOST_COMMENT):
        params["comment"] = comment
    if calendar.proposed is not None:
        starts, ends = calendar.proposed.starts_at, calendar.proposed.ends_at
        params |= {"starts_at": starts.isoformat() if starts else None, "ends_at": ends.isoformat() if ends else None}
    if received.effect.asked is not None:
        params["asked"] = received.effect.asked.address
    return params


async def _bounce(db: Session, message: IncomingMessage) -> Outcome:
    """Mark the mail that did not arrive. A report of a mail that was not ours, or that it is only late, changes nothing."""
    for bounce in message.bounces:
        if bounce.action != "failed":
            continue
        named = bounce.address if bounce.guessed else None
        mail = await mark_bounced(db, message.about, status=bounce.status, words=bounce.words, named=named)
        if mail is not None:
            of = await about(db, mail)
            params = {"address": mail.address, "mail": mail.id}
            return Outcome(
                APPLIED,
                "bounced",
                params,
                mechanism_id=of.mechanism_id,
                meeting_id=of.meeting_id,
                audience=mail.audience,
            )
    return Outcome(IGNORED, "report")


async def _own_addresses(db: Session) -> set[str]:
    """From where this site itself writes."""
    mailboxes = await db.scalars(select(Mechanism.mailbox).where(Mechanism.mailbox.is_not(None)))
    return {each.lower() for each in mailboxes if each} | {name_and_address(db.settings.mail_from)[1].lower()}


async def _mechanism_addressed(db: Session, heading: Heading) -> int | None:
    """The one mechanism whose own mailbox the mail was written to."""
    if not heading.recipients:
        return None
    mailboxes = {untagged(each) for each in heading.recipients}
    found = await db.execute(select(Mechanism.id).where(func.lower(Mechanism.mailbox).in_(mailboxes)).limit(2))
    ids = list(found.scalars())
    return ids[0] if len(ids) == 1 else None
