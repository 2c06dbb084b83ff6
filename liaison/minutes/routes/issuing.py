"""印发, and after that 更正: new minutes that name the issued ones."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import ALL_AGREED
from liaison.db import Session
from liaison.mechanisms import queries as mechanisms
from liaison.minutes import signing, writing
from liaison.minutes.routes.common import Db, Id, Me, context_of, shown, to_write
from liaison.minutes.showing import state_of_version
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@get("/minutes/{version_id:int}/issue")
async def issue_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Number, date, issuing agency, and to whom copies go; the page of the version until all have agreed to it."""
    minutes, version = await to_write(db, viewer, version_id)
    if state_of_version(minutes.document, version) != ALL_AGREED:
        return see_other(f"/minutes/{version_id}")
    form = Form.of(
        issued_on=db.clock.today(minutes.meeting.timezone),
        issuing_agency_id=minutes.issuing_agency_id,
        copy_to="\n".join(minutes.copy_to),
        report_to="\n".join(minutes.report_to),
    )
    return await _issue_page(request, db, viewer, version_id, form, {})


@post("/minutes/{version_id:int}/issue")
async def issue(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """In force from now on."""
    form = await Form.read(request)
    minutes, version = await to_write(db, viewer, version_id)
    act = signing.issue(
        db,
        viewer,
        minutes,
        version,
        doc_no=form.given("doc_no"),
        issued_on=form.date("issued_on"),
        issuing_agency_id=form.id("issuing_agency_id"),
        copy_to=_lines(form, "copy_to"),
        report_to=_lines(form, "report_to"),
    )
    await attempt(db, form, act, lambda theirs: _issue_page(request, db, viewer, version_id, form, theirs))
    return see_other(f"/minutes/{version_id}?done=issued")


@get("/minutes/{version_id:int}/correct")
async def correct_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Why issued minutes are corrected; of others the page of the version."""
    minutes, _ = await to_write(db, viewer, version_id)
    if minutes.issued_at is None:
        return see_other(f"/minutes/{version_id}")
    return await _correct_page(request, db, viewer, version_id, Form(), {})


@post("/minutes/{version_id:int}/correct")
async def correct(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Begin the correction, with the issued text to start from."""
    form = await Form.read(request)
    minutes, _ = await to_write(db, viewer, version_id)
    act = writing.begin_correction(db, viewer, minutes, reason=form.raw("reason"))
    begun = await attempt(
        db, form, act, lambda theirs: _correct_page(request, db, viewer, version_id, form, theirs)
    )  # fmt: skip
    return see_other(f"/minutes/{begun.document.newest.id}/edit?done=correcting")


@post("/minutes/{version_id:int}/give-up")
async def give_up(db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Take back a correction that nobody was shown yet."""
    minutes, _ = await to_write(db, viewer, version_id)
    await writing.give_up_correction(db, viewer, minutes)
    return see_other(f"/meetings/{minutes.meeting_id}#minutes")


async def _issue_page(
    request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form, theirs: Mapping[str, Any]
) -> Response[str]:
    minutes, _ = await to_write(db, viewer, version_id)
    meeting, words = minutes.meeting, words_of(request)
    members = await mechanisms.members_on(db, meeting.mechanism_id, db.clock.today(meeting.timezone))
    agencies = {one.agency_id: one.agency for one in members}
    agencies |= {one.id: one for one in (meeting.host_agency, minutes.issuing_agency)}
    return shown(
        request,
        "minutes/issue.html",
        path=f"/minutes/{version_id}/issue",
        form=form,
        labels={
            "doc_no": words._("Document number"),
            "issued_on": words._("Date of issue"),
            "issuing_agency_id": words._("Issuing agency"),
            "copy_to": words._("Copy to"),
            "report_to": words._("Report upward to"),
        },
        agencies=sorted(agencies.values(), key=lambda one: (one.sort_order, one.id)),
        **await context_of(db, viewer, minutes, version_id),
    )


async def _correct_page(
    request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form, theirs: Mapping[str, Any]
) -> Response[str]:
    minutes, _ = await to_write(db, viewer, version_id)
    return shown(
        request,
        "minutes/correct.html",
        path=f"/minutes/{version_id}/correct",
        form=form,
        labels={"reason": words_of(request)._("Why they are corrected")},
        **await context_of(db, viewer, minutes, version_id),
    )


def _lines(form: Form, name: str) -> list[str]:
    return [line.strip() for line in form.raw(name).splitlines() if line.strip()]


handlers = [issue_form, issue, correct_form, correct, give_up]
