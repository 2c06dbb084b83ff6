"""What liaisons are mailed when a time is looked for: the question with one link, a reminder of it, and how it ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from liaison.accounts import links
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import NotFound
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import PAPER, Designation
from liaison.mechanisms.queries import on_duty
from liaison.polls import queries
from liaison.polls.models import TimePoll

KIND = "time_poll"
ASKED, REMINDED, ENDED = "asked", "reminded", "ended"
LINK_LIFE = timedelta(days=60)
"""So long after the date to answer by a link still says what became of the question."""


@dataclass(frozen=True, slots=True)
class To:
    """Whom one mail is for: an agency's liaison in office, or with `officer` None the agency itself."""

    agency: Agency
    officer: Designation | None
    mail: str
    name: str
    locale: str


async def told(db: Session, poll: TimePoll, *, by: int | None) -> list[To]:
    """Whom a mail about this question reaches: the liaison in office of each agency asked, else the agency's own address.

    Not who acts themselves (`by`); an agency that takes part on paper, or has no address, is told another way."""
    duty = await on_duty(db, poll.mechanism, db.clock.today(poll.mechanism.timezone))
    on_paper = {member.agency_id for member in duty.members if member.takes_part == PAPER}
    found = []
    for one in poll.in_order():
        if one.agency_id not in duty.in_office or one.agency_id in on_paper:
            continue
        officer = duty.in_office[one.agency_id]
        if officer is not None and officer.person_id == by:
            continue
        address = officer.person.effective_address() if officer else None
        if officer is not None and address is not None:
            locale = officer.person.mail_locale(db.settings.locale)
            found.append(To(one.agency, officer, address.mail, officer.person.name, locale))
        elif one.agency.mail:
            locale = one.agency.locale or db.settings.locale
            found.append(To(one.agency, None, one.agency.mail, one.agency.name, locale))
    return found


async def tell(
    db: Session, poll: TimePoll, occasion: str, *, by: int | None, only: Collection[int] | None = None
) -> int:
    """One mail to each whom it reaches (or to `only` these agencies); how many."""
    addressees = [to for to in await told(db, poll, by=by) if only is None or to.agency.id in only]
    moment = poll.reminded_at.isoformat() if occasion == REMINDED and poll.reminded_at else ""
    for to in addressees:
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"time_poll:{poll.id}",
            address=to.mail,
            display_to=f"{to.name} <{to.mail}>",
            locale=to.locale,
            person_ids=[to.officer.person_id] if to.officer else [],
            source_id=poll.id,
            params={
                "occasion": occasion,
                "agency_id": to.agency.id,
                "person_id": to.officer.person_id if to.officer else None,
                "designation_id": to.officer.id if to.officer else None,
            },
            once_key=f"{KIND}:{poll.id}:{occasion}{moment}:{to.agency.id}",
            created_by=by,
        )
    return len(addressees)


async def compose_time_poll(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail in its reader's words; None for a question that has ended, or was answered, before it left, or whose meeting
    needs no time any more."""
    try:
        poll = await queries.whole(db, mail.source_id or 0)
    except NotFound:
        return None
    occasion, agency_id = mail.params["occasion"], mail.params["agency_id"]
    own = poll.answer_of(agency_id)
    is_question = occasion != ENDED
    settled = poll.closed_at is not None or not poll.wants_a_time
    if own is None or (is_question and (settled or own.answered_at is not None)):
        return None
    link = None
    if is_question:
        midnight = datetime.combine(poll.due_on, time.min, poll.zone)
        link = await links.link_for(
            db,
            purpose=links.TIME_POLL,
            object_id=poll.id,
            person_id=mail.params["person_id"],
            agency_id=agency_id,
            designation_id=mail.params["designation_id"],
            expires_at=midnight + LINK_LIFE,
        )
    words = Words(mail.locale, poll.mechanism.timezone, db.clock.today(poll.mechanism.timezone))
    context = {
        "poll": poll,
        "agency": own.agency,
        "asks": poll.agency,
        "mechanism": poll.mechanism,
        "times": [words.full_span(*one.span(poll.zone), zone=poll.mechanism.timezone, named_zone=False) for one in poll.candidates],
        "zone": words.zone(poll.candidates[0].local_start, poll.mechanism.timezone),
        "when": words.full_span(*poll.picked.span(poll.zone), zone=poll.mechanism.timezone) if poll.picked else "",
        "short": words.moment(poll.picked.local_start, zone=poll.mechanism.timezone) if poll.picked else "",
        "link": link,
        "reminds": occasion == REMINDED,
        "thanks": own.answered_at is not None,
        "site_name": db.settings.site_name,
        "words": words,
    }  # fmt: skip
    return worded(
        mail,
        "time_poll" if is_question else "time_poll_ended",
        context,
        poll.mechanism.sender(db.settings.mail_from),
        thread=f"time-poll-{poll.id}",
        auto_submitted=occasion == REMINDED,
    )


COMPOSERS = {KIND: one_by_one(compose_time_poll)}
