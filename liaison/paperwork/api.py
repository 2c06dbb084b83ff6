"""The papers of a meeting for programs."""

from datetime import date
from typing import Any

from litestar import Response, Router, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound, NotPermitted
from liaison.meetings import queries as meetings
from liaison.paperwork import queries, writing
from liaison.paperwork.models import KINDS, MeetingLetter
from liaison.paperwork.permissions import may_make
from liaison.web.api import Body, body, named, reply, seen
from liaison.web.attached import DOCX, attached
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[str]


class LetterGiven(Body):
    genre: str
    issuing_agency_id: str
    doc_no: str | None = None
    dated_on: date | None = None
    version: int | None = None


@get("/meetings/{meeting_id:str}/documents")
async def documents(db: Db, viewer: Me, meeting_id: Id) -> dict[str, Any]:
    """The papers that can be made of the meeting, where each is fetched, and what its letter is headed with."""
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    if not may_make(viewer, meeting):
        raise NotPermitted(writing.NOT_YOURS)
    head = await queries.letter_of(db, meeting.id)
    return {
        "items": [{"kind": kind, "href": f"/api/meetings/{meeting.id}/documents/{kind}.docx"} for kind in KINDS],
        "next": None,
        "letter": letter_json(head) if head else None,
    }


@get("/meetings/{meeting_id:str}/documents/{kind:str}", include_in_schema=False)
async def document(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id, kind: Id) -> Response[bytes]:
    """One paper as .docx; `?to=` an agency's invitation makes a notice to that agency alone, `?guest=` one of the attendees an invitation
    letter to that guest from outside."""
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    if not kind.endswith(".docx"):
        raise NotFound
    to, guest = (request.query_params.get(name) for name in ("to", "guest"))
    kind, guest_id = kind.removesuffix(".docx"), row_id(guest) if guest else None
    made = await writing.make(db, viewer, meeting, kind, row_id(to) if to else None, guest_id=guest_id)
    return Response(made.content, media_type=DOCX, headers=attached(made.file_name))


@put("/meetings/{meeting_id:str}/letter")
async def head_letter(request: AnyRequest, db: Db, viewer: Me, meeting_id: Id) -> Response[bytes]:
    """Say which agency issues the meeting's notice on paper, as what, under which number and date."""
    given = body(await request.body(), LetterGiven)
    meeting = await meetings.get(db, viewer, row_id(meeting_id))
    head = await writing.head_letter(
        db,
        viewer,
        meeting,
        genre=given.genre,
        issuing_agency_id=named(given.issuing_agency_id),
        doc_no=given.doc_no,
        dated_on=given.dated_on,
        version=seen(request, given.version),
    )
    return await reply(request, db, viewer, letter_json(head))


def letter_json(head: MeetingLetter) -> dict[str, Any]:
    """What a meeting's letter is headed with."""
    return {
        "meeting_id": str(head.meeting_id),
        "genre": head.genre,
        "issuing_agency_id": str(head.issuing_agency_id),
        "doc_no": head.doc_no,
        "dated_on": head.dated_on,
        "version": head.version,
    }


api = Router("/", route_handlers=[documents, document, head_letter])
