"""What a reminder's link opens: one action item, its progress, and the form to report, complete or close it without an account."""

from datetime import date

from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import Viewer
from liaison.actions import closing, extension_queries, queries, reporting
from liaison.actions.models import ActionItem
from liaison.actions.permissions import may_report, supports_as
from liaison.actions.routes.common import renamed
from liaison.actions.routes.extending import ask_by
from liaison.actions.routes.show import may_close
from liaison.actions.showing import line
from liaison.db import Session
from liaison.errors import Conflict, Gone, Invalid, NotFound
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.web.api import Body, body
from liaison.web.forms import Form, FormAgain
from liaison.web.links import LinkPages, opened
from liaison.web.pages import AnyRequest, page, words_of

NOT_YOURS = N_("This action item is no longer yours to report on.")
ITS_OWN = N_("Your agency has a liaison by now, who reports on it.")
_ACTS = {"extend": "asked", "close": "closed", "send_back": "sent_back", "done": "completed"}
"""By the button, what was done."""
_SHOWN = 5
"""So many of the newest progress notes."""


class ReportGiven(Body):
    """What a program reports for the person whom the link was mailed to: {"text", "done"?}; or asks for, another date: {"due_on",
    "reason"}; or decides about what is reported done: {"close": true} or {"send_back": true, "reason"}."""

    text: str | None = None
    done: bool = False
    close: bool = False
    send_back: bool = False
    due_on: date | None = None
    reason: str | None = None


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The item and what can be reported; changes nothing."""
    return await _page(request, db, viewer, await _item(db, link, viewer), Form())


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Keep a progress note; with `done` complete the item, the text then saying what was achieved; with `extend` ask for another date; with
    `close` or `send_back` decide about what was reported done."""
    item = await _item(db, link, viewer)
    form, speaks_json = await _read(request)
    said = next((said for name, said in _ACTS.items() if form.ticked(name)), "reported")
    field = {"asked": "why", "sent_back": "why_back", "closed": "why_back"}.get(said, "text")
    try:
        if said == "asked":
            await ask_by(form, db, viewer, item)
        elif said == "closed":
            await closing.close(db, viewer, item)
        elif said == "sent_back":
            await renamed(closing.send_back(db, viewer, item, reason=form.raw("why_back")), reason="why_back")
        elif said == "completed":
            await reporting.complete(db, viewer, item, note=form.raw("text"))
        else:
            await reporting.report(db, viewer, item, form.raw("text"))
    except (Invalid, Conflict) as refusal:
        if speaks_json:
            raise
        if isinstance(refusal, Invalid) and field != "text":
            form.take(refusal)
        else:
            why = next(iter(refusal.errors.values())) if isinstance(refusal, Invalid) else refusal.message
            form.take(Invalid({field: why}))
        await db.rollback()
        link, viewer = await opened(request, db, request.path_params["token"])
        again = await _page(request, db, viewer, await _item(db, link, viewer), form)
        raise FormAgain(again, refusal.status) from None
    await db.flush()
    return await _page(request, db, viewer, item, Form(), said=said)


async def _read(request: AnyRequest) -> tuple[Form, bool]:
    if request.content_type[0] != "application/json":
        return await Form.read(request), False
    given = body(await request.body(), ReportGiven)
    asks = not given.send_back and (given.due_on is not None or given.reason is not None)
    return (
        Form.of(
            text=given.text,
            done="1" if given.done else None,
            extend="1" if asks else None,
            close="1" if given.close else None,
            send_back="1" if given.send_back else None,
            why_back=given.reason,
            new_due_on=given.due_on,
            why=given.reason,
        ),
        True,
    )


async def _item(db: Session, link: Link, viewer: Viewer) -> ActionItem:
    """What the link is about. Raises Gone: no longer theirs, or an agency's own link although it has a liaison by now."""
    try:
        if link.person_id is not None:
            return await queries.get(db, viewer, link.object_id)
        item = await queries.of_agency(db, viewer.agency_id, link.object_id)
    except NotFound:
        raise Gone(NOT_YOURS) from None
    in_office = await mechanisms.in_office(db, item.mechanism_id, db.clock.today(item.mechanism.timezone))
    if viewer.agency_id not in in_office:
        raise Gone(NOT_YOURS)
    if in_office[viewer.agency_id] is not None:
        raise Gone(ITS_OWN)
    return item


async def _page(
    request: AnyRequest, db: Session, viewer: Viewer, item: ActionItem, form: Form, *, said: str | None = None
) -> Response[str]:
    words = words_of(request)
    today = db.clock.today(item.mechanism.timezone)
    return page(
        request,
        "actions/link.html",
        form=form,
        item=item,
        line=line(words, viewer, item, today, (await queries.carried(db, [item])).get(item.id, 0)),
        progress=(await queries.progress_of(db, viewer, item))[:_SHOWN],
        zone=item.mechanism.timezone,
        open_extension=await extension_queries.open_of(db, item.id),
        supports=None if may_report(viewer, item) else supports_as(viewer, item),
        may_close=await may_close(db, viewer, item),
        said=said,
        viewer=None,
        path=request.url.path,
    )


PAGES = {links.ACTION: LinkPages(show, act)}
