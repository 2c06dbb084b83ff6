"""The desk's own rules: order by urgency, when to remind, what of the promised year was kept."""

from datetime import UTC, date, datetime

import pytest

from liaison.calendaring.deadlines import PROFILE
from liaison.calendaring.workdays import region_calendar
from liaison.desk.promises import AtRisk, at_risk, promises
from liaison.desk.todos import Todo, Told, is_time_to_remind, is_time_to_send, most_urgent_first, unsent
from liaison.mechanisms.rhythm import StripMark, year_rhythm
from liaison.meetings.models import Meeting
from liaison.meetings.month import month_of

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def meeting(day: int, **more: object) -> Meeting:
    starts = datetime(2026, 11, day, 6, 30, tzinfo=UTC)
    facts = {"announced_at": NOW, "timezone": "Asia/Shanghai", "starts_at": starts, "duration_minutes": 60}
    return Meeting(**{**facts, "local_start": datetime.fromisoformat(f"2026-11-{day}T14:30"), **more})


def test_what_is_due_first_comes_first_and_what_has_no_day_comes_last() -> None:
    late, soon, later, some_day = (
        Todo("send", date(2026, 11, 20), 1),
        Todo("answer", date(2026, 11, 24), 2),
        Todo("slip", date(2026, 11, 30), 3),
        Todo("vacancy", None, 4),
    )
    assert most_urgent_first([some_day, later, late, soon]) == [late, soon, later, some_day]


def test_on_one_day_a_mail_that_failed_comes_before_an_answer_and_that_before_a_reminder() -> None:
    todos = [Todo(kind, TODAY, 1) for kind in ("remind", "answer", "mail")]
    assert [todo.kind for todo in most_urgent_first(todos)] == ["mail", "answer", "remind"]


def test_only_what_is_past_its_day_is_late() -> None:
    assert Todo("answer", date(2026, 11, 21), 1).days_late(TODAY) == 2
    assert Todo("answer", TODAY, 1).days_late(TODAY) == 0
    assert Todo("answer", TODAY, 1).look(TODAY) == "warn"
    assert Todo("answer", date(2026, 12, 1), 1).look(TODAY) == "brand"
    assert Todo("answer", date(2026, 11, 21), 1).look(TODAY) == "bad"


def test_reminding_is_offered_from_the_date_for_answers_or_three_days_before_and_once_a_day() -> None:
    far = meeting(30)
    assert not is_time_to_remind(far, date(2026, 11, 25), NOW)
    assert is_time_to_remind(far, TODAY, NOW)
    assert is_time_to_remind(meeting(25), None, NOW)
    assert not is_time_to_remind(meeting(25, reminded_at=NOW), None, NOW)
    assert not is_time_to_remind(meeting(22), TODAY, NOW)
    assert not is_time_to_remind(meeting(25, announced_at=None), TODAY, NOW)


def test_a_draft_is_to_be_sent_from_a_month_before_its_notice_is_due_and_what_people_hold_wrongly_at_once() -> None:
    assert is_time_to_send("draft", date(2026, 12, 23), TODAY)
    assert not is_time_to_send("draft", date(2026, 12, 24), TODAY)
    assert is_time_to_send("changed", date(2027, 9, 1), TODAY)
    assert not is_time_to_send("", TODAY, TODAY)


def test_a_notice_waits_only_while_those_asked_hold_something_else() -> None:
    says = {"title": "联席会议", "agenda": []}
    told = Told("REQUEST", {**says, "addressees": [{"attendee_ids": [7], "slips": [{"invitation_id": 3}]}]})
    everybody = {("attendee", 7), ("slip", 3)}
    assert unsent(meeting(30), told, says, everybody) == ""
    assert unsent(meeting(30), told, {**says, "title": "专题会"}, everybody) == "changed"
    assert unsent(meeting(30), told, says, {("slip", 3)}) == "changed"
    assert unsent(meeting(30, announced_at=None), None, says, everybody) == "draft"
    assert unsent(meeting(30, cancelled_at=NOW), told, says, everybody) == "off"
    assert unsent(meeting(30, cancelled_at=NOW, off_announced=True), told, says, everybody) == ""
    waits_for_a_date = Told("CANCEL", {**told.snapshot, "postponed": True})
    assert unsent(meeting(30, cancelled_at=NOW, off_announced=True), waits_for_a_date, says, everybody) == "off"
    assert unsent(meeting(30, cancelled_at=NOW, announced_at=None), None, says, everybody) == ""
    assert unsent(meeting(30), None, says, everybody) == "changed"  # reinstated under a new UID


def marks(*days: date) -> list[StripMark]:
    return [StripMark(day, "联席会议", "promised") for day in days]


QUARTERS = marks(date(2026, 3, 19), date(2026, 6, 18), date(2026, 9, 17), date(2026, 12, 17))


def test_each_quarter_tells_what_became_of_its_meeting_and_like_ones_are_drawn_together() -> None:
    held = [StripMark(day, "联席会议", "announced") for day in (date(2026, 3, 19), date(2026, 6, 18))]
    found = promises(year_rhythm(QUARTERS, held, TODAY))
    assert [(line.first, line.last, line.state) for line in found.lines] == [
        (1, 2, "kept"),
        (3, 3, "missed"),
        (4, 4, "open"),
    ]


def test_a_date_left_out_stands_by_itself_and_is_no_risk() -> None:
    left_out = [StripMark(one.date, one.label, one.state, reason="换届") for one in QUARTERS[2:]]
    year = year_rhythm([*QUARTERS[:2], *left_out], [], TODAY)
    assert [(line.first, line.last, line.mark and line.mark.reason) for line in promises(year).lines] == [
        (1, 2, None),
        (3, 3, "换届"),
        (4, 4, "换届"),
    ]
    assert at_risk([year], region_calendar("CN"), PROFILE, date(2026, 12, 1)) is None


def test_more_than_one_meeting_a_quarter_is_told_by_month() -> None:
    found = promises(year_rhythm(marks(*(date(2026, month, 5) for month in range(1, 13))), [], TODAY))
    assert found.by_month
    assert [(line.first, line.last, line.state) for line in found.lines] == [
        (1, 10, "missed"),
        (11, 11, "open"),
        (12, 12, "open"),
    ]


@pytest.mark.parametrize(
    ("today", "planned", "risk"),
    [
        (date(2026, 11, 18), [], None),
        (date(2026, 11, 19), [], AtRisk(date(2026, 12, 17), date(2026, 11, 19))),
        (date(2026, 12, 20), [], AtRisk(date(2026, 12, 17), date(2026, 11, 19))),
        (date(2026, 11, 23), [StripMark(date(2026, 12, 20), "联席会议", "draft")], None),
        (
            date(2026, 11, 23),
            [StripMark(date(2026, 12, 17), "联席会议", "cancelled")],
            AtRisk(date(2026, 12, 17), date(2026, 11, 19)),
        ),
        (date(2027, 1, 1), [], None),
    ],
)
def test_a_promise_is_at_risk_once_its_agenda_should_have_been_called_for(
    today: date, planned: list[StripMark], risk: AtRisk | None
) -> None:
    years = [year_rhythm(QUARTERS, planned, today)]
    assert at_risk(years, region_calendar("CN"), PROFILE, today) == risk


def test_a_promise_early_in_the_next_year_is_at_risk_before_the_year_is_over() -> None:
    years = [year_rhythm(QUARTERS[:3], [], TODAY), year_rhythm(marks(date(2027, 1, 5)), [], date(2026, 12, 21))]
    found = at_risk(years, region_calendar("CN"), PROFILE, date(2026, 12, 21))
    assert found is not None
    assert found.day == date(2027, 1, 5)


def test_a_month_has_whole_weeks_from_monday_and_knows_the_days_that_are_worked_in_return() -> None:
    month = month_of(date(2026, 10, 1), region_calendar("CN"), TODAY, [])
    assert [len(week) for week in month.weeks] == [7] * 5
    assert month.weeks[0][0].date == date(2026, 9, 28)
    assert [cell.date for week in month.weeks for cell in week if cell.kind == "makeup"] == [date(2026, 10, 10)]
    assert (month.before, month.after, month.certain) == (date(2026, 9, 1), date(2026, 11, 1), True)
    assert not month_of(date(2027, 1, 1), region_calendar("CN"), TODAY, []).certain
