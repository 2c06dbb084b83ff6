"""成效台账: the lines of a mechanism, one of them entered or changed, and the table that is taken along."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents import spreadsheet
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.results import entering, queries, terms
from liaison.results.models import Outcome
from liaison.results.outcome_table import table_of
from liaison.results.permissions import NOT_YOURS, may_enter
from liaison.results.queries import Filters
from liaison.results.reconciling import unconfirmed
from liaison.results.routes.common import Db, Id, Me, address, day_in_address, labels, shown
from liaison.web.forms import Form, attempt, row_id, whole_number
from liaison.web.pages import AnyRequest, page, see_other, words_of

PAGE = 50
JUST_NOW = timedelta(minutes=2)
"""So long after it was entered a line can be undone beside the word that it was: one that stood already is not."""
DONE = {
    "entered": N_("Entered, for your own agency."),
    "changed": N_("Saved."),
    "removed": N_("The line is taken away."),
    "taken_in": N_("The table was taken in."),
}


@get("/mechanisms/{mechanism_id:int}/outcomes")
async def index(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The lines, newest day first, narrowed by what stands in the address, with their sums."""
    mechanism = await queries.readable(db, viewer, mechanism_id, lines=True)
    given, words = request.query_params, words_of(request)
    filters = filters_of(given, words_used := await queries.words_used(db, viewer, mechanism))
    before = row_id(given["before"]) if given.get("before") else None
    rows = await queries.listed(db, viewer, mechanism, filters, before=before, limit=PAGE + 1)
    members = [one.agency for one in await mechanisms.members_on(db, mechanism_id, db.clock.today(mechanism.timezone))]
    base = f"/mechanisms/{mechanism_id}/outcomes"
    kept = _kept(filters)
    return shown(
        request,
        "results/outcomes.html",
        mechanism=mechanism,
        lines=rows[:PAGE],
        waits=await _waiting(db, mechanism, rows[:PAGE], [one.id for one in members]),
        total=await queries.sums_of(db, viewer, mechanism, filters),
        filters=filters,
        agencies=members,
        groups=words_used[0],
        causes=words_used[1],
        own=viewer.acts_for(mechanism_id),
        labels=labels(words),
        export_url=address(f"{base}.xlsx", **kept),
        print_url=address(f"{base}/print", **kept),
        first_url=address(base, **kept) if before is not None else None,
        next_url=address(base, before=rows[PAGE - 1].id, **kept) if len(rows) > PAGE else None,
        is_narrowed=filters != Filters(),
        toast=await _toast(request, db, viewer),
    )


@get("/mechanisms/{mechanism_id:int}/outcomes.xlsx")
async def export(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """What the address narrows the lines to, as a spreadsheet that reads back."""
    rows = await _all(request, db, viewer, mechanism_id)
    words = words_of(request)
    content = await asyncio.to_thread(spreadsheet.workbook, {words._("Outcomes"): table_of(words, rows)})
    headers = {"Content-Disposition": f'attachment; filename="outcomes-{db.clock.today(db.settings.timezone)}.xlsx"'}
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=headers)


@get("/mechanisms/{mechanism_id:int}/outcomes/print")
async def print_view(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The same on paper."""
    rows = await _all(request, db, viewer, mechanism_id)
    mechanism = await queries.readable(db, viewer, mechanism_id, lines=True)
    filters = filters_of(request.query_params, await queries.words_used(db, viewer, mechanism))
    return page(
        request,
        "results/outcomes_print.html",
        mechanism=mechanism,
        table=table_of(words_of(request), rows),
        total=await queries.sums_of(db, viewer, mechanism, filters),
        filters=filters,
        back=address(f"/mechanisms/{mechanism_id}/outcomes", **_kept(filters)),
    )


@get("/mechanisms/{mechanism_id:int}/outcomes/new")
async def new_form(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """An empty line; with `?like=` the words of another agency's line on the same case, to say what is otherwise."""
    mechanism = await _enterable(db, viewer, mechanism_id)
    form = Form.of(cases=1)
    if request.query_params.get("like"):
        like = await queries.get(db, viewer, row_id(request.query_params["like"]))
        if like.mechanism_id != mechanism_id:
            raise NotFound
        form = Form.of(**like.shown())
    elif day := day_in_address(request.query_params, "closed_on"):
        form = Form.of(cases=1, closed_on=day)
    return await _form_page(request, db, viewer, mechanism, form)


@post("/mechanisms/{mechanism_id:int}/outcomes/new")
async def enter(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """Report a case; with the second button the form comes again for the next one."""
    mechanism = await _enterable(db, viewer, mechanism_id)
    form = await Form.read(request)
    act = entering.enter(db, viewer, mechanism_id, **_said(form))

    async def again(_: Mapping[str, Any]) -> Response[str]:
        return await _form_page(request, db, viewer, await _enterable(db, viewer, mechanism_id), form)

    outcome = await attempt(db, form, act, again)
    base = f"/mechanisms/{mechanism.id}/outcomes"
    if form.ticked("another"):
        return see_other(address(f"{base}/new", done="entered", line=outcome.id, closed_on=outcome.closed_on))
    return see_other(address(base, done="entered", line=outcome.id))


@get("/outcomes/{outcome_id:int}/edit")
async def edit_form(request: AnyRequest, db: Db, viewer: Me, outcome_id: Id) -> Response[str]:
    """One line of the own agency, to be changed or taken away."""
    outcome = await _own(db, viewer, outcome_id)
    form = Form.of(**outcome.shown(), version=outcome.version)
    return await _form_page(request, db, viewer, outcome.mechanism, form, outcome)


@post("/outcomes/{outcome_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, outcome_id: Id) -> Response[Any]:
    """Save it."""
    form = await Form.read(request)
    outcome = await _own(db, viewer, outcome_id)
    mechanism_id = outcome.mechanism_id
    act = entering.change(db, viewer, outcome, **_said(form), version=form.whole("version"))

    async def again(theirs: Mapping[str, Any]) -> Response[str]:
        stored = await queries.get(db, viewer, outcome_id)
        if theirs:
            form.values["version"] = [str(stored.version)]
        return await _form_page(request, db, viewer, stored.mechanism, form, stored, theirs=theirs)

    await attempt(db, form, act, again)
    return see_other(f"/mechanisms/{mechanism_id}/outcomes?done=changed#line-{outcome_id}")


@post("/outcomes/{outcome_id:int}/remove")
async def remove(db: Db, viewer: Me, outcome_id: Id) -> Response[Any]:
    """Take it away, with an undo beside."""
    outcome = await entering.remove(db, viewer, await queries.get(db, viewer, outcome_id, removed=True))
    return see_other(f"/mechanisms/{outcome.mechanism_id}/outcomes?done=removed&line={outcome_id}")


@post("/outcomes/{outcome_id:int}/restore")
async def restore(db: Db, viewer: Me, outcome_id: Id) -> Response[Any]:
    """Take it back."""
    outcome = await entering.restore(db, viewer, await queries.get(db, viewer, outcome_id, removed=True))
    return see_other(f"/mechanisms/{outcome.mechanism_id}/outcomes#line-{outcome_id}")


def filters_of(given: Mapping[str, str], used: tuple[list[str], list[str], list[str]]) -> Filters:
    """What the address narrows the lines to; what cannot be read is left out."""
    group, cause = given.get("group"), given.get("cause")
    return Filters(
        from_on=day_in_address(given, "from"),
        to_on=day_in_address(given, "to"),
        agency_id=whole_number(given.get("agency")),
        group=group if group in used[0] else None,
        cause=cause if cause in used[1] else None,
        wanted=(given.get("q") or "").strip()[:60] or None,
        only_differing=bool(given.get("differing")),
    )


def _kept(filters: Filters) -> dict[str, Any]:
    return {
        "from_": filters.from_on,
        "to": filters.to_on,
        "agency": filters.agency_id,
        "group": filters.group,
        "cause": filters.cause,
        "q": filters.wanted,
        "differing": 1 if filters.only_differing else None,
    }


async def _all(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int) -> list[Outcome]:
    mechanism = await queries.readable(db, viewer, mechanism_id, lines=True)
    filters = filters_of(request.query_params, await queries.words_used(db, viewer, mechanism))
    most = spreadsheet.MOST_ROWS
    rows = list(await queries.listed(db, viewer, mechanism, filters, limit=most + 1))
    if len(rows) > most:
        raise Conflict(N_("These are more than %(most)s entries. Please narrow the list first."), most=most)
    return rows


async def _waiting(
    db: Session, mechanism: Mechanism, rows: Sequence[Outcome], members: list[int]
) -> Mapping[int, bool]:
    if not rows:
        return {}
    words = await queries.confirmations(db, mechanism.id, rows[-1].closed_on, rows[0].closed_on)
    return unconfirmed(rows, words, members)


async def _enterable(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await queries.readable(db, viewer, mechanism_id)
    if viewer.acts_for(mechanism_id) is None:
        raise NotPermitted(NOT_YOURS)
    return mechanism


async def _own(db: Session, viewer: Viewer, outcome_id: int) -> Outcome:
    outcome = await queries.get(db, viewer, outcome_id)
    if not may_enter(viewer, outcome.mechanism_id, outcome.agency_id):
        raise NotPermitted(NOT_YOURS)
    return outcome


def _said(form: Form) -> dict[str, Any]:
    return {
        "case_code": form.raw("case_code"),
        "closed_on": form.date("closed_on"),
        "beneficiary_group": form.raw("beneficiary_group"),
        "cause": form.raw("cause"),
        "cases": form.whole("cases"),
        "people": form.whole("people"),
        "amount_recovered": form.raw("amount_recovered"),
        "result": form.raw("result"),
    }


async def _form_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    mechanism: Mechanism,
    form: Form,
    outcome: Outcome | None = None,
    *,
    theirs: Mapping[str, Any] | None = None,
) -> Response[str]:
    words = words_of(request)
    lists = ((terms.GROUPS, 0), (terms.CAUSES, 1), (terms.RESULTS, 2))
    used = await queries.words_used(db, viewer, mechanism)
    offered = [dict.fromkeys([*(terms.shown(words, one, known) for one in [*used[n], *known])]) for known, n in lists]
    return shown(
        request,
        "results/outcome_form.html",
        path=f"/outcomes/{outcome.id}/edit" if outcome else f"/mechanisms/{mechanism.id}/outcomes/new",
        mechanism=mechanism,
        outcome=outcome,
        form=form,
        groups=list(offered[0]),
        causes=list(offered[1]),
        results=list(offered[2]),
        labels=labels(words),
        today=db.clock.today(mechanism.timezone),
        theirs=theirs or {},
        toast=await _toast(request, db, viewer),
    )


async def _toast(request: AnyRequest, db: Session, viewer: Viewer) -> SimpleNamespace | None:
    """What was done just now, with its undo where there is one."""
    given = request.query_params
    done = given.get("done", "")
    if request.method not in ("GET", "HEAD") or done not in DONE:
        return None
    undo, number = None, whole_number(given.get("line"))
    if number and done in ("entered", "removed"):
        try:
            outcome = await queries.get(db, viewer, number, removed=True)
        except NotFound:
            return None
        is_new = db.now() - outcome.entered_at < JUST_NOW
        if (outcome.removed_at is not None) == (done == "removed") and (is_new or done == "removed"):
            undo = f"/outcomes/{outcome.id}/{'restore' if done == 'removed' else 'remove'}"
    return SimpleNamespace(text=words_of(request)._(DONE[done]), undo_url=undo)


handlers = [index, export, print_view, new_form, enter, edit_form, edit, remove, restore]
