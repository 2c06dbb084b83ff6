"""会议材料: bringing a paper or a newer version of one, changing who may know of it, taking it away and putting it back."""

from collections.abc import Collection

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.files.kinds import shown_name
from liaison.files.store import Brought
from liaison.i18n import N_
from liaison.meetings import agenda as items
from liaison.meetings import paper_queries as queries
from liaison.meetings.agenda import agencies_to_know
from liaison.meetings.locking import audit_line, lock
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.paper_models import Paper, PaperVersion
from liaison.meetings.paper_queries import Found
from liaison.meetings.paper_rules import MOST_PAPERS, MOST_VERSIONS, brings_to_all, may_bring, may_keep, may_remove
from liaison.meetings.scheduling import UNSET, Unset

NOT_YOURS = N_("Papers are brought by the host's liaison; to an item also by whoever proposed it and by their liaison.")
NOT_YOUR_PAPER = N_("A paper is changed by whoever brought it and by the liaison of their agency.")
_TOO_MANY = N_("A meeting takes %(most)s papers, and a paper as many as %(versions)s versions.")


async def refuse_who_brings_nothing(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    """Before anything of a file is read: whether the viewer may bring a paper to this meeting, or to some item of it. Raises
    NotPermitted."""
    own = meeting.held_at is None and await queries.has_own_item(db, viewer, meeting)
    if not brings_to_all(viewer, meeting) and not own:
        raise NotPermitted(NOT_YOURS)


async def add(
    db: Session,
    viewer: Viewer,
    meeting: Meeting,
    file: Brought,
    *,
    title: str,
    agenda_item_id: int | None = None,
    audience: Collection[int] = (),
) -> Paper:
    """Bring a paper, to an item of the agenda or to the meeting as a whole; without `title` it is called as its file. `audience` names
    the agencies that may know of it, the viewer's own besides; none: whoever may know of the item. The same file once more is the same
    paper. Raises NotPermitted, Invalid, Conflict."""
    await lock(db, meeting)
    item = await _item(db, viewer, meeting, agenda_item_id)
    if not may_bring(viewer, meeting, item):
        raise NotPermitted(NOT_YOURS)
    check = Check()
    name = _name(check, file)
    title = check.required_text("title", title.strip() or name.rpartition(".")[0], most=200)
    known = await _audience(db, check, viewer, meeting, item, audience)
    check.done()
    for same in await queries.papers_of(db, viewer, meeting):
        if (same.agenda_item_id, same.title, same.newest.sha256) == (agenda_item_id, title, file.kept.sha256):
            return (await queries.paper_of(db, viewer, same.id)).paper
    if await queries.count(db, meeting.id) >= MOST_PAPERS:
        raise Conflict(_TOO_MANY, most=MOST_PAPERS, versions=MOST_VERSIONS)
    paper = Paper(
        meeting_id=meeting.id,
        agenda_item_id=item.id if item else None,
        agency_id=viewer.agency_id,
        title=title,
        audience=known,
        added_at=db.now(),
        added_by=viewer.person_id,
        version=1,
    )
    db.add(paper)
    await db.flush()
    await _version(db, viewer, paper, 1, name, file)
    audit_line(db, viewer, "add_paper", meeting, paper=paper.id, sha256=file.kept.sha256)
    return paper


async def add_version(db: Session, viewer: Viewer, found: Found, file: Brought) -> Paper:
    """Bring a newer version of a paper; those before it stay readable. The same file once more is the same version. Raises
    NotPermitted, Invalid, Conflict."""
    paper = await _locked(db, found)
    if not may_keep(viewer, found.meeting, paper):
        raise NotPermitted(NOT_YOUR_PAPER)
    check = Check()
    name = _name(check, file)
    check.done()
    newest = paper.versions[-1]
    if newest.sha256 == file.kept.sha256:
        return paper
    if newest.number >= MOST_VERSIONS:
        raise Conflict(_TOO_MANY, most=MOST_PAPERS, versions=MOST_VERSIONS)
    await _version(db, viewer, paper, newest.number + 1, name, file)
    paper.touch()
    audit_line(
        db, viewer, "add_paper_version", found.meeting, paper=paper.id, n=newest.number + 1, sha256=file.kept.sha256
    )
    return paper


async def change(
    db: Session,
    viewer: Viewer,
    found: Found,
    *,
    title: str | Unset = UNSET,
    audience: Collection[int] | Unset = UNSET,
    version: int | None = None,
) -> Paper:
    """Call a paper otherwise, or say who may know of it. Who read it before has read it. Raises NotPermitted, Invalid, Conflict."""
    paper = await _locked(db, found)
    if not may_keep(viewer, found.meeting, paper):
        raise NotPermitted(NOT_YOUR_PAPER)
    paper.check_version(version, title=paper.title)
    check = Check()
    if not isinstance(title, Unset):
        paper.title = check.required_text("title", title, most=200)
    if not isinstance(audience, Unset):
        paper.audience = await _audience(db, check, viewer, found.meeting, paper.agenda_item, audience, paper.agency_id)
    check.done()
    paper.touch()
    audit_line(db, viewer, "change_paper", found.meeting, paper=paper.id, audience=sorted(paper.audience or ()))
    return paper


async def remove(db: Session, viewer: Viewer, found: Found) -> Paper:
    """Take a paper away; `restore` undoes it, and its files stay. Raises NotPermitted."""
    paper = await _locked(db, found)
    if not may_remove(viewer, found.meeting, paper):
        raise NotPermitted(NOT_YOUR_PAPER)
    if paper.removed_at is None:
        paper.removed_at, paper.removed_by = db.now(), viewer.person_id
        paper.touch()
        audit_line(db, viewer, "remove_paper", found.meeting, paper=paper.id)
    return paper


async def restore(db: Session, viewer: Viewer, found: Found) -> Paper:
    """Undo `remove`. Raises NotPermitted."""
    paper = await _locked(db, found)
    if not may_remove(viewer, found.meeting, paper):
        raise NotPermitted(NOT_YOUR_PAPER)
    if paper.removed_at is not None:
        paper.removed_at = paper.removed_by = None
        paper.touch()
        audit_line(db, viewer, "restore_paper", found.meeting, paper=paper.id)
    return paper


async def choose_largest(db: Session, viewer: Viewer, megabytes: int | None) -> None:
    """How large a file may be, for the whole site. Raises NotPermitted, Invalid."""
    check = Check()
    check.number("megabytes", megabytes, least=1, most=queries.MOST_MEGABYTES, required=True)
    check.done()
    await site.choose(db, viewer, queries.LARGEST, {"megabytes": megabytes})


async def note_reading(db: Session, viewer: Viewer, meeting: Meeting, paper_id: int, number: int) -> None:
    """What a reader (查阅人员) looked into is one line of the trail."""
    audit_line(db, viewer, "read_paper", meeting, paper=paper_id, n=number)


async def _locked(db: Session, found: Found) -> Paper:
    await lock(db, found.meeting)
    return await locked(db, Paper, found.paper.id)


async def _item(db: Session, viewer: Viewer, meeting: Meeting, item_id: int | None) -> AgendaItem | None:
    if item_id is None:
        return None
    try:
        item = await items.item_of(db, viewer, item_id)
    except NotFound:
        item = None
    if item is None or item.meeting_id != meeting.id:
        raise Invalid({"agenda_item_id": N_("Please choose an item of this agenda.")})
    return item


async def _audience(
    db: Session,
    check: Check,
    viewer: Viewer,
    meeting: Meeting,
    item: AgendaItem | None,
    given: Collection[int],
    agency_id: int | None = None,
) -> frozenset[int] | None:
    found = await agencies_to_know(db, check, meeting, given, agency_id or viewer.agency_id)
    if found is not None and item is not None and item.audience is not None and not found <= item.audience:
        check.refuse("audience", N_("A paper is known to no more agencies than the item it belongs to."))
    return found


def _name(check: Check, file: Brought) -> str:
    name = shown_name(file.file_name)
    return check.text("file", name, most=120) or f"1.{file.kind}"


async def _version(db: Session, viewer: Viewer, paper: Paper, number: int, name: str, file: Brought) -> None:
    db.add(
        PaperVersion(
            paper_id=paper.id,
            number=number,
            file_name=name,
            stored_name=file.kept.stored_name,
            bytes=file.kept.bytes,
            sha256=file.kept.sha256,
            kind=file.kind,
            added_at=db.now(),
            added_by=viewer.person_id,
        )
    )
    await db.flush()
