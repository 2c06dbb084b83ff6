"""What is put to the members, in words, as pages and mails say it. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from liaison.countersigning.models import AGREEMENT, ALL_AGREED, CIRCULATING, DRAFT
from liaison.countersigning.showing import SUPERSEDED
from liaison.i18n import N_, Words
from liaison.mechanisms.obligations import Obligation
from liaison.mechanisms.wording import TAKES_PART, promised
from liaison.proposals.models import IN_FORCE, WAITING, WITHDRAWN

STATE_NAMES: Final = {
    DRAFT: N_("Draft"),
    CIRCULATING: N_("Being countersigned"),
    ALL_AGREED: N_("All agreed, to be put in force"),
    WAITING: N_("All agreed, holds from its day on"),
    IN_FORCE: N_("Agreed and in force"),
    WITHDRAWN: N_("Withdrawn"),
    SUPERSEDED: N_("Replaced by a newer version"),
}
STATE_LOOKS: Final = {
    DRAFT: ("", "pencil"),
    CIRCULATING: ("brand", "send"),
    ALL_AGREED: ("ok", "check"),
    WAITING: ("ok", "clock"),
    IN_FORCE: ("ok", "circle-check"),
    WITHDRAWN: ("", "undo-2"),
    SUPERSEDED: ("", "history"),
}


def title(words: Words, head: Mapping[str, Any]) -> str:
    """What it is called in a list: the agreement by its title, or which agency joins."""
    if head["kind"] == AGREEMENT:
        return words._("Agreement “%(title)s”", title=head["title"])
    return words._("%(agency)s joins", agency=head["agency"])


def facts(words: Words, head: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is signed besides the sections, line by line."""
    parties = (words._("Member agencies"), words._(", ").join(head["parties"]))
    if head["kind"] == AGREEMENT:
        found = [
            parties,
            (words._("In force from"), _day(words, head["effective_on"]) or words._("the day it is put in force")),
        ]
        if head["review_on"]:
            found.append((words._("To be reviewed on"), _day(words, head["review_on"])))
        return found
    way = head["takes_part"]
    found = [
        (words._("Agency"), head["agency"]),
        (words._("Member from"), _day(words, head["joined_on"]) or words._("the day on which the last member agrees")),
        (words._("Takes part"), words._(TAKES_PART[way])),
    ]
    if head["basis_ref"]:
        found.append((words._("Basis (number of the letter)"), head["basis_ref"]))
    return [*found, parties]


def obliges(words: Words, head: Mapping[str, Any]) -> dict[str, str]:
    """By the key of a clause what it obliges to, in a few words."""
    stored = head.get("obligations", {}).items()
    return {key: promised(words, said) for key, one in stored if (said := Obligation.from_json(one)) is not None}


def _day(words: Words, stored: str | None) -> str:
    return words.full_date(date.fromisoformat(stored)) if stored else ""
