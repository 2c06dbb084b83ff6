"""What the papers of minutes say for one viewer: the minutes themselves, and an excerpt. Pure, and in the mechanism's language, as the text itself.

What was signed or printed once is said from what was fixed then (head, issued_as, copy_to, report_to, names of signers), never from people
and agencies as they are today."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from liaison.countersigning.content import SectionShown
from liaison.countersigning.models import DocumentVersion
from liaison.documents.minutes import Foot, Minutes, People, Section
from liaison.i18n import N_, Words
from liaison.meetings.wording import GROUP_NAMES
from liaison.minutes import models
from liaison.minutes.drafting import DECISIONS, GENERAL, LAST, OPENING

_JOINT: Final = N_("Joint Meeting")
_MEETINGS: Final = {"pre_meeting": N_("Liaison Pre-meeting"), "topical": N_("Topical Meeting")}
_NO_TOPICS: Final = (OPENING, LAST, DECISIONS, GENERAL)
_YEAR: Final = re.compile(r"[\[［【(（]((?:19|20|21)\d\d)[\]］】)）]")


def said(words: Words, minutes: models.Minutes, version: DocumentVersion, sections: Sequence[SectionShown]) -> Minutes:
    """One version as the reader of these `sections` may know it. Needs the issuing agency."""
    head, issued = version.head, is_issued(minutes, version)
    opening = next((one for one in sections if one.key == OPENING and not one.hidden), None)
    numbered = [one for one in sections if one is not opening]
    as_issued = (minutes.issued_as if issued else None) or {}
    day = words.date(minutes.issued_on) if issued and minutes.issued_on else ""
    return Minutes(
        mark=mark(words, head),
        draft="" if issued else words._("Draft for comment (version %(n)d)", n=version.number),
        doc_no=doc_no(minutes.doc_no) if issued else "",
        agency=as_issued.get("issuing_agency") or minutes.issuing_agency.name,
        date=day,
        title=head["title"],
        subtitle=_corrected(words, head.get("corrects")),
        opening=(opening.text or "") if opening else first_sentence(words, head, numbered),
        sections=[_section(words, n, one) for n, one in enumerate(numbered, 1)],
        people=people(words, head["took_part"]),
        remarks=_remarks(words, head),
        foot=Foot(
            lines=_sent_to(words, minutes) if issued else [],
            agency=as_issued.get("issuing_agency") or minutes.issuing_agency.name,
            issued=words._("Issued on %(day)s", day=day) if day else "",
            small=_checked_by(words, version, as_issued),
        ),
    )


def words_of(minutes: models.Minutes) -> Words:
    """The mechanism's language, and the clock of the meeting."""
    return Words(minutes.meeting.mechanism.locale, minutes.meeting.timezone)


def excerpt(words: Words, whole: Minutes, key: str) -> Minutes | None:
    """One section for the agency that is concerned, with the head of the minutes and where it is taken from; None where there is no such
    section whose words the reader may know."""
    found = next((one for one in whole.sections if one.key == key and not one.small), None)
    if found is None:
        return None
    source = words._("“%(title)s”", title=whole.title + words._(" Minutes"))
    if whole.doc_no:
        source += words._(" (%(doc_no)s)", doc_no=whole.doc_no)
    if whole.date:
        source += words._(", issued on %(day)s", day=whole.date)
    if whole.draft:
        source += words._(", %(draft)s", draft=whole.draft)
    return replace(
        whole,
        subtitle=words._("(Excerpt)"),
        opening="",
        sections=[found],
        people=[],
        remarks=[],
        foot=replace(whole.foot, lines=[(words._("Excerpt from "), source + words.pgettext("end of a sentence", "."))]),
    )


def is_issued(minutes: models.Minutes, version: DocumentVersion) -> bool:
    """Whether exactly this version is what was issued. Needs the document's versions."""
    return minutes.issued_at is not None and version.number == minutes.document.newest.number


def mark(words: Words, head: dict[str, Any]) -> str:
    """×××纪要: the mechanism and what kind of meeting it was."""
    name, meeting = head["mechanism"], words._(_MEETINGS.get(head["meeting_kind"], _JOINT))
    return words._("%(meeting)s Minutes", meeting=name if name.endswith(meeting) else words._("%(mechanism)s %(meeting)s", mechanism=name, meeting=meeting))  # fmt: skip


def doc_no(typed: str | None) -> str:
    """A typed number with the year in the brackets that the standard asks for: 〔2026〕."""
    return _YEAR.sub(r"〔\1〕", typed or "")


def first_sentence(words: Words, head: dict[str, Any], sections: Sequence[SectionShown]) -> str:
    """Date, chair, meeting and topics, of minutes whose text has no opening of its own. Restricted topics are left out, as in those."""
    day, chair = words.date(datetime.fromisoformat(head["local_start"]).date()), head.get("chair")
    if chair:
        who = words._("%(agency)s %(job_title)s %(name)s", agency=chair["agency_short"], job_title=chair["job_title"] or "", name=chair["name"])  # fmt: skip
        text = words._("On %(day)s %(chair)s chaired the %(title)s", day=day, chair=" ".join(who.split()), title=head["title"])  # fmt: skip
    else:
        text = words._("On %(day)s the %(title)s was held", day=day, title=head["title"])
    topics = [one.title for one in sections if one.key not in _NO_TOPICS and not one.hidden and one.audience is None]
    if topics:
        text += words._("; its agenda: %(topics)s", topics=words._("; ").join(topics))
    return text + words._(". It was decided as follows:")


def people(words: Words, took_part: Sequence[dict[str, Any]]) -> list[People]:
    """Who took part how, as the record had it: agencies in their order, their people by rank."""
    found: dict[str, dict[str, list[str]]] = {}
    for one in took_part:
        name, substitute = one["name"], (one.get("substitute") or {}).get("name")
        if substitute:
            name = words._("%(substitute)s (for %(name)s)", substitute=substitute, name=name)
        found.setdefault(one["how"], {}).setdefault(one["agency_short"], []).append(name)
    join, colon = words._(", ").join, words._(": ")
    return [
        People(words._(GROUP_NAMES[how]) + colon, [(agency, join(names)) for agency, names in agencies.items()])
        for how, agencies in found.items()
    ]


def _section(words: Words, n: int, one: SectionShown) -> Section:
    if one.hidden:
        small = words._("Only certain agencies know of this section.\nHash: %(hash)s", hash=one.hash)
        return Section(one.key, words.numbered(n, words._(one.title)), "", small)
    title = one.title
    if one.audience is not None:
        title += words._(" (%(details)s)", details=words._("Restricted"))
    return Section(one.key, words.numbered(n, title), one.text or "")


def _corrected(words: Words, corrects: dict[str, Any] | None) -> str:
    if not corrects:
        return ""
    day = words.date(date.fromisoformat(corrects["issued_on"])) if corrects.get("issued_on") else ""
    return words._("(Corrects the minutes %(doc_no)s of %(day)s)", doc_no=doc_no(corrects.get("doc_no")), day=day)


def _remarks(words: Words, head: dict[str, Any]) -> list[str]:
    found = []
    if head.get("quorum_reason"):
        found.append(words._("Held without its quorum: %(reason)s", reason=head["quorum_reason"]))
    if head.get("recorder"):
        found.append(words._("Recorder: %(name)s", name=head["recorder"]))
    return found


def _sent_to(words: Words, minutes: models.Minutes) -> list[tuple[str, str]]:
    stop = words.pgettext("end of a sentence", ".")
    lines = ((words._("Reported to: "), minutes.report_to), (words._("Copy to: "), minutes.copy_to))
    return [(label, words._(", ").join(names) + stop) for label, names in lines if names]


def _checked_by(words: Words, version: DocumentVersion, as_issued: dict[str, Any]) -> list[str]:
    found = [words._("Root of the text (SHA-256): %(root)s", root=version.root)]
    if as_issued.get("head"):
        found.append(words._("Audit trail at issue: %(head)s", head=as_issued["head"]))
    return found
