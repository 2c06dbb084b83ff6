"""The notices and referrals of an archive: those that the viewer's agency sent or was sent, each as a letter, with its papers and what
every agency did with it; and 移送台账."""

import asyncio

from liaison.archive.filing import INFORMATION, LEDGER, REFERRAL, Filed
from liaison.archive.packing import Packer
from liaison.archive.pages import FileShown
from liaison.archive.scope import Scope
from liaison.db import Session
from liaison.files.models import READY
from liaison.notices import ledger, queries
from liaison.notices.ledger_table import table_of
from liaison.notices.models import Notice
from liaison.notices.papers import make_letter
from liaison.notices.values import notice_json
from liaison.notices.wording import KIND_NAMES

FOLDER = "notices"
_AT_ONCE = 40


async def notices(db: Session, scope: Scope, packer: Packer | None) -> list[FileShown]:
    """All of them, newest first, as far as they were sent in these days."""
    shown, before = [], None
    while some := await queries.of_mechanism(db, scope.viewer, scope.mechanism.id, before=before, limit=_AT_ONCE):
        before = some[-1].id
        for one in some:
            if one.sent_at is None:
                scope.left_out["notices"] += 1
            elif scope.holds(one.dated_on):
                scope.counts["notices"] += 1
                shown.append(await _notice(db, scope, packer, one))
                await asyncio.sleep(0)
        db.expunge_all()
    return [one for one in (*shown, await _ledger(db, scope, packer)) if one is not None]


async def _notice(db: Session, scope: Scope, packer: Packer | None, one: Notice) -> FileShown | None:
    readable = [paper for paper in one.papers if paper.standing(scanner=scope.scanner) == READY]
    scope.left_out["papers"] += len(one.papers) - len(readable)
    scope.counts["papers"] += len(readable)
    if packer is None or one.sent_at is None:
        return None
    day, kind = one.dated_on, scope.words._(KIND_NAMES[one.kind])
    folder = packer.folder(FOLDER, f"{day} {one.subject}")
    filed = Filed(
        REFERRAL if one.is_referral else INFORMATION, one.subject, one.from_agency.name, one.doc_no or "", day
    )
    path = packer.path(folder, f"{kind}.docx")
    await asyncio.to_thread(packer.add, path, await make_letter(db, one), filed)
    await asyncio.to_thread(packer.add_json, packer.path(folder, "notice.json"), notice_json(one))
    for paper in readable:
        place = packer.path(folder, paper.file_name)
        brought = Filed(filed.kind, paper.file_name, filed.by, "", scope.local(paper.added_at))
        if not await asyncio.to_thread(packer.add_file, place, db.settings.papers_dir / paper.stored_name, brought):
            scope.left_out["lost"] += 1
    return FileShown(f"{day} {one.subject}", path, one.from_agency.short_name)


async def _ledger(db: Session, scope: Scope, packer: Packer | None) -> FileShown | None:
    words, rows, before = scope.words, [], None
    filters = ledger.Filters(mechanism_id=scope.mechanism.id, sent_from=scope.first, sent_until=scope.last)
    while some := await ledger.leads(db, scope.viewer, filters, before=before, limit=_AT_ONCE):
        before = some[-1].notice_id
        rows += table_of(words, some)[1:]
        await asyncio.sleep(0)
    scope.counts["referrals"] = len(rows)
    if packer is None:
        return None
    title = words._("Ledger of referrals")
    filed = Filed(LEDGER, title, scope.viewer.agency_short_name, "", min(scope.last, scope.today))
    path = await asyncio.to_thread(packer.add_table, "ledgers", title, [table_of(words, [])[0], *rows], filed)
    return FileShown(title, path, "")
