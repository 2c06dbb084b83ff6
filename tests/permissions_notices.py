"""The addresses of notices (tests/permissions_table.py): one was sent by 区检察院 to 区司法局, one is a draft of 区检察院, one a lead that it
referred, and one that it entered afterwards."""

from tests.permissions_rules import ACTING, ANY_SIGNED_IN, HOST, SEE_MECHANISM, Rule, only, roles

SENDS, ASKED = HOST, roles("sfj_officer", "sfj_deputy")
READ = (Rule(ACTING), Rule(SENDS).of(notice_id="notice_draft"))
OWN_DRAFT = (only(SENDS, among=ACTING), Rule(SENDS).of(notice_id="notice_draft"))
ANSWER = only(ASKED, among=ACTING)
SENDER = only(SENDS, among=ACTING)
WRITE = only(ACTING, among=SEE_MECHANISM)
LEAD_ANSWER = (ANSWER, ANSWER.of(notice_id="lead_id"))
TAKE_BACK = SENDER.of(notice_id="entered_id")
SUPPLY = (SENDER.of(notice_id="lead_id"), SENDER)
OF_SFJ = {"agency_id": "@sfj"}
SAID = {"what": "acknowledged", "how": "phone", "said_by": "李文博", "said_on": "2026-11-23", "said_at": "09:00"}

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /notices": ANY_SIGNED_IN,
    "GET /mechanisms/{mechanism_id}/notices/new": WRITE,
    "POST /mechanisms/{mechanism_id}/notices": WRITE,
    "GET /notices/{notice_id}": READ,
    "GET /notices/{notice_id}/edit": OWN_DRAFT,
    "POST /notices/{notice_id}/edit": OWN_DRAFT,
    "GET /notices/{notice_id}/send": OWN_DRAFT,
    "POST /notices/{notice_id}/send": OWN_DRAFT,
    "POST /notices/{notice_id}/discard": OWN_DRAFT,
    "POST /notices/{notice_id}/restore": OWN_DRAFT,
    "POST /notices/{notice_id}/open": ANSWER,
    "POST /notices/{notice_id}/acknowledge": ANSWER,
    "POST /notices/{notice_id}/answer": ANSWER,
    "POST /notices/{notice_id}/offer": ANSWER,
    "POST /notices/{notice_id}/pass-on": ANSWER,
    "POST /notices/{notice_id}/correct": ANSWER,
    "POST /notices/{notice_id}/agencies/{agency_id}/agree": SENDER,
    "POST /notices/{notice_id}/agencies/{agency_id}/refuse": SENDER,
    "GET /notices/{notice_id}/agencies/{agency_id}/register": Rule(ACTING),
    "POST /notices/{notice_id}/agencies/{agency_id}/register": Rule(ACTING).sending(**SAID),
    "POST /notices/{notice_id}/accept": LEAD_ANSWER,
    "POST /notices/{notice_id}/decline": LEAD_ANSWER,
    "POST /notices/{notice_id}/return": LEAD_ANSWER,
    "POST /notices/{notice_id}/feedback": LEAD_ANSWER,
    "POST /notices/{notice_id}/supplement": SUPPLY,
    "GET /mechanisms/{mechanism_id}/referrals/template.xlsx": WRITE,
    "GET /mechanisms/{mechanism_id}/referrals/import": WRITE,
    "POST /mechanisms/{mechanism_id}/referrals/import": WRITE,  # 422 without a file
    "POST /notices/{notice_id}/take-back": TAKE_BACK,
    "POST /notices/{notice_id}/take-back/undo": TAKE_BACK,
    "GET /referrals": ANY_SIGNED_IN,
    "GET /referrals/ledger.xlsx": ANY_SIGNED_IN,
    "POST /notices/{notice_id}/close": SENDER,
    "POST /notices/{notice_id}/agenda-item": Rule(ACTING).sending(meeting_id="@meeting_id"),
    "POST /notices/{notice_id}/action-item": Rule(ACTING),
    "GET /notices/{notice_id}/escalate": SENDER,
    "POST /notices/{notice_id}/escalate": SENDER,
    "POST /notices/{notice_id}/papers": OWN_DRAFT,
    "POST /notices/{notice_id}/papers/{notice_paper_id}/remove": SENDER,
    "GET /notices/{notice_id}/papers/{notice_paper_id}/file": Rule(ACTING),
    "GET /notices/{notice_id}/letter.docx": READ,
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/mechanisms/{mechanism_id}/notices": Rule(SEE_MECHANISM),
    "POST /api/mechanisms/{mechanism_id}/notices": WRITE.sending(to_agency_ids=["@sfj"]),
    "POST /api/mechanisms/{mechanism_id}/referrals/import": WRITE,  # 422 without a file
    "POST /api/notices/{notice_id}/take-back": TAKE_BACK,
    "POST /api/notices/{notice_id}/take-back/undo": TAKE_BACK,
    "GET /api/notices/{notice_id}": READ,
    "PATCH /api/notices/{notice_id}": OWN_DRAFT,
    "POST /api/notices/{notice_id}/send": OWN_DRAFT,
    "POST /api/notices/{notice_id}/open": ANSWER,
    "POST /api/notices/{notice_id}/acknowledge": ANSWER,
    "POST /api/notices/{notice_id}/answer": ANSWER,
    "POST /api/notices/{notice_id}/offer": ANSWER,
    "POST /api/notices/{notice_id}/agree": SENDER.sending(**OF_SFJ),
    "POST /api/notices/{notice_id}/refuse": SENDER.sending(**OF_SFJ),
    "POST /api/notices/{notice_id}/pass-on": ANSWER.sending(to_agency_id="@rsj"),
    "POST /api/notices/{notice_id}/correct": ANSWER,
    "POST /api/notices/{notice_id}/accept": LEAD_ANSWER,
    "POST /api/notices/{notice_id}/decline": LEAD_ANSWER,
    "POST /api/notices/{notice_id}/return": LEAD_ANSWER,
    "POST /api/notices/{notice_id}/feedback": LEAD_ANSWER,
    "POST /api/notices/{notice_id}/supplement": SUPPLY,
    "POST /api/notices/{notice_id}/close": SENDER,
    "POST /api/notices/{notice_id}/papers": OWN_DRAFT,
    "GET /api/notices/{notice_id}/papers/{notice_paper_id}/file": Rule(ACTING),
}
