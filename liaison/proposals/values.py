"""What is put to the members as programs read it: one version, with what every agency said of it and of those before. Pure."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import DocumentVersion
from liaison.countersigning.values import sign_off_json, signers_json
from liaison.mechanisms.wordings import Wording
from liaison.proposals.models import Proposal


def proposal_json(
    viewer: Viewer, proposal: Proposal, version: DocumentVersion, readable: Sequence[DocumentVersion]
) -> dict[str, Any]:
    """One version, with what was said of it and of those before that the viewer may read (`readable`). Ids are strings, instants in the
    mechanism's zone, days local dates. `kind`: agreement or member."""
    zone, document = ZoneInfo(proposal.mechanism.timezone), proposal.document
    return {
        "id": str(version.id),
        "mechanism_id": str(proposal.mechanism_id),
        "kind": document.kind,
        "number": version.number,
        "version": version.version,
        "state": proposal.state_of(version),
        "root": version.root,
        "head": version.head,
        "sections": [
            {"key": one.key, "title": one.title, "text": one.text, "hash": one.hash} for one in version.sections
        ],
        "reason": proposal.reason_beside(version),
        "proposed_by_agency_id": str(proposal.proposed_by_id),
        "due_on": version.due_on.isoformat() if version.due_on else None,
        "circulated_at": version.circulated_at.astimezone(zone).isoformat() if version.circulated_at else None,
        "signers": signers_json(version, zone),
        "sign_offs": [
            sign_off_json(viewer, document, each, one, zone)
            for each in readable
            if each.number <= version.number
            for one in each.sign_offs
        ],
        "versions": [{"id": str(one.id), "number": one.number} for one in readable],
        "doc_no": proposal.doc_no,
        "signed_on": proposal.signed_on.isoformat() if proposal.signed_on else None,
        "takes_effect_on": proposal.takes_effect_on.isoformat() if proposal.takes_effect_on else None,
        "withdrawn_at": proposal.withdrawn_at.astimezone(zone).isoformat() if proposal.withdrawn_at else None,
        "withdrawn_why": proposal.withdrawn_why,
    }


def wording_json(number: int, wording: Wording) -> dict[str, Any]:
    """One wording of the agreement that held; `held_until` is the first local date on which it no longer did."""
    return {
        "number": number,
        "title": wording.title,
        "doc_no": wording.doc_no,
        "signed_on": wording.signed_on.isoformat() if wording.signed_on else None,
        "effective_on": wording.effective_on.isoformat() if wording.effective_on else None,
        "review_on": wording.review_on.isoformat() if wording.review_on else None,
        "held_until": wording.held.ends_on.isoformat() if wording.held.ends_on else None,
        "countersigned": wording.document_id is not None,
        "clauses": [one.stored() for one in wording.clauses],
    }
