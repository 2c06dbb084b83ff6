"""How the site is, and its switches."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.config import VERSION
from liaison.db import Session
from liaison.mail import choices, reasons
from liaison.meetings import paper_queries, papers
from liaison.reminders import reminding
from liaison.system import backups, queries, running
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, page, see_other, settings_of, words_of

Db = NamedDependency[Session]
Operator = NamedDependency[Viewer]
Id = FromPath[int]


@get("/system")
async def show(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """How the site is, and its switches."""
    chosen = await choices.inbox_choices(db)
    hold = {None: "", True: "yes", False: "no"}[chosen.hold]
    form = Form.of(own_server=chosen.own_server, hold=hold, sub_addressing="1" if chosen.sub_addressing else None)
    return await _show(request, db, operator, form)


async def _show(request: AnyRequest, db: Session, operator: Viewer, form: Form, *, status: int = 200) -> Response[Any]:
    if "megabytes" not in form.values:
        form.values["megabytes"] = [str(await paper_queries.largest(db) // 1024 // 1024)]
    return page(
        request,
        "system/show.html",
        status=status,
        form=form,
        nav="system",
        condition=await queries.site_status(db),
        counts=await queries.counts_by_filter(db),
        beginning=await queries.beginning(db),
        digest=await reminding.digest_is_on(db),
        own_address=await running.own_address(db, operator),
        settings=settings_of(request),
        version=VERSION,
        reason=lambda code: reasons.worded(code, words_of(request)._),
    )


@post("/system/trial-mode")
async def trial_mode(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """Switch 试运行 on or off."""
    form = await Form.read(request)
    await running.switch_trial_mode(db, operator, on=form.raw("on") == "1")
    return see_other("/system")


@post("/system/backups")
async def switch_backups(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """Switch the nightly backup on or off."""
    form = await Form.read(request)
    await backups.switch(db, operator, on=form.raw("on") == "1")
    return see_other("/system")


@post("/system/digest")
async def switch_digest(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """Switch the weekly digest on or off."""
    form = await Form.read(request)
    await reminding.switch_digest(db, operator, on=form.raw("on") == "1")
    return see_other("/system")


@post("/system/inbox")
async def choose_for_inbox(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """Whom to believe about who wrote an answer."""
    form = await Form.read(request)
    act = choices.choose_for_inbox(
        db,
        operator,
        own_server=form.raw("own_server"),
        hold={"yes": True, "no": False}.get(form.raw("hold")),
        sub_addressing=form.ticked("sub_addressing"),
    )
    await attempt(db, form, act, lambda theirs: _show(request, db, operator, form, status=422))
    return see_other("/system#inbox-title")


@post("/system/papers")
async def choose_largest_paper(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """How large a file may be that is brought as a paper."""
    form = await Form.read(request)
    act = papers.choose_largest(db, operator, form.whole("megabytes"))
    await attempt(db, form, act, lambda theirs: _show(request, db, operator, form, status=422))
    return see_other("/system#papers-title")


handlers = [choose_largest_paper, show, trial_mode, switch_backups, switch_digest, choose_for_inbox]
