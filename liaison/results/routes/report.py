"""The report on a period: on the page, on paper, as .docx and .xlsx, and filled into a superior's own template."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.documents import spreadsheet
from liaison.documents.refusals import LARGEST, NotATemplate
from liaison.errors import Invalid
from liaison.i18n import N_, Words
from liaison.mechanisms.models import Mechanism
from liaison.results import queries, reporting
from liaison.results.periods import Period, half_of, last_quarter, quarter_of, year_of
from liaison.results.permissions import is_outside
from liaison.results.report import Report
from liaison.results.report_fields import GROUP_FIELDS, fields, groups
from liaison.results.report_shown import charts, sections, tiles
from liaison.results.routes.common import Db, Id, Me, address, day_in_address, shown
from liaison.web.attached import DOCX, attached
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, words_of

NOT_FILLED = {
    "too_large": N_("The file is larger than %(most)s MB."),
    "not_docx": N_("Please choose a .docx file as Word or WPS saves it."),
    "not_xlsx": N_("This spreadsheet cannot be read. Please save it again as .xlsx."),
    "too_much_inside": N_("This file unpacks to more than a template may hold."),
}


@get("/mechanisms/{mechanism_id:int}/report")
async def show(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The period that the address names, else everything so far."""
    mechanism = await queries.readable(db, viewer, mechanism_id)
    return await _page(request, db, viewer, mechanism, Form())


@get("/mechanisms/{mechanism_id:int}/report/print")
async def print_view(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[str]:
    """The same on A4."""
    mechanism = await queries.readable(db, viewer, mechanism_id)
    report = await _asked(request, db, viewer, mechanism)
    words, period = words_of(request), report.period
    return page(
        request,
        "results/report_print.html",
        **_told(words, mechanism, report, db),
        back=address(f"/mechanisms/{mechanism_id}/report", from_=period.first, to=period.last),
    )


@get("/mechanisms/{mechanism_id:int}/report.docx")
async def as_docx(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """The report as a paper."""
    mechanism = await queries.readable(db, viewer, mechanism_id)
    report, words = await _asked(request, db, viewer, mechanism), words_of(request)
    told = _told(words, mechanism, report, db)
    made = await asyncio.to_thread(_docx, told, words.locale == "zh_CN")
    return Response(made, media_type=DOCX, headers=attached(f"{told['title']}.docx"))


@get("/mechanisms/{mechanism_id:int}/report.xlsx")
async def as_xlsx(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[bytes]:
    """The report's tables on one sheet, their figures as numbers."""
    mechanism = await queries.readable(db, viewer, mechanism_id)
    report, words = await _asked(request, db, viewer, mechanism), words_of(request)
    told = _told(words, mechanism, report, db)
    made = await asyncio.to_thread(_xlsx, told)
    return Response(made, media_type=spreadsheet.MEDIA_TYPE, headers=attached(f"{told['title']}.xlsx"))


@post("/mechanisms/{mechanism_id:int}/report/fill", status_code=200)
async def fill(request: AnyRequest, db: Db, viewer: Me, mechanism_id: Id) -> Response[Any]:
    """A superior's own .docx or .xlsx with the report's figures in it; the file is not kept."""
    form = await Form.read(request)
    file = (await request.form()).get("file")
    mechanism = await queries.readable(db, viewer, mechanism_id)
    words = words_of(request)
    first, last = form.date("from"), form.date("to")
    if form.errors:
        pass  # the page says which day cannot be read
    elif not isinstance(file, UploadFile) or not file.filename:
        form.refuse("file", N_("Please choose a file."))
    else:
        report = await reporting.report(db, viewer, mechanism, first, last)
        told = fields(words, report, mechanism=mechanism.name, agency=viewer.agency_short_name)
        repeated = [(GROUP_FIELDS, groups(words, report))]
        content, is_sheet = await file.read(LARGEST + 1), file.filename.lower().endswith(".xlsx")
        try:
            made = await asyncio.to_thread(_filled, content, is_sheet, told, repeated)
        except NotATemplate as refusal:
            form.refuse("file", NOT_FILLED.get(refusal.code, NOT_FILLED["not_docx"]), most=LARGEST // 1024 // 1024)
        else:
            kind = spreadsheet.MEDIA_TYPE if is_sheet else DOCX
            return Response(made, media_type=kind, headers=attached(file.filename[:100]))
    answer = await _page(request, db, viewer, mechanism, form)
    answer.status_code = 422
    return answer


def _filled(content: bytes, is_sheet: bool, told: dict[str, str], repeated: Any) -> bytes:
    if len(content) > LARGEST:
        raise NotATemplate("too_large")
    from liaison.documents import filling, sheet_filling  # python-docx and openpyxl take 0.2 s to load

    return sheet_filling.fill(content, told) if is_sheet else filling.fill(content, told, repeated)


def _docx(told: dict[str, Any], chinese: bool) -> bytes:
    from liaison.results.report_paper import to_docx  # python-docx takes 0.2 s to load

    return to_docx(told["title"], told["below"], told["sections"], told["notes"], chinese=chinese)


def _xlsx(told: dict[str, Any]) -> bytes:
    from liaison.documents.report_sheet import to_xlsx  # openpyxl takes 0.2 s to load

    tables = [(one.title, one.heads, one.rows) for one in told["sections"]]
    return to_xlsx(told["title"], told["below"], tables, told["notes"])


async def _asked(request: AnyRequest, db: Session, viewer: Viewer, mechanism: Mechanism) -> Report:
    given = request.query_params
    first, last = day_in_address(given, "from"), day_in_address(given, "to")
    return await reporting.report(db, viewer, mechanism, first, last)


async def _page(request: AnyRequest, db: Session, viewer: Viewer, mechanism: Mechanism, form: Form) -> Response[str]:
    words, today = words_of(request), db.clock.today(mechanism.timezone)
    given = form.raw if request.method == "POST" else request.query_params.get
    wanted: Callable[[str], Any] = given
    first, last = (day_in_address({name: wanted(name) or ""}, name) for name in ("from", "to"))
    try:
        report = await reporting.report(db, viewer, mechanism, first, last)
    except Invalid as refusal:
        form.take(refusal)
        report = await reporting.report(db, viewer, mechanism, None, None)
    period, base = report.period, f"/mechanisms/{mechanism.id}/report"
    kept = {"from_": period.first, "to": period.last}
    return shown(
        request,
        "results/report.html",
        path=base,
        **_told(words, mechanism, report, db),
        form=form,
        reads_lines=not is_outside(viewer, mechanism.id),
        today=today,
        shortcuts=[(one.named(words), address(base, from_=one.first, to=one.last), one == period) for one in _shortcuts(today)],
        whole=address(base),
        print_url=address(f"{base}/print", **kept),
        docx_url=address(f"{base}.docx", **kept),
        xlsx_url=address(f"{base}.xlsx", **kept),
        fields=list(fields(words, report, mechanism="", agency="")),
        group_fields=sorted(GROUP_FIELDS),
    )  # fmt: skip


def _shortcuts(today: date) -> list[Period]:
    """This year, the last quarter, the last half and the last year."""
    last_half = half_of(today.year, 1) if today.month > 6 else half_of(today.year - 1, 2)
    running = quarter_of(today.year, (today.month - 1) // 3 + 1).until(today)
    return [year_of(today.year).until(today), running, last_quarter(today), last_half, year_of(today.year - 1)]


def _told(words: Words, mechanism: Mechanism, report: Report, db: Session) -> dict[str, Any]:
    """What page, paper and files say alike."""
    named = report.period.named(words)
    today = db.clock.today(mechanism.timezone)
    notes = [words._("A case that two agencies report counts once, as the first of them reported it.")]
    if not report.confirmed:
        notes.insert(0, words._("The figures of this period have not been confirmed by the agencies yet."))
    if report.tells_less:
        notes.append(
            words._(
                "For readers from outside the member agencies groups are put together, and there are no figures by cause."
            )
        )
    return {
        "mechanism": mechanism,
        "report": report,
        "title": words._("%(mechanism)s: report on results", mechanism=mechanism.name),
        "below": named,
        "sections": sections(words, report),
        "charts": charts(words, report.parts, today),
        "tiles": tiles(words, report.total, report.groups),
        "notes": notes,
    }


handlers = [show, print_view, as_docx, as_xlsx, fill]
