"""Who may do what with accounts. Pure: facts of the viewer and the person in hand, nothing loaded."""

from typing import Any


def may_make_token(actor: Any, person_id: int) -> bool:
    """A token is a person's whole right to act: they make it themselves, signed in on a page; for others only the server's console does."""
    return bool(actor.via == "cli" or (actor.via == "web" and actor.person_id == person_id))
