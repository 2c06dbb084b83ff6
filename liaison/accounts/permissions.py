"""Who may do what with accounts. Pure: facts of the viewer and the person in hand, nothing loaded."""

from liaison.accounts.viewer import Viewer


def may_make_token(viewer: Viewer, person_id: int) -> bool:
    """A token is a person's whole right to act: they make it themselves, signed in on a page; for others only the server's console does."""
    return viewer.via == "cli" or (viewer.via == "web" and viewer.person_id == person_id)
