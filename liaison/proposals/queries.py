"""What pages, API, mails and the desk read of what is put to the members. Everything that a viewer sees goes through `readable_versions`."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.countersigning import queries as documents
from liaison.countersigning.models import Document, DocumentVersion
from liaison.countersigning.standing import standing_of
from liaison.db import Session
from liaison.errors import NotFound
from liaison.mechanisms.models import Mechanism
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import readable_versions

_WHOLE = (
    joinedload(Proposal.mechanism).joinedload(Mechanism.lead_agency),
    joinedload(Proposal.joins),
    joinedload(Proposal.proposed_by),
)


async def of_mechanism(db: Session, viewer: Viewer, mechanism: Mechanism) -> list[Proposal]:
    """What was put to the members, and what is being prepared, as far as the viewer may read any of it; newest first, each whole."""
    found = await _whole(db, select(Proposal).where(Proposal.mechanism_id == mechanism.id).order_by(Proposal.id.desc()))
    return [one for one in found if readable_versions(viewer, one, db.now())]


def something_open() -> ColumnElement[bool]:
    """Of a mechanism in a query: whether something is put to its members, or prepared."""
    still = Proposal.withdrawn_at.is_(None), Proposal.took_effect_on.is_(None)
    return select(Proposal.id).where(Proposal.mechanism_id == Mechanism.id, *still).exists()


async def under_way_in(db: Session, mechanism_id: int) -> set[int | None]:
    """The agencies of which it is proposed there that they join; None among them while a version of the agreement is drafted, signed or
    waits for its day."""
    still = Proposal.withdrawn_at.is_(None), Proposal.took_effect_on.is_(None)
    return set(await db.scalars(select(Proposal.joins_id).where(Proposal.mechanism_id == mechanism_id, *still)))


async def open_in(db: Session, mechanism_ids: Collection[int]) -> list[Proposal]:
    """Those of these mechanisms that were neither put in force nor withdrawn, whole."""
    if not mechanism_ids:
        return []
    query = select(Proposal).join(Document, Document.id == Proposal.document_id)
    still = Document.in_force_at.is_(None), Proposal.withdrawn_at.is_(None)
    return await _whole(db, query.where(Proposal.mechanism_id.in_(mechanism_ids), *still).order_by(Proposal.id))


async def owed_by(db: Session, mechanism_id: int, agency_id: int) -> list[Proposal]:
    """Those on which the agency still owes its word."""
    return [
        one
        for one in await open_in(db, [mechanism_id])
        if one.document.newest.circulated_at is not None and agency_id in standing_of(one.document.newest).owes
    ]


async def by_id(db: Session, proposal_id: int) -> Proposal:
    """One, whole, whoever asks. Raises NotFound."""
    found = await _whole(db, select(Proposal).where(Proposal.id == proposal_id))
    if not found:
        raise NotFound
    return found[0]


async def of_document(db: Session, document_id: int) -> Proposal:
    """What a document holds, whole. Raises NotFound."""
    found = await _whole(db, select(Proposal).where(Proposal.document_id == document_id))
    if not found:
        raise NotFound
    return found[0]


async def of_version(db: Session, version_id: int) -> tuple[Proposal, DocumentVersion]:
    """One version by its id, with its proposal, whoever asks. Raises NotFound."""
    proposal = await of_document(db, await documents.document_of(db, version_id))
    return proposal, next(one for one in proposal.document.versions if one.id == version_id)


async def version(db: Session, viewer: Viewer, version_id: int) -> tuple[Proposal, DocumentVersion]:
    """The same, if the viewer may read it. Raises NotFound."""
    proposal, found = await of_version(db, version_id)
    if found not in readable_versions(viewer, proposal, db.now()):
        raise NotFound
    return proposal, found


async def to_take_effect(db: Session, latest: date) -> list[int]:
    """Those put in force for a local date up to `latest` that have not changed the mechanism yet."""
    query = select(Proposal.id).where(
        Proposal.takes_effect_on <= latest, Proposal.took_effect_on.is_(None), Proposal.withdrawn_at.is_(None)
    )
    return list(await db.scalars(query.order_by(Proposal.takes_effect_on, Proposal.id)))


async def _whole(db: Session, query: Select[Proposal]) -> list[Proposal]:
    rows: Sequence[Proposal] = (await db.scalars(query.options(*_WHOLE))).all()
    known = await documents.documents(db, [one.document_id for one in rows]) if rows else {}
    for one in rows:
        one.document = known[one.document_id]
    return list(rows)
