"""提请关注: of a notice that nobody answered in time, a draft to the own leader, which the sending agency's liaison changes, and keeps or
sends within their own agency. Nothing goes to another agency's leader, and nothing goes by itself (PRACTICE.md 14)."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.actions.escalating import MOST, receiver, send
from liaison.checks import Check
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_, Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.meetings.recording import SENT_TWICE
from liaison.notices import queries
from liaison.notices.locking import lock
from liaison.notices.models import Notice, NoticeEscalation
from liaison.notices.permissions import is_sender

KIND = "notice_escalation"


async def escalate(
    db: Session, viewer: Viewer, notice: Notice, *, text: str, to_person_id: int | None = None
) -> NoticeEscalation:
    """Keep the text, and mail it to `to_person_id` of the own agency where one is given. A form that is sent twice within a minute is one
    text and one mail. Raises NotPermitted, Invalid (text, to_person_id), Conflict (nothing is overdue)."""
    await lock(db, notice)
    ask(db, viewer, notice)
    check = Check()
    text = check.required_text("text", text, most=MOST, lines=True)
    person = await receiver(db, check, notice.from_agency_id, to_person_id)
    check.done()
    for same in await queries.escalations(db, viewer, notice):
        said = (same.text, same.by_id, same.to_person_id) == (text, viewer.person_id, person.id if person else None)
        if said and same.at > db.now() - SENT_TWICE:
            return same
    kept = NoticeEscalation(
        notice_id=notice.id,
        agency_id=notice.from_agency_id,
        text=text,
        at=db.now(),
        by_id=viewer.person_id,
        by=await db.get_one(Person, viewer.person_id),
        to_person_id=person.id if person else None,
        to_person=person,
    )
    db.add(kept)
    notice.touch()  # so that nobody takes back as untouched what was entered afterwards
    await db.flush()
    about = f"notice_escalation:{kept.id}"
    if person is not None:
        await send(db, person, KIND, about=about, source_id=kept.id, by=viewer.person_id)
    # A line of its own thing: the notice's trail is read by the agencies it went to.
    audit.add(db, viewer, "escalate", about, mechanism_id=notice.mechanism_id, to=kept.to_person_id)
    return kept


def ask(db: Session, viewer: Viewer, notice: Notice) -> None:
    """Raises NotPermitted, Conflict (nothing is overdue). Needs `mechanism` and `addressees`."""
    if not is_sender(viewer, notice):
        raise NotPermitted(N_("This is written by the sending agency's liaison or deputy, to their own leader."))
    if not notice.unanswered_on(db.clock.today(notice.mechanism.timezone)):
        raise Conflict(N_("No answer to this notice is overdue."))


async def compose_escalation(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The liaison's own words; the subject names nothing, since subjects are read over the shoulder."""
    query = select(NoticeEscalation).where(NoticeEscalation.id == mail.source_id)
    query = query.options(joinedload(NoticeEscalation.by).joinedload(Person.agency))
    kept = (await db.execute(query)).scalar_one_or_none()
    if kept is None:
        return None
    notice = await queries.whole(db, kept.notice_id)
    mechanism = notice.mechanism
    words = Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    context = {
        "words": words,
        "kept": kept,
        "mechanism": mechanism,
        "is_referral": notice.is_referral,
        "site_name": db.settings.site_name,
    }
    return worded(
        mail,
        KIND,
        context,
        ("", db.settings.mail_from),
        audience=frozenset({kept.agency_id}),
    )


COMPOSERS = {KIND: one_by_one(compose_escalation)}
