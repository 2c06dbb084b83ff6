"""Who may sign (PERMISSIONS.md "sign minutes or agreement, ask for changes"). Pure."""

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.countersigning.models import Document, DocumentVersion, SignOff


def may_sign(viewer: Viewer, document: Document, agency_id: int) -> bool:
    """Sign or ask for changes: the agency's liaison in office, if the designation lets them sign; its own authorising officer; and by
    the link mailed to an agency that has no liaison, whoever reads its mail."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == agency_id
    if viewer.person_id == document.authorised_by_id and viewer.agency_id == agency_id:
        return True
    return any(
        one.mechanism_id == document.mechanism_id and one.agency_id == agency_id and one.in_office and one.may_sign
        for one in viewer.designations
    )


def signs_for(viewer: Viewer, document: Document) -> int | None:
    """The agency the viewer may sign for; None for none."""
    own = viewer.officer_of(document.mechanism_id) or viewer.agency_id
    return own if may_sign(viewer, document, own) else None


def may_read_section(viewer: Viewer, audience: frozenset[int] | None) -> bool:
    """Read a section: everybody who reads the document, or of a restricted one the people of its audience."""
    return audience is None or viewer.agency_id in audience


def may_read_words(viewer: Viewer, version: DocumentVersion, said: SignOff) -> bool:
    """Read what an agency wrote beside its sign-off: everybody who reads the document, unless it is about a section that the reader may
    not know of. Needs `parts`."""
    about = next((one for one in version.parts if one.key == said.section_key), None)
    return about is None or may_read_section(viewer, about.audience) or viewer.agency_id == said.agency_id
