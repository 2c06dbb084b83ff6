"""Who may keep and read the directory (PERMISSIONS.md). Nobody edits another agency's people.

`has_admin` says whether the agency has an active administrator of its own: until then the operator sets it up ("the first people")."""

from collections.abc import Collection

from liaison.accounts.viewer import Viewer


def at_the_console(viewer: Viewer) -> bool:
    """Whether this is the command line on the server itself, whose user could change the database anyway."""
    return viewer.via == "cli"


def may_keep_agencies(viewer: Viewer) -> bool:
    """Add, change, deactivate an agency."""
    return viewer.operator or at_the_console(viewer)


def keeps_own(viewer: Viewer, agency_id: int) -> bool:
    """Whether the viewer keeps the people and offices of the own agency: its administrator, a liaison officer or a deputy."""
    return viewer.agency_id == agency_id and (viewer.agency_admin or viewer.acts_in_any())


def may_keep_people(viewer: Viewer, agency_id: int, *, has_admin: bool) -> bool:
    """Add or change people and offices of an agency."""
    return keeps_own(viewer, agency_id) or (viewer.operator and not has_admin) or at_the_console(viewer)


def may_deactivate(viewer: Viewer, agency_id: int) -> bool:
    """Take a person's account out of use, or back: the agency's keepers, and the operator, who keeps all accounts."""
    return keeps_own(viewer, agency_id) or viewer.operator or at_the_console(viewer)


def may_transfer(viewer: Viewer, from_agency_id: int, to_agency_id: int, *, has_admin: bool) -> bool:
    """Move a person: inside the agency whoever keeps its people; to another agency the operator alone, because neither agency
    may put people into the other or take them out of it."""
    if from_agency_id != to_agency_id:
        return viewer.operator or at_the_console(viewer)
    return may_keep_people(viewer, from_agency_id, has_admin=has_admin)


def may_name_agency_admin(viewer: Viewer, agency_id: int, *, has_admin: bool) -> bool:
    """Name or release an agency's administrator: the operator while there is none, then the agency's own administrator."""
    own = viewer.agency_id == agency_id and viewer.agency_admin
    return own or (viewer.operator and not has_admin) or at_the_console(viewer)


def may_name_operator(viewer: Viewer) -> bool:
    """Name or release an operator."""
    return viewer.operator or at_the_console(viewer)


def may_read_contact(viewer: Viewer, agency_id: int, in_common: Collection[int]) -> bool:
    """Phone and mail: of the own agency, of agencies in a common mechanism (`in_common`), and for the operator of all."""
    return agency_id == viewer.agency_id or agency_id in in_common or viewer.operator or at_the_console(viewer)
