"""How the pages of minutes arrange who took part, who signs, and what can still be given up. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from liaison.accounts.viewer import Viewer
from liaison.countersigning import showing
from liaison.countersigning.models import DocumentVersion
from liaison.countersigning.showing import SignerShown
from liaison.meetings.permissions import is_host
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import may_register


def signers_shown(
    viewer: Viewer, minutes: Minutes, version: DocumentVersion, members_today: Collection[int]
) -> list[SignerShown]:
    """Who signs this version, in their order."""
    meeting, document = minutes.meeting, minutes.document
    return showing.signers_shown(
        viewer,
        document,
        version,
        members_today,
        may_register=lambda agency_id: may_register(viewer, meeting, document, agency_id),
        decides=is_host(viewer, meeting),
    )


def took_part(head: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Who took part, by how, as the head of a version says."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in head.get("took_part") or ():
        found.setdefault(one["how"], []).append(one)
    return found


def nobody_was_shown(minutes: Minutes) -> bool:
    """Whether a correction can still be given up."""
    return minutes.corrects_id is not None and all(one.circulated_at is None for one in minutes.document.versions)
