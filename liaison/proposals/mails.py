"""The words of the mails about what is put to the members, as things stand when each leaves."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from liaison.accounts import links, reference_codes
from liaison.accounts.links import May
from liaison.countersigning.comparing import compared
from liaison.countersigning.models import AGREEMENT, ALL_AGREED, DocumentVersion, SignOff
from liaison.countersigning.standing import standing_of, word_of
from liaison.countersigning.wording import CHANGE_NAMES, SIGN_OFF_NAMES, names_of, progress, sign_off_facts
from liaison.db import Session
from liaison.errors import NotFound
from liaison.i18n import Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.addressing import Signs, still_copied, still_signs
from liaison.mechanisms.queries import on_duty
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.proposals import queries
from liaison.proposals.content import open_sections
from liaison.proposals.models import Proposal
from liaison.proposals.telling import CIRCULATED, FORCE, LEAD, OUTCOME, PASSED_ON, REMINDED, WORD
from liaison.proposals.wording import facts, obliges, title

LINK_LIFE: Final = timedelta(days=60)
"""So long after the date to answer a link still opens the text."""
MOST_TEXT: Final = 60_000
"""So many characters of a text stand in a mail; the rest is read on its page."""


async def circulated(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """“Please sign”, with the text, what changed and the link; None where the text was changed, put in force or withdrawn since, or nothing
    is owed."""
    proposal = await _proposal(db, mail)
    version = next((one for one in proposal.document.versions if one.id == mail.source_id), None) if proposal else None
    if proposal is None or version is None or version.number != proposal.document.newest.number or not proposal.is_open:
        return None
    mechanism = proposal.mechanism
    today, zone = db.clock.today(mechanism.timezone), ZoneInfo(mechanism.timezone)
    duty = await on_duty(db, mechanism, today)
    signs = [one for one in (Signs(**each) for each in mail.params["signs"]) if still_signs(version, duty, one, None)]
    if not signs and not still_copied(version, duty, mail.params["copied"]):
        return None
    expires_at = max(datetime.combine(version.due_on or today, time.min, zone), db.now()) + LINK_LIFE
    mays = [May(links.PROPOSAL, version.id, one.person_id, one.agency_id, one.designation_id) for one in signs]
    urls = await links.links_for(db, mays, expires_at=expires_at)
    code = None
    if len(mays) == 1 and mays[0].person_id is not None and (db.settings.inbox_url or db.settings.lmtp_listen):
        code = await reference_codes.code_for(db, mays[0], expires_at=expires_at)
    words = _words(db, mail, proposal)
    before = next(
        (one for one in reversed(proposal.document.versions) if one.number < version.number and one.circulated_at), None
    )
    offices = {one.id: one for one in duty.everybody()}
    deputy = not signs and any(offices[id_].role == "deputy" for id_ in mail.params["copied"] if id_ in offices)
    agencies = [one.agency_id for one in signs] or mail.params["agency_ids"]
    names = words._(", ").join(names_of(version, agencies))
    due = words.full_date(version.due_on) if version.due_on else ""
    lead = mechanism.lead_agency.name
    return _message(
        db, mail, proposal, CIRCULATED, words,
        version=version,
        before=before,
        changes=compared(open_sections(before), open_sections(version)) if before is not None else [],
        facts_changed=before is not None and before.head != version.head,
        facts=facts(words, version.head),
        sections=_sections(words, version),
        agencies=names,
        lead=words._("%(lead)s proposes a version of the agreement to the member agencies and asks %(agency)s to agree, or ask for changes, by %(day)s.", lead=lead, agency=names, day=due)
        if proposal.joins_id is None
        else words._("%(lead)s proposes to the member agencies that %(new)s joins, and asks %(agency)s to agree, or ask for changes, by %(day)s.", lead=lead, new=version.head["agency"], agency=names, day=due),
        due_short=words.short_date(version.due_on) if version.due_on else None,
        acts=[(names_of(version, [one.agency_id])[0] if len(signs) > 1 else "", urls[may]) for one, may in zip(signs, mays, strict=True)],
        code=code,
        deputy=deputy,
        reminds=mail.params["why"] == REMINDED,
        passed_on=mail.params["why"] == PASSED_ON,
        page=page_of(db, version),
    )  # fmt: skip


async def word(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """签署确认: what was recorded for the agency, on which version and root, by whom and how; how to say otherwise."""
    found = await _word(db, mail)
    if found is None:
        return None
    proposal, version, said = found
    words = _words(db, mail, proposal)
    (agency,) = names_of(version, [said.agency_id]) or [said.agency.name]
    return _message(
        db, mail, proposal, WORD, words,
        version=version,
        state=words._(SIGN_OFF_NAMES[said.state]),
        lead=words._("What %(agency)s said another way was registered for it:", agency=agency)
        if said.registered is not None
        else words._("This was recorded as the word of %(agency)s:", agency=agency),
        agency=agency,
        facts=sign_off_facts(words, version, said, said.text, REGISTERED_NAMES, section=said.section_key),
        progress=progress(words, version),
        may_correct=proposal.is_open and version.number == proposal.document.newest.number,
        page=page_of(db, version),
    )  # fmt: skip


async def lead(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """To the lead: an agency asks for changes, in its words; or all have agreed. None where that is past."""
    found = await _word(db, mail)
    if found is None:
        return None
    proposal, version, said = found
    agreed = mail.params["what"] == ALL_AGREED
    stands = standing_of(version).is_agreed if agreed else word_of(version, said.agency_id) is said
    if not proposal.is_open or version.number != proposal.document.newest.number or not stands:
        return None
    words = _words(db, mail, proposal)
    named = title(words, version.head)
    section = next((one.title for one in version.parts if one.key == said.section_key), None)
    return _message(
        db, mail, proposal, LEAD, words,
        version=version,
        agreed=agreed,
        agency=said.agency.short_name,
        lead=words._("All member agencies have agreed: %(title)s (version %(n)s).", title=named, n=version.number)
        if agreed
        else words._("%(agency)s asks for changes: %(title)s (version %(n)s)", agency=said.agency.name, title=named, n=version.number),
        text=said.text,
        section=section,
        progress=progress(words, version),
        page=page_of(db, version),
    )  # fmt: skip


async def outcome(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """To every member: it holds from a day on, or was withdrawn; None of what became otherwise since."""
    proposal = await _proposal(db, mail)
    holds = mail.params["what"] == FORCE
    if proposal is None or holds == (proposal.withdrawn_at is not None):
        return None
    version = proposal.document.newest if holds else proposal.shown or proposal.document.newest
    words, mechanism = _words(db, mail, proposal), proposal.mechanism
    day = words.full_date(proposal.takes_effect_on) if proposal.takes_effect_on else ""
    named = title(words, version.head)
    if not holds:
        said = words._("%(lead)s has withdrawn what it proposed: %(title)s. Nothing more is asked of you.", lead=mechanism.lead_agency.name, title=named)  # fmt: skip
    elif proposal.joins_id is None:
        said = words._("All member agencies agreed. The agreement “%(title)s” holds in this version from %(day)s on.", title=version.head["title"], day=day)  # fmt: skip
    else:
        said = words._("All member agencies agreed. %(agency)s is a member from %(day)s on.", agency=version.head["agency"], day=day)  # fmt: skip
    is_new = proposal.joins_id is not None and proposal.joins_id in mail.params["agency_ids"]
    return _message(
        db, mail, proposal, OUTCOME, words,
        version=version,
        holds=holds,
        lead=said,
        named=named,
        day=day,
        doc_no=proposal.doc_no,
        reason=proposal.withdrawn_why if not holds else None,
        is_new=is_new,
        page=f"{db.settings.base_url}/mechanisms/{mechanism.id}{'#agreement' if holds and proposal.joins_id is None else ''}",
    )  # fmt: skip


def page_of(db: Session, version: DocumentVersion) -> str:
    """Where it is read and signed by who has an account."""
    return f"{db.settings.base_url}/proposals/{version.id}"


def _sections(words: Words, version: DocumentVersion) -> list[tuple[str, list[str]]]:
    """(title, paragraphs), with what a clause obliges to below it."""
    found, room, promises = [], MOST_TEXT, obliges(words, version.head)
    for one in version.sections:
        room -= len(one.text)
        lines = one.text.split("\n") if room > 0 else [words._("(too long for a mail; please read it on its page)")]
        lines += [words._("(It obliges to: %(what)s.)", what=promises[one.key])] if one.key in promises else []
        found.append((one.title, lines))
    return found


def _message(
    db: Session, mail: OutboxMail, proposal: Proposal, template: str, words: Words, **more: Any
) -> OutgoingMessage:
    mechanism = proposal.mechanism
    context: Mapping[str, Any] = {
        "words": words,
        "proposal": proposal,
        "is_agreement": proposal.document.kind == AGREEMENT,
        "title": title(words, more["version"].head),
        "mechanism": mechanism,
        "site_name": db.settings.site_name,
        "change_names": CHANGE_NAMES,
        **more,
    }
    return worded(
        mail,
        template,
        context,
        mechanism.sender(db.settings.mail_from),
        thread=f"proposal-{proposal.document_id}",
        auto_submitted=template != CIRCULATED or bool(more.get("reminds")),
    )


async def _proposal(db: Session, mail: OutboxMail) -> Proposal | None:
    try:
        return await queries.by_id(db, mail.params["proposal"])
    except NotFound:
        return None


async def _word(db: Session, mail: OutboxMail) -> tuple[Proposal, DocumentVersion, SignOff] | None:
    proposal = await _proposal(db, mail)
    for version in proposal.document.versions if proposal else ():
        for said in version.sign_offs:
            if said.id == mail.source_id and proposal is not None:
                return proposal, version, said
    return None


def _words(db: Session, mail: OutboxMail, proposal: Proposal) -> Words:
    zone = proposal.mechanism.timezone
    return Words(mail.locale, zone, db.clock.today(zone))


COMPOSERS = {
    CIRCULATED: one_by_one(circulated),
    WORD: one_by_one(word),
    LEAD: one_by_one(lead),
    OUTCOME: one_by_one(outcome),
}
