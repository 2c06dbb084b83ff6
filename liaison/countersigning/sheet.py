"""会签单: what the sheet says on which agencies sign one version of a text. Pure, and in the language of the text itself."""

from collections.abc import Sequence
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import CHANGES_REQUESTED, DEEMED, PAPER, DocumentVersion, Signer, SignOff
from liaison.countersigning.permissions import may_read_words
from liaison.countersigning.standing import word_of
from liaison.documents.minutes import SignSheet
from liaison.i18n import Words


def sheet_of(
    words: Words,
    viewer: Viewer,
    version: DocumentVersion,
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    notes: Sequence[str],
) -> SignSheet:
    """The sheet for one version, filled with the newest word of each agency as far as the viewer may read it, and blank where an agency
    has still to sign. The root stands below the `facts`; of these, what has no text is left out. Needs signers, sign-offs and parts."""
    root = (words._("Root of the text (SHA-256): %(root)s", root=""), _in_groups(version.root))
    return SignSheet(
        title=title,
        facts=[(label, text) for label, text in (*facts, root) if text],
        heads=[
            words._("Agency"),
            words._("Opinion"),
            words._("Signature of the leader"),
            words._("Seal"),
            words._("Date"),
        ],
        rows=[_row(words, viewer, version, one) for one in version.signers],
        notes=notes,
    )


def _row(words: Words, viewer: Viewer, version: DocumentVersion, signer: Signer) -> Sequence[str]:
    word = word_of(version, signer.agency_id)
    if word is not None:
        signed_on = (word.registered or {}).get("signed_on")
        day = words.date(date.fromisoformat(signed_on) if signed_on else word.at)
        return [signer.agency_name, _opinion(words, viewer, version, word), _who(words, word), "", day]
    if signer.excused_at is not None:
        reason = words._("Not waited for: %(reason)s", reason=signer.reason or "")
        return [signer.agency_name, reason, "", "", ""]
    return [signer.agency_name, words._("□ Agreed\n□ Changes requested:"), "", "", ""]


def _in_groups(root: str) -> str:
    """Eight by eight, as people compare it on paper."""
    return " ".join(root[at : at + 8] for at in range(0, len(root), 8))


def _opinion(words: Words, viewer: Viewer, version: DocumentVersion, word: SignOff) -> str:
    text = word.text if word.text and may_read_words(viewer, version, word) else ""
    if word.state == CHANGES_REQUESTED:
        return words._("Changes requested: %(text)s", text=text)
    if word.state == DEEMED:
        return words._("Taken to agree: no answer by the date")
    return "\n".join(filter(None, (words._("Agreed"), text)))


def _who(words: Words, word: SignOff) -> str:
    noted = word.registered or {}
    if word.state == PAPER:
        return words._("%(name)s\n(on paper)", name=noted.get("leader") or "")
    if noted:
        return words._("%(name)s\n(registered)", name=noted.get("said_by") or "")
    name = word.by_name or ""
    return name + words._(" (%(text)s)", text=words._("unverified")) if word.unverified else name
