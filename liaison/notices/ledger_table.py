"""移送台账 as rows of words, for the table that people take along. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from liaison.i18n import N_, Words
from liaison.notices.models import CLOSED, Addressee
from liaison.notices.saying import category
from liaison.notices.wording import LEAD_STATE_NAMES

HEADINGS = (
    N_("Lead code"),
    N_("Subject"),
    N_("Cause of action"),
    N_("Referred by"),
    N_("Referred to"),
    N_("Referred on"),
    N_("Deadline"),
    N_("State"),
    N_("Decided"),
    N_("Feedback"),
    N_("By clause"),
    N_("Document number"),
    N_("Mechanism"),
    N_("Acknowledged on"),
    N_("Decision on it"),
    N_("Closed on"),
    N_("Entered afterwards"),
)


def table_of(words: Words, lines: Sequence[Addressee]) -> list[list[str]]:
    """The rows below their headings. Each line needs its `agency` and its notice with `mechanism` and `from_agency`."""
    return [[words._(heading) for heading in HEADINGS], *(_cells(words, line) for line in lines)]


def state_of(line: Addressee) -> str:
    """How the lead stands, known from its one line."""
    return CLOSED if line.notice.closed_at is not None else line.state


def _cells(words: Words, line: Addressee) -> list[str]:
    notice = line.notice

    def day(moment: datetime | date | None) -> str:
        on = moment.astimezone(notice.zone).date() if isinstance(moment, datetime) else moment
        return on.isoformat() if on is not None else ""

    return [
        notice.case_code or "",
        notice.subject,
        category(words, notice),
        notice.from_agency.short_name,
        line.agency.short_name,
        day(notice.dated_on),
        day(line.due_on),
        words._(LEAD_STATE_NAMES[state_of(line)]),
        day(line.decided_at),
        day(line.answered_at),
        str(notice.clause_number) if notice.clause_number is not None else "",
        notice.doc_no or "",
        notice.mechanism.short_name,
        day(line.acknowledged_at),
        words._(LEAD_STATE_NAMES[line.decision]) if line.decision else "",
        day(notice.closed_at),
        day(notice.entered_afterwards_at),
    ]
