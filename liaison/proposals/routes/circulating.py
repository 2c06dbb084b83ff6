"""送会签, 提醒 and 生效: the pages that say who is asked before anybody is, and what follows before it does."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import asked
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.by_office import mails_to
from liaison.proposals import circulating, effect, queries
from liaison.proposals.content import wanted_on
from liaison.proposals.due import default_due
from liaison.proposals.routes.common import Db, Id, Me, Page, context_of, shown, to_write
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of


@get("/proposals/{version_id:int}/circulate")
async def circulate_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """Who will be asked to sign, until when, and how each is reached."""
    proposal, version = await to_write(db, viewer, version_id)
    if version.circulated_at is not None or not proposal.is_open or version.id != proposal.document.newest.id:
        return see_other(f"/proposals/{version_id}")
    form = Form.of(due_on=default_due(proposal.mechanism, db.clock.today(proposal.mechanism.timezone)))
    return await _circulate_page(request, db, viewer, version_id, form, {})


@post("/proposals/{version_id:int}/circulate")
async def circulate(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """Fix this version and ask them."""
    form = await Form.read(request)
    proposal, version = await to_write(db, viewer, version_id)
    act = circulating.circulate(db, viewer, proposal, version, due_on=form.date("due_on"))
    await attempt(db, form, act, lambda theirs: _circulate_page(request, db, viewer, version_id, form, theirs))
    return see_other(f"/proposals/{version_id}?done=circulated")


@post("/proposals/{version_id:int}/remind")
async def remind(db: Db, viewer: Me, version_id: Id) -> Page:
    """Mail those once more that have not answered."""
    proposal, version = await to_write(db, viewer, version_id)
    await circulating.remind(db, viewer, proposal, version)
    return see_other(f"/proposals/{version_id}?done=reminded#signers")


@get("/proposals/{version_id:int}/put-in-force")
async def force_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """What holds from which day on, and what is typed."""
    proposal, _ = await to_write(db, viewer, version_id)
    today = db.clock.today(proposal.mechanism.timezone)
    return await _force_page(request, db, viewer, version_id, Form.of(signed_on=today))


@post("/proposals/{version_id:int}/put-in-force")
async def put_in_force(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """It holds; every member agency is mailed."""
    form = await Form.read(request)
    proposal, version = await to_write(db, viewer, version_id)
    act = effect.put_in_force(
        db, viewer, proposal, version, doc_no=form.given("doc_no"), signed_on=form.date("signed_on")
    )
    await attempt(db, form, act, lambda _: _force_page(request, db, viewer, version_id, form))
    return see_other(f"/proposals/{version_id}?done=in_force")


async def _circulate_page(
    request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form, theirs: Mapping[str, Any]
) -> Page:
    proposal, _ = await queries.version(db, viewer, version_id)
    mechanism = proposal.mechanism
    duty = await mechanisms.on_duty(db, mechanism, db.clock.today(mechanism.timezone))
    agencies = [one.agency for one in duty.members]
    return shown(
        request,
        "proposals/circulate.html",
        path=f"/proposals/{version_id}/circulate",
        form=form,
        labels={"due_on": words_of(request)._("To be signed by")},
        asked=asked.asked(agencies, duty),
        mails=mails_to(agencies, duty, db.settings.locale),
        reach_names=asked.REACH_NAMES,
        **await context_of(request, db, viewer, proposal, version_id),
    )


async def _force_page(request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form) -> Page:
    proposal, version = await to_write(db, viewer, version_id)
    found, words = await context_of(request, db, viewer, proposal, version_id), words_of(request)
    if not found["may"]["put_in_force"]:
        return see_other(f"/proposals/{version_id}")
    today = db.clock.today(proposal.mechanism.timezone)
    return shown(
        request,
        "proposals/put_in_force.html",
        path=f"/proposals/{version_id}/put-in-force",
        form=form,
        day=max(wanted_on(version) or today, today),
        labels={
            "doc_no": words._("Document number"),
            "signed_on": words._("Signed on"),
            "agency_id": words._("Agency"),
        },
        **found,
    )


handlers = [circulate_form, circulate, remind, force_form, put_in_force]
