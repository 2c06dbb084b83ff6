"""Who may use the addresses of series and of the annual plan: a part of the table (tests/permissions_table.py)."""

from tests.permissions_rules import MECHANISM, SERIES, Rule

PLAN_PAGES: dict[str, Rule] = {
    "GET /mechanisms/{mechanism_id}/series": MECHANISM,
    "GET /mechanisms/{mechanism_id}/series/new": SERIES,
    "POST /mechanisms/{mechanism_id}/series/new": SERIES,
    "GET /series/{series_id}/edit": SERIES,
    "POST /series/{series_id}/edit": SERIES,
    "GET /mechanisms/{mechanism_id}/plan": MECHANISM,
    "POST /mechanisms/{mechanism_id}/plan": SERIES,
    "GET /mechanisms/{mechanism_id}/plan/print": MECHANISM,
    "GET /mechanisms/{mechanism_id}/plan/letter.docx": SERIES,
    "GET /mechanisms/{mechanism_id}/plan/send": SERIES,
    "POST /mechanisms/{mechanism_id}/plan/send": SERIES.sending(year="2027"),
    "GET /mechanisms/{mechanism_id}/plan/skip": SERIES,
    "POST /mechanisms/{mechanism_id}/plan/skip": SERIES,
    "POST /mechanisms/{mechanism_id}/plan/unskip": SERIES,
}

PLAN_API: dict[str, Rule] = {
    "GET /api/mechanisms/{mechanism_id}/series": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/series": SERIES.sending(start_time="14:30"),
    "GET /api/series/{series_id}": MECHANISM,
    "PATCH /api/series/{series_id}": SERIES,
    "GET /api/series/{series_id}/dates": MECHANISM,
    "POST /api/series/{series_id}/plan": SERIES.sending(dates=["2026-12-17"]),
    "POST /api/series/{series_id}/skip": SERIES.sending(date="2026-12-17", reason="并入年会"),
    "POST /api/series/{series_id}/unskip": SERIES.sending(date="2026-12-17"),
    "GET /api/mechanisms/{mechanism_id}/promise": MECHANISM,
    "GET /api/mechanisms/{mechanism_id}/plan": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/plan/send": SERIES.sending(year=2027),
}
