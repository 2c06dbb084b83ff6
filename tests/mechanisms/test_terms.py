"""Who is in office when: spans of terms and vacancies, as pure rules."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from liaison.mechanisms.terms import Period, Span, Term, deputy_lanes, ends_in_days, holder, office_spans

FIRST = date(2022, 1, 1)


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def term(n: int, role: str, starts: int, ends: int | None) -> Term:
    return Term(n, role, n, f"P{n}", day(starts), None if ends is None else day(ends))


@st.composite
def periods(draw: st.DrawFn) -> list[Period]:
    """One or two memberships that do not overlap; the last may be open."""
    edges = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=4, unique=True)))
    cut = [Period(day(a), day(b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2:
        cut.append(Period(day(edges[-1]), None))
    return cut


@st.composite
def terms(draw: st.DrawFn) -> list[Term]:
    made = []
    for n in range(draw(st.integers(0, 6))):
        starts = draw(st.integers(0, 70))
        length = draw(st.none() | st.integers(1, 30))
        role = draw(st.sampled_from(["principal", "acting", "deputy"]))
        made.append(term(n + 1, role, starts, None if length is None else starts + length))
    return made


@given(periods(), terms())
def test_spans_partition_the_time_as_a_member(periods: list[Period], terms: list[Term]) -> None:
    spans = office_spans(periods, terms)
    assert all(span.ends_on is None or span.starts_on < span.ends_on for span in spans)
    for n in range(120):
        covering = [span for span in spans if span.covers(day(n))]
        is_member = any(p.starts_on <= day(n) and (p.ends_on is None or day(n) < p.ends_on) for p in periods)
        assert len(covering) == (1 if is_member else 0)
        if covering:
            assert covering[0].term == holder(terms, day(n))


@given(periods(), terms())
def test_neighbouring_spans_differ(periods: list[Period], terms: list[Term]) -> None:
    spans = office_spans(periods, terms)
    for one, other in pairwise(spans):
        assert one.ends_on is not None
        assert one.ends_on <= other.starts_on
        assert one.ends_on < other.starts_on or one.term != other.term


@given(terms())
def test_no_two_deputies_share_a_day_in_one_lane(terms: list[Term]) -> None:
    lanes = deputy_lanes(terms)
    assert sorted(s.term.designation_id for lane in lanes for s in lane if s.term) == sorted(
        t.designation_id for t in terms if t.role == "deputy"
    )
    for lane in lanes:
        for one, other in pairwise(lane):
            assert one.ends_on is not None
            assert one.ends_on <= other.starts_on


def test_the_acting_liaison_goes_before_the_principal() -> None:
    rows = [term(1, "principal", 0, None), term(2, "acting", 10, 20)]
    assert holder(rows, day(9)) == rows[0]
    assert holder(rows, day(10)) == rows[1]
    assert holder(rows, day(20)) == rows[0]


def test_a_principal_who_begins_while_another_acts_waits_until_that_ends() -> None:
    rows = [term(1, "acting", 0, 20), term(2, "principal", 10, None)]
    assert holder(rows, day(15)) == rows[0]
    assert holder(rows, day(20)) == rows[1]


def test_a_deputy_never_holds_the_office() -> None:
    assert holder([term(1, "deputy", 0, None)], day(5)) is None


def test_a_term_in_force_is_cut_by_the_acting_one_and_goes_on_after_it() -> None:
    rows = [term(1, "principal", 0, None), term(2, "acting", 10, 20)]
    spans = office_spans([Period(day(0), None)], rows)
    assert [(s.starts_on, s.ends_on, s.term and s.term.name) for s in spans] == [
        (day(0), day(10), "P1"),
        (day(10), day(20), "P2"),
        (day(20), None, "P1"),
    ]


def test_days_before_the_first_term_are_a_vacancy() -> None:
    spans = office_spans([Period(day(0), None)], [term(1, "principal", 5, None)])
    assert spans[0] == Span(day(0), day(5), None)


def test_a_term_without_successor_is_announced_sixty_days_before_its_end() -> None:
    ending = term(1, "principal", 0, 100)
    spans = office_spans([Period(day(0), None)], [ending])
    assert ends_in_days(ending, spans, day(39)) is None
    assert ends_in_days(ending, spans, day(40)) == 60
    assert ends_in_days(ending, spans, day(99)) == 1
    assert ends_in_days(ending, spans, day(100)) is None


def test_a_term_with_a_successor_on_the_day_is_not_announced() -> None:
    rows = [term(1, "principal", 0, 100), term(2, "principal", 100, None)]
    assert ends_in_days(rows[0], office_spans([Period(day(0), None)], rows), day(90)) is None
