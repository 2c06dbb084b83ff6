"""Sign-offs as programs read them. Pure."""

from typing import Any
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import Document, DocumentVersion, SignOff
from liaison.countersigning.permissions import may_read_words
from liaison.countersigning.standing import is_void, standing_of


def signers_json(version: DocumentVersion, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Who signs this version and where each stands; instants in `zone`."""
    stands = standing_of(version)
    states = {
        **dict.fromkeys(stands.agreed, "agreed"),
        **dict.fromkeys(stands.wants_changes, "changes_requested"),
        **dict.fromkeys(stands.owes, "owes"),
        **dict.fromkeys(stands.excused, "excused"),
    }
    return [
        {
            "agency_id": str(one.agency_id),
            "name": one.agency_name,
            "state": states[one.agency_id],
            "reason": one.reason,
            "reminded_at": one.reminded_at.astimezone(zone).isoformat() if one.reminded_at else None,
        }
        for one in version.signers
    ]


def sign_off_json(
    viewer: Viewer, document: Document, version: DocumentVersion, one: SignOff, zone: ZoneInfo
) -> dict[str, Any]:
    """What an agency said of a version, as far as this reader may know it."""
    known = may_read_words(viewer, version, one)
    return {
        "id": str(one.id),
        "agency_id": str(one.agency_id),
        "number": version.number,
        "state": one.state,
        "void": is_void(document, version, one),
        "root": one.root,
        "text": one.text if known else None,
        "section_key": one.section_key if known else None,
        "by": one.by_name,
        "at": one.at.astimezone(zone).isoformat(),
        "via": one.via,
        "unverified": one.unverified,
        "registered": one.registered,
    }
