"""What agencies said of a text, in words, as mails and the pages behind their links say it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from liaison.countersigning.comparing import ADDED, CHANGED, MOVED, REMOVED
from liaison.countersigning.models import AGREED, CHANGES_REQUESTED, DEEMED, PAPER, DocumentVersion, SignOff
from liaison.countersigning.standing import standing_of
from liaison.i18n import N_, Words

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


def progress(words: Words, version: DocumentVersion) -> str:
    """How many of the agencies have agreed to this version. Needs `signers` and `sign_offs`."""
    stands = standing_of(version)
    waited_for = len(stands.signers) - len(stands.excused)
    return words._("%(agreed)s of %(all)s agencies have agreed", agreed=len(stands.agreed), all=waited_for)


def names_of(version: DocumentVersion, agency_ids: Sequence[int]) -> list[str]:
    """The names, as they were when it was circulated, of some that sign."""
    return [one.agency_name for one in version.signers if one.agency_id in agency_ids]


def sign_off_facts(
    words: Words,
    version: DocumentVersion,
    said: SignOff,
    text: str | None,
    ways: Mapping[str, str],
    *,
    section: str | None,
) -> list[tuple[str, str]]:
    """What was recorded of an agency's word, line by line; `text` and `section` (a key) as far as the reader may know them;
    `ways`: how what was registered came, in words."""
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
        if way := ways.get(said.registered["how"]):
            found.append((words._("Way"), words._(way)))
        if signed_on := said.registered.get("signed_on"):
            found.append((words._("Signed on"), words.full_date(date.fromisoformat(signed_on))))
    elif said.by_name:
        found.append((words.pgettext("sign-off", "By"), said.by_name))
    found.append((words._("Recorded at"), words.moment(said.at)))
    return [*found, (words._("Check value"), said.root)]
