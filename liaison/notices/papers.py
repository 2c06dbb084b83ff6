"""The papers of a notice: brought to the draft by the sending agency, or to a lead that was returned to it, read by every agency it goes to."""

import asyncio

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict
from liaison.files.kinds import shown_name
from liaison.files.store import Brought
from liaison.i18n import N_, Words
from liaison.notices.locking import audit_line, lock
from liaison.notices.models import Notice, NoticePaper
from liaison.notices.permissions import refuse_unchangeable

MOST_PAPERS = 20


async def add(db: Session, viewer: Viewer, notice: Notice, file: Brought) -> NoticePaper:
    """Bring one more; the same file once more is the same paper. Raises NotPermitted, Invalid (file), Conflict (sent, too many)."""
    await lock(db, notice)
    refuse_unchangeable(viewer, notice)
    check = Check()
    name = check.text("file", shown_name(file.file_name), most=120) or f"1.{file.kind}"
    check.done()
    same = next((one for one in notice.papers if (one.file_name, one.sha256) == (name, file.kept.sha256)), None)
    if same is not None:
        return same
    if len(notice.papers) >= MOST_PAPERS:
        raise Conflict(N_("A notice takes %(most)s papers."), most=MOST_PAPERS)
    paper = NoticePaper(
        notice_id=notice.id,
        file_name=name,
        stored_name=file.kept.stored_name,
        bytes=file.kept.bytes,
        sha256=file.kept.sha256,
        kind=file.kind,
        added_at=db.now(),
        added_by=viewer.person_id,
    )
    notice.papers.append(paper)
    notice.touch()
    await db.flush()
    audit_line(db, viewer, "add_notice_paper", notice, paper=paper.id, sha256=paper.sha256)
    return paper


async def remove(db: Session, viewer: Viewer, notice: Notice, paper_id: int) -> None:
    """Take one away from the draft, or from what is being supplied. Raises NotFound, NotPermitted, Conflict (sent)."""
    await lock(db, notice)
    paper = notice.paper(paper_id)
    refuse_unchangeable(viewer, notice, paper)
    notice.papers.remove(paper)
    await db.delete(paper)
    notice.touch()
    audit_line(db, viewer, "remove_notice_paper", notice, paper=paper_id, sha256=paper.sha256)


async def make_letter(db: Session, notice: Notice) -> bytes:
    """The notice as a letter (.docx) in the mechanism's language, made in a thread. Needs what its page shows."""
    words = Words(notice.mechanism.locale, notice.mechanism.timezone, db.clock.today(notice.mechanism.timezone))
    return await asyncio.to_thread(_letter, words, notice)


def _letter(words: Words, notice: Notice) -> bytes:
    from liaison.notices.letter import laid_out

    return laid_out(words, notice)
