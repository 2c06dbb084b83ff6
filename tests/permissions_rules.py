"""The roles that tests of rights play, and the rules that rows of the table are made of (tests/permissions_table.py).

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
END_MECHANISM = only(roles("jcy_officer"), among=SEE_MECHANISM)
KEEP_MECHANISM = only(OPERATOR, among=SEE_MECHANISM)
ARRANGE_MECHANISM = only(OPERATOR | ACTING, among=SEE_MECHANISM)
DESIGNATE = only(OPERATOR | OFFICERS | ADMINS, among=SEE_MECHANISM)
DESIGNATE_SFJ = only(OPERATOR | SPEAK_FOR_SFJ, among=SEE_MECHANISM)
CONFIRM_SFJ = only(KEEP_SFJ, among=SEE_MECHANISM)
SHEET_OF_SFJ = only(SPEAK_FOR_SFJ, among=SEE_MECHANISM)
CHANGE_LETTER = only(OPERATOR | SPEAK_FOR_SFJ | ACTING, among=SEE_MECHANISM)
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
BRING_IT = roles("sfj_person", "sfj_officer", "sfj_deputy")
"""Of 区司法局, which brings the proposed item: who proposed it, its officer and deputy."""
KEEP_PROPOSED = only(HOST | BRING_IT, among=SEE_PROPOSED).of(item_id="proposed_item")
SEE_ITEM = (
    Rule(SEE_MEETING).of(item_id="accepted_item"),
    Rule(SEE_PROPOSED).of(item_id="proposed_item"),
    Rule(SFJ | ARRANGERS).of(item_id="restricted_item"),
    Rule(ARRANGERS | {"sfj_officer", "sfj_deputy"}).of(item_id="restricted_proposal"),
)
"""A page of a restricted item is there for who arranges the agenda, without what it is about."""
KNOW_ITEM = (*SEE_ITEM[:2], Rule(SFJ).of(item_id="restricted_item"))
SET_AUDIENCE = (
    only(BRING_IT, among=SEE_PROPOSED).of(item_id="proposed_item"),
    only(HOST, among=SEE_MEETING).of(item_id="accepted_item"),
    only(roles("sfj_officer", "sfj_deputy"), among=SFJ).of(item_id="restricted_item"),
)
TURN_BACK = (
    only(ARRANGERS, among=SEE_PROPOSED).of(item_id="proposed_item").sending(reason="材料不全"),
    only(ARRANGERS, among=SFJ | ARRANGERS).of(item_id="restricted_item").sending(reason="时间不够"),
)
KEEP_ACCEPTED = HOST_MEETING.of(item_id="accepted_item")
ACCEPT_PROPOSED = only(ARRANGERS, among=SEE_PROPOSED).of(item_id="proposed_item")
MAKE_DOCUMENTS = only(ACTING | {"recorder"}, among=SEE_MEETING)
HEAD_LETTER = only(HOST, among=SEE_MEETING).sending(genre="letter", issuing_agency_id="@jcy")
ORDER_ITEMS = only(ARRANGERS, among=SEE_MEETING)
REGISTER_WHILE_IT_RUNS = only(HOST | {"recorder"}, among=SEE_MEETING).of(attendee_id="running_attendee")
ANSWER_CHENZY = only(roles("chair"), among=SEE_MEETING).of(attendee_id="chenzy_attendee")
APPROVE_JCY = HOST_MEETING.of(attendee_id="chenzy_attendee")
"""Leave of somebody of 区检察院: its own liaison and deputy, who are the host's as well."""
SERIES = only(ACTING, among=SEE_MECHANISM)

INCOMING = Rule(ACTING)
COUNT_IT = Rule(HOST, ACTING - HOST).sending(attendee_id="@chenzy_attendee", partstat="declined")
"""Of the host agency's person: the other agency's officers read the mail, and may not answer for her."""

POLL = Rule(ACTING)
RUN_POLL = Rule(HOST, ACTING - HOST)
"""区检察院 asks; the other agency's officers see it and answer."""

RECORD = only(HOST | {"chair", "recorder"}, among=SEE_MEETING)
RECORD_DRAFT = only(HOST, among=ACTING).of(meeting_id="draft")
FIX_NEXT = only(HOST, among=SEE_MEETING)
"""Who records the meeting and may schedule; its recorder and chair here are no officers."""
UNHOLD = only(HOST, among=SEE_MEETING)
READ_NOTES = only(ACTING | {"chair", "recorder"}, among=SEE_MEETING)
SEE_RECORD = MEMBERS | {"reader"}
"""Of a meeting held in October to which nobody from outside was asked."""
DECISION = Rule(SEE_RECORD)
RESTRICTED_DECISION = Rule(SFJ).of(decision_id="restricted_decision")
CORRECT = only(HOST | {"recorder"}, among=SEE_RECORD)
ACTION = Rule(SEE_RECORD)
RESTRICTED_ACTION = Rule(SFJ).of(action_id="restricted_action")
REPORT = only(roles("sfj_officer", "sfj_deputy", "sfj_person"), among=SEE_RECORD)
"""区司法局 is responsible, and its sfj_person the owner."""
DECIDE_EXTENSION = only(roles("jcy_officer"), among=SEE_RECORD)
"""区司法局 asks for another date; the liaison of the other member agency decides, its deputy does not."""
WITHDRAW_EXTENSION = only(roles("sfj_officer", "sfj_deputy"), among=SEE_RECORD)
ESCALATE = only(roles("sfj_officer", "sfj_deputy"), among=SEE_RECORD)
"""To their own leader, of an item of their own agency (409 for one that is not overdue)."""
CHANGE_ACTION = only(ACTING, among=SEE_RECORD)
ASSIGN = only(ACTING, among=SEE_MEETING)
