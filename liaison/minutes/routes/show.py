"""The page of one version of minutes, what differs from the version before, and one item of it as an excerpt."""

from types import SimpleNamespace
from typing import Any

from litestar import get
from litestar.response import Response

from liaison.countersigning.comparing import compared
from liaison.errors import NotFound
from liaison.i18n import N_
from liaison.meetings import queries as meetings
from liaison.minutes import queries
from liaison.minutes.reading import sections_for
from liaison.minutes.routes.common import NAMES, Db, Id, Me, context_of, shown, version_page
from liaison.web.forms import Form, row_id
from liaison.web.minutes import viewed
from liaison.web.pages import AnyRequest, page, see_other, words_of

DONE = {
    "drafted": N_("The draft is put together from the record. Nobody else sees it yet."),
    "saved": N_("The text is saved."),
    "unchanged": N_("Nothing was changed."),
    "circulated": N_("The minutes are circulated to be signed."),
    "agreed": N_("Your agency agrees to this version."),
    "changes_requested": N_("What your agency wants changed is recorded."),
    "registered": N_("It is registered."),
    "excused": N_("This agency is no longer waited for."),
    "waited_for": N_("This agency is waited for again."),
    "issued": N_("The minutes are issued."),
    "correcting": N_("A correction is begun. The issued minutes stay as they are."),
}


@get("/meetings/{meeting_id:int}/minutes")
async def of_meeting(db: Db, viewer: Me, meeting_id: Id) -> Response[Any]:
    """Where mails and the desk lead: the newest version that the viewer may read, else the meeting, where minutes are begun."""
    meeting = await meetings.get(db, viewer, meeting_id)
    try:
        minutes = await queries.newest(db, viewer, meeting)
        version = await queries.seen_version(db, viewer, minutes)
    except NotFound:
        return see_other(f"/meetings/{meeting_id}#minutes")
    return see_other(f"/minutes/{version.id}")


@get("/minutes/{version_id:int}")
async def show_minutes(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[str]:
    """The page of one version."""
    minutes, _ = await queries.version(db, viewer, version_id)
    done = DONE.get(request.query_params.get("done", ""))
    toast = SimpleNamespace(text=words_of(request)._(done), undo_url=None) if done else None
    answer = await version_page(request, db, viewer, minutes, version_id, Form(), toast=toast)
    return viewed(request, viewer, version_id, answer)


@get("/minutes/{version_id:int}/changes")
async def changes(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[str]:
    """What differs from the version before, or from `?from=`."""
    minutes, version = await queries.version(db, viewer, version_id)
    wanted = request.query_params.get("from")
    if wanted is not None:
        _, before = await queries.version(db, viewer, row_id(wanted))
        if before.document_id != version.document_id:
            raise NotFound
    else:
        readable = await queries.readable_versions(db, viewer, minutes)
        before = next((one for one in reversed(readable) if one.number < version.number), version)
    of = minutes
    if before is version and minutes.corrects_id is not None:
        of = await queries.by_id(db, minutes.corrects_id)
        before = of.document.newest
    was = await sections_for(db, viewer, of, before)
    found = await context_of(db, viewer, minutes, version_id)
    answer = shown(
        request, "minutes/changes.html", before=before, compared=compared(was, found["sections"]),
        head_changed=before.head != version.head, **found,
    )  # fmt: skip
    return viewed(request, viewer, version_id, answer)


@get("/minutes/{version_id:int}/excerpt")
async def excerpt(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[str]:
    """摘录: one section (`?section=`, by default the first) with head and foot, to print for the agency it concerns."""
    minutes, _ = await queries.version(db, viewer, version_id)
    found = await context_of(db, viewer, minutes, version_id)
    wanted = request.query_params.get("section")
    section = next((one for one in found["sections"] if not one.hidden and wanted in (None, one.key)), None)
    if section is None:
        raise NotFound
    answer = page(request, "minutes/excerpt.html", section=section, **NAMES, **found)
    return viewed(request, viewer, version_id, answer)


handlers = [of_meeting, show_minutes, changes, excerpt]
