"""Loading documents with what tells how they stand, and what an agency still owes."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from liaison.countersigning.models import PAPER, Document, DocumentVersion, Signer, SignOff
from liaison.db import Session
from liaison.errors import NotFound

_STANDING = (
    selectinload(Document.versions).selectinload(DocumentVersion.signers).joinedload(Signer.agency),
    selectinload(Document.versions).selectinload(DocumentVersion.sign_offs).joinedload(SignOff.agency),
    selectinload(Document.versions).selectinload(DocumentVersion.parts),
)


async def document(db: Session, document_id: int, *, fresh: bool = False) -> Document:
    """The document with every version, its text, signers and sign-offs; `fresh`: read again what this session holds. Raises NotFound."""
    query = select(Document).where(Document.id == document_id).options(*_STANDING)
    if fresh:
        await db.flush()
        query = query.execution_options(populate_existing=True)
    row = (await db.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def documents(db: Session, document_ids: Sequence[int]) -> dict[int, Document]:
    """The same of many, by id."""
    rows = await db.scalars(select(Document).where(Document.id.in_(document_ids)).options(*_STANDING))
    return {one.id: one for one in rows}


async def document_of(db: Session, version_id: int) -> int:
    """The id of the document that a version belongs to. Raises NotFound."""
    query = select(DocumentVersion.document_id).where(DocumentVersion.id == version_id)
    found = (await db.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def sign_off(db: Session, sign_off_id: int) -> SignOff:
    """One sign-off by its id. Raises NotFound."""
    row = await db.get(SignOff, sign_off_id)
    if row is None:
        raise NotFound
    return row


async def files_of_scans(db: Session) -> list[tuple[str, str]]:
    """How the scan of every sign-off on paper lies on the disk, and its SHA-256."""
    rows = await db.scalars(select(SignOff.scan).where(SignOff.state == PAPER).order_by(SignOff.id))
    return [(scan["stored_name"], scan["sha256"]) for scan in rows if scan]


async def to_be_deemed(db: Session, day: date) -> list[int]:
    """The documents of which silence is taken for consent on this local date or was before."""
    query = select(DocumentVersion.document_id).where(DocumentVersion.deem_on <= day)
    return list(await db.scalars(query.distinct().order_by(DocumentVersion.document_id)))
