"""How pages word and arrange where a text stands: states, who signs and what each said, earlier versions. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import (
    AGREED,
    ALL_AGREED,
    CHANGES_REQUESTED,
    CIRCULATING,
    DEEMED,
    DRAFT,
    IN_FORCE,
    PAPER,
    Document,
    DocumentVersion,
    Signer,
    SignOff,
)
from liaison.countersigning.permissions import may_read_words
from liaison.countersigning.standing import is_void, standing_of, state_of
from liaison.i18n import N_

SUPERSEDED: Final = "superseded"
OWES, EXCUSED = "owes", "excused"
STATE_NAMES: Final = {
    DRAFT: N_("Draft"),
    CIRCULATING: N_("Being countersigned"),
    ALL_AGREED: N_("All agreed, to be issued"),
    IN_FORCE: N_("Issued"),
    SUPERSEDED: N_("Replaced by a newer version"),
}
STATE_LOOKS: Final = {
    DRAFT: ("", "pencil"),
    CIRCULATING: ("brand", "send"),
    ALL_AGREED: ("ok", "check"),
    IN_FORCE: ("ok", "circle-check"),
    SUPERSEDED: ("", "history"),
}
SAID_NAMES: Final = {
    AGREED: N_("Agrees"),
    CHANGES_REQUESTED: N_("Asks for changes"),
    DEEMED: N_("Agrees by default"),
    PAPER: N_("Signed on paper"),
    OWES: N_("Not signed yet"),
    EXCUSED: N_("No longer waited for"),
}
SAID_LOOKS: Final = {
    AGREED: ("ok", "check"),
    CHANGES_REQUESTED: ("warn", "message-square"),
    DEEMED: ("ok", "clock"),
    PAPER: ("ok", "file-text"),
    OWES: ("warn", "clock"),
    EXCUSED: ("", "user-x"),
}


@dataclass(frozen=True, slots=True)
class WordShown:
    """What an agency said; `text` is None where the viewer may not read it, and `withheld` then says so."""

    word: SignOff
    text: str | None
    section_title: str | None
    withheld: bool
    void: bool


@dataclass(frozen=True, slots=True)
class SignerShown:
    """One agency that signs, where it stands, and what the viewer may do about it."""

    signer: Signer
    state: str
    said: WordShown | None
    earlier: Sequence[WordShown]
    """What it said of this version before that."""
    may_register: bool
    may_excuse: bool
    may_wait_again: bool


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version that the viewer may read, with what was said of it."""

    version: DocumentVersion
    state: str
    said: Sequence[WordShown]


def state_of_version(document: Document, version: DocumentVersion) -> str:
    """The state of the newest version; any other is superseded."""
    return state_of(document) if version.number == document.newest.number else SUPERSEDED


def word_shown(viewer: Viewer, document: Document, version: DocumentVersion, word: SignOff) -> WordShown:
    """As this viewer may know it."""
    known = may_read_words(viewer, version, word)
    about = next((one.title for one in version.parts if known and one.key == word.section_key), None)
    void = is_void(document, version, word)
    return WordShown(word, word.text if known else None, about, bool(word.text) and not known, void)


def signers_shown(
    viewer: Viewer,
    document: Document,
    version: DocumentVersion,
    members_today: Collection[int],
    *,
    may_register: Callable[[int], bool],
    decides: bool,
) -> list[SignerShown]:
    """Who signs this version, in their order. `may_register`: whether the viewer registers the word of that agency; `decides`: whether
    they may let off one that is no member any more."""
    stands = standing_of(version)
    open_ = document.in_force_at is None and version.number == document.newest.number and version.circulated_at
    found = []
    for signer in version.signers:
        words = [one for one in version.sign_offs if one.agency_id == signer.agency_id]
        word = words[-1] if words else None
        state = word.state if word is not None else OWES
        if signer.agency_id in stands.excused:
            state = EXCUSED
        waits = signer.agency_id in stands.owes or signer.agency_id in stands.wants_changes
        found.append(
            SignerShown(
                signer,
                state,
                word_shown(viewer, document, version, word) if word is not None else None,
                [word_shown(viewer, document, version, one) for one in words[:-1]],
                may_register=bool(open_) and may_register(signer.agency_id),
                may_excuse=bool(open_) and decides and waits and signer.agency_id not in members_today,
                may_wait_again=bool(open_) and decides and state == EXCUSED,
            )
        )
    return found


def versions_shown(viewer: Viewer, document: Document, readable: Collection[int]) -> list[VersionShown]:
    """The versions that the viewer may read (`readable`: their ids), newest first, each with everything said of it."""
    return [
        VersionShown(
            version,
            state_of_version(document, version),
            [word_shown(viewer, document, version, word) for word in version.sign_offs],
        )
        for version in reversed(document.versions)
        if version.id in readable
    ]


def short_root(root: str) -> str:
    """As much of a root as people compare by eye."""
    return f"{root[:8]} {root[-8:]}"
