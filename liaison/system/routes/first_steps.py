"""The first steps of a site: agencies and liaisons, the agreement and its members, the next meeting."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from liaison.accounts.viewer import Viewer
from liaison.bundle import workbook
from liaison.bundle.report import SECTIONS
from liaison.bundle.tables import FORM_FIELDS, as_paste, bundle_of_tables, form_table, pasted_rows, place_in_form
from liaison.bundle.values import BundleRefused, Line
from liaison.db import Session
from liaison.documents import spreadsheet
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.permissions import needs_letter
from liaison.mechanisms.wording import ROLES
from liaison.system import first_steps as steps
from liaison.system import queries
from liaison.web.forms import Form, FormAgain, attempt
from liaison.web.how_far import telling
from liaison.web.pages import AnyRequest, page, see_other, settings_of, words_of

Db = NamedDependency[Session]
Operator = NamedDependency[Viewer]
Id = FromPath[int]

_PATH = "/system/first-steps"


def form_labels(words: Words) -> dict[str, str]:
    """The columns of the form: one word for the label at the field and in the summary."""
    return {
        "agency": words.pgettext("agency", "Short name"),
        "agency_name": words.pgettext("agency", "Full name"),
        "name": words.pgettext("person", "Name"),
        "job_title": words._("Job title"),
        "phone": words._("Phone"),
        "mail": words._("Mail address"),
        "liaison": words._("Is liaison"),
    }


class Refused(NamedTuple):
    """What is wrong with one entry: where, as the page calls the place; the words; and the field of the form, if it is one."""

    place: str
    text: str
    at: str = ""


@get(_PATH)
async def first_steps(
    request: AnyRequest,
    db: Db,
    operator: Operator,
    how: FromQuery[str] = "form",
    mechanism: FromQuery[int | None] = None,
) -> Response[Any]:
    """Agencies and liaisons, the agreement and its members, the next meeting: what is done, and what comes next."""
    form = Form.of(starts_on=db.clock.today(settings_of(request).timezone))
    return await _first_steps(request, db, operator, form, how=how, mechanism_id=mechanism)


@get("/system/first-steps/template.xlsx")
async def template(request: AnyRequest, operator: Operator) -> Response[bytes]:
    """The workbook that agencies fill in."""
    content = await asyncio.to_thread(workbook.template, chinese=words_of(request).locale == "zh_CN")
    headers = {"Content-Disposition": 'attachment; filename="liaison.xlsx"'}
    return Response(content, media_type=spreadsheet.MEDIA_TYPE, headers=headers)


@post("/system/first-steps/people")
async def enter_people(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """Read the form, the pasted cells or the workbook; show what would be entered, and enter it once that was confirmed."""
    form = await Form.read(request)
    how = form.raw("how")
    words = words_of(request)
    if form.ticked("back"):
        raise FormAgain(await _first_steps(request, db, operator, form, how="paste"), 200)
    try:
        with telling(request, operator, form) as told:
            tables = await _tables(request, form, how)
            report = await steps.enter(db, operator, tables, told=told)
        if form.ticked("confirmed"):
            return see_other(_PATH)
        await db.rollback()  # only a look: what would be entered is shown, and nothing is
        request.state.form_path = _PATH
        preview = page(
            request,
            "system/first_steps_preview.html",
            nav="system",
            report=report,
            sections=SECTIONS,
            people=bundle_of_tables(tables, new_agencies=True).people,
            role_names=ROLES,
            pastes=[as_paste(table) for table in tables],
        )
        raise FormAgain(preview, 200)
    except BundleRefused as refusal:
        lines = refusal.lines
    await db.rollback()
    if how == "file" and form.raws("paste"):
        how = "paste"  # the workbook could be read: its cells are corrected there
    raise FormAgain(await _first_steps(request, db, operator, form, how=how, refused=_refusals(words, how, lines)))


@post("/system/first-steps/mechanisms/{mechanism_id:int}/liaisons")
async def designate_liaisons(request: AnyRequest, db: Db, operator: Operator, mechanism_id: Id) -> Response[Any]:
    """Designate those who were named in the first step, each on the agency's letter."""
    form = await Form.read(request)
    mechanism = await mechanisms.get(db, operator, mechanism_id)
    named = await steps.to_designate(db, mechanism)
    letters = {each.person.id: form.given(f"basis_ref_{each.person.id}") for each in named}
    others = {each.person.id for each in named if needs_letter(operator, mechanism_id, each.person.agency_id)}
    for person_id, letter_no in letters.items():
        if letter_no is None and person_id in others:
            form.refuse(
                f"basis_ref_{person_id}", N_("Please name the agency's letter: the operator designates only on one.")
            )
    act = steps.designate_named(db, operator, mechanism, letters, starts_on=form.date("starts_on"))
    if form.errors:
        act.close()
        raise FormAgain(await _first_steps(request, db, operator, form, mechanism_id=mechanism_id))
    await attempt(db, form, act, lambda theirs: _first_steps(request, db, operator, form, mechanism_id=mechanism_id))
    return see_other(_PATH)


async def _first_steps(
    request: AnyRequest,
    db: Session,
    operator: Viewer,
    form: Form,
    *,
    how: str = "form",
    mechanism_id: int | None = None,
    refused: Sequence[Refused] = (),
) -> Response[Any]:
    begun = await queries.beginning(db)
    mechanism = next((each for each in begun.mechanisms if each.id == mechanism_id), None)
    mechanism = mechanism or (begun.mechanisms[-1] if begun.mechanisms else None)
    named = await steps.to_designate(db, mechanism)
    for each in named:
        form.values.setdefault(f"basis_ref_{each.person.id}", [each.basis_ref or ""])
    request.state.form_path = _PATH
    return page(
        request,
        "system/first_steps.html",
        nav="system",
        form=form,
        how=how if how in ("form", "paste", "file") else "form",
        begun=begun,
        mechanism=mechanism,
        named=named,
        refused=refused,
        cell_errors={each.at: each.text for each in refused if each.at},
        form_labels=form_labels(words_of(request)),
        role_names=ROLES,
        needs_letter={
            each.person.id: mechanism is not None and needs_letter(operator, mechanism.id, each.person.agency_id)
            for each in named
        },
        may_schedule=mechanism is not None and operator.acts_for(mechanism.id) is not None,
    )


async def _tables(request: AnyRequest, form: Form, how: str) -> list[list[list[str]]]:
    """What was given, as tables with or without headings. Raises BundleRefused."""
    if how == "form":
        return [form_table({name: form.raws(name) for name in FORM_FIELDS})]
    if how == "file":
        file = (await request.form()).get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        tables = await asyncio.to_thread(workbook.tables_of, content)
        form.values["paste"] = [as_paste(table) for table in tables]
        return tables
    return [pasted_rows(part) for part in form.raws("paste")]


def _refusals(words: Words, how: str, lines: Sequence[Line]) -> list[Refused]:
    """What is wrong, with the place as the page calls it: the form's own rows and labels, else rows and headings of the table."""
    found = []
    for line in lines:
        text = line.message.worded(words._)
        at = place_in_form(line) if how == "form" else None
        if at:
            row, field = at[0] + 1, form_labels(words)[at[1]]
            found.append(Refused(words._("Row %(line)s, %(field)s", line=row, field=field), text, f"r-{at[1]}-{at[0]}"))
        elif how == "form" and line.line:
            found.append(Refused(words._("Row %(line)s", line=max(line.line - 1, 1)), text))
        elif line.line and line.field:
            found.append(Refused(words._("Row %(line)s, %(field)s", line=line.line, field=line.field), text))
        else:
            found.append(Refused(words._("Row %(line)s", line=line.line) if line.line else "", text))
    return found


handlers = [first_steps, template, enter_people, designate_liaisons]
