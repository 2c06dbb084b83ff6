"""A countersigned text as the verifier computes it again: every section that its reader may know with its salt, of the others the hash, and
what each agency said. Pure."""

from typing import Any
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.countersigning.content import SCHEMA
from liaison.countersigning.models import Document, DocumentSection, DocumentVersion
from liaison.countersigning.permissions import may_read_section
from liaison.countersigning.values import sign_off_json, signers_json


def signed_json(
    viewer: Viewer, document: Document, version: DocumentVersion, zone: ZoneInfo, *, in_force: bool, head: str | None
) -> dict[str, Any]:
    """One version with its root. `in_force`: it was issued, or holds; `head`: that of the audit trail which is printed on it."""
    return {
        "kind": document.kind,
        "about": document.about,
        "number": version.number,
        "in_force": in_force,
        "printed_head": head,
        "schema": SCHEMA,
        "head": version.head,
        "root": version.root,
        "sections": [_section(viewer, one) for one in version.parts],
        "signers": signers_json(version, zone),
        "sign_offs": [sign_off_json(viewer, document, version, one, zone) for one in version.sign_offs],
    }


def _section(viewer: Viewer, one: DocumentSection) -> dict[str, Any]:
    if not may_read_section(viewer, one.audience):
        return {"hash": one.hash}
    return {
        "hash": one.hash,
        "salt": one.salt,
        "key": one.key,
        "title": one.title,
        "text": one.text,
        "audience": None if one.audience is None else sorted(one.audience),
        "attachments": [{"title": title, "sha256": sha256} for title, sha256 in one.attachments],
    }
