"""Who may do what with what is put to the members (PERMISSIONS.md "found a mechanism, add members"). Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.countersigning.models import Document, DocumentVersion
from liaison.countersigning.permissions import may_sign
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import may_see, reads_before
from liaison.proposals.models import Proposal

NOT_LEAD = N_("This is proposed to the members by the lead agency's liaison.")


def may_propose(viewer: Viewer, mechanism: Mechanism) -> bool:
    """Draft, circulate, withdraw, put in force: the liaison in office of the lead agency, and no deputy."""
    return viewer.officer_of(mechanism.id) == mechanism.lead_agency_id


def may_read_draft(viewer: Viewer, mechanism: Mechanism) -> bool:
    """See what has not been circulated: liaison and deputy of the lead agency."""
    return viewer.acts_for(mechanism.id) == mechanism.lead_agency_id


def may_read_circulated(viewer: Viewer, mechanism: Mechanism, version: DocumentVersion) -> bool:
    """See what is being signed, or was replaced or withdrawn after that: liaisons and deputies of the agencies that were members when it
    was circulated, since who joins sees records from then on. What came in force is read by everybody who sees the mechanism."""
    if version.circulated_at is None or viewer.acts_for(mechanism.id) is None:
        return False
    day = version.circulated_at.astimezone(ZoneInfo(mechanism.timezone)).date()
    return any(one.covers(day) for one in viewer.member_of.get(mechanism.id, ()))


def may_register(viewer: Viewer, mechanism: Mechanism, document: Document, agency_id: int) -> bool:
    """代登记 of a sign-off that came on paper or another way: the lead's liaison for the other agencies; for one's own who may sign for
    it, since to register it is to sign."""
    if viewer.person_id == NOBODY:
        return False
    own = viewer.acts_for(mechanism.id) == agency_id
    return may_sign(viewer, document, agency_id) if own else may_propose(viewer, mechanism)


def readable_versions(viewer: Viewer, proposal: Proposal, now: datetime) -> list[DocumentVersion]:
    """The versions that the viewer may read, in their order: what came in force everybody who sees the mechanism, but a former member
    only what did before it left; what is or was being signed those concerned; a draft the lead agency. Needs all of the document."""
    mechanism, document = proposal.mechanism, proposal.document
    if not may_see(viewer, mechanism.id):
        return []
    holds = document.in_force_at is not None and proposal.withdrawn_at is None
    in_force = document.newest if holds else None
    drafts = may_read_draft(viewer, mechanism)
    found = []
    for one in document.versions:
        if one is in_force:
            before = reads_before(viewer, mechanism.id, mechanism.timezone, now)
            reads = before is None or (document.in_force_at is not None and document.in_force_at < before)
        else:
            reads = drafts or may_read_circulated(viewer, mechanism, one)
        if reads:
            found.append(one)
    return found
