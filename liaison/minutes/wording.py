"""Minutes in words, as mails and the pages behind their links say them: what was signed besides the text, and what a sign-off says. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from liaison.i18n import Words
from liaison.meetings.wording import GROUP_NAMES
from liaison.minutes.models import Minutes


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


def _took_part(words: Words, one: Mapping[str, Any]) -> str:
    if one["how"] == "substitute" and one["substitute"]:
        return words._("%(name)s for %(who)s", name=one["substitute"]["name"], who=person(words, one))
    return person(words, one)
