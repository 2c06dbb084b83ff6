"""起草: the forms of a version of the agreement and of the proposal that an agency joins; changing and withdrawing them."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from litestar import get, post

from liaison.accounts.viewer import Viewer
from liaison.countersigning.standing import standing_of
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms import wording
from liaison.mechanisms.clauses import ClauseSaid, ClauseText
from liaison.mechanisms.models import Mechanism
from liaison.proposals import drafting, queries
from liaison.proposals.content import joining_text, version_text
from liaison.proposals.drafting import JoiningSaid, VersionSaid
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import NOT_LEAD, may_propose
from liaison.proposals.routes.common import Db, Id, Me, Page, context_of, shown, to_write
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

CLAUSE = ("number", "text", "kind", "amount", "period")
"""What the form asks of each clause."""
EMPTY_ROWS = 2


@get("/mechanisms/{mechanism_id:int}/agreement/propose")
async def new_version(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """The form of a new version, with what holds today to start from; one that is under way already opens instead."""
    mechanism = await _own(db, viewer, mechanism_id)
    for one in await queries.open_in(db, [mechanism_id]):
        if one.joins_id is None:
            return see_other(f"/proposals/{one.document.newest.id}")
    held = await mechanisms.wordings(db, mechanism_id)
    form = _version_form(held[-1].title, None, None, held[-1].clauses) if held else Form.of()
    return await _version_page(request, db, mechanism, form, None, {})


@post("/mechanisms/{mechanism_id:int}/agreement/propose")
async def draft_version(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Keep it as a draft."""
    form = await Form.read(request)
    await _own(db, viewer, mechanism_id)
    act = drafting.draft(db, viewer, mechanism_id, _version_said(form))

    async def again(theirs: Mapping[str, Any]) -> Page:
        return await _version_page(request, db, await _own(db, viewer, mechanism_id), form, None, theirs)

    proposal = await attempt(db, form, act, again)
    return see_other(f"/proposals/{proposal.document.newest.id}?done=drafted")


@get("/mechanisms/{mechanism_id:int}/members/propose")
async def new_member(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """The form of the proposal that an agency joins."""
    mechanism = await _own(db, viewer, mechanism_id)
    return await _member_page(request, db, mechanism, Form.of(takes_part="online"), None, {})


@post("/mechanisms/{mechanism_id:int}/members/propose")
async def draft_member(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Keep it as a draft."""
    form = await Form.read(request)
    await _own(db, viewer, mechanism_id)
    act = drafting.draft(db, viewer, mechanism_id, _joining_said(form, form.id("agency_id")))

    async def again(theirs: Mapping[str, Any]) -> Page:
        return await _member_page(request, db, await _own(db, viewer, mechanism_id), form, None, theirs)

    proposal = await attempt(db, form, act, again)
    return see_other(f"/proposals/{proposal.document.newest.id}?done=drafted")


@get("/proposals/{version_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """The form to change it."""
    proposal, version = await to_write(db, viewer, version_id)
    if not proposal.is_open or version.id != proposal.document.newest.id:
        return see_other(f"/proposals/{version_id}")
    if proposal.joins_id is None:
        text = version_text(version.head, version.sections)
        form = _version_form(text.title, text.effective_on, text.review_on, text.clauses)
        form.values["reason"] = [proposal.reason or ""]
    else:
        joins = joining_text(version.head, version.sections)
        form = Form.of(
            joined_on=joins.joined_on, takes_part=joins.takes_part, basis_ref=joins.basis_ref, text=joins.text
        )
    form.values["version"] = [str(version.version)]
    return await _edit_page(request, db, proposal, form, {})


@post("/proposals/{version_id:int}/edit")
async def save(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """Write it as it is to read now; of what was circulated that is a new version."""
    form = await Form.read(request)
    proposal, _ = await to_write(db, viewer, version_id)
    said = _version_said(form) if proposal.joins_id is None else _joining_said(form, proposal.joins_id)
    act = drafting.save(db, viewer, proposal, said, seen=(version_id, form.whole("version")))

    async def again(theirs: Mapping[str, Any]) -> Page:
        fresh, _ = await to_write(db, viewer, version_id)
        if theirs:
            form.values["version"] = [str(fresh.document.newest.version)]
        return await _edit_page(request, db, fresh, form, theirs)

    saved = await attempt(db, form, act, again)
    return see_other(f"/proposals/{saved.id}?done=saved")


@get("/proposals/{version_id:int}/withdraw")
async def withdraw_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """What a withdrawal does, and the reason where somebody was asked to sign."""
    return await _withdraw_page(request, db, viewer, version_id, Form())


@post("/proposals/{version_id:int}/withdraw")
async def withdraw(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Page:
    """It is put to the members no more."""
    form = await Form.read(request)
    proposal, _ = await to_write(db, viewer, version_id)
    act = drafting.withdraw(db, viewer, proposal, reason=form.raw("reason"))
    await attempt(db, form, act, lambda _: _withdraw_page(request, db, viewer, version_id, form))
    return see_other(f"/proposals/{version_id}?done=withdrawn")


async def _own(db: Session, viewer: Viewer, mechanism_id: int) -> Mechanism:
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    if not may_propose(viewer, mechanism):
        raise NotPermitted(NOT_LEAD)
    return mechanism


def _version_form(title: str, effective_on: Any, review_on: Any, clauses: Any) -> Form:
    rows: list[ClauseText] = list(clauses)
    obliges = [one.obligation.to_json() if one.obligation else {} for one in rows]
    return Form.of(
        title=title,
        effective_on=effective_on,
        review_on=review_on,
        number=[one.number for one in rows],
        text=[one.text for one in rows],
        **{name: [said.get(name) or "" for said in obliges] for name in CLAUSE[2:]},
    )


def _version_said(form: Form) -> VersionSaid:
    """What was typed; an empty clause is left out."""
    typed = zip_longest(*(form.raws(name) for name in CLAUSE), fillvalue="")
    rows = [row for row in typed if row[0].strip() or row[1].strip()]
    for place, name in enumerate(CLAUSE):
        form.values[name] = [row[place].strip() if name == "number" else row[place] for row in rows]
    return VersionSaid(
        title=form.given("title"),
        effective_on=form.date("effective_on"),
        review_on=form.date("review_on"),
        reason=form.given("reason"),
        clauses=[ClauseSaid(_number(n), text, kind, _number(much), of, True) for n, text, kind, much, of in rows],
    )


def _joining_said(form: Form, agency_id: int | None) -> JoiningSaid:
    return JoiningSaid(
        agency_id=agency_id,
        joined_on=form.date("joined_on"),
        takes_part=form.raw("takes_part"),
        basis_ref=form.given("basis_ref"),
        text=form.raw("text"),
    )


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 10 else None


async def _edit_page(
    request: AnyRequest, db: Session, proposal: Proposal, form: Form, theirs: Mapping[str, Any]
) -> Page:
    if proposal.joins_id is None:
        return await _version_page(request, db, proposal.mechanism, form, proposal, theirs)
    return await _member_page(request, db, proposal.mechanism, form, proposal, theirs)


async def _version_page(
    request: AnyRequest,
    db: Session,
    mechanism: Mechanism,
    form: Form,
    proposal: Proposal | None,
    theirs: Mapping[str, Any],
) -> Page:
    words = words_of(request)
    rows = zip_longest(*(form.raws(name) for name in CLAUSE), fillvalue="")
    labels = {name: words._(wording.FIELDS[name]) for name in ("title", "effective_on", "review_on")}
    return _form_page(
        request,
        "proposals/version_form.html",
        mechanism,
        form,
        proposal,
        theirs,
        {**labels, "reason": words._("Why it is changed"), "clauses": words._("Clauses")},
        clauses=[*rows, *[("",) * len(CLAUSE)] * EMPTY_ROWS],
        wording=wording,
        members=await mechanisms.members_on(db, mechanism.id, db.clock.today(mechanism.timezone)),
    )


async def _member_page(
    request: AnyRequest,
    db: Session,
    mechanism: Mechanism,
    form: Form,
    proposal: Proposal | None,
    theirs: Mapping[str, Any],
) -> Page:
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    members = await mechanisms.members_on(db, mechanism.id, today)
    there = {one.agency_id for one in members}
    labels = {name: words._(wording.FIELDS[name]) for name in ("agency_id", "joined_on", "takes_part", "basis_ref")}
    return _form_page(
        request,
        "proposals/member_form.html",
        mechanism,
        form,
        proposal,
        theirs,
        {**labels, "text": words._("Proposal")},
        options=[(one.id, one.short_name) for one in await mechanisms.choosable_agencies(db) if one.id not in there],
        members=members,
    )


def _form_page(
    request: AnyRequest,
    template: str,
    mechanism: Mechanism,
    form: Form,
    proposal: Proposal | None,
    theirs: Mapping[str, Any],
    labels: Mapping[str, str],
    **context: Any,
) -> Page:
    newest = proposal.document.newest if proposal is not None else None
    void = standing_of(newest).agreed if newest is not None and newest.circulated_at is not None else ()
    what = "agreement" if template.startswith("proposals/version") else "members"
    path = f"/proposals/{newest.id}/edit" if newest is not None else f"/mechanisms/{mechanism.id}/{what}/propose"
    return shown(
        request,
        template,
        path=path,
        action=path,
        mechanism=mechanism,
        form=form,
        proposal=proposal,
        version=newest,
        theirs=theirs,
        labels=labels,
        circulated=newest is not None and newest.circulated_at is not None,
        void=len(void),
        **context,
    )


async def _withdraw_page(request: AnyRequest, db: Session, viewer: Viewer, version_id: int, form: Form) -> Page:
    proposal, _ = await to_write(db, viewer, version_id)
    found = await context_of(request, db, viewer, proposal, version_id)
    if not found["may"]["withdraw"]:
        return see_other(f"/proposals/{version_id}")
    return shown(
        request,
        "proposals/withdraw.html",
        path=f"/proposals/{version_id}/withdraw",
        form=form,
        labels={"reason": words_of(request)._("Reason")},
        **found,
    )


handlers = [new_version, draft_version, new_member, draft_member, edit, save, withdraw_form, withdraw]
