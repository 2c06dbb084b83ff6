"""What the mechanism's page says about its agencies on a day: cards, vacancies, rows of the term chart and of its table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from liaison.directory.models import Agency, Person
from liaison.i18n import Words
from liaison.mechanisms.charts import Bar, Row
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.queries import AgencyHistory
from liaison.mechanisms.terms import Span, Term, ends_in_days
from liaison.mechanisms.wording import ROLES


@dataclass(frozen=True, slots=True)
class Line:
    """One person in a role today; `days_left` when the term ends soon with nobody after it."""

    term: Term
    person: Person
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """One member agency today."""

    agency: Agency
    member_id: int
    takes_part: str
    officer: Line | None
    vacant_since: date | None
    """Since when nobody is in office; None while somebody is."""
    deputies: list[Line]
    principal_away: Line | None
    """The principal while another is acting."""
    next_officer: Line | None
    """Who takes over later, when that is known."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One stretch of the history: a term, or a vacancy without one."""

    agency: Agency
    role: str
    term: Term | None
    starts_on: date
    last_on: date | None
    """The last day of the stretch, included; None when it is open."""
    present: bool


def by_programme(mechanisms: Sequence[Mechanism]) -> list[tuple[str, list[Mechanism]]]:
    """The mechanisms under the name of their programme, by name; last, under none, those that belong to no programme."""
    names = sorted({one.programme for one in mechanisms if one.programme})
    found = [(name, [one for one in mechanisms if one.programme == name]) for name in names]
    alone = [one for one in mechanisms if not one.programme]
    return [*found, *([("", alone)] if alone else [])]


def seen_before(until: date | None, histories: Sequence[AgencyHistory]) -> list[AgencyHistory]:
    """The agencies that somebody knows who saw everything before `until`, or sees everything (None)."""
    return [each for each in histories if until is None or each.periods[0].starts_on < until]


def cards(histories: Sequence[AgencyHistory], on: date) -> list[Card]:
    """The member agencies on that day, in agency order."""
    return [_card(history, on) for history in histories if history.is_member_on(on)]


def _card(history: AgencyHistory, on: date) -> Card:
    span = history.span_on(on)
    term = span.term if span else None
    away = next((t for t in history.terms if t.role == "principal" and t.covers(on) and t != term), None)
    later = next((s for s in history.spans if s.starts_on > on and s.term is not None and s.term != term), None)
    return Card(
        agency=history.agency,
        member_id=history.member_id,
        takes_part=history.takes_part,
        officer=_line(history, term, on, history.spans) if term else None,
        vacant_since=span.starts_on if span and term is None else None,
        deputies=[_line(history, deputy, on, ()) for deputy in history.deputies_on(on)],
        principal_away=_line(history, away, on, history.spans) if away and term and term.role == "acting" else None,
        next_officer=_line(history, later.term, on, ()) if later and later.term else None,
    )


def _line(history: AgencyHistory, term: Term, on: date, spans: Sequence[Span]) -> Line:
    return Line(term, history.people[term.designation_id], ends_in_days(term, spans, on))


def chart_rows(words: Words, histories: Sequence[AgencyHistory], today: date, until: date | None = None) -> list[Row]:
    """Rows of the term chart: an agency's liaisons with vacancies, then its deputies; nothing from `until` on."""
    office, deputy = ROLES["principal"], ROLES["deputy"]
    rows = []
    for history in histories:
        spans = [_bar(words, span, today, "office") for span in _seen(history.spans, until)]
        rows.append(Row(history.agency, words._(office), spans))
        for lane in history.lanes:
            if bars := [_bar(words, span, today, "deputy") for span in _seen(lane, until)]:
                rows.append(Row(history.agency, words._(deputy), bars))
    return rows


def _bar(words: Words, span: Span, today: date, kind: str) -> Bar:
    if span.term is None:
        text = words._("To be designated") if span.starts_on > today else words._("Vacant")
        return Bar(span.starts_on, span.ends_on, text, "gap")
    over = span.ends_on is not None and span.ends_on <= today
    return Bar(span.starts_on, span.ends_on, span.term.name, "past" if over else kind)


def table_rows(histories: Sequence[AgencyHistory], today: date, until: date | None = None) -> list[TableRow]:
    """The same in words, newest first within each agency and role."""
    rows = []
    for history in histories:
        for span in reversed(_seen(history.spans, until)):
            rows.append(_table_row(history.agency, span.term.role if span.term else "principal", span, today))
        deputies = [span for lane in history.lanes for span in _seen(lane, until)]
        for span in sorted(deputies, key=lambda s: s.starts_on, reverse=True):
            rows.append(_table_row(history.agency, "deputy", span, today))
    return rows


def _table_row(agency: Agency, role: str, span: Span, today: date) -> TableRow:
    last_on = span.ends_on - timedelta(days=1) if span.ends_on else None
    return TableRow(agency, role, span.term, span.starts_on, last_on, span.covers(today))


def _seen(spans: Sequence[Span], until: date | None) -> list[Span]:
    """What somebody knows who saw everything before `until`: an end from that day on was not known."""
    if until is None:
        return list(spans)
    return [
        replace(span, ends_on=None if span.ends_on is None or span.ends_on > until else span.ends_on)
        for span in spans
        if span.starts_on < until
    ]
