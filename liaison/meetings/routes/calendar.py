"""One meeting as a file for the calendar, for who may see it; no method of answering, the same UID as in the mails."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.calendaring.published import to_calendar, write
from liaison.db import Session
from liaison.i18n import Words
from liaison.meetings import queries
from liaison.meetings.due import replies_due_on
from liaison.meetings.models import Meeting
from liaison.meetings.publishing import PRODID, draft_event, file_name, page_of, published_event
from liaison.meetings.snapshot import organizer_of, snapshot_of
from liaison.web.pages import AnyRequest, locale_of, settings_of


@get("/meetings/{meeting_id:int}/calendar.ics", include_in_schema=False)
async def meeting_calendar(
    request: AnyRequest, db: NamedDependency[Session], viewer: NamedDependency[Viewer], meeting_id: FromPath[int]
) -> Response[bytes]:
    """The meeting as it was last announced; one that never was, as it stands."""
    return await calendar_file(request, db, await queries.get(db, viewer, meeting_id))


async def calendar_file(request: AnyRequest, db: Session, meeting: Meeting) -> Response[bytes]:
    """The file, to be kept or opened; needs `mechanism` and `host_agency` loaded."""
    settings, words = settings_of(request), Words(locale_of(request), meeting.timezone)
    announcements = await queries.announcements(db, meeting.id)
    if announcements:
        event = published_event(announcements[0], words)
    else:
        agenda = await queries.agenda(db, meeting.id, states=("accepted",))
        said = {
            "organizer": meeting.organizer or organizer_of(meeting, settings.mail_from),
            "organizer_name": meeting.mechanism.short_name,
        }
        snapshot = snapshot_of(
            meeting,
            agenda,
            [],
            contact=None,
            replies_due_on=replies_due_on(meeting, db.now()),
            last_actions=await queries.follows_another(db, meeting),
            **said,
        )
        event = draft_event(meeting, snapshot, words)
    content = to_calendar([write(event, page_of(settings.base_url, meeting.id))], prodid=PRODID)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(event.starts_at)}"'}
    return Response(content, headers=headers, media_type="text/calendar")


handlers = [meeting_calendar]
