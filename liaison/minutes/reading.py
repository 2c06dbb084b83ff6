"""Minutes as one viewer reads them: each section as far as they may know it."""

from liaison.accounts.viewer import Viewer
from liaison.countersigning.content import Section, SectionShown
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session
from liaison.minutes import queries
from liaison.minutes.editing import shown
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import may_edit_section


async def sections_for(db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion) -> list[SectionShown]:
    """The sections of one version as this viewer may know and change them."""
    brought = await queries.brought_by(db, version.sections)

    def may_edit(one: Section) -> bool:
        return minutes.issued_at is None and may_edit_section(
            viewer, minutes.meeting, one.audience, brought.get(one.key)
        )

    return shown(viewer, version, may_edit)
