"""The words of the mails about notices, as things stand when each leaves. To an address that others read who may not know of it, a mail
says only that there is something, and leads to its page."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from liaison.accounts import links, reference_codes
from liaison.accounts.links import May
from liaison.db import Session
from liaison.directory.queries import agencies_at
from liaison.errors import NotFound
from liaison.i18n import N_, Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.meetings.audience import HIDDEN
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.notices import queries
from liaison.notices.addressing import Holder, parties, thread_of
from liaison.notices.models import (
    ACCEPTED,
    AGREED,
    ANSWERED,
    DECLINED,
    FEEDBACK,
    OFFERED,
    REFUSED,
    RETURNED,
    SUPPLEMENTED,
    Addressee,
    Notice,
    NoticeAct,
)
from liaison.notices.saying import asks, by_when, facts_of, named
from liaison.notices.telling import CLOSED, KIND, NEWS
from liaison.notices.wording import ACT_NAMES, PURPOSE_NAMES

_LEAD_NEWS = {
    ACCEPTED: N_("%(agency)s accepts the lead %(code)s that your agency referred, and will tell what comes of it."),
    DECLINED: N_("%(agency)s does not accept the lead %(code)s that your agency referred, with this reason:"),
    RETURNED: N_(
        "%(agency)s returns the lead %(code)s that your agency referred. Please supply on its page what is missing; the days begin again then:"
    ),
    FEEDBACK: N_("%(agency)s tells what came of the lead %(code)s that your agency referred:"),
    SUPPLEMENTED: N_("%(sender)s has supplied what was missing of the lead %(code)s:"),
}
LINK_LIFE: Final = timedelta(days=60)
"""So long after it is due a link still opens the notice."""


async def notice(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """【信息通报】: the notice with its text, the names of its papers, what is asked by when, the link and the reference code. None where
    nothing is asked any more."""
    found = await _whole(db, mail)
    if found is None or found.closed_at is not None:
        return None
    lines = [one for one in found.addressees if one.id in mail.params["addressees"] and one.passed_on_at is None]
    if not lines or (mail.params.get("passed_on") and not any(one.owes for one in lines)):
        return None
    ids = {one.id for one in lines}
    holders = [one for each in mail.params["holders"] if (one := Holder(*each)).addressee_id in ids]
    is_open = await _may_read(db, mail, found)
    acts, code = await _acts(db, found, lines, holders) if is_open else ([], None)
    words = _words(db, mail, found)
    only_knows = not any(one.asked for one in lines)
    return _message(
        db, mail, found, KIND, words, is_open=is_open,
        agencies=words._(", ").join(one.agency.name for one in lines),
        lead=asks(words, found),
        by_when=next((text for one in lines if (text := by_when(words, found, one))), ""),
        facts=facts_of(words, found) if found.is_referral else [(words._("Purpose"), words._(PURPOSE_NAMES[found.purpose]))],
        to=words._(", ").join(one.agency.short_name for one in found.addressees if one.asked),
        copies=words._(", ").join(one.agency.short_name for one in found.addressees if not one.asked),
        only_knows=only_knows,
        passed_on=mail.params.get("passed_on", False),
        acts=acts,
        code=code if any(one.asked and one.acknowledged_at is None for one in lines) else None,
    )  # fmt: skip


async def news(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """What an agency said of it, to its sender, or what the sender said to another date; None for an offer that was settled before."""
    found = await _whole(db, mail)
    line, act = _act(found, mail.params["act"]) if found is not None else (None, None)
    if found is None or line is None or act is None:
        return None
    if act.what == OFFERED and line.offered_due_on != act.due_on:
        return None
    is_open = await _may_read(db, mail, found)
    words = _words(db, mail, found)
    to_sender = mail.params["holders"][0][1] == found.from_agency_id
    is_registered = act.registered is not None and not to_sender
    link = page_of(db, found)
    if is_open and act.what in (OFFERED, AGREED, REFUSED, SUPPLEMENTED):
        holder = Holder(*mail.params["holders"][0])
        may = May(
            links.OFFER if act.what == OFFERED else links.NOTICE,
            line.id,
            holder.person_id,
            holder.agency_id,
            holder.designation_id,
        )
        link = (await links.links_for(db, [may], expires_at=_until(db, found, line)))[may]
    return _message(
        db, mail, found, NEWS, words, is_open=is_open,
        what=act.what,
        act=act,
        agency=found.from_agency if is_registered else line.agency,
        lead=_registered(words, found, act) if is_registered else _news(words, found, line, act),
        happened=words._("Registered") if is_registered else words._(ACT_NAMES[act.what]),
        for_agency=found.from_agency if to_sender else line.agency,
        link=link,
        due_on=line.due_on if act.what == SUPPLEMENTED else None,
    )  # fmt: skip


async def closed(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """No answer is needed any more, and why."""
    found = await _whole(db, mail)
    if found is None or found.closed_at is None:
        return None
    lines = [one.agency.name for one in found.addressees if one.id in mail.params["addressees"]]
    words = _words(db, mail, found)
    is_open = await _may_read(db, mail, found)
    return _message(
        db, mail, found, CLOSED, words, is_open=is_open, agencies=words._(", ").join(lines), reason=found.closed_why
    )


def page_of(db: Session, found: Notice) -> str:
    """Where a notice is read by who has an account."""
    return f"{db.settings.base_url}/notices/{found.id}"


async def _acts(
    db: Session, found: Notice, lines: Sequence[Addressee], holders: Sequence[Holder]
) -> tuple[list[tuple[str, str]], str | None]:
    """(for whom, address) of each link; and the reference code where one person reads it, and mail is taken in at all."""
    until = max(_until(db, found, one) for one in lines)
    mays = [May(links.NOTICE, one.addressee_id, one.person_id, one.agency_id, one.designation_id) for one in holders]
    urls = await links.links_for(db, mays, expires_at=until)
    names = {one.agency_id: one.agency.name for one in lines}
    code = None
    if len(mays) == 1 and mays[0].person_id is not None and (db.settings.inbox_url or db.settings.lmtp_listen):
        code = await reference_codes.code_for(db, mays[0], expires_at=until)
    return [(names.get(may.agency_id or 0, "") if len(mays) > 1 else "", urls[may]) for may in mays], code


def _until(db: Session, found: Notice, line: Addressee) -> datetime:
    day = line.offered_due_on or line.due_on
    due = datetime.combine(day, time.min, found.zone) if day is not None else db.now()
    return max(due, db.now()) + LINK_LIFE


def _registered(words: Words, found: Notice, act: NoticeAct) -> str:
    assert act.registered is not None
    how = REGISTERED_NAMES[act.registered["how"]]
    said = {"who": act.registered["said_by"], "how": words._(how)}
    facts = {"sender": found.from_agency.name, "subject": found.subject, **said}
    if act.what == ANSWERED:
        return words._("%(sender)s has registered that your agency answered “%(subject)s” (%(who)s, %(how)s). If that is not so, please correct it on its page.", **facts)  # fmt: skip
    return words._("%(sender)s has registered that your agency has “%(subject)s” (%(who)s, %(how)s). If that is not so, please correct it on its page.", **facts)  # fmt: skip


def _news(words: Words, found: Notice, line: Addressee, act: NoticeAct) -> str:
    agency = line.agency.name
    day = words.full_date(act.due_on) if act.due_on else ""
    subject = named(words, found)
    if act.what in _LEAD_NEWS:
        return words._(_LEAD_NEWS[act.what], agency=agency, sender=found.from_agency.name, code=subject)
    if act.what == ANSWERED:
        return words._("%(agency)s answers “%(subject)s”:", agency=agency, subject=subject)
    if act.what == OFFERED:
        return words._("%(agency)s asks whether it may answer “%(subject)s” by %(day)s.", agency=agency, subject=subject, day=day)  # fmt: skip
    if act.what == AGREED:
        return words._("%(sender)s agrees: “%(subject)s” may be answered by %(day)s.", sender=found.from_agency.name, subject=subject, day=day)  # fmt: skip
    if act.what == REFUSED:
        return words._("%(sender)s does not agree to another date for “%(subject)s”. The deadline stays.", sender=found.from_agency.name, subject=subject)  # fmt: skip
    if line.passed_on_to is not None:
        return words._("%(agency)s passed “%(subject)s” on to %(other)s, which answers it.", agency=agency, subject=subject, other=line.passed_on_to.name)  # fmt: skip
    return words._("%(agency)s says that what was registered for it about “%(subject)s” is not so. It is open again.", agency=agency, subject=subject)  # fmt: skip


def _message(
    db: Session, mail: OutboxMail, found: Notice, template: str, words: Words, *, is_open: bool, **more: Any
) -> OutgoingMessage:
    context = {
        "words": words,
        "notice": found,
        "mechanism": found.mechanism,
        "sender": found.from_agency,
        "is_open": is_open,
        "subject": named(words, found) if is_open else words._(HIDDEN),
        "page": page_of(db, found),
        "site_name": db.settings.site_name,
        **more,
    }
    return worded(
        mail,
        template,
        context,
        found.mechanism.sender(db.settings.mail_from),
        thread=thread_of(found),
        audience=parties(found),  # also of what answers it, whose writer may say what the mail does not
        listed_as=words._("[Referral] from %(agency)s", agency=found.from_agency.short_name)
        if found.is_referral
        else words._("[Information notice] from %(agency)s", agency=found.from_agency.short_name),
    )


async def _may_read(db: Session, mail: OutboxMail, found: Notice) -> bool:
    readers = (await agencies_at(db, [mail.address])).get(mail.address, set())
    return bool(readers) and readers <= parties(found)


async def _whole(db: Session, mail: OutboxMail) -> Notice | None:
    try:
        return await queries.whole(db, mail.source_id or 0)
    except NotFound:
        return None


def _act(found: Notice, act_id: int) -> tuple[Addressee | None, NoticeAct | None]:
    return next(((line, act) for line in found.addressees for act in line.acts if act.id == act_id), (None, None))


def _words(db: Session, mail: OutboxMail, found: Notice) -> Words:
    zone = found.mechanism.timezone
    return Words(mail.locale, zone, db.clock.today(zone))


COMPOSERS = {KIND: one_by_one(notice), NEWS: one_by_one(news), CLOSED: one_by_one(closed)}
