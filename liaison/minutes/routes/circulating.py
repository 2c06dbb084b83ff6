"""起草 and 送会签: the first draft, and the page that says who is asked to sign before anybody is."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import asked
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import queries as meetings
from liaison.meetings.by_office import mails_to
from liaison.minutes import writing
from liaison.minutes.due import due_by_profile
from liaison.minutes.routes.common import Db, Id, Me, context_of, shown, to_write
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@post("/meetings/{meeting_id:int}/minutes")
async def draft(db: Db, viewer: Me, meeting_id: Id) -> Response[Any]:
    """起草: put the first draft together from the record; where there are minutes already, these."""
    minutes = await writing.draft(db, viewer, await meetings.get(db, viewer, meeting_id))
    newest = minutes.document.newest
    if newest.circulated_at is not None or minutes.issued_at is not None:
        return see_other(f"/minutes/{newest.id}")
    return see_other(f"/minutes/{newest.id}/edit?done=drafted")


@get("/minutes/{version_id:int}/circulate")
async def circulate_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Who will be asked to sign, until when, and how each is reached."""
    minutes, version = await to_write(db, viewer, version_id)
    if version.circulated_at is not None or version.id != minutes.document.newest.id:
        return see_other(f"/minutes/{version_id}")
    today = db.clock.today(minutes.meeting.timezone)
    form = Form.of(due_on=due_by_profile(minutes.meeting, today))
    return await _page(request, db, viewer, version_id, form, {})


@post("/minutes/{version_id:int}/circulate")
async def circulate(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Fix this version and ask them."""
    form = await Form.read(request)
    minutes, version = await to_write(db, viewer, version_id)
    act = writing.circulate(db, viewer, minutes, version, due_on=form.date("due_on"))
    await attempt(db, form, act, lambda theirs: _page(request, db, viewer, version_id, form, theirs))
    return see_other(f"/minutes/{version_id}?done=circulated")


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form, theirs: Mapping[str, Any]
) -> Response[str]:
    minutes, _ = await to_write(db, viewer, version_id)
    meeting = minutes.meeting
    today = db.clock.today(meeting.timezone)
    duty = await mechanisms.on_duty(db, meeting.mechanism, today)
    agencies = await writing.signing_agencies(db, meeting, today)
    return shown(
        request,
        "minutes/circulate.html",
        path=f"/minutes/{version_id}/circulate",
        form=form,
        labels={"due_on": words_of(request)._("To be signed by")},
        asked=asked.asked(agencies, duty),
        mails=mails_to(agencies, duty, db.settings.locale),
        reach_names=asked.REACH_NAMES,
        all_sign=meeting.mechanism.all_sign,
        silence_consents=meeting.mechanism.silence_consents,
        **await context_of(db, viewer, minutes, version_id),
    )


handlers = [draft, circulate_form, circulate]
