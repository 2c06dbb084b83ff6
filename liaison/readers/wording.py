"""What readers looked at, in words: by how an address begins. Pure."""

from typing import Final

from liaison.i18n import N_, Words

_PLACES: Final = {
    "mechanisms": N_("Mechanism"),
    "meetings": N_("Meetings"),
    "agenda-items": N_("Agenda item"),
    "actions": N_("Action item"),
    "action-items": N_("Action item"),
    "decisions": N_("Decision"),
    "minutes": N_("Minutes of the meeting"),
    "papers": N_("Meeting papers"),
    "proposals": N_("Agreement"),
    "series": N_("Meeting series"),
}
_VERBS: Final = {
    "read_paper": N_("Meeting papers"),
    "read_minutes": N_("Minutes of the meeting"),
    "view_minutes": N_("Minutes of the meeting"),
    "view_agreement": N_("Agreement"),
    "view_member": N_("New member agency"),
    "make_archive": N_("Archive taken along"),
}


def what(words: Words, verb: str, path: str | None) -> str:
    """The kind of thing that was opened; of a page that shows several kinds, the page."""
    if verb in _VERBS:
        return words._(_VERBS[verb])
    parts = (path or "").removeprefix("/api").strip("/").split("/")
    if len(parts) > 1 and parts[0] in _PLACES:
        file = parts[-1].rpartition(".")[2] if "." in parts[-1] else ""
        name = words._(_PLACES[parts[0]])
        return f"{name} (.{file})" if file else name
    return words._("Overview")
