"""Who may use which address: PERMISSIONS.md as data. `tests/test_permissions.py` walks every address of the server with every role.

A new route needs one line here, and fails without it. Roles are people of the small world (tests/world.py) with their agency; the mechanism's
members are 区检察院 (jcy, which hosts the meeting) and 区司法局 (sfj). Whoever is neither allowed nor refused must get exactly the answer that
something missing gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ROLES: dict[str, str | None] = {
    "anonymous": None,
    "operator": "guyan",
    "jcy_admin": "hejing",
    "jcy_officer": "zhoumin",
    "jcy_deputy": "qianwei",
    "jcy_person": "hanmei",
    "sfj_admin": "gonghui",
    "sfj_officer": "liwb",
    "sfj_deputy": "wuxl",
    "sfj_person": "zhenggq",
    "chair": "chenzy",
    "recorder": "xujie",
    "authoriser": "fanghua",
    "invited": "sunl",
    "reader": "maolin",
    "former": "songhp",
    "stranger": "tengfei",
}
"""jcy_officer and jcy_deputy are the host officer and deputy; chair, recorder and authoriser are those of the meetings, of 区检察院
(chair, authoriser) and 区司法局 (recorder); sfj_person proposed an agenda item; invited is of 区人社局, which is no
member, and asked to the meeting by name; reader and stranger are of 区人社局 too; former was liaison of 区民政局 until it left."""

Roles = frozenset[str]


def roles(*names: str) -> Roles:
    assert set(names) <= set(ROLES)
    return frozenset(names)


EVERYBODY = roles(*ROLES)
SIGNED_IN = EVERYBODY - {"anonymous"}
OPERATOR = roles("operator")
OFFICERS = roles("jcy_officer", "sfj_officer")
DEPUTIES = roles("jcy_deputy", "sfj_deputy")
ACTING = OFFICERS | DEPUTIES
ADMINS = roles("jcy_admin", "sfj_admin")
HOST = roles("jcy_officer", "jcy_deputy")
ARRANGERS = HOST | {"chair"}
JCY = roles("jcy_admin", "jcy_officer", "jcy_deputy", "jcy_person", "chair", "authoriser")
SFJ = roles("sfj_admin", "sfj_officer", "sfj_deputy", "sfj_person", "recorder")
MEMBERS = JCY | SFJ
SPEAK_FOR_SFJ = roles("sfj_officer", "sfj_admin")
KEEP_SFJ = SPEAK_FOR_SFJ | {"sfj_deputy"}
KEEP_JCY = roles("jcy_admin", "jcy_officer", "jcy_deputy")


@dataclass(frozen=True)
class Rule:
    """Who is `allowed` (any answer but 401, 403, 404 and 5xx) and who is `refused` although they see the thing (403).

    Everybody else who is signed in gets 404 as if the thing did not exist, and who is not signed in is asked to.
    `at` names the thing in question where the address has a parameter: {parameter: thing}; by default the thing called like the parameter.
    `send` is the form or the JSON body; a text that begins with @ names a thing. Required fields of a JSON body are filled in by themselves."""

    allowed: Roles
    refused: Roles = frozenset()
    at: Mapping[str, str] = field(default_factory=dict)
    send: Mapping[str, Any] = field(default_factory=dict)
    asks_to_sign_in: bool = True

    def of(self, **at: str) -> "Rule":
        """The same rule for a certain thing."""
        return replace(self, at=at)

    def sending(self, **send: Any) -> "Rule":
        """The same rule with this form or body."""
        return replace(self, send=send)

    def expected(self, role: str) -> str:
        if role in self.allowed:
            return "allowed"
        if role == "anonymous" and self.asks_to_sign_in:
            return "asked to sign in"
        return "refused" if role in self.refused else "missing"


def only(allowed: Roles, *, among: Roles = SIGNED_IN) -> Rule:
    """These are allowed; the others of those who see the thing are refused."""
    return Rule(allowed, among - allowed)


PUBLIC = Rule(EVERYBODY)
ANY_SIGNED_IN = Rule(SIGNED_IN)
OPERATOR_ONLY = only(OPERATOR)
NEEDS_A_SECRET = Rule(frozenset(), asks_to_sign_in=False)
"""Public addresses that hold a secret: a wrong one is missing to everybody, signed in or not."""

SEE_MECHANISM = MEMBERS | OPERATOR | {"reader", "former"}
MECHANISM = Rule(SEE_MECHANISM)
KEEP_MECHANISM = only(OPERATOR, among=SEE_MECHANISM)
ARRANGE_MECHANISM = only(OPERATOR | ACTING, among=SEE_MECHANISM)
DESIGNATE = only(OPERATOR | OFFICERS | ADMINS, among=SEE_MECHANISM)
DESIGNATE_SFJ = only(OPERATOR | SPEAK_FOR_SFJ, among=SEE_MECHANISM)
KEEP_SFJ_PEOPLE = only(KEEP_SFJ)
KEEP_SFJ_ACCOUNT = only(KEEP_SFJ | OPERATOR)
KEEP_JCY_OFFICE = only(KEEP_JCY)
ONES_OWN = Rule(roles("jcy_officer"))
"""Of zhoumin; for everybody else as if it did not exist."""

SEE_MEETING = MEMBERS | {"invited", "reader"}
MEETING = Rule(SEE_MEETING)
DRAFT = Rule(ACTING).of(meeting_id="draft")
RUN_MEETING = only(ACTING, among=SEE_MEETING)
HOST_MEETING = only(HOST, among=SEE_MEETING)
ASK_SFJ = only(HOST | {"sfj_officer", "sfj_deputy"}, among=SEE_MEETING)
PROPOSE = only(MEMBERS, among=SEE_MEETING)
SEE_PROPOSED = ACTING | {"sfj_person", "chair"}
KEEP_PROPOSED = only(HOST | {"sfj_person"}, among=SEE_PROPOSED).of(item_id="proposed_item")
KEEP_ACCEPTED = HOST_MEETING.of(item_id="accepted_item")
ACCEPT_PROPOSED = only(ARRANGERS, among=SEE_PROPOSED).of(item_id="proposed_item")
ORDER_ITEMS = only(ARRANGERS, among=SEE_MEETING)
REGISTER_WHILE_IT_RUNS = only(HOST | {"recorder"}, among=SEE_MEETING).of(attendee_id="running_attendee")
ANSWER_CHENZY = only(roles("chair"), among=SEE_MEETING).of(attendee_id="chenzy_attendee")
SERIES = only(ACTING, among=SEE_MECHANISM)

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /static/{name}": NEEDS_A_SECRET,
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    # 我的工作 and the list of meetings
    "GET /": ANY_SIGNED_IN,
    "GET /meetings": ANY_SIGNED_IN,
    "POST /desk/answers/{attendee_id}": only(roles("invited"), among=SEE_MEETING)
    .of(attendee_id="sunl_attendee")
    .sending(partstat="accepted"),
    "POST /desk/reminders/{meeting_id}": (RUN_MEETING, DRAFT),
    "POST /desk/items/{item_id}": ACCEPT_PROPOSED,
    # the operator's
    "GET /system": OPERATOR_ONLY,
    "POST /system/trial-mode": OPERATOR_ONLY,
    "POST /system/pause": OPERATOR_ONLY,
    "GET /system/outbox": OPERATOR_ONLY,
    "GET /system/outbox/{mail_id}": OPERATOR_ONLY,
    "GET /system/outbox/{mail_id}/letter": OPERATOR_ONLY,
    "POST /system/outbox/{mail_id}/retry": OPERATOR_ONLY,
    "POST /system/outbox/{mail_id}/release": OPERATOR_ONLY,
    "POST /system/outbox/{mail_id}/give-up": OPERATOR_ONLY,
    "GET /system/first-steps": OPERATOR_ONLY,
    "GET /system/first-steps/template.xlsx": OPERATOR_ONLY,
    "POST /system/first-steps/people": OPERATOR_ONLY,
    "POST /system/first-steps/mechanisms/{mechanism_id}/liaisons": OPERATOR_ONLY,
    # mechanisms
    "GET /mechanisms": ANY_SIGNED_IN,
    "GET /mechanisms/new": OPERATOR_ONLY,
    "POST /mechanisms/new": OPERATOR_ONLY,
    "GET /mechanisms/{mechanism_id}": MECHANISM,
    "GET /mechanisms/{mechanism_id}/edit": KEEP_MECHANISM,
    "POST /mechanisms/{mechanism_id}/edit": KEEP_MECHANISM,
    "GET /mechanisms/{mechanism_id}/agreement": KEEP_MECHANISM,
    "POST /mechanisms/{mechanism_id}/agreement": KEEP_MECHANISM,
    "GET /mechanisms/{mechanism_id}/deadlines": ARRANGE_MECHANISM,
    "POST /mechanisms/{mechanism_id}/deadlines": ARRANGE_MECHANISM,
    "GET /mechanisms/{mechanism_id}/members/new": KEEP_MECHANISM,
    "POST /mechanisms/{mechanism_id}/members/new": KEEP_MECHANISM,
    "GET /members/{member_id}": DESIGNATE_SFJ.of(member_id="sfj_member"),
    "POST /members/{member_id}/takes-part": DESIGNATE_SFJ.of(member_id="sfj_member"),
    "POST /members/{member_id}/leave": KEEP_MECHANISM.of(member_id="sfj_member"),
    "GET /mechanisms/{mechanism_id}/designations/new": DESIGNATE,
    "POST /mechanisms/{mechanism_id}/designations/new": DESIGNATE_SFJ.sending(
        person_id="@zhenggq", role="deputy", starts_on="2027-01-01"
    ),
    "GET /designations/{designation_id}": DESIGNATE_SFJ.of(designation_id="liwb_term"),
    "POST /designations/{designation_id}/end": DESIGNATE_SFJ.of(designation_id="liwb_term"),
    "POST /designations/{designation_id}/handover": DESIGNATE_SFJ.of(designation_id="liwb_term").sending(
        to_person_id="@zhenggq", starts_on="2027-01-01"
    ),
    # meetings
    "GET /mechanisms/{mechanism_id}/meetings/new": SERIES,
    "POST /mechanisms/{mechanism_id}/meetings/new": SERIES,
    "GET /mechanisms/{mechanism_id}/meetings/day": MECHANISM,
    "GET /meetings/{meeting_id}": (MEETING, DRAFT),
    "GET /meetings/{meeting_id}/print": (MEETING, DRAFT),
    "GET /meetings/{meeting_id}/edit": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/edit": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/move": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/move": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/postpone": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/postpone": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/cancel": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/cancel": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/reinstate": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/reinstate": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/people": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/people": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/send": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/send": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/send/preview": Rule(frozenset(), SEE_MEETING - ACTING),
    "POST /meetings/{meeting_id}/remind": (RUN_MEETING, DRAFT),
    "POST /meetings/{meeting_id}/resend": (RUN_MEETING, DRAFT),
    "GET /meetings/{meeting_id}/agenda-items/new": (PROPOSE, DRAFT),
    "POST /meetings/{meeting_id}/agenda-items/new": (PROPOSE, DRAFT),
    "GET /agenda-items/{item_id}/edit": (KEEP_ACCEPTED, KEEP_PROPOSED),
    "POST /agenda-items/{item_id}/edit": (KEEP_ACCEPTED, KEEP_PROPOSED),
    "POST /agenda-items/{item_id}/move": ORDER_ITEMS.of(item_id="accepted_item").sending(direction="up"),
    "POST /agenda-items/{item_id}/accept": ACCEPT_PROPOSED,
    "POST /agenda-items/{item_id}/remove": (KEEP_ACCEPTED, KEEP_PROPOSED),
    "POST /agenda-items/{item_id}/restore": (KEEP_ACCEPTED, KEEP_PROPOSED),
    "POST /attendees/{attendee_id}/remove": HOST_MEETING.of(attendee_id="sunl_attendee"),
    "GET /attendees/{attendee_id}/answer": ANSWER_CHENZY,
    "POST /attendees/{attendee_id}/answer": ANSWER_CHENZY.sending(partstat="declined"),
    "GET /attendees/{attendee_id}/register": (
        HOST_MEETING.of(attendee_id="chenzy_attendee"),
        REGISTER_WHILE_IT_RUNS,
    ),
    "POST /attendees/{attendee_id}/register": (
        HOST_MEETING.of(attendee_id="chenzy_attendee"),
        REGISTER_WHILE_IT_RUNS.sending(
            partstat="declined", how="phone", said_by="孙丽", said_on="2026-11-23", said_at="08:50"
        ),
    ),
    "GET /agency-invitations/{invitation_id}": ASK_SFJ.of(invitation_id="sfj_invitation"),
    "POST /agency-invitations/{invitation_id}": ASK_SFJ.of(invitation_id="sfj_invitation"),
    "POST /agency-invitations/{invitation_id}/remove": ASK_SFJ.of(invitation_id="sfj_invitation"),
    # accounts
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-in/kept": PUBLIC,
    "GET /sign-in/link": PUBLIC,
    "POST /sign-in/link": PUBLIC,
    "GET /sign-in/sent": PUBLIC,
    "GET /sign-in/link/{token}": NEEDS_A_SECRET,
    "POST /sign-in/link/{token}": NEEDS_A_SECRET,
    "GET /password": PUBLIC,
    "POST /password": PUBLIC,
    "GET /password/{token}": NEEDS_A_SECRET,
    "POST /password/{token}": NEEDS_A_SECRET,
    "GET /set-up/{token}": NEEDS_A_SECRET,
    "POST /set-up/{token}": NEEDS_A_SECRET,
    "POST /sign-out": ANY_SIGNED_IN,
    "GET /account": ANY_SIGNED_IN,
    "POST /account/language": ANY_SIGNED_IN,
    "POST /account/password": ANY_SIGNED_IN,
    "POST /account/sign-out-everywhere": ANY_SIGNED_IN,
    "POST /account/sessions/{session_id}/end": ONES_OWN,
    "POST /account/tokens": ANY_SIGNED_IN,
    "POST /account/tokens/{token_id}/revoke": ONES_OWN,
    # the directory
    "GET /directory": ANY_SIGNED_IN,
    "GET /directory/agencies/{agency_id}": ANY_SIGNED_IN,
    "GET /directory/people/{person_id}": ANY_SIGNED_IN,
    "GET /directory/agencies/new": OPERATOR_ONLY,
    "POST /directory/agencies/new": OPERATOR_ONLY,
    "GET /directory/agencies/{agency_id}/edit": OPERATOR_ONLY,
    "POST /directory/agencies/{agency_id}/edit": OPERATOR_ONLY,
    "POST /directory/agencies/{agency_id}/deactivate": OPERATOR_ONLY.sending(confirmed="1"),
    "POST /directory/agencies/{agency_id}/reactivate": OPERATOR_ONLY,
    "GET /directory/agencies/{agency_id}/offices/new": KEEP_SFJ_PEOPLE,
    "POST /directory/agencies/{agency_id}/offices/new": KEEP_SFJ_PEOPLE,
    "GET /directory/offices/{office_id}/edit": KEEP_JCY_OFFICE,
    "POST /directory/offices/{office_id}/edit": KEEP_JCY_OFFICE,
    "POST /directory/offices/{office_id}/deactivate": KEEP_JCY_OFFICE.sending(confirmed="1"),
    "POST /directory/offices/{office_id}/reactivate": KEEP_JCY_OFFICE,
    "GET /directory/agencies/{agency_id}/people/new": KEEP_SFJ_PEOPLE,
    "POST /directory/agencies/{agency_id}/people/new": (KEEP_SFJ_PEOPLE, OPERATOR_ONLY.of(agency_id="rsj")),
    "GET /directory/people/{person_id}/edit": KEEP_SFJ_PEOPLE,
    "POST /directory/people/{person_id}/edit": KEEP_SFJ_PEOPLE,
    "GET /directory/people/{person_id}/transfer": OPERATOR_ONLY,
    "POST /directory/people/{person_id}/transfer": OPERATOR_ONLY.sending(agency_id="@jcy"),
    "POST /directory/people/{person_id}/deactivate": KEEP_SFJ_ACCOUNT.sending(confirmed="1"),
    "POST /directory/people/{person_id}/reactivate": KEEP_SFJ_ACCOUNT,
    "POST /directory/people/{person_id}/agency-admin": only(roles("sfj_admin")),
    "POST /directory/people/{person_id}/operator": OPERATOR_ONLY,
    "GET /r/{token}": NEEDS_A_SECRET,
    "POST /r/{token}": NEEDS_A_SECRET,
}

API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/openapi.json": PUBLIC,
    "GET /api/openapi.json/openapi.json": PUBLIC,  # Litestar's own, beside the one asked for
    "GET /api/openapi.json/{path}": NEEDS_A_SECRET,  # answers not found
    # people and who they are
    "GET /api/audit": ANY_SIGNED_IN,  # whose trail: tests/desk/test_trail.py
    "GET /api/me": ANY_SIGNED_IN,
    "GET /api/agencies": ANY_SIGNED_IN,
    "GET /api/agencies/{agency_id}": ANY_SIGNED_IN,
    "POST /api/agencies": OPERATOR_ONLY,
    "PATCH /api/agencies/{agency_id}": OPERATOR_ONLY,
    "GET /api/offices": ANY_SIGNED_IN,
    "GET /api/offices/{office_id}": ANY_SIGNED_IN,
    "POST /api/offices": KEEP_SFJ_PEOPLE,
    "PATCH /api/offices/{office_id}": KEEP_JCY_OFFICE,
    "GET /api/people": ANY_SIGNED_IN,
    "GET /api/people/{person_id}": ANY_SIGNED_IN,
    "POST /api/people": KEEP_SFJ_PEOPLE,
    "PATCH /api/people/{person_id}": (
        KEEP_SFJ_PEOPLE,
        only(HOST | {"jcy_admin"}).of(person_id="chenzy"),
        OPERATOR_ONLY.of(person_id="tengfei"),
    ),
    "POST /api/people/{person_id}/transfer": OPERATOR_ONLY.sending(agency_id="@jcy"),
    "POST /api/people/{person_id}/deactivate": KEEP_SFJ_ACCOUNT,
    "POST /api/people/{person_id}/reactivate": KEEP_SFJ_ACCOUNT,
    # mechanisms
    "GET /api/mechanisms": ANY_SIGNED_IN,
    "POST /api/mechanisms": OPERATOR_ONLY.sending(lead_agency_id="@jcy"),
    "GET /api/mechanisms/{mechanism_id}": MECHANISM,
    "PATCH /api/mechanisms/{mechanism_id}": KEEP_MECHANISM,
    "GET /api/mechanisms/{mechanism_id}/agreement": MECHANISM,
    "PUT /api/mechanisms/{mechanism_id}/agreement": KEEP_MECHANISM,
    "GET /api/mechanisms/{mechanism_id}/clauses": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/clauses": KEEP_MECHANISM,
    "GET /api/mechanisms/{mechanism_id}/members": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/members": KEEP_MECHANISM.sending(agency_id="@rsj"),
    "GET /api/mechanisms/{mechanism_id}/deadlines": MECHANISM,
    "PUT /api/mechanisms/{mechanism_id}/deadlines": ARRANGE_MECHANISM,
    "PATCH /api/members/{member_id}": (
        DESIGNATE_SFJ.of(member_id="sfj_member").sending(takes_part="mail"),
        KEEP_MECHANISM.of(member_id="jcy_member").sending(left_on="2027-01-01"),
    ),
    "GET /api/mechanisms/{mechanism_id}/designations": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/designations": DESIGNATE_SFJ.sending(
        agency_id="@sfj", person_id="@zhenggq", role="deputy"
    ),
    "PATCH /api/designations/{designation_id}": DESIGNATE_SFJ.of(designation_id="liwb_term"),
    "POST /api/designations/{designation_id}/handover": DESIGNATE_SFJ.of(designation_id="liwb_term"),
    # series and meetings
    "GET /api/mechanisms/{mechanism_id}/series": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/series": SERIES.sending(start_time="14:30"),
    "GET /api/series/{series_id}": MECHANISM,
    "PATCH /api/series/{series_id}": SERIES,
    "GET /api/meetings": ANY_SIGNED_IN,
    "GET /api/mechanisms/{mechanism_id}/meetings": MECHANISM,
    "POST /api/mechanisms/{mechanism_id}/meetings": SERIES,
    "GET /api/meetings/{meeting_id}": (MEETING, DRAFT),
    "PATCH /api/meetings/{meeting_id}": (RUN_MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/send": (RUN_MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/move": (RUN_MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/postpone": (RUN_MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/cancel": (RUN_MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/reinstate": (RUN_MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/remind": (RUN_MEETING, DRAFT),
    "GET /api/meetings/{meeting_id}/attendees": (MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/attendees": (
        HOST_MEETING.sending(agency_id="@jcy"),
        ASK_SFJ.of(meeting_id="meeting_id").sending(person_id="@gonghui"),
    ),
    "PATCH /api/attendees/{attendee_id}": (
        only(roles("invited"), among=SEE_MEETING).of(attendee_id="sunl_attendee").sending(partstat="accepted"),
        ANSWER_CHENZY.sending(partstat="declined"),
        HOST_MEETING.of(attendee_id="chenzy_attendee").sending(
            partstat="declined",
            registered={"how": "phone", "said_by": "陈志远", "at": "2026-11-23T08:50:00+08:00"},
        ),
    ),
    "DELETE /api/attendees/{attendee_id}": HOST_MEETING.of(attendee_id="sunl_attendee"),
    "GET /api/agency-invitations/{invitation_id}": MEETING.of(invitation_id="sfj_invitation"),
    "PUT /api/agency-invitations/{invitation_id}": only(roles("sfj_officer", "sfj_deputy"), among=SEE_MEETING)
    .of(invitation_id="sfj_invitation")
    .sending(names=[{"name": "郑国强"}]),
    "DELETE /api/agency-invitations/{invitation_id}": ASK_SFJ.of(invitation_id="sfj_invitation"),
    "GET /api/meetings/{meeting_id}/agenda-items": (MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/agenda-items": (
        PROPOSE.sending(purpose="report"),
        DRAFT.sending(purpose="report"),
    ),
    "PUT /api/meetings/{meeting_id}/agenda-order": ORDER_ITEMS,
    "PATCH /api/agenda-items/{item_id}": (KEEP_ACCEPTED, KEEP_PROPOSED),
    "POST /api/agenda-items/{item_id}/accept": ACCEPT_PROPOSED,
    "POST /api/agenda-items/{item_id}/withdraw": (KEEP_ACCEPTED, KEEP_PROPOSED),
    # mail
    "GET /api/deliveries": OPERATOR_ONLY,
    "POST /api/deliveries/{delivery_id}/retry": OPERATOR_ONLY,
    "POST /api/deliveries/{delivery_id}/release": OPERATOR_ONLY,
}

TABLE = PAGES | API
