"""线索移送台账 as a table of what was referred before: which columns there are, how a row is read, where exactly something is wrong, and the
template. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from liaison.calendaring.workdays import WorkCalendar, add_workdays
from liaison.checks import Check
from liaison.documents.headed import EXAMPLE_MARKS, Kind, Line, Wrong, day, is_of, lines_of
from liaison.i18n import LOCALES, N_, Words, gettext_for
from liaison.notices.due import MOST_DAYS
from liaison.notices.leads import MOST_CATEGORY, MOST_CODE, MOST_TEXT, category_of
from liaison.notices.ledger_table import HEADINGS
from liaison.notices.models import ACCEPTED, ACKNOWLEDGED, ANSWERED, CLOSED, DECISIONS, DECLINED, RETURNED, SENT
from liaison.notices.wording import CATEGORY_NAMES, LEAD_STATE_NAMES
from liaison.private import holds_phone

WRITTEN: Mapping[str, str] = {
    "case_code": HEADINGS[0],
    "subject": HEADINGS[1],
    "category": HEADINGS[2],
    "from_agency": HEADINGS[3],
    "to_agency": HEADINGS[4],
    "sent_on": HEADINGS[5],
    "due_on": HEADINGS[6],
    "acknowledged_on": N_("Acknowledged on"),
    "state": HEADINGS[7],
    "decided_on": HEADINGS[8],
    "reason": N_("Reason"),
    "answered_on": N_("Feedback on"),
    "feedback": N_("What came of it"),
    "closed_on": N_("Closed on"),
    "doc_no": HEADINGS[11],
    "clause": HEADINGS[10],
    "text": N_("Text"),
}
"""The headings of the template."""
_ELSE: Mapping[str, tuple[str, ...]] = {
    "case_code": ("编号", "线索代号", "case_code"),
    "subject": ("线索摘要", "摘要", "事由", "线索名称", "线索标题", "subject"),
    "category": ("线索类别", "category"),
    "from_agency": ("移出单位", "移送部门", "from_agency_id"),
    "to_agency": ("移入单位", "接收部门", "受移送单位", "to_agency_id"),
    "sent_on": ("移送时间", "sent_on"),
    "due_on": ("办理期限", "办理时限", "due_on"),
    "acknowledged_on": ("签收时间", "接收日期", "acknowledged_on"),
    "state": ("办理情况", "办理状态", "state"),
    "decision": ("决定", "Decision on it", "decision"),
    "decided_on": ("决定时间", "受理日期", "受理时间", "decided_on"),
    "reason": ("理由", "不予受理理由", "退回原因", "reason"),
    "answered_on": ("反馈", "反馈时间", "Feedback", "answered_on"),
    "feedback": ("办理结果", "处理结果", "feedback"),
    "closed_on": ("办结时间", "结束日期", "closed_on"),
    "doc_no": ("文号", "移送文号", "doc_no"),
    "clause": ("clause_number",),
    "text": ("内容", "线索内容", "text"),
    "mechanism": ("协作机制", "Mechanism"),
    "entered": ("补录", "Entered afterwards"),
    "row": ("序号", "No."),
}
"""How else each column may be called, also as the exported ledger does."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(
        dict.fromkeys((*(gettext_for(locale)(WRITTEN[name]) for locale in LOCALES if name in WRITTEN), *others))
    )
    for name, others in _ELSE.items()
}
MOST_ROWS, MOST_REASON = 2000, 2000
KIND = Kind(
    columns=COLUMNS,
    needed=("subject", "from_agency", "to_agency", "sent_on"),
    other_headings=N_("These are not the headings of a ledger of referrals. Needed at least: %(headings)s."),
    unit=re.compile(r"\([^()]*\)$"),
    most_rows=MOST_ROWS,
    most_cell=MOST_TEXT,
    passed_over=("entered", "row"),  # when it was entered elsewhere, and how its rows were counted there
)
_MORE_STATES = {
    SENT: ("已移送", "移送", "未签收"),
    ACKNOWLEDGED: ("签收",),
    ACCEPTED: ("受理", "办理中", "正在办理", "在办"),
    DECLINED: ("不受理",),
    RETURNED: ("退回", "退回补充材料"),
    ANSWERED: ("反馈", "已答复"),
    CLOSED: ("办结", "已办结", "结束"),
}


_BRACKETS = str.maketrans("〔【〖[{〕】〗]}", "((((()))))")
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]")


def plain(text: str) -> str:
    """What two hands write differently made the same: blanks, width and case of the characters, and which brackets stand around a year."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_BRACKETS).casefold()


_STATES = {
    plain(word): state
    for state, others in _MORE_STATES.items()
    for word in (state, *others, *(gettext_for(locale)(LEAD_STATE_NAMES[state]) for locale in LOCALES))
}
_WORKDAYS = re.compile(r"(\d{1,3})(?:个?工作日|workingdays?)(?:之?内)?")
_SEVERAL = re.compile("[、,，;；\n]")
_IN_ORDER = ("sent_on", "acknowledged_on", "decided_on", "answered_on", "closed_on")
_FUTURE = N_("This lies in the future. What is still to be referred is written and sent.")
_PHONE = N_("A phone number stands here. Please take it out: a table brings none, not even a contact's.")


Key = tuple[int, int, str, date | None]
"""By what a referral is known: the two agencies, and its code; without one its subject and day. Code and subject are made plain: one and
the same paper stands in two ledgers with other brackets and blanks."""


@dataclass(frozen=True, slots=True)
class Past:
    """One row that could be read: where it stands, and what it says; `line` finds the address of its cells. Agencies and mechanism are named as
    in the table; `decision` is accepted, declined or returned. All days are local, and no time of day is known."""

    line: Line
    case_code: str | None
    subject: str
    text: str
    category: str | None
    clause: str
    from_agency: str
    to_agency: str
    mechanism: str
    doc_no: str | None
    sent_on: date
    due_on: date | None
    acknowledged_on: date | None
    decision: str | None
    decided_on: date | None
    reason: str | None
    answered_on: date | None
    feedback: str | None
    closed_on: date | None

    @property
    def at(self) -> int:
        """Its row, from 1."""
        return self.line.at

    @property
    def state(self) -> str:
        """How it stands by that: sent, acknowledged, accepted, declined, returned, answered or closed."""
        if self.closed_on or self.answered_on:
            return CLOSED if self.closed_on else ANSWERED
        return self.decision or (ACKNOWLEDGED if self.acknowledged_on else SENT)


def key_of(sender: int, receiver: int, code: str | None, subject: str, day: date) -> Key:
    """By what this one is known."""
    return (sender, receiver, plain(code or subject), None if code else day)


def is_referrals(table: Iterable[Sequence[str]]) -> bool:
    """Whether a table's first row that holds anything has the headings of a ledger of referrals."""
    return is_of(KIND, table)


def read(table: Iterable[Sequence[str]], *, today: date, calendar: WorkCalendar) -> Iterator[Past | Wrong]:
    """Each row that holds something, read, or what is wrong in it, place by place; `calendar` tells working days. A file that cannot be read is
    wrong as a whole."""
    for line in lines_of(KIND, table):
        if isinstance(line, Wrong):
            yield line
        elif (past := _past(line, today, calendar)) is not None:
            yield past
        else:
            yield from line.wrong()


def _past(line: Line, today: date, calendar: WorkCalendar) -> Past | None:
    check, said = line.check, {name: line.cells.get(name, "") for name in COLUMNS}
    days = {name: _day(check, name, said[name], today) for name in _IN_ORDER}
    if days["sent_on"] is None:
        check.refuse("sent_on", N_("Please give a date."))
    state = _state(check, "state", said["state"])
    decision = _state(check, "decision", said["decision"])
    if decision not in (None, *DECISIONS):
        check.refuse("decision", N_("Please choose one of: %(choices)s."), choices=_names(DECISIONS))
    reason = _text(check, "reason", said["reason"], most=MOST_REASON, lines=True)
    feedback = _text(check, "feedback", said["feedback"], most=MOST_TEXT, lines=True)
    decision = _decision(check, days, state, decision, reason, feedback)
    _check_state(check, days, state, decision, feedback)
    _check_order(line, days)
    past = Past(
        line=line,
        case_code=_text(check, "case_code", said["case_code"], most=MOST_CODE),
        subject=_text(check, "subject", said["subject"], most=200, required=True) or "",
        text=_text(check, "text", said["text"], most=MOST_TEXT, lines=True) or "",
        category=_category(_text(check, "category", said["category"], most=MOST_CATEGORY)),
        clause=said["clause"],
        from_agency=check.required_text("from_agency", said["from_agency"], most=60),
        to_agency=_one_agency(check, said["to_agency"]),
        mechanism=said["mechanism"],
        doc_no=_text(check, "doc_no", said["doc_no"], most=60),
        sent_on=days["sent_on"] or today,
        due_on=_due(check, said["due_on"], days["sent_on"], calendar),
        acknowledged_on=days["acknowledged_on"],
        decision=decision,
        decided_on=days["decided_on"],
        reason=reason,
        answered_on=days["answered_on"],
        feedback=feedback,
        closed_on=days["closed_on"],
    )
    return None if check.errors else past


def _text(check: Check, name: str, text: str, *, most: int, lines: bool = False, required: bool = False) -> str | None:
    said = check.text(name, text, most=most, lines=lines, required=required)
    if said and holds_phone(said):
        check.refuse(name, _PHONE)
    return said


def _day(check: Check, name: str, text: str, today: date) -> date | None:
    found = check.day(name, day(check, name, text))
    if found is not None and found > today:
        check.refuse(name, _FUTURE)
    return found


def _state(check: Check, name: str, text: str) -> str | None:
    found = _STATES.get(plain(text))
    if text and found is None:
        check.refuse(name, N_("Please choose one of: %(choices)s."), choices=_names(_MORE_STATES))
    return found


def _names(states: Iterable[str]) -> tuple[str, ...]:
    return tuple(gettext_for("zh_CN")(LEAD_STATE_NAMES[state]) for state in states)


def _decision(
    check: Check,
    days: Mapping[str, date | None],
    state: str | None,
    decision: str | None,
    reason: str | None,
    feedback: str | None,
) -> str | None:
    """What the agency decided: what the row says, and there is feedback on nothing but what was accepted."""
    found = state if state in DECISIONS else decision
    if found != (decision or found):
        check.refuse("decision", N_("The state of this row says otherwise. Please correct one or the other."))
    if found is None and (days["answered_on"] or feedback):
        found = ACCEPTED
    if found is None and days["decided_on"]:
        check.refuse("state", N_("Something was decided that day: please choose one of: %(choices)s."), choices=_names(DECISIONS))  # fmt: skip
    elif found is None and reason and not days["closed_on"]:
        check.refuse("reason", N_("This is the reason of a decision, and the row has none."))
    elif found is not None and days["decided_on"] is None and (reason or not days["answered_on"]):
        check.refuse("decided_on", N_("Please give the day of the decision."))
    return found


def _check_state(
    check: Check, days: Mapping[str, date | None], state: str | None, decision: str | None, feedback: str | None
) -> None:
    """What the row says of the state, beside what its days say."""
    if days["answered_on"] is None and (feedback or state == ANSWERED):
        check.refuse("answered_on", N_("Please give the day of the feedback."))
    if days["answered_on"] and decision in (DECLINED, RETURNED):
        check.refuse("answered_on", N_("There is feedback only on a referral that was accepted."))
    if state == CLOSED and days["closed_on"] is None and days["answered_on"] is None:
        check.refuse("closed_on", N_("Please give the day on which it was closed, or that of the feedback."))
    if state == ACKNOWLEDGED and days["acknowledged_on"] is None:
        check.refuse("acknowledged_on", N_("Please give the day on which it was acknowledged."))
    later = {SENT: _IN_ORDER[1:], ACKNOWLEDGED: _IN_ORDER[2:]}.get(state or "", ())
    if any(days[name] for name in later):
        check.refuse("state", N_("The days of this row say that it went further. Please correct one or the other."))


def _check_order(line: Line, days: Mapping[str, date | None]) -> None:
    """Sent, acknowledged, decided, feedback, closed: none before the one before it."""
    before: tuple[str, date] | None = None
    for name in _IN_ORDER:
        found = days[name]
        if found is not None and before is not None and found < before[1]:
            line.check.refuse(name, N_("This lies before “%(heading)s”."), heading=line.columns.heading(before[0]))
        elif found is not None:
            before = name, found


def _due(check: Check, text: str, sent_on: date | None, calendar: WorkCalendar) -> date | None:
    """The deadline: a day, or so many working days (5个工作日)."""
    if (found := _WORKDAYS.fullmatch(plain(text))) and sent_on is not None:
        days = check.number("due_on", int(found[1]), least=1, most=MOST_DAYS) or 0
        # Of a day that is refused nothing is counted: after its last year a calendar has no working day.
        return add_workdays(calendar, sent_on, min(days, MOST_DAYS)).date if "sent_on" not in check.errors else None
    due = check.day("due_on", day(check, "due_on", text)) if not found else None
    if due is not None and sent_on is not None and due < sent_on:
        check.refuse("due_on", N_("A deadline lies on the day of referring or later."))
    return due


def _category(text: str | None) -> str | None:
    return category_of(text) if text else None


def _one_agency(check: Check, text: str) -> str:
    name = check.required_text("to_agency", text, most=60, lines=True)
    if _SEVERAL.search(name):
        check.refuse(
            "to_agency", N_("A lead is referred to one agency. Please put each of the others into a row of its own.")
        )
    return name


def template(words: Words) -> list[list[str]]:
    """The headings above a marked example, for officers to fill in."""
    cause = CATEGORY_NAMES["wages"]
    example = [
        EXAMPLE_MARKS[0 if words.locale == "zh_CN" else 1] + "清检移〔2024〕1号",
        "农民工讨薪支持起诉线索",
        words._(cause),
        "区检察院",
        "区司法局",
        "2024-05-06",
        "2024-05-13",
        "2024-05-07",
        words._(LEAD_STATE_NAMES[ANSWERED]),
        "2024-05-09",
        "",
        "2024-06-20",
        "已提供法律援助，劳动报酬已支付。",
        "",
        "清检函〔2024〕4号",
        "",
        "",
    ]
    return [[words._(heading) for heading in WRITTEN.values()], example]
