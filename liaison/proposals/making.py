"""Making the papers of a proposal, each for one viewer: who may read them, and the file."""

import asyncio
from dataclasses import dataclass

from liaison.accounts.viewer import Viewer
from liaison.countersigning.writing import NOT_CIRCULATED
from liaison.db import Session
from liaison.documents.agreement import Agreement
from liaison.documents.minutes import SignSheet
from liaison.errors import Conflict
from liaison.proposals import paper, queries
from liaison.proposals.wording import title


@dataclass(frozen=True, slots=True)
class Made:
    """A paper as a file."""

    file_name: str
    content: bytes


async def docx(db: Session, viewer: Viewer, version_id: int) -> Made:
    """The text as .docx, with room for each party to sign. Raises NotFound."""
    proposal, version = await queries.version(db, viewer, version_id)
    words = paper.words_for(proposal)
    content = await asyncio.to_thread(_laid_out, paper.said(words, proposal, version))
    number = words._("version %(n)d", n=version.number)
    return Made(f"{title(words, version.head)}-{number}.docx", content)


async def sheet(db: Session, viewer: Viewer, version_id: int) -> Made:
    """会签单 as .docx. Raises NotFound, Conflict (not circulated)."""
    proposal, version = await queries.version(db, viewer, version_id)
    if version.circulated_at is None:
        raise Conflict(NOT_CIRCULATED)
    words = paper.words_for(proposal)
    content = await asyncio.to_thread(_sheet_laid_out, paper.sign_sheet(words, viewer, proposal, version))
    return Made(f"{words._('Countersign sheet')}-{title(words, version.head)}.docx", content)


def _laid_out(said: Agreement) -> bytes:
    # Imported here because python-docx is large, and a server that makes no paper never needs it.
    from liaison.documents.agreement_paper import to_docx

    return to_docx(said)


def _sheet_laid_out(said: SignSheet) -> bytes:
    from liaison.documents.minutes_paper import sign_sheet_to_docx

    return sign_sheet_to_docx(said)
