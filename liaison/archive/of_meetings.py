"""The meetings and activities of an archive: what was announced, who took part, what was decided, the papers, and the issued minutes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liaison.archive.filing import MINUTES, NOTICE_OF_MEETING, PAPER, RECORD, Filed
from liaison.archive.packing import Packer
from liaison.archive.pages import FileShown, rendered
from liaison.archive.scans import scans
from liaison.archive.scope import Scope
from liaison.archive.signed import signed_json
from liaison.db import Session
from liaison.files.models import READY
from liaison.meetings import queries, recording
from liaison.meetings.agenda_queries import agenda
from liaison.meetings.audience import HIDDEN, ItemShown
from liaison.meetings.decision_models import Decision
from liaison.meetings.models import Attendee, Meeting
from liaison.meetings.paper_queries import papers_of, stored_names
from liaison.meetings.paper_rules import PaperShown
from liaison.meetings.permissions import may_see_list
from liaison.meetings.values import (
    agenda_item_json,
    attendee_json,
    decision_json,
    decision_label,
    meeting_json,
    paper_json,
)
from liaison.meetings.wording import ATTENDANCE_NAMES, KIND_NAMES, STATE_NAMES
from liaison.minutes import making, paper
from liaison.minutes import queries as minutes_queries
from liaison.minutes.models import Minutes
from liaison.paperwork.models import NOTICE_OF_MEETING as NOTICE
from liaison.paperwork.permissions import may_make
from liaison.paperwork.writing import make

FOLDER = "meetings"


@dataclass(frozen=True, slots=True)
class MeetingFiled:
    """One meeting as the first page names it."""

    title: str
    kind: str
    state: str
    on: str
    host: str
    path: str


async def meetings(db: Session, scope: Scope, packer: Packer | None) -> list[MeetingFiled]:
    """Put every meeting that the viewer may know of into the archive, in the order of their days."""
    filed: list[MeetingFiled] = []
    for one in await queries.between(db, scope.viewer, scope.mechanism.id, scope.since, scope.until):
        if one.state == "draft":
            scope.left_out["drafts"] += 1
        else:
            scope.counts["meetings"] += 1
            found = await _meeting(db, scope, packer, one)
            filed += [found] if found is not None else []
            await asyncio.sleep(0)
    return filed


async def _meeting(db: Session, scope: Scope, packer: Packer | None, meeting: Meeting) -> MeetingFiled | None:
    words, viewer = scope.words, scope.viewer
    folder = packer.folder(FOLDER, f"{meeting.local_on} {meeting.title}") if packer is not None else ""
    items = [one for one in (await agenda(db, viewer, meeting)).items if one.state == "accepted"]
    hidden = sum(one.hidden for one in items)
    scope.left_out["restricted"] += hidden
    people = await queries.attendees(db, meeting.id)
    if not may_see_list(viewer, meeting):
        people = [one for one in people if one.person_id == viewer.person_id]
    decisions = [one for one in await recording.decisions_of(db, viewer, meeting) if one.revoked_at is None]
    papers = await papers_of(db, viewer, meeting)
    files = await _papers(db, scope, packer, papers, folder)
    files += await _minutes(db, scope, packer, meeting, folder)
    scope.counts["decisions"] += len(decisions)
    if packer is None:
        return None
    files += await _notice(db, scope, packer, meeting, folder)
    title = f"{meeting.local_on} {meeting.title}"
    page = packer.path(folder, "index.html")
    await asyncio.to_thread(_write, scope, packer, meeting, items, people, decisions, papers, files, folder, page)
    return MeetingFiled(
        meeting.title,
        words._(KIND_NAMES[meeting.kind]),
        words._(STATE_NAMES[meeting.state]),
        title[:10],
        meeting.host_agency.short_name,
        page,
    )


def _write(
    scope: Scope,
    packer: Packer,
    meeting: Meeting,
    items: Sequence[ItemShown],
    people: Sequence[Attendee],
    decisions: Sequence[Decision],
    papers: Sequence[PaperShown],
    files: Sequence[FileShown],
    folder: str,
    page: str,
) -> None:
    words = scope.words
    packer.add_json(
        packer.path(folder, "record.json"),
        {
            "meeting": _brief(meeting),
            "agenda": [agenda_item_json(one) for one in items],
            "attendees": [_attendee(scope, meeting, one) for one in people],
            "decisions": [decision_json(one, meeting.zone) for one in decisions],
            "papers": [paper_json(one) for one in papers],
        },
    )
    text = rendered(
        words,
        "archive/copy/meeting.html",
        meeting=meeting,
        items=items,
        people=people,
        decisions=decisions,
        files=files,
        kinds={code: words._(name) for code, name in KIND_NAMES.items()},
        states={code: words._(name) for code, name in STATE_NAMES.items()},
        attendance={code: words._(name) for code, name in ATTENDANCE_NAMES.items()},
        hidden=words._(HIDDEN),
        label=decision_label,
    )
    packer.add(page, text.encode(), Filed(RECORD, meeting.title, meeting.host_agency.name, "", meeting.local_on))


def _brief(meeting: Meeting) -> dict[str, Any]:
    """What of it is the record: neither how mails went nor what its form needs."""
    found = meeting_json(meeting, None)
    for name in ("version", "uid", "sequence", "replies_due_on", "reminded_at"):
        del found[name]
    return found


def _attendee(scope: Scope, meeting: Meeting, one: Attendee) -> dict[str, Any]:
    found = attendee_json(one, meeting.zone, None, with_remarks=one.agency_id == scope.viewer.agency_id)
    return {name: value for name, value in found.items() if name not in ("delivery", "version")}


async def _papers(
    db: Session, scope: Scope, packer: Packer | None, papers: Sequence[PaperShown], folder: str
) -> list[FileShown]:
    shown: list[FileShown] = []
    stored = await stored_names(db, [one.id for one in papers]) if papers else {}
    for one in papers:
        version = one.newest
        if version.state != READY:
            scope.left_out["papers"] += 1
            continue
        scope.counts["papers"] += 1
        if packer is None:
            continue
        path = packer.path(folder, version.file_name)
        source = db.settings.papers_dir / stored[one.id, version.number]
        filed = Filed(PAPER, one.title, one.agency.name, "", scope.local(version.added_at))
        if await asyncio.to_thread(packer.add_file, path, source, filed):
            shown.append(FileShown(one.title, path.rpartition("/")[2], one.agency.short_name))
        else:
            scope.left_out["lost"] += 1
    return shown


async def _notice(db: Session, scope: Scope, packer: Packer, meeting: Meeting, folder: str) -> list[FileShown]:
    if meeting.announced_at is None or not may_make(scope.viewer, meeting):
        return []
    made = await make(db, scope.viewer, meeting, NOTICE)
    path = packer.path(folder, made.file_name)
    title = scope.words._("Meeting notice")
    filed = Filed(NOTICE_OF_MEETING, title, meeting.host_agency.name, "", scope.local(meeting.announced_at))
    await asyncio.to_thread(packer.add, path, made.content, filed)
    return [FileShown(title, path.rpartition("/")[2], meeting.host_agency.short_name)]


async def _minutes(db: Session, scope: Scope, packer: Packer | None, meeting: Meeting, folder: str) -> list[FileShown]:
    found: list[FileShown] = []
    for one in await minutes_queries.all_of(db, meeting.id):
        if one.issued_at is None:
            scope.left_out["minutes"] += bool(await minutes_queries.readable_versions(db, scope.viewer, one))
        elif await minutes_queries.readable(db, scope.viewer, one):
            scope.counts["minutes"] += 1
            found += [] if packer is None else await _issued(db, scope, packer, one, folder)
    return found


async def _issued(db: Session, scope: Scope, packer: Packer, one: Minutes, folder: str) -> list[FileShown]:
    version, words = one.document.newest, scope.words
    shown = []
    for made, name in (
        (await making.docx(db, scope.viewer, version.id), words._("Minutes of the meeting")),
        (await making.sheet(db, scope.viewer, version.id), words._("Countersign sheet")),
    ):
        path = packer.path(folder, made.file_name)
        issuing = (one.issued_as or {}).get("issuing_agency") or one.issuing_agency.name
        filed = Filed(MINUTES, f"{version.head['title']} {name}", issuing, paper.doc_no(one.doc_no), one.issued_on)
        await asyncio.to_thread(packer.add, path, made.content, filed)
        shown.append(FileShown(name, path.rpartition("/")[2], issuing))
    shown += await scans(db, scope, packer, folder, version, MINUTES, words._("Sheet signed on paper"))
    signed = packer.path(folder, "signed.json")
    head = (one.issued_as or {}).get("head")
    text = signed_json(scope.viewer, one.document, version, one.meeting.zone, in_force=True, head=head)
    await asyncio.to_thread(packer.add_json, signed, text)
    packer.signed.append(signed)
    shown.append(FileShown(words._("What was signed, for the verifier"), signed.rpartition("/")[2], ""))
    return shown
