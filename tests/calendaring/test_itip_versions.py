"""SEQUENCE and DTSTAMP of the next announcement: what raises them, and what asks everybody again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from liaison.calendaring.itip import Attendee, Event
from liaison.calendaring.numbering import Version, asks_anew, next_version

wall = datetime.fromisoformat  # "2026-12-17T14:30", local time without zone
NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LATER = NINE + timedelta(hours=1)
LIU = Attendee("liu@sfj.example", "区司法局 刘芳")
ZHOU = Attendee("zhou@jcy.example", "区检察院 周敏", role="CHAIR", partstat="ACCEPTED")
MEETING = Event(
    uid="5f0c" * 8,
    sequence=0,
    dtstamp=NINE,
    answers_from=0,
    starts_at=wall("2026-12-17T14:30"),
    duration_minutes=120,
    timezone="Asia/Shanghai",
    summary="支持起诉与法律援助工作联席会议",
    location="三楼第一会议室",
    description="一、通报第三季度情况",
    organizer="meetings@qingzhi.example",
    organizer_name="支持起诉协作机制",
    contact="周敏 0553-0000011",
    attendees=(ZHOU, LIU),
    alarm_minutes=30,
)


def test_the_first_announcement_has_sequence_0_and_whole_utc_seconds() -> None:
    local = datetime(2026, 11, 20, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))
    assert next_version(None, before=None, after=MEETING, now=local) == Version(0, NINE)


@pytest.mark.parametrize(
    ("changes", "sequence", "answers_from"),
    [
        ({"starts_at": wall("2026-12-18T14:30")}, 5, 5),
        ({"duration_minutes": 60}, 5, 5),
        ({"timezone": "Asia/Urumqi"}, 5, 5),
        ({"location": "二楼"}, 5, 3),
        ({"location": "二楼", "starts_at": wall("2026-12-18T14:30")}, 5, 5),
        ({"description": "二、新增议题"}, 4, 3),
        ({"summary": "联席会议"}, 4, 3),
        ({"attendees": (ZHOU,)}, 4, 3),
        ({"status": "TENTATIVE"}, 4, 3),
        ({}, 4, 3),
    ],
)
def test_time_and_place_raise_sequence_once_and_text_and_list_do_not(
    changes: dict[str, object], sequence: int, answers_from: int
) -> None:
    after = replace(MEETING, **changes)
    version = next_version(Version(4, NINE, 3), before=MEETING, after=after, now=LATER)
    assert (version.sequence, version.answers_from, version.dtstamp) == (sequence, answers_from, LATER)


def test_a_cancel_raises_sequence_once_even_after_a_silent_move_and_asks_nobody() -> None:
    moved = replace(MEETING, starts_at=wall("2026-12-18T14:30"))
    version = next_version(Version(4, NINE, 3), before=MEETING, after=moved, cancelled=True, now=LATER)
    assert (version.sequence, version.answers_from) == (5, 3)


@pytest.mark.parametrize("now", [NINE, NINE - timedelta(days=400), NINE + timedelta(milliseconds=900)])
def test_dtstamp_rises_by_a_second_at_least_whatever_the_clock_does(now: datetime) -> None:
    assert next_version(Version(0, NINE), before=MEETING, after=MEETING, now=now).dtstamp == NINE + timedelta(seconds=1)


def test_now_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        next_version(None, before=None, after=MEETING, now=wall("2026-11-20T00:00"))


@pytest.mark.parametrize(
    ("changes", "tick", "anew"),
    [
        ({"starts_at": wall("2026-12-18T14:30")}, False, True),
        ({"duration_minutes": 60}, False, True),
        ({"location": "二楼"}, False, False),
        ({"location": "二楼"}, True, True),
        ({"description": "二、新增议题"}, True, False),
        ({"description": "二、新增议题"}, False, False),
    ],
)
def test_time_asks_everybody_again_and_place_only_if_the_officer_ticks_it(
    changes: dict[str, object], tick: bool, anew: bool
) -> None:
    after = replace(MEETING, **changes)
    assert asks_anew(MEETING, after, answer_anew=tick) is anew
    version = next_version(Version(4, NINE, 3), before=MEETING, after=after, answer_anew=tick, now=LATER)
    assert version.answers_from == (version.sequence if anew else 3)
