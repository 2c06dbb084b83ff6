"""Who names readers, and who sees who they are (PERMISSIONS.md "reader"). Pure."""

from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.directory.models import Person
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import sees_until

NOT_YOURS = N_("Readers are named by the lead agency's liaison, or by the operator on the members' letter.")


def may_name(viewer: Viewer, mechanism: Mechanism) -> bool:
    """Name a reader, and end their time: the liaison in office of the lead agency, and no deputy; the operator on what the members agreed."""
    return viewer.operator or viewer.officer_of(mechanism.id) == mechanism.lead_agency_id


def needs_basis(viewer: Viewer, mechanism: Mechanism) -> bool:
    """Whether they must say on which letter: who is not the lead's liaison."""
    return viewer.officer_of(mechanism.id) != mechanism.lead_agency_id


def lets_itself_in(viewer: Viewer, mechanism: Mechanism, person: Person) -> bool:
    """Whether the operator, who sees the frame alone, would open the content to an operator: to themself or to one another."""
    return needs_basis(viewer, mechanism) and person.operator_at is not None


def may_see_readers(viewer: Viewer, mechanism_id: int, today: date) -> bool:
    """Know who reads the mechanism, and what they looked at: people of the member agencies, the operator, and the readers themselves."""
    return sees_until(viewer, mechanism_id, today) is None
