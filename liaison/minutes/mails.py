"""The words of the mails about minutes, as things stand when each leaves. What not everybody who reads an address may know of stands in
its mail as “to be notified separately”."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from liaison.accounts import links, reference_codes
from liaison.accounts.links import May
from liaison.countersigning.comparing import SectionCompared, compared
from liaison.countersigning.content import Section
from liaison.countersigning.models import DEEMED, DocumentVersion, SignOff
from liaison.countersigning.standing import standing_of, word_of
from liaison.countersigning.wording import CHANGE_NAMES, SIGN_OFF_NAMES, names_of, progress, sign_off_facts
from liaison.db import Session
from liaison.directory.models import Person
from liaison.directory.queries import agencies_at
from liaison.errors import NotFound
from liaison.i18n import Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.addressing import Signs, still_copied, still_signs
from liaison.mechanisms.queries import on_duty
from liaison.meetings.audience import HIDDEN
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.minutes import queries
from liaison.minutes.editing import shown_to
from liaison.minutes.models import Minutes
from liaison.minutes.telling import ALL_AGREED, CIRCULATED, HOST, ISSUED, PASSED_ON, REMINDED, WORD
from liaison.minutes.wording import corrected_words, facts, issued_words

LINK_LIFE: Final = timedelta(days=60)
"""So long after the date to answer, or the issue, a link still opens the minutes."""
MOST_TEXT: Final = 60_000
"""So many characters of a text stand in a mail; the rest is read on its page."""


@dataclass(slots=True)
class Readers:
    """Which agencies read an address, and which restricted sections that opened in its mail."""

    agency_ids: frozenset[int]
    opened: list[frozenset[int]] = field(default_factory=list)

    def know(self, audience: frozenset[int] | None) -> bool:
        """Whether all of them may know of what has this audience."""
        if audience is None:
            return True
        known = bool(self.agency_ids) and self.agency_ids <= audience
        if known:
            self.opened.append(audience)
        return known

    @property
    def audience(self) -> frozenset[int] | None:
        """Who may know all that was opened; None where nothing was."""
        return frozenset.intersection(*self.opened) if self.opened else None


async def circulated(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """“Please sign”, with the text, what changed and the link; None where the text was changed or issued since, or nothing is owed."""
    found = await _version(db, mail)
    if found is None:
        return None
    minutes, version = found
    if version.number != minutes.document.newest.number or minutes.issued_at is not None:
        return None
    duty = await on_duty(db, minutes.meeting.mechanism, db.clock.today(minutes.meeting.timezone))
    signs = [
        one
        for one in map(_signs, mail.params["signs"])
        if still_signs(version, duty, one, minutes.document.authorised_by_id)
    ]
    if not signs and not still_copied(version, duty, mail.params["copied"]):
        return None
    midnight = datetime.combine(
        version.due_on or db.clock.today(minutes.meeting.timezone), time.min, minutes.meeting.zone
    )
    expires_at = max(midnight, db.now()) + LINK_LIFE
    mays = [May(links.SIGN, version.id, one.person_id, one.agency_id, one.designation_id) for one in signs]
    urls = await links.links_for(db, mays, expires_at=expires_at)
    code = None
    if len(mays) == 1 and mays[0].person_id is not None and (db.settings.inbox_url or db.settings.lmtp_listen):
        code = await reference_codes.code_for(db, mays[0], expires_at=expires_at)
    readers, words = await _readers(db, mail), _words(db, mail, minutes)
    before = next(
        (one for one in reversed(minutes.document.versions) if one.number < version.number and one.circulated_at), None
    )
    offices = {one.id: one for one in duty.everybody()}
    deputy = not signs and any(offices[id_].role == "deputy" for id_ in mail.params["copied"] if id_ in offices)
    agencies = [one.agency_id for one in signs] or mail.params["agency_ids"]
    names = words._(", ").join(names_of(version, agencies))
    due = words.full_date(version.due_on) if version.due_on else ""
    changed, sections = _changes(before, version, readers), _sections(words, version.sections, readers)
    return _message(
        db, mail, minutes, CIRCULATED, words, readers,
        version=version,
        before=before,
        changes=changed,
        facts_changed=before is not None and before.head != version.head,
        facts=facts(words, version.head),
        sections=sections,
        agencies=names,
        lead=_lead(words, minutes, agencies, names, due),
        due_short=words.short_date(version.due_on) if version.due_on else None,
        acts=[(await _for(db, words, version, one, named=len(signs) > 1), urls[may]) for one, may in zip(signs, mays, strict=True)],
        code=code,
        opened=bool(readers.opened),
        deputy=deputy,
        why=mail.params["why"],
        reminds=mail.params["why"] == REMINDED,
        passed_on=mail.params["why"] == PASSED_ON,
        said_before=any(word_of(version, each) is not None for each in agencies),
        page=page_of(db, minutes),
    )  # fmt: skip


async def word(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """签署确认: what was recorded for the agency, on which version and root, by whom and how; how to say otherwise."""
    found = await _word(db, mail)
    if found is None:
        return None
    minutes, version, said = found
    readers, words = await _readers(db, mail), _words(db, mail, minutes)
    (agency,) = names_of(version, [said.agency_id]) or [said.agency.name]
    if said.state == DEEMED:
        lead = words._("%(agency)s did not answer in time, so it is taken to agree, as was said when the minutes were circulated.", agency=agency)  # fmt: skip
    elif said.registered is not None:
        lead = words._("What %(agency)s said another way was registered for it:", agency=agency)
    else:
        lead = words._("This was recorded for %(agency)s:", agency=agency)
    is_newest = version.number == minutes.document.newest.number
    known = said.section_key if readers.know(_audience_of(version, said)) else None
    return _message(
        db, mail, minutes, WORD, words, readers,
        version=version,
        state=words._(SIGN_OFF_NAMES[said.state]),
        lead=lead,
        agency=agency,
        facts=sign_off_facts(words, version, said, _text(words, version, said, readers), REGISTERED_NAMES, section=known),
        progress=progress(words, version),
        may_correct=is_newest and minutes.issued_at is None,
        page=page_of(db, minutes),
    )  # fmt: skip


async def host(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """To the host: an agency asks for changes, in its words; or all have agreed. None where that is past."""
    found = await _word(db, mail)
    if found is None:
        return None
    minutes, version, said = found
    newest = version.number == minutes.document.newest.number
    agreed = mail.params["what"] == ALL_AGREED
    stands = standing_of(version).is_agreed if agreed else word_of(version, said.agency_id) is said
    if minutes.issued_at is not None or not newest or not stands:
        return None
    readers, words = await _readers(db, mail), _words(db, mail, minutes)
    return _message(
        db, mail, minutes, HOST, words, readers,
        version=version,
        agreed=agreed,
        agency=said.agency.short_name,
        lead=words._("All agencies have agreed to the minutes of “%(meeting)s” (version %(n)s).", meeting=minutes.meeting.title, n=version.number)
        if agreed
        else words._("%(agency)s asks for changes to the minutes of “%(meeting)s” (version %(n)s):", agency=said.agency.name, meeting=minutes.meeting.title, n=version.number),
        text=_text(words, version, said, readers),
        section=_about(words, version, said, readers),
        progress=progress(words, version),
        page=page_of(db, minutes),
    )  # fmt: skip


async def issued(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """【会议纪要】: the issued minutes can be read; what a correction corrects. Nothing restricted is in it, for whoever it comes to."""
    try:
        minutes = await queries.by_id(db, mail.source_id or 0)
    except NotFound:
        return None
    version, words = minutes.document.newest, _words(db, mail, minutes)
    people = mail.params["person_ids"]
    person_id = people[0] if len(people) == 1 else None
    agency_id = None if person_id else mail.params["agency_ids"][0]
    link = await links.link_for(
        db, purpose=links.MINUTES, object_id=minutes.id, person_id=person_id, agency_id=agency_id,
        expires_at=db.now() + LINK_LIFE,
    )  # fmt: skip
    corrects = version.head.get("corrects")
    issuer = (minutes.issued_as or {}).get("issuing_agency") or minutes.issuing_agency.name
    return _message(
        db, mail, minutes, ISSUED, words, Readers(frozenset()),
        version=version,
        issuer=issuer,
        lead=issued_words(words, minutes, issuer),
        corrected=corrected_words(words, corrects) if corrects else None,
        facts=facts(words, version.head),
        titles=[one.title for one in version.sections if one.audience is None],
        hidden=sum(one.audience is not None for one in version.sections),
        corrects=corrects,
        link=link,
    )  # fmt: skip


def page_of(db: Session, minutes: Minutes) -> str:
    """Where minutes are read and signed by who has an account."""
    return f"{db.settings.base_url}/meetings/{minutes.meeting_id}/minutes"


def _message(
    db: Session, mail: OutboxMail, minutes: Minutes, template: str, words: Words, readers: Readers, **more: Any
) -> OutgoingMessage:
    meeting = minutes.meeting
    context: Mapping[str, Any] = {
        "words": words,
        "meeting": meeting,
        "minutes": minutes,
        "mechanism": meeting.mechanism,
        "host": meeting.host_agency,
        "site_name": db.settings.site_name,
        "change_names": CHANGE_NAMES,
        **more,
    }
    return worded(
        mail,
        template,
        context,
        meeting.mechanism.sender(db.settings.mail_from),
        thread=f"minutes-{minutes.document_id}",
        auto_submitted=template != CIRCULATED or bool(more.get("reminds")),
        audience=readers.audience,
    )


async def _version(db: Session, mail: OutboxMail) -> tuple[Minutes, DocumentVersion] | None:
    try:
        minutes = await queries.by_id(db, mail.params["minutes"])
    except NotFound:
        return None  # a correction that was given up
    return minutes, next(one for one in minutes.document.versions if one.id == mail.source_id)


async def _word(db: Session, mail: OutboxMail) -> tuple[Minutes, DocumentVersion, SignOff] | None:
    try:
        minutes = await queries.by_id(db, mail.params["minutes"])
    except NotFound:
        return None
    for version in minutes.document.versions:
        for said in version.sign_offs:
            if said.id == mail.source_id:
                return minutes, version, said
    return None


async def _readers(db: Session, mail: OutboxMail) -> Readers:
    at = await agencies_at(db, [mail.address])
    return Readers(frozenset({*at.get(mail.address, ()), *mail.params["agency_ids"]}))


def _words(db: Session, mail: OutboxMail, minutes: Minutes) -> Words:
    zone = minutes.meeting.timezone
    return Words(mail.locale, zone, db.clock.today(zone))


def _signs(stored: Mapping[str, Any]) -> Signs:
    return Signs(**stored)


def _lead(words: Words, minutes: Minutes, agency_ids: Sequence[int], agencies: str, due: str) -> str:
    host = minutes.meeting.host_agency
    if list(agency_ids) == [host.id]:
        return words._("The minutes below were circulated. %(agency)s, which hosted the meeting, is to agree as well, or ask for changes, by %(day)s.", agency=agencies, day=due)  # fmt: skip
    return words._("%(host)s asks %(agency)s to read the minutes below and to agree, or ask for changes, by %(day)s.", host=host.name, agency=agencies, day=due)  # fmt: skip


async def _for(db: Session, words: Words, version: DocumentVersion, one: Signs, *, named: bool) -> str:
    """In whose name a link signs: said of an authorising officer, whose mail others may read, and where a mail has several links."""
    (name,) = names_of(version, [one.agency_id])
    if one.designation_id is None and one.person_id is not None:
        officer = await db.get_one(Person, one.person_id)
        return words._("%(agency)s, %(name)s (authorising officer)", agency=name, name=officer.name)
    return name if named else ""


def _sections(words: Words, sections: Sequence[Section], readers: Readers) -> list[tuple[str, list[str] | None]]:
    """(title, paragraphs); no paragraphs where a reader may not know of it, or the mail would be too long."""
    found: list[tuple[str, list[str] | None]] = []
    room = MOST_TEXT
    for one in sections:
        if not readers.know(one.audience):
            found.append((words._(HIDDEN), None))
            continue
        room -= len(one.text)
        found.append(
            (
                one.title,
                one.text.split("\n") if room > 0 else [words._("(too long for a mail; please read it on its page)")],
            )
        )
    return found


def _changes(before: DocumentVersion | None, version: DocumentVersion, readers: Readers) -> list[SectionCompared]:
    return compared(shown_to(readers.know, before), shown_to(readers.know, version)) if before is not None else []


def _audience_of(version: DocumentVersion, said: SignOff) -> frozenset[int] | None:
    part = next((one for one in version.parts if one.key == said.section_key), None)
    audience: frozenset[int] | None = part.audience if part is not None else None
    return audience


def _text(words: Words, version: DocumentVersion, said: SignOff, readers: Readers) -> str | None:
    """What an agency wrote, as far as all who read the address may know what it is about."""
    if not said.text:
        return None
    return said.text if readers.know(_audience_of(version, said)) else words._(HIDDEN)


def _about(words: Words, version: DocumentVersion, said: SignOff, readers: Readers) -> str | None:
    part = next((one for one in version.parts if one.key == said.section_key), None)
    if part is None:
        return None
    return part.title if readers.know(part.audience) else words._(HIDDEN)


COMPOSERS = {
    CIRCULATED: one_by_one(circulated),
    WORD: one_by_one(word),
    HOST: one_by_one(host),
    ISSUED: one_by_one(issued),
}
