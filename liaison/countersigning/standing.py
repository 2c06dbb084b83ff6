"""Where a document stands: who signs, who has said what, and whether its text may come into force. Pure.

In force comes only a text on which every signer's newest word on exactly that version is consent (PRACTICE.md 4). Earlier versions keep
their sign-offs to be read, and none of them counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from liaison.countersigning.models import (
    ALL_AGREED,
    CHANGES_REQUESTED,
    CIRCULATING,
    CONSENTS,
    DRAFT,
    IN_FORCE,
    Document,
    DocumentVersion,
    Signer,
    SignOff,
)


class Word(Protocol):
    """What is asked of a sign-off to tell whether it counts."""

    @property
    def agency_id(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def root(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How one version stands with those who are to sign it: ids of agencies in their order."""

    signers: tuple[int, ...]
    agreed: tuple[int, ...]
    wants_changes: tuple[int, ...]
    owes: tuple[int, ...]
    """Those that have said nothing, or nothing that counts."""
    excused: tuple[int, ...]

    @property
    def is_agreed(self) -> bool:
        """Whether everybody who must has agreed; a text that nobody is to sign is agreed by nobody."""
        return bool(self.agreed) and not self.owes and not self.wants_changes


def standing(root: str, signers: Sequence[int], excused: Iterable[int], said: Iterable[Word]) -> Standing:
    """How a text with this root stands: `said` in order of time. A word on another root counts for nothing."""
    newest = {one.agency_id: one.state for one in said if one.root == root}
    let_off = tuple(one for one in signers if one in set(excused) and newest.get(one) not in CONSENTS)
    waited_for = [one for one in signers if one not in let_off]
    return Standing(
        signers=tuple(signers),
        agreed=tuple(one for one in waited_for if newest.get(one) in CONSENTS),
        wants_changes=tuple(one for one in waited_for if newest.get(one) == CHANGES_REQUESTED),
        owes=tuple(one for one in waited_for if one not in newest),
        excused=let_off,
    )


def standing_of(version: DocumentVersion) -> Standing:
    """The same of a stored version; needs `signers` and `sign_offs`."""
    return _standing(version, version.sign_offs)


def agreed_before(version: DocumentVersion, word: SignOff) -> bool:
    """Whether everybody who must had agreed before this was said. Needs `signers` and `sign_offs`."""
    return _standing(version, [one for one in version.sign_offs if one.id < word.id]).is_agreed


def state_of(document: Document) -> str:
    """draft, circulating, agreed or issued. Needs `versions` with their signers and sign-offs."""
    if document.in_force_at is not None:
        return IN_FORCE
    if document.newest.circulated_at is None:
        return DRAFT
    return ALL_AGREED if standing_of(document.newest).is_agreed else CIRCULATING


def is_void(document: Document, version: DocumentVersion, sign_off: SignOff) -> bool:
    """Whether a sign-off counts no more: the text was changed since, or the agency has said something else since."""
    newest = {one.agency_id: one.id for one in version.sign_offs}
    return version.number != document.newest.number or newest[sign_off.agency_id] != sign_off.id


def word_of(version: DocumentVersion, agency_id: int) -> SignOff | None:
    """The agency's newest word on this version; None while it owes one."""
    return next((one for one in reversed(version.sign_offs) if one.agency_id == agency_id), None)


def signer_of(version: DocumentVersion, agency_id: int | None) -> Signer | None:
    """The agency's line among those that sign; None for any other."""
    return next((one for one in version.signers if one.agency_id == agency_id), None)


def _standing(version: DocumentVersion, said: Iterable[Word]) -> Standing:
    return standing(
        version.root,
        [one.agency_id for one in version.signers],
        [one.agency_id for one in version.signers if one.excused_at is not None],
        said,
    )
