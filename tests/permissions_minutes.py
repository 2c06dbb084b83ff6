"""The addresses of minutes (tests/permissions_table.py): those of the held meeting were circulated to 区检察院 (its host) and 区司法局."""

from tests.permissions_rules import ACTING, HOST, MECHANISM, OFFICERS, SEE_RECORD, SFJ, Rule, only

_SEE = ACTING | {"recorder", "authoriser"}
_OF_MEETING = {"meeting_id": "held"}
_VERSION = {"version_id": "minutes_version"}
READ = Rule(_SEE).of(**_VERSION)
WRITE = only(HOST | {"recorder"}, among=_SEE).of(**_VERSION)
SIGN = only(OFFICERS | {"authoriser"}, among=_SEE).of(**_VERSION)
REGISTER = only(HOST | {"sfj_officer"}, among=_SEE).of(**_VERSION)
DECIDE = only(HOST, among=_SEE).of(**_VERSION)

EDIT = only(HOST | {"recorder", "sfj_officer", "sfj_deputy"}, among=_SEE).of(**_VERSION)
"""Officers of 区司法局 write the section of the restricted item that it brings."""

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /mechanisms/{mechanism_id}/one-page": Rule(SEE_RECORD),
    "GET /mechanisms/{mechanism_id}/one-page.docx": Rule(SEE_RECORD),
    "GET /minutes/{version_id}/minutes.docx": READ,
    "GET /minutes/{version_id}/minutes.txt": READ,
    "GET /minutes/{version_id}/print": READ,
    "GET /minutes/{version_id}/sign-sheet.docx": READ,
    "GET /minutes/{version_id}/excerpt/{section}": (
        READ,
        Rule(_SEE & SFJ).of(**_VERSION, section="restricted_section"),
    ),
    "GET /meetings/{meeting_id}/minutes": Rule(SEE_RECORD).of(**_OF_MEETING),
    "POST /meetings/{meeting_id}/minutes": only(HOST | {"recorder"}, among=SEE_RECORD).of(**_OF_MEETING),
    "GET /mechanisms/{mechanism_id}/minutes": MECHANISM,
    "GET /minutes/{version_id}": READ,
    "GET /minutes/{version_id}/changes": READ,
    "GET /minutes/{version_id}/excerpt": READ,
    "GET /minutes/{version_id}/edit": EDIT,
    "POST /minutes/{version_id}/edit": EDIT,
    "GET /minutes/{version_id}/circulate": WRITE,
    "POST /minutes/{version_id}/circulate": WRITE,
    "POST /minutes/{version_id}/sign": SIGN,
    "POST /minutes/{version_id}/request-changes": SIGN,
    "GET /minutes/{version_id}/register": REGISTER,
    "POST /minutes/{version_id}/register": REGISTER,
    "GET /sign-offs/{sign_off_id}/scan": Rule(_SEE),
    "GET /minutes/{version_id}/excuse": DECIDE,
    "POST /minutes/{version_id}/excuse": DECIDE.sending(agency_id="@sfj", reason="退出"),
    "GET /minutes/{version_id}/issue": WRITE,
    "POST /minutes/{version_id}/issue": WRITE,
    "POST /minutes/{version_id}/issue/recipients": WRITE,
    "POST /minutes/{version_id}/delivered": WRITE,
    "GET /minutes/{version_id}/letter.docx": WRITE,
    "GET /minutes/{version_id}/copy.docx": WRITE,
    "GET /minutes/{version_id}/correct": WRITE,
    "POST /minutes/{version_id}/correct": WRITE,
    "POST /minutes/{version_id}/give-up": WRITE,
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/meetings/{meeting_id}/minutes": Rule(_SEE).of(**_OF_MEETING),
    "POST /api/meetings/{meeting_id}/minutes": only(HOST | {"recorder"}, among=SEE_RECORD).of(**_OF_MEETING),
    "PUT /api/meetings/{meeting_id}/minutes": only(HOST | {"recorder"}, among=SEE_RECORD)
    .of(**_OF_MEETING)
    .sending(sections=[{"key": "new", "title": "其他", "text": "会议召开。"}]),
    "GET /api/minutes/{version_id}": READ,
    "POST /api/minutes/{version_id}/circulate": WRITE,
    "POST /api/minutes/{version_id}/sign": SIGN,
    "POST /api/minutes/{version_id}/request-changes": SIGN,
    "POST /api/minutes/{version_id}/register": REGISTER.sending(
        root="0" * 64, agency_id="@sfj", leader="郑国强", signed_on="2026-11-23"
    ),
    "POST /api/minutes/{version_id}/remind": WRITE,
    "POST /api/minutes/{version_id}/excuse": DECIDE.sending(agency_id="@sfj", reason="退出"),
    "POST /api/minutes/{version_id}/issue": WRITE,
    "POST /api/minutes/{version_id}/correct": WRITE,
}
