"""The list of mechanisms, the page of one, and the forms to found and keep it, with agreement, deadlines and members."""

from datetime import timedelta
from itertools import zip_longest
from typing import Any

from litestar import get, post
from litestar.params import FromQuery

from liaison.accounts.viewer import Viewer
from liaison.calendaring.deadlines import PROFILE
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.i18n import LANGUAGE_NAMES, N_
from liaison.life import queries as life
from liaison.mechanisms import agreement as agreements
from liaison.mechanisms import charts, founding, known, overview, permissions, queries, rhythm, wording
from liaison.mechanisms import members as membership
from liaison.mechanisms.agreement import AgreementFacts
from liaison.mechanisms.clauses import ClauseSaid
from liaison.mechanisms.founding import Facts, Joining
from liaison.mechanisms.review import is_near
from liaison.mechanisms.routes.common import Db, Id, Me, Page, Theirs, form_page, kept, posted
from liaison.mechanisms.values import profile
from liaison.meetings import queries as meetings
from liaison.results import queries as results
from liaison.web.forms import Form, attempt, row_id
from liaison.web.pages import AnyRequest, page, see_other, words_of

PAGE = 50
CLAUSE = ("number", "text", "kind", "amount", "period")
"""What the form of an agreement asks of each clause."""


@get("/mechanisms")
async def index(request: AnyRequest, db: Db, viewer: Me, after: FromQuery[str] = "") -> Page:
    """The mechanisms the viewer may know of, with their members and vacancies."""
    found = await queries.mechanisms_visible_to(db, viewer, after=row_id(after) if after else 0, limit=PAGE + 1)
    rows, more = found[:PAGE], len(found) > PAGE
    histories = await queries.histories(db, rows)
    return page(
        request,
        "mechanisms/index.html",
        nav="mechanisms",
        mechanisms=rows,
        grouped=overview.by_programme(rows),
        cards={row.id: overview.cards(histories[row.id], db.clock.today(row.timezone)) for row in rows},
        dormant=await life.dormant(db, viewer, rows),
        next_url=f"/mechanisms?after={rows[-1].id}" if more else None,
        first=not after,
        may_found=permissions.may_found(viewer),
    )


@get("/mechanisms/{mechanism_id:int}")
async def show(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id, year: FromQuery[str] = "") -> Page:
    """One mechanism: its year, its members and who is in office, who was, and what was agreed."""
    mechanism = await queries.get(db, viewer, mechanism_id)
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    until = permissions.sees_until(viewer, mechanism_id, today)
    on = until - timedelta(days=1) if until else today
    shown = overview.seen_before(until, (await queries.histories(db, [mechanism]))[mechanism_id])
    chosen = rhythm.year_named(year) or on.year
    wordings = await known.wordings(db, viewer, mechanism)
    agreed = wordings[-1] if wordings else None
    found = (await meetings.rhythms_of(db, viewer, mechanism, [chosen], today)).get(chosen)
    achieved = await results.achieved(db, viewer, mechanism)
    return page(
        request,
        "mechanisms/show.html",
        nav="mechanisms",
        mechanism=mechanism,
        agreement=agreed,
        dormant=(await life.dormant(db, viewer, [mechanism])).get(mechanism_id),
        review_near=not mechanism.has_ended(today) and is_near(agreed.review_on if agreed else None, today),
        clauses=agreed.clauses if agreed else [],
        cards=overview.cards(shown, on),
        hosts=(await queries.host_rotation(db, [mechanism_id]))[mechanism_id],
        needed=[one.agency for one in shown if one.agency.id in (mechanism.must_include or ())],
        terms=overview.table_rows(shown, on, until),
        term_charts=charts.term_charts(words, overview.chart_rows(words, shown, on, until), on, until),
        year=chosen,
        rhythm=found,
        strip=charts.year_strip(words, chosen, today, found.marks if found else ()),
        missed=charts.missed_dates(words, found) if found else (),
        series=await meetings.series_of(db, mechanism_id, seen_by=viewer) if found else None,
        profile=profile(mechanism.deadlines),
        wording=wording,
        until=until,
        lists=await queries.lists_confirmed(db, mechanism_id=mechanism_id) if until is None else {},
        contacts=permissions.may_see_contacts(viewer, mechanism_id, today),
        may=permissions.Offers(viewer, mechanism_id),
        may_end=permissions.may_end(viewer, mechanism),
        achieved=achieved,
        tiles=achieved.tiles(words, today) if achieved else (),
        result_charts=achieved.charts(words, today) if achieved else (),
        result_years=achieved.table(words) if achieved else None,
    )


# --- founding and keeping


@get("/mechanisms/new")
async def new(request: AnyRequest, db: Db, viewer: Me) -> Page:
    """The form for a new mechanism."""
    site = db.settings
    today = db.clock.today(site.timezone)
    form = Form.of(timezone=site.timezone, region=site.region, locale=site.locale, joined_on=today)
    return await _new_page(request, db, viewer, form)


@post("/mechanisms/new")
async def found(request: AnyRequest, db: Db, viewer: Me) -> Page:
    """Enter a mechanism; its agreement comes next."""
    form = await posted(request)
    joined_on = form.date("joined_on")
    joining = [Joining(agency_id=agency, joined_on=joined_on) for agency in form.ids("members")]
    act = founding.found(db, viewer, Facts(**_facts(form)), members=joining)
    mechanism = await attempt(db, form, act, lambda theirs: _new_page(request, db, viewer, form))
    return see_other(f"/mechanisms/{mechanism.id}/agreement")


async def _new_page(request: AnyRequest, db: Session, viewer: Viewer, form: Form) -> Page:
    if not permissions.may_found(viewer):
        raise NotPermitted(N_("Mechanisms are entered by the operator. Please send the operator the agreement."))
    agencies = await queries.choosable_agencies(db)
    more: dict[str, Any] = {"LANGUAGES": LANGUAGE_NAMES, "programmes": await queries.programmes(db, viewer)}
    return form_page(request, "form", form, {}, mechanism=None, agencies=agencies, **more)


@get("/mechanisms/{mechanism_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """The form to change a mechanism."""
    facts = await founding.facts_of(db, await kept(db, viewer, mechanism_id))
    stored = {name: getattr(facts, name) for name in Facts.__dataclass_fields__}
    ticked = {name: "1" if stored[name] else None for name in ("needs_closing", "all_sign", "silence_consents")}
    form = Form.of(**stored | ticked)
    return await _edit_page(request, db, viewer, mechanism_id, form, {})


@post("/mechanisms/{mechanism_id:int}/edit")
async def change(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Change a mechanism."""
    form = await posted(request)
    changes = {**_facts(form), "ended_on": form.date("ended_on")}
    act = founding.change_mechanism(db, viewer, mechanism_id, changes, version=form.whole("version"))
    await attempt(db, form, act, lambda theirs: _edit_page(request, db, viewer, mechanism_id, form, theirs))
    return see_other(f"/mechanisms/{mechanism_id}")


async def _edit_page(request: AnyRequest, db: Db, viewer: Me, mechanism_id: int, form: Form, theirs: Theirs) -> Page:
    mechanism = await kept(db, viewer, mechanism_id)
    members = await queries.members_on(db, mechanism_id, db.clock.today(mechanism.timezone))
    agencies = [member.agency for member in members]
    more: dict[str, Any] = {"LANGUAGES": LANGUAGE_NAMES, "programmes": await queries.programmes(db, viewer)}
    return form_page(request, "form", form, theirs, mechanism=mechanism, agencies=agencies, **more)


def _facts(form: Form) -> dict[str, Any]:
    texts = ("name", "short_name", "programme", "timezone", "region", "locale", "mailbox")
    return {
        **{name: form.given(name) for name in texts},
        "lead_agency_id": form.id("lead_agency_id"),
        "quorum": form.whole("quorum"),
        "first_ordinal": form.whole("first_ordinal"),
        "needs_closing": form.ticked("needs_closing"),
        "must_include": tuple(form.ids("must_include")),
        "all_sign": form.ticked("all_sign"),
        "silence_consents": form.ticked("silence_consents"),
        "host_rotation": tuple(form.ids("host_rotation")),
    }


@get("/mechanisms/{mechanism_id:int}/agreement")
async def agreement(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """The form of the agreement and its clauses."""
    await kept(db, viewer, mechanism_id)
    stored = await queries.agreement(db, mechanism_id)
    clauses = await queries.clauses(db, mechanism_id)
    names = ("title", "doc_no", "signed_on", "effective_on", "review_on", "version")
    form = Form.of(
        **{name: getattr(stored, name) for name in names if stored},
        number=[clause.number for clause in clauses],
        text=[clause.text for clause in clauses],
        **{
            name: [(clause.obligation or {}).get(name) or "" for clause in clauses]
            for name in ("kind", "amount", "period")
        },
    )
    return await _agreement_page(request, db, viewer, mechanism_id, form, {})


@post("/mechanisms/{mechanism_id:int}/agreement")
async def put_agreement(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Enter or change the agreement and its clauses; an empty clause is left out."""
    form = await posted(request)
    typed = zip_longest(*(form.raws(name) for name in CLAUSE), fillvalue="")
    rows = [row for row in typed if row[0].strip() or row[1].strip()]
    for place, name in enumerate(CLAUSE):
        form.values[name] = [row[place].strip() if name == "number" else row[place] for row in rows]
    numbered = [ClauseSaid(_number(n), text, kind, _number(much), of, True) for n, text, kind, much, of in rows]
    days = {name: form.date(name) for name in ("signed_on", "effective_on", "review_on")}
    facts = AgreementFacts(title=form.given("title"), doc_no=form.given("doc_no"), **days)
    act = agreements.put_agreement(db, viewer, mechanism_id, facts, clauses=numbered, version=form.whole("version"))
    await attempt(db, form, act, lambda theirs: _agreement_page(request, db, viewer, mechanism_id, form, theirs))
    return see_other(f"/mechanisms/{mechanism_id}#agreement")


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 10 else None


async def _agreement_page(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: int, form: Form, theirs: Theirs
) -> Page:
    mechanism = await kept(db, viewer, mechanism_id)
    stored = await queries.agreement(db, mechanism_id)
    if theirs and stored:
        form.values["version"] = [str(stored.version)]
    clauses = [*zip_longest(*(form.raws(name) for name in CLAUSE), fillvalue=""), *[("",) * len(CLAUSE)] * 2]
    countersigned = words_of(request)._(agreements.COUNTERSIGNED) if stored and stored.document_id else None
    return form_page(
        request, "agreement", form, theirs, mechanism=mechanism, clauses=clauses, countersigned=countersigned
    )


@get("/mechanisms/{mechanism_id:int}/deadlines")
async def deadlines(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """The form of the working days around a meeting; it shows days before and after without a sign."""
    mechanism = await queries.get(db, viewer, mechanism_id)
    form = Form.of(**{step: abs(days) for step, days in profile(mechanism.deadlines).items()})
    return await _deadlines_page(request, db, viewer, mechanism_id, form, {})


@post("/mechanisms/{mechanism_id:int}/deadlines")
async def set_deadlines(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """Change them."""
    form = await posted(request)
    given = {step: n if usual > 0 else -n for step, usual in PROFILE.items() if (n := form.whole(step)) is not None}
    act = founding.set_deadlines(db, viewer, mechanism_id, given, version=form.whole("version"))
    changed = await attempt(
        db, form, act, lambda theirs: _deadlines_page(request, db, viewer, mechanism_id, form, theirs)
    )
    await request.app.state.deadlines_changed(db, changed)
    return see_other(f"/mechanisms/{mechanism_id}#arrangements")


async def _deadlines_page(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: int, form: Form, theirs: Theirs
) -> Page:
    mechanism = await queries.get(db, viewer, mechanism_id)
    if not permissions.may_set_deadlines(viewer, mechanism_id):
        raise NotPermitted(N_("Deadlines are set by the liaisons of the member agencies."))
    return form_page(request, "deadlines", form, theirs, mechanism=mechanism, profile=PROFILE)


# --- members


@get("/mechanisms/{mechanism_id:int}/members/new")
async def new_member(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """The form for an agency that joins."""
    mechanism = await kept(db, viewer, mechanism_id)
    form = Form.of(joined_on=db.clock.today(mechanism.timezone), takes_part="online")
    return await _join_page(request, db, viewer, mechanism_id, form)


@post("/mechanisms/{mechanism_id:int}/members/new")
async def join(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Page:
    """An agency joins."""
    form = await posted(request)
    given: dict[str, Any] = {"agency_id": form.id("agency_id"), "joined_on": form.date("joined_on")}
    act = membership.join(db, viewer, mechanism_id, takes_part=form.raw("takes_part"), **given)
    await attempt(db, form, act, lambda theirs: _join_page(request, db, viewer, mechanism_id, form))
    return see_other(f"/mechanisms/{mechanism_id}#members")


async def _join_page(request: AnyRequest, db: Session, viewer: Viewer, mechanism_id: int, form: Form) -> Page:
    mechanism = await kept(db, viewer, mechanism_id)
    agencies = await queries.choosable_agencies(db)
    return form_page(request, "join", form, {}, mechanism=mechanism, agencies=agencies)


@get("/members/{member_id:int}")
async def show_member(request: AnyRequest, db: Db, viewer: Me, member_id: Id) -> Page:
    """How one agency takes part, and its leaving."""
    member = await queries.member(db, viewer, member_id)
    form = Form.of(takes_part=member.takes_part, left_on=member.left_on)
    return await _member_page(request, db, viewer, member_id, form, {})


@post("/members/{member_id:int}/takes-part")
async def change_takes_part(request: AnyRequest, db: Db, viewer: Me, member_id: Id) -> Page:
    """An agency says how it takes part."""
    form = await posted(request, f"/members/{member_id}")
    version, given = form.whole("version"), form.raw("takes_part")
    act = membership.change_takes_part(db, viewer, member_id, takes_part=given, version=version)
    member = await attempt(db, form, act, lambda theirs: _member_page(request, db, viewer, member_id, form, theirs))
    return see_other(f"/mechanisms/{member.mechanism_id}#members")


@post("/members/{member_id:int}/leave")
async def leave(request: AnyRequest, db: Db, viewer: Me, member_id: Id) -> Page:
    """An agency leaves on a date, or stays after all."""
    form = await posted(request, f"/members/{member_id}")
    act = membership.leave(db, viewer, member_id, left_on=form.date("left_on"), version=form.whole("version"))
    member = await attempt(db, form, act, lambda theirs: _member_page(request, db, viewer, member_id, form, theirs))
    return see_other(f"/mechanisms/{member.mechanism_id}#members")


async def _member_page(request: AnyRequest, db: Db, viewer: Me, member_id: int, form: Form, theirs: Theirs) -> Page:
    member = await queries.member(db, viewer, member_id)
    if not permissions.may_set_takes_part(viewer, member.mechanism_id, member.agency_id):
        raise NotPermitted(N_("Each agency says itself how it takes part."))
    may_keep = permissions.may_keep(viewer)
    return form_page(request, "member", form, theirs, mechanism=member.mechanism, member=member, may_keep=may_keep)


handlers = [
    *(index, show, new, found, edit, change, agreement, put_agreement, deadlines, set_deadlines),
    *(new_member, join, show_member, change_takes_part, leave),
]
