"""The addresses of outcomes (tests/permissions_table.py): one line is of 区检察院, one of 区司法局."""

from tests.permissions_rules import ACTING, HOST, MEMBERS, SEE_MECHANISM, SEE_MEETING, SIGNED_IN, Rule, only

FIGURES = only(SEE_MECHANISM - {"operator"}, among=SEE_MECHANISM)
LINES = only(MEMBERS | {"former"}, among=SEE_MECHANISM)
ENTER = only(ACTING, among=SEE_MECHANISM)
SEE = Rule(MEMBERS)
OWN = (
    only(HOST, among=MEMBERS),
    only(ACTING - HOST, among=MEMBERS).of(outcome_id="sfj_outcome"),
)
BRIEF = Rule(HOST)
"""Of 区检察院; nobody else finds any trace of it."""
_DAYS = {"from": "2026-07-01", "to": "2026-09-30"}

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /results": Rule(SIGNED_IN),
    "GET /mechanisms/{mechanism_id}/outcomes": LINES,
    "GET /mechanisms/{mechanism_id}/outcomes.xlsx": LINES,
    "GET /mechanisms/{mechanism_id}/outcomes/print": LINES,
    "GET /mechanisms/{mechanism_id}/outcomes/new": ENTER,
    "POST /mechanisms/{mechanism_id}/outcomes/new": ENTER,
    "GET /mechanisms/{mechanism_id}/outcomes/template.xlsx": FIGURES,
    "GET /mechanisms/{mechanism_id}/outcomes/import": ENTER,
    "POST /mechanisms/{mechanism_id}/outcomes/import": ENTER,
    "GET /mechanisms/{mechanism_id}/outcomes/confirm": LINES,
    "POST /mechanisms/{mechanism_id}/outcomes/confirm": ENTER.sending(**_DAYS),
    "POST /mechanisms/{mechanism_id}/outcomes/confirm/take-back": ENTER.sending(**_DAYS),
    "GET /mechanisms/{mechanism_id}/report": FIGURES,
    "GET /mechanisms/{mechanism_id}/report/print": FIGURES,
    "GET /mechanisms/{mechanism_id}/report.docx": FIGURES,
    "GET /mechanisms/{mechanism_id}/report.xlsx": FIGURES,
    "POST /mechanisms/{mechanism_id}/report/fill": FIGURES,
    "GET /mechanisms/{mechanism_id}/briefs": ENTER,
    "POST /mechanisms/{mechanism_id}/briefs": ENTER,
    "POST /meetings/{meeting_id}/brief": only(ACTING, among=SEE_MEETING),
    "GET /briefs/{brief_id}": BRIEF,
    "POST /briefs/{brief_id}": BRIEF,
    "GET /briefs/{brief_id}/brief.docx": BRIEF,
    "POST /briefs/{brief_id}/remove": BRIEF,
    "POST /briefs/{brief_id}/restore": BRIEF,
    "GET /outcomes/{outcome_id}/edit": OWN,
    "POST /outcomes/{outcome_id}/edit": OWN,
    "POST /outcomes/{outcome_id}/remove": OWN,
    "POST /outcomes/{outcome_id}/restore": OWN,
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/mechanisms/{mechanism_id}/outcomes": LINES,
    "POST /api/mechanisms/{mechanism_id}/outcomes": ENTER,
    "POST /api/mechanisms/{mechanism_id}/outcomes/import": ENTER,
    "GET /api/mechanisms/{mechanism_id}/outcomes/differences": LINES,
    "POST /api/mechanisms/{mechanism_id}/outcomes/confirm": ENTER.sending(**_DAYS),
    "GET /api/mechanisms/{mechanism_id}/briefs": ENTER,
    "POST /api/mechanisms/{mechanism_id}/briefs": ENTER,
    "GET /api/briefs/{brief_id}": BRIEF,
    "PATCH /api/briefs/{brief_id}": BRIEF,
    "DELETE /api/briefs/{brief_id}": BRIEF,
    "POST /api/briefs/{brief_id}/restore": BRIEF,
    "GET /api/mechanisms/{mechanism_id}/report": FIGURES,
    "GET /api/outcomes/{outcome_id}": SEE,
    "PATCH /api/outcomes/{outcome_id}": OWN,
    "DELETE /api/outcomes/{outcome_id}": OWN,
    "POST /api/outcomes/{outcome_id}/restore": OWN,
}
