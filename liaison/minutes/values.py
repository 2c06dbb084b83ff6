"""Minutes as programs read them: one version, with what every agency said of it and of those before. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

from liaison.accounts.viewer import Viewer
from liaison.countersigning.content import SectionShown
from liaison.countersigning.models import DocumentVersion
from liaison.countersigning.standing import state_of
from liaison.countersigning.values import sign_off_json, signers_json
from liaison.minutes.models import Minutes


def minutes_json(
    viewer: Viewer,
    minutes: Minutes,
    version: DocumentVersion,
    sections: Sequence[SectionShown],
    readable: Collection[int],
) -> dict[str, Any]:
    """One version of minutes, with what was said of it and of those before that the viewer may read (`readable`: the ids of versions).
    Ids are strings, instants in the meeting's zone. A section that the reader may not know of is `hidden`: its hash stands in the root,
    its words do not stand here."""
    zone, document = minutes.meeting.zone, minutes.document
    newest = version.number == document.newest.number
    return {
        "id": str(version.id),
        "meeting_id": str(minutes.meeting_id),
        "number": version.number,
        "version": version.version,
        "state": state_of(document) if newest else "superseded",
        "root": version.root,
        "head": version.head,
        "sections": [
            {
                "key": one.key,
                "title": one.title if not one.hidden else None,
                "text": one.text,
                "audience": None if one.audience is None else [str(id_) for id_ in sorted(one.audience)],
                "hash": one.hash,
                "hidden": one.hidden,
            }
            for one in sections
        ],
        "due_on": version.due_on.isoformat() if version.due_on else None,
        "circulated_at": version.circulated_at.astimezone(zone).isoformat() if version.circulated_at else None,
        "silence_consents": version.silence_consents,
        "signers": signers_json(version, zone),
        "sign_offs": [
            sign_off_json(viewer, document, each, one, zone)
            for each in document.versions
            if each.number <= version.number and each.id in readable
            for one in each.sign_offs
        ],
        "versions": [{"id": str(one.id), "number": one.number} for one in document.versions if one.id in readable],
        "issuing_agency_id": str(minutes.issuing_agency_id),
        "doc_no": minutes.doc_no,
        "issued_on": minutes.issued_on.isoformat() if minutes.issued_on else None,
        "issued_at": minutes.issued_at.astimezone(zone).isoformat() if minutes.issued_at else None,
        "copy_to": list(minutes.copy_to),
        "report_to": list(minutes.report_to),
        "corrects": version.head.get("corrects"),
        "reason": minutes.reason,
    }
