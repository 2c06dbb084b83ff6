"""The agenda of a running meeting in time: as planned, as it went, as it will go from here."""

from datetime import UTC, datetime, timedelta

from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.timetable import Slot, Timetable, timetable

START = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
"""14:30 in Shanghai"""


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def meeting_of(minutes: int = 60, held: datetime | None = None) -> Meeting:
    local = datetime.fromisoformat("2026-11-23T14:30")
    return Meeting(timezone="Asia/Shanghai", local_start=local, starts_at=START, duration_minutes=minutes, held_at=held)


def item(id_: int, minutes: int | None, begun: int | None = None, settled: int | None = None) -> AgendaItem:
    return AgendaItem(
        id=id_,
        duration_minutes=minutes,
        begun_at=None if begun is None else at(begun),
        settled_at=None if settled is None else at(settled),
    )


def of(now: int, *items: AgendaItem, minutes: int = 60) -> Timetable:
    return timetable(meeting_of(minutes), items, at(now))


def test_before_the_start_the_plan_counts_from_it_until_a_duration_is_missing() -> None:
    found = of(-60, item(1, 20), item(2, None), item(3, 30))
    assert found.slots == {1: Slot(at(0), at(20)), 2: Slot(at(20), None), 3: Slot(None, None)}
    assert (found.expected_end, found.late) == (None, 0)


def test_what_began_late_shifts_what_is_to_come_and_says_when_all_ends() -> None:
    found = of(35, item(1, 20, 10, 31), item(2, 20, 31), item(3, 20))
    assert found.slots[1] == Slot(None, None, at(10), at(31))
    assert found.slots[2] == Slot(at(20), at(40), at(31))
    assert found.slots[3] == Slot(at(40), at(60), expected=at(51))
    assert (found.expected_end, found.late) == (at(71), 11)


def test_less_than_five_minutes_off_the_plan_is_not_told() -> None:
    assert of(10, item(1, 20, 4), item(2, 20)).slots[2] == Slot(at(20), at(40))


def test_a_current_item_that_takes_longer_pushes_the_next_one_on() -> None:
    found = of(30, item(1, 20, 0), item(2, 20))
    assert found.slots[1].over == 10
    assert found.slots[2].expected == at(30)


def test_items_that_were_left_come_after_the_others() -> None:
    found = of(20, item(1, 10), item(2, 10, 20), item(3, 10))
    assert (found.slots[3].expected, found.slots[1].expected) == (at(30), at(40))


def test_what_was_noted_on_another_day_or_only_ticked_off_has_no_times() -> None:
    found = timetable(meeting_of(held=at(3000)), [item(1, 10, 2880, 2890), item(2, 10, 5, 5), item(3, 10)], at(3000))
    assert set(found.slots.values()) == {Slot(None, None)}
    assert found.expected_end is None
