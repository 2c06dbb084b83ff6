"""Minutes in words, as mails and the pages behind their links say them: what was signed besides the text, and what a sign-off says. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from liaison.countersigning.models import AGREED, CHANGES_REQUESTED, DEEMED, PAPER, DocumentVersion, SignOff
from liaison.countersigning.standing import standing_of
from liaison.i18n import N_, Words
from liaison.meetings.wording import GROUP_NAMES, REGISTERED_NAMES
from liaison.minutes.comparing import ADDED, CHANGED, MOVED, REMOVED
from liaison.minutes.models import Minutes

SIGN_OFF_NAMES = {
    AGREED: N_("Agreed"),
    CHANGES_REQUESTED: N_("Changes requested"),
    DEEMED: N_("Taken to agree (no answer)"),
    PAPER: N_("Signed on paper"),
}
CHANGE_NAMES = {
    ADDED: N_("Section added"),
    CHANGED: N_("Section changed"),
    MOVED: N_("Section moved"),
    REMOVED: N_("Section taken out"),
}
"""What became of a section from one version to the next."""


def facts(words: Words, head: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is signed besides the text, line by line: when, where, who chaired, who took part how."""
    start, zone = datetime.fromisoformat(head["local_start"]), head["timezone"]
    when = words.full_span(start, start + timedelta(minutes=head["duration_minutes"]), zone=zone)
    found = [(words._("Time"), when)]
    if head["location"]:
        found.append((words._("Place"), head["location"]))
    if head["chair"]:
        found.append((words._("Chair"), person(words, head["chair"])))
    if head["recorder"]:
        found.append((words._("Recorder"), head["recorder"]))
    by_how: dict[str, list[str]] = {}
    for one in head["took_part"]:
        by_how.setdefault(one["how"], []).append(_took_part(words, one))
    found += [(words._(GROUP_NAMES[how]), words._(", ").join(names)) for how, names in by_how.items()]
    return found


def person(words: Words, one: Mapping[str, Any]) -> str:
    """Agency first, then the person (GLOSSARY.md)."""
    return " ".join(filter(None, (one["agency_short"], one["name"])))


def progress(words: Words, version: DocumentVersion) -> str:
    """How many of the agencies have agreed to this version. Needs `signers` and `sign_offs`."""
    stands = standing_of(version)
    waited_for = len(stands.signers) - len(stands.excused)
    return words._("%(agreed)s of %(all)s agencies have agreed", agreed=len(stands.agreed), all=waited_for)


def sign_off_facts(
    words: Words, version: DocumentVersion, said: SignOff, text: str | None, *, section: str | None
) -> list[tuple[str, str]]:
    """What was recorded of an agency's word, line by line; `text` and `section` (a key) as far as the reader may know them."""
    state = words._(SIGN_OFF_NAMES[said.state])
    if said.unverified:
        state = words._("%(state)s (not verified: no mail server vouches for the sender)", state=state)
    found = [
        (words._("Sign-off"), state),
        (words._("Version"), words.pgettext("number of a version", "%(n)s", n=version.number)),
    ]
    if section and (part := next((one for one in version.parts if one.key == section), None)) is not None:
        found.append((words._("Section"), part.title))
    if text:
        found.append((words._("Words"), text))
    if said.registered:
        found.append((words._("Told by"), said.registered.get("said_by") or ""))
        if way := REGISTERED_NAMES.get(said.registered["how"]):
            found.append((words._("Way"), words._(way)))
        if signed_on := said.registered.get("signed_on"):
            found.append((words._("Signed on"), words.full_date(date.fromisoformat(signed_on))))
    elif said.by_name:
        found.append((words.pgettext("sign-off", "By"), said.by_name))
    found.append((words._("Recorded at"), words.moment(said.at)))
    return [*found, (words._("Check value"), said.root)]


def issued_words(words: Words, minutes: Minutes, issuer: str) -> str:
    """Who issued the minutes when, under which number."""
    day, number = words.date(minutes.issued_on) if minutes.issued_on else "", minutes.doc_no
    if number:
        return words._("%(agency)s issued these minutes on %(day)s as %(number)s. All agencies whose consent was needed agreed to this text.", agency=issuer, day=day, number=number)  # fmt: skip
    return words._("%(agency)s issued these minutes on %(day)s. All agencies whose consent was needed agreed to this text.", agency=issuer, day=day)  # fmt: skip


def corrected_words(words: Words, corrects: Mapping[str, Any]) -> str:
    """Which issued minutes these correct."""
    day = words.date(date.fromisoformat(corrects["issued_on"])) if corrects["issued_on"] else ""
    if corrects["doc_no"]:
        return words._("They correct the minutes %(number)s of %(day)s.", number=corrects["doc_no"], day=day)
    return words._("They correct the minutes issued on %(day)s.", day=day)


def names_of(version: DocumentVersion, agency_ids: Sequence[int]) -> list[str]:
    """The names, as they were when it was circulated, of some that sign."""
    return [one.agency_name for one in version.signers if one.agency_id in agency_ids]


def _took_part(words: Words, one: Mapping[str, Any]) -> str:
    if one["how"] == "substitute" and one["substitute"]:
        return words._("%(name)s for %(who)s", name=one["substitute"]["name"], who=person(words, one))
    return person(words, one)
