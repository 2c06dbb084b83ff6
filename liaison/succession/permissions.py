"""Who may do what around a change of liaison. Pure."""

from liaison.accounts.viewer import Viewer
from liaison.mechanisms.models import Designation
from liaison.mechanisms.permissions import may_designate, speaks_for


def may_write_for(viewer: Viewer, term: Designation) -> bool:
    """Make the letter that tells of a change, and say that it was delivered: who designates for the agency, its liaison and deputy, and
    those of the lead agency, who have it delivered. Needs `mechanism`."""
    acts_for = viewer.acts_for(term.mechanism_id)
    acts = acts_for in (term.agency_id, term.mechanism.lead_agency_id) and acts_for is not None
    return acts or may_designate(viewer, term.mechanism_id, term.agency_id)


def may_read_sheet(viewer: Viewer, term: Designation, successor_id: int | None) -> bool:
    """Read the handover sheet of an office: who leaves it and who takes it over, and who speaks for their agency. An operator does not:
    it says what the agency works on."""
    if viewer.agency_id != term.agency_id:
        return False
    return viewer.person_id in (term.person_id, successor_id) or speaks_for(viewer, term.mechanism_id, term.agency_id)
