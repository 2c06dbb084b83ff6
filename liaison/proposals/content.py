"""What the members sign: the head and the sections of a version of the agreement, or of the proposal that an agency joins. Pure.

What a clause obliges to stands in the head, so that the root covers it as it covers the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from liaison.countersigning.content import Section, SectionShown
from liaison.countersigning.models import AGREEMENT, MEMBER, DocumentVersion
from liaison.i18n import Words
from liaison.mechanisms.clauses import ClauseText
from liaison.mechanisms.obligations import Obligation

PROPOSAL: Final = "proposal"
"""The key of the one section of the proposal that an agency joins."""
_CLAUSE: Final = "clause-"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionText:
    """A version of the agreement: its title, from which local date it is to hold (None: from the day it is put in force), when it is to
    be reviewed, and its clauses."""

    title: str
    effective_on: date | None
    review_on: date | None
    clauses: Sequence[ClauseText]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoiningText:
    """That an agency joins: from which local date (None: the day on which the last member agrees), how it takes part, on which letter of
    its own, and why."""

    agency_id: int
    agency: str
    joined_on: date | None
    takes_part: str
    basis_ref: str | None
    text: str


def head_of_version(said: VersionText, mechanism: str, parties: Sequence[str]) -> dict[str, Any]:
    """What is signed besides the clauses. `parties`: the member agencies by name."""
    return {
        "kind": AGREEMENT,
        "mechanism": mechanism,
        "title": said.title,
        "effective_on": said.effective_on.isoformat() if said.effective_on else None,
        "review_on": said.review_on.isoformat() if said.review_on else None,
        "parties": list(parties),
        "obligations": {_key(one.number): one.obligation.to_json() for one in said.clauses if one.obligation},
    }


def sections_of_version(words: Words, said: VersionText) -> list[Section]:
    """One section a clause, by number. `words`: of the mechanism's language, in which the text is signed."""
    return [
        Section(_key(one.number), words._("Clause %(number)s", number=one.number), one.text)
        for one in sorted(said.clauses, key=lambda one: one.number)
    ]


def version_text(head: Mapping[str, Any], sections: Sequence[Section]) -> VersionText:
    """Read back what was signed."""
    return VersionText(
        title=head["title"],
        effective_on=_day(head["effective_on"]),
        review_on=_day(head["review_on"]),
        clauses=[
            ClauseText(_number(one.key), one.text, Obligation.from_json(head["obligations"].get(one.key)))
            for one in sections
        ],
    )


def head_of_joining(said: JoiningText, mechanism: str, parties: Sequence[str]) -> dict[str, Any]:
    """What is signed besides the words of the proposal."""
    return {
        "kind": MEMBER,
        "mechanism": mechanism,
        "agency_id": said.agency_id,
        "agency": said.agency,
        "joined_on": said.joined_on.isoformat() if said.joined_on else None,
        "takes_part": said.takes_part,
        "basis_ref": said.basis_ref,
        "parties": list(parties),
    }


def sections_of_joining(words: Words, said: JoiningText) -> list[Section]:
    """The one section that says why."""
    return [Section(PROPOSAL, words._("Proposal that an agency joins"), said.text)]


def joining_text(head: Mapping[str, Any], sections: Sequence[Section]) -> JoiningText:
    """Read back what was signed."""
    return JoiningText(
        agency_id=head["agency_id"],
        agency=head["agency"],
        joined_on=_day(head["joined_on"]),
        takes_part=head["takes_part"],
        basis_ref=head["basis_ref"],
        text=sections[0].text,
    )


def wanted_on(version: DocumentVersion) -> date | None:
    """The local date from which the text says that it is to hold; None where it names none. Needs no sections."""
    return _day(version.head["effective_on" if version.head["kind"] == AGREEMENT else "joined_on"])


def open_sections(version: DocumentVersion) -> list[SectionShown]:
    """The sections, all of which every reader may know of. Needs `parts`."""
    return [
        SectionShown(one.key, one.title, one.text, None, one.hash, hidden=False, may_edit=False)
        for one in version.parts
    ]


def sections_shown(words: Words, clauses: Sequence[ClauseText]) -> list[SectionShown]:
    """Clauses as sections of which every reader may know, by words alone, so that they compare with what was never signed here."""
    return [
        SectionShown(
            _key(one.number),
            words._("Clause %(number)s", number=one.number),
            one.text,
            None,
            f"{one.text}{one.obligation}",
            hidden=False,
            may_edit=False,
        )
        for one in clauses
    ]


def _key(number: int) -> str:
    return f"{_CLAUSE}{number}"


def _number(key: str) -> int:
    return int(key.removeprefix(_CLAUSE))


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None
