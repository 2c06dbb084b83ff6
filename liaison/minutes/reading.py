"""Minutes as one viewer reads them: what stands now, and each section as far as they may know it."""

from liaison.accounts.viewer import Viewer
from liaison.countersigning.content import Section
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session
from liaison.minutes import queries
from liaison.minutes.editing import SectionShown, shown
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import may_edit_section


async def in_full(
    db: Session, viewer: Viewer, minutes: Minutes, version_id: int
) -> tuple[Minutes, DocumentVersion, list[SectionShown]]:
    """The minutes and one version of them as they stand now, with its sections as this viewer may know them."""
    found = await queries.of_document(db, minutes.document_id)
    version = next(one for one in found.document.versions if one.id == version_id)
    brought = await queries.brought_by(db, version.sections)

    def may_edit(one: Section) -> bool:
        return found.issued_at is None and may_edit_section(viewer, found.meeting, one.audience, brought.get(one.key))

    return found, version, shown(viewer, version, may_edit)
