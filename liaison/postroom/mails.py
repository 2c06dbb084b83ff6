"""Mail that answers mail: a link to confirm what a reply said, that a proposed time is not taken, or that a reply came too late."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.actions.models import ActionItem
from liaison.actions.queries import SHOWN, audiences
from liaison.calendaring.itip import Method
from liaison.calendaring.numbering import Version
from liaison.calendaring.walltime import end_of
from liaison.db import Session
from liaison.directory.models import Person
from liaison.directory.queries import agencies_at
from liaison.errors import NotFound
from liaison.i18n import Words
from liaison.mail.compose import render, worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.meetings import queries
from liaison.meetings.audience import HIDDEN
from liaison.meetings.letters import calendar_part
from liaison.meetings.models import Announcement
from liaison.meetings.snapshot import Telling
from liaison.minutes import queries as minutes_queries
from liaison.postroom.coded import ANSWERED_TOO_LATE
from liaison.postroom.replying import CONFIRM_DONE, COUNTER_DECLINED
from liaison.proposals import queries as proposals
from liaison.proposals.mails import page_of as proposal_page
from liaison.proposals.wording import title

LINK_LIFE = timedelta(days=60)


async def confirm_done(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """“You wrote that this is done”: the link under which its owner confirms it; None when the item has ended meanwhile."""
    query = select(ActionItem).where(ActionItem.id == row.source_id).options(*SHOWN)
    item = (await db.execute(query)).scalar_one_or_none()
    person = await db.get(Person, row.params["person_id"])
    if item is None or item.ended_at is not None or person is None or person.deactivated_at is not None:
        return None
    audience = (await audiences(db, [item])).get(item.id)
    if audience is not None:
        audience |= {item.lead_agency_id}
        readers = (await agencies_at(db, [row.address])).get(row.address, set())
        if not readers or not audience.issuperset(readers):
            return None  # others read this address who may not know of the item: it is confirmed on its page
    link = await links.link_for(
        db,
        purpose=links.ACTION,
        object_id=item.id,
        person_id=person.id,
        designation_id=row.params["office"],
        expires_at=db.now() + LINK_LIFE,
    )
    today = db.clock.today(item.mechanism.timezone)
    words = Words(row.locale, item.mechanism.timezone, today)
    context: dict[str, Any] = {
        "words": words,
        "person": person,
        "item": item,
        "in_subject": item.title if audience is None else words._(HIDDEN),
        "mechanism": item.mechanism.short_name,
        "due": words.short_date(item.due_on, today) if item.due_on else None,
        "link": link,
        "site_name": db.settings.site_name,
    }
    return worded(
        row,
        "confirm_done",
        context,
        item.mechanism.sender(db.settings.mail_from),
        auto_submitted=True,
        audience=audience,
    )


async def counter_declined(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """“The time stays as it is”: with a DECLINECOUNTER for the calendar that proposed another one (RFC 5546 3.2.8); None when the
    meeting was announced anew since."""
    announcement = await db.get(Announcement, row.source_id, options=[joinedload(Announcement.meeting)])
    if announcement is None:
        return None
    newest = await queries.newest_announcement(db, announcement.uid)
    if newest is None or newest.id != announcement.id:
        return None
    snapshot = announcement.snapshot
    version = Version(announcement.sequence, announcement.dtstamp)
    secret = announcement.meeting.reply_secret
    event = Telling(snapshot, Method.REQUEST, announcement.uid, version, {}, secret).event_for(row.address, row.locale)
    declined = replace(
        event,
        sequence=row.params["sequence"],
        dtstamp=db.now().replace(microsecond=0),
        attendees=tuple(one for one in event.attendees if one.address == row.address),
        description="",
    )
    words = Words(row.locale, snapshot["timezone"], db.clock.today(snapshot["timezone"]))
    ends = end_of(event.starts_at, event.duration_minutes, ZoneInfo(event.timezone))
    context: dict[str, Any] = {
        "words": words,
        "meeting": snapshot["title"],
        "when": words.full_span(event.starts_at, ends, zone=snapshot["timezone"]),
        "location": snapshot["location"],
        "mechanism": snapshot["organizer_name"],
        "site_name": db.settings.site_name,
    }
    subject, text, html = render("counter_declined", context, row.locale)
    return OutgoingMessage(
        to=row.display_to,
        address=row.address,
        mail_from=declined.organizer,  # the one this address was given, or its calendar would not know who declines
        from_name=snapshot["organizer_name"],
        subject=subject,
        text=text,
        html=html,
        calendar=calendar_part(Method.DECLINECOUNTER, declined),
        calendar_method=Method.DECLINECOUNTER.value,
        thread=announcement.uid,
    )


async def answered_too_late(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    """“Your reply was not recorded”: which version of the minutes stands now, or that they were issued; None where they are gone. The same of
    what was put to the members."""
    if "proposal" in row.params:
        return await _proposal_too_late(db, row)
    try:
        minutes = await minutes_queries.by_id(db, row.params["minutes"])
    except NotFound:
        return None  # a correction that was given up
    meeting, newest = minutes.meeting, minutes.document.newest
    old = next(one for one in minutes.document.versions if one.id == row.source_id)
    words = Words(row.locale, meeting.timezone, db.clock.today(meeting.timezone))
    sent = newest.circulated_at
    context: dict[str, Any] = {
        "words": words,
        "meeting": meeting,
        "old": old.number,
        "new": newest.number,
        "sent": words.date(sent.astimezone(meeting.zone).date()) if sent else None,
        "issued": words.date(minutes.issued_on) if minutes.issued_on else None,
        "mechanism": meeting.mechanism.short_name,
        "page": f"{db.settings.base_url}/meetings/{meeting.id}/minutes",
        "site_name": db.settings.site_name,
    }
    return worded(
        row,
        ANSWERED_TOO_LATE,
        context,
        meeting.mechanism.sender(db.settings.mail_from),
        thread=f"minutes-{minutes.document_id}",
        auto_submitted=True,
    )


async def _proposal_too_late(db: Session, row: OutboxMail) -> OutgoingMessage | None:
    proposal, old = await proposals.of_version(db, row.source_id or 0)
    mechanism, newest = proposal.mechanism, proposal.document.newest
    words = Words(row.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    sent = newest.circulated_at
    context: dict[str, Any] = {
        "words": words,
        "title": title(words, old.head),
        "old": old.number,
        "new": newest.number,
        "sent": words.date(sent.astimezone(ZoneInfo(mechanism.timezone)).date()) if sent else None,
        "is_open": proposal.is_open,
        "mechanism": mechanism.short_name,
        "page": proposal_page(db, proposal.shown or old),
        "site_name": db.settings.site_name,
    }
    return worded(
        row,
        "proposal_too_late",
        context,
        mechanism.sender(db.settings.mail_from),
        thread=f"proposal-{proposal.document_id}",
        auto_submitted=True,
    )


COMPOSERS = {
    CONFIRM_DONE: one_by_one(confirm_done),
    COUNTER_DECLINED: one_by_one(counter_declined),
    ANSWERED_TOO_LATE: one_by_one(answered_too_late),
}
