"""Who reads and settles mail that came in (PERMISSIONS.md). Pure."""

from liaison.accounts.viewer import Viewer


def may_read(viewer: Viewer, mechanism_id: int | None) -> bool:
    """Officers and deputies those of their mechanism; what belongs to none is the operator's."""
    return viewer.operator if mechanism_id is None else viewer.acts_for(mechanism_id) is not None
