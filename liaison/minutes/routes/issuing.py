"""印发, handing issued minutes over to whom no mail brings them, and 更正: new minutes that name the issued ones."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import ALL_AGREED
from liaison.countersigning.showing import state_of_version
from liaison.db import Session
from liaison.i18n import N_
from liaison.mechanisms import asked
from liaison.mechanisms import queries as mechanisms
from liaison.minutes import making, queries, signing, writing
from liaison.minutes.delivering import note_delivered
from liaison.minutes.models import Minutes
from liaison.minutes.routes.common import Db, Id, Me, context_of, shown, to_write
from liaison.web.forms import Form, attempt, row_id, whole_number
from liaison.web.minutes import handed_out
from liaison.web.pages import AnyRequest, page, see_other, words_of

GETS_NAMES = {
    asked.BY_LIAISON: N_("mail to its liaison %(name)s"),
    asked.BY_AGENCY: N_("mail to the agency’s own address"),
    asked.ON_PAPER: N_("takes part on paper: no mail, to be delivered"),
    asked.UNREACHED: N_("no address: to be delivered another way"),
}


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


@post("/minutes/{version_id:int}/issue/recipients", status_code=200)
async def recipients(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Who would get them by mail and who another way, with the names as typed; changes nothing."""
    form = await Form.read(request)
    minutes, version = await to_write(db, viewer, version_id)
    if state_of_version(minutes.document, version) != ALL_AGREED:
        return see_other(f"/minutes/{version_id}")
    if request.htmx:
        return page(request, "minutes/_recipients.html", **await _recipients(db, minutes, form))
    return await _issue_page(request, db, viewer, version_id, form, {})


@post("/minutes/{version_id:int}/delivered")
async def delivered(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """One of those whom no mail brings the issued minutes has them (`to`)."""
    form = await Form.read(request)
    await note_delivered(db, viewer, version_id, form.id("to") or 0)
    return see_other(f"/minutes/{version_id}#deliveries")


@get("/minutes/{version_id:int}/letter.docx", include_in_schema=False)
async def letter(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """函 with which they are handed over: to all of these, or to one (`?to=`)."""
    to = request.query_params.get("to")
    return handed_out(request, viewer, await making.letter(db, viewer, version_id, row_id(to) if to else None))


@get("/minutes/{version_id:int}/copy.docx", include_in_schema=False)
async def copy(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[bytes]:
    """The issued minutes for one to whom they are handed over (`?to=`), as far as that one may know them."""
    to = whole_number(request.query_params.get("to")) or 0
    return handed_out(request, viewer, await making.copy_for(db, viewer, version_id, to))


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
        **await _recipients(db, minutes, form),
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


async def _recipients(db: Session, minutes: Minutes, form: Form) -> dict[str, Any]:
    found = await queries.recipients(db, minutes, _lines(form, "copy_to"), _lines(form, "report_to"))
    return {"recipients": found, "gets_names": GETS_NAMES}


def _lines(form: Form, name: str) -> list[str]:
    return [line.strip() for line in form.raw(name).splitlines() if line.strip()]


handlers = [issue_form, issue, recipients, delivered, letter, copy, correct_form, correct, give_up]
