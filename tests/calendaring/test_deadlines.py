"""Deadlines around a meeting day."""

from datetime import date

import pytest

from liaison.calendaring.deadlines import PROFILE, ProfileRefused, Step, check_profile, replies_due, steps
from liaison.calendaring.workdays import DueDay, region_calendar

CN = region_calendar("CN")


def test_the_default_profile_is_that_of_one_quarter() -> None:
    assert list(PROFILE.items()) == [
        ("call_for_items", -20),
        ("items_due", -10),
        ("pre_meeting", -7),
        ("agenda_approved", -6),
        ("meeting_notice", -5),
        ("replies_due", -3),
        ("reminder", -1),
        ("minutes_draft", 2),
        ("countersign", 5),
        ("issue", 7),
    ]


def test_steps_are_working_days_around_the_meeting_in_order() -> None:
    assert steps(CN, date(2026, 9, 17)) == [
        Step("call_for_items", date(2026, 8, 20), certain=True),
        Step("items_due", date(2026, 9, 3), certain=True),
        Step("pre_meeting", date(2026, 9, 8), certain=True),
        Step("agenda_approved", date(2026, 9, 9), certain=True),
        Step("meeting_notice", date(2026, 9, 10), certain=True),
        Step("replies_due", date(2026, 9, 14), certain=True),
        Step("reminder", date(2026, 9, 16), certain=True),
        Step("minutes_draft", date(2026, 9, 20), certain=True),  # a make-up Sunday
        Step("countersign", date(2026, 9, 23), certain=True),
        Step("issue", date(2026, 9, 28), certain=True),  # after Mid-Autumn
    ]


def test_steps_that_reach_into_an_unannounced_year_are_provisional() -> None:
    late = {step.step: step.certain for step in steps(CN, date(2026, 12, 24))}
    assert late["countersign"] is True
    assert late["issue"] is False
    assert not any(step.certain for step in steps(CN, date(2027, 3, 18)))


def test_replies_are_due_as_the_profile_of_the_mechanism_says() -> None:
    assert replies_due(CN, date(2026, 10, 9)) == DueDay(date(2026, 9, 29), certain=True)
    assert replies_due(CN, date(2026, 10, 9), {"replies_due": -2}).date == date(2026, 9, 30)


def test_a_profile_left_out_in_part_keeps_the_other_defaults() -> None:
    assert check_profile({}) == dict(PROFILE)
    assert check_profile({"replies_due": -4, "issue": 10}) == {**PROFILE, "replies_due": -4, "issue": 10}


def test_steps_may_share_a_day_and_the_meeting_day() -> None:
    profile = check_profile({"pre_meeting": -6, "reminder": 0, "minutes_draft": 0})
    assert list(profile) == list(PROFILE)
    assert (profile["pre_meeting"], profile["reminder"], profile["minutes_draft"]) == (-6, 0, 0)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"party": 1}, "party", "unknown_step"),
        ({"issue": "7"}, "issue", "not_a_number"),
        ({"issue": 7.0}, "issue", "not_a_number"),
        ({"issue": True}, "issue", "not_a_number"),
        ({"issue": None}, "issue", "not_a_number"),
        ({"issue": 261}, "issue", "out_of_range"),
        ({"call_for_items": -261}, "call_for_items", "out_of_range"),
        ({"call_for_items": -(10**30)}, "call_for_items", "out_of_range"),
        ({"reminder": 1}, "reminder", "before_meeting"),
        ({"minutes_draft": -1}, "minutes_draft", "after_meeting"),
        ({"items_due": -30}, "items_due", "order"),
        ({"call_for_items": -5}, "call_for_items", "order"),
        ({"minutes_draft": 6}, "minutes_draft", "order"),
        ({"pre_meeting": -2, "meeting_notice": -5}, "pre_meeting", "order"),
    ],
)
def test_a_profile_is_refused_naming_the_step_that_is_wrong(given: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(ProfileRefused) as refused:
        check_profile(given)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_the_longest_offsets_are_taken() -> None:
    profile = check_profile({"call_for_items": -260, "issue": 260})
    assert steps(CN, date(2025, 6, 18), profile)[0].date == date(2024, 5, 30)
