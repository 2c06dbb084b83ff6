"""The addresses of what is put to the members (tests/permissions_table.py): a version of the agreement was circulated to both members, and
区检察院, which leads, has the draft of a proposal that 区人社局 joins."""

from tests.permissions_rules import ACTING, HOST, MECHANISM, SEE_MECHANISM, Rule, only, roles

_LEAD = roles("jcy_officer")
_VERSION = {"version_id": "proposal_version"}
_DRAFT = {"version_id": "proposal_draft"}
PROPOSE = only(_LEAD, among=SEE_MECHANISM)
READ = (Rule(ACTING).of(**_VERSION), Rule(HOST).of(**_DRAFT))
WRITE = (only(_LEAD, among=ACTING).of(**_VERSION), only(_LEAD, among=HOST).of(**_DRAFT))
LEAD = only(_LEAD, among=ACTING).of(**_VERSION)
SIGN = only(roles("jcy_officer", "sfj_officer"), among=ACTING).of(**_VERSION)
_EXCUSE = {"agency_id": "@sfj", "reason": "退出"}

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /mechanisms/{mechanism_id}/agreement/versions": MECHANISM,
    "GET /mechanisms/{mechanism_id}/agreement/versions/{nth}": MECHANISM,
    "GET /mechanisms/{mechanism_id}/agreement/propose": PROPOSE,
    "POST /mechanisms/{mechanism_id}/agreement/propose": PROPOSE,
    "GET /mechanisms/{mechanism_id}/members/propose": PROPOSE,
    "POST /mechanisms/{mechanism_id}/members/propose": PROPOSE,
    "GET /proposals/{version_id}": READ,
    "GET /proposals/{version_id}/changes": READ,
    "GET /proposals/{version_id}/text.docx": READ,
    "GET /proposals/{version_id}/sign-sheet.docx": READ,
    "GET /proposals/sign-offs/{sign_off_id}/scan": Rule(ACTING).of(sign_off_id="proposal_sign_off"),
    "GET /proposals/{version_id}/edit": WRITE,
    "POST /proposals/{version_id}/edit": WRITE,
    "GET /proposals/{version_id}/withdraw": WRITE,
    "POST /proposals/{version_id}/withdraw": WRITE,
    "GET /proposals/{version_id}/circulate": WRITE,
    "POST /proposals/{version_id}/circulate": WRITE,
    "POST /proposals/{version_id}/remind": LEAD,
    "GET /proposals/{version_id}/put-in-force": LEAD,
    "POST /proposals/{version_id}/put-in-force": LEAD,
    "POST /proposals/{version_id}/sign": SIGN,
    "POST /proposals/{version_id}/request-changes": SIGN,
    "GET /proposals/{version_id}/register": SIGN,
    "POST /proposals/{version_id}/register": SIGN,
    "GET /proposals/{version_id}/excuse": LEAD,
    "POST /proposals/{version_id}/excuse": LEAD.sending(**_EXCUSE),
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/mechanisms/{mechanism_id}/agreement/versions": MECHANISM,
    "GET /api/mechanisms/{mechanism_id}/proposals": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/proposals": PROPOSE,
    "GET /api/proposals/{version_id}": READ,
    "PUT /api/proposals/{version_id}": WRITE,
    "POST /api/proposals/{version_id}/circulate": WRITE,
    "POST /api/proposals/{version_id}/sign": SIGN,
    "POST /api/proposals/{version_id}/request-changes": SIGN,
    "POST /api/proposals/{version_id}/register": SIGN.sending(
        root="0" * 64, agency_id="@sfj", leader="郑国强", signed_on="2026-11-23"
    ),
    "POST /api/proposals/{version_id}/remind": LEAD,
    "POST /api/proposals/{version_id}/excuse": LEAD.sending(**_EXCUSE),
    "POST /api/proposals/{version_id}/put-in-force": LEAD,
    "POST /api/proposals/{version_id}/withdraw": WRITE,
}
