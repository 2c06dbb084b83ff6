"""The addresses of minutes (tests/permissions_table.py): those of the held meeting were circulated to 区检察院 (its host) and 区司法局."""

from tests.permissions_rules import ACTING, HOST, OFFICERS, SEE_RECORD, Rule, only

_SEE = ACTING | {"recorder", "authoriser"}
_OF_MEETING = {"meeting_id": "held"}
_VERSION = {"version_id": "minutes_version"}
READ = Rule(_SEE).of(**_VERSION)
WRITE = only(HOST | {"recorder"}, among=_SEE).of(**_VERSION)
SIGN = only(OFFICERS | {"authoriser"}, among=_SEE).of(**_VERSION)
REGISTER = only(HOST | {"sfj_officer", "sfj_deputy"}, among=_SEE).of(**_VERSION)
DECIDE = only(HOST, among=_SEE).of(**_VERSION)

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
