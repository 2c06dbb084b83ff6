"""From the wall to the instant: over the days on which clocks change, and whatever zone the machine is in."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.calendaring.walltime import NoSuchTime, end_of, instant_of, wall_of

SHANGHAI, LONDON, NEW_YORK, LORD_HOWE = (
    ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe")
)


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """The machine's own zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return wall(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "instant"),
    [
        ("2026-12-17T14:30", SHANGHAI, "2026-12-17T06:30"),
        ("2027-03-28T00:59", LONDON, "2027-03-28T00:59"),
        ("2027-03-28T02:00", LONDON, "2027-03-28T01:00"),
        ("2027-10-31T00:59", LONDON, "2027-10-30T23:59"),
        ("2027-10-31T01:30", LONDON, "2027-10-31T00:30"),  # there are two; the first counts
        ("2027-10-31T02:00", LONDON, "2027-10-31T02:00"),
        ("2027-11-07T01:30", NEW_YORK, "2027-11-07T05:30"),  # likewise
        ("2027-04-04T01:45", LORD_HOWE, "2027-04-03T14:45"),  # and where half an hour comes twice
    ],
)
@pytest.mark.usefixtures("machine")
def test_a_local_time_is_an_instant(at: str, zone: ZoneInfo, instant: str) -> None:
    assert instant_of(wall(at), zone) == utc(instant)
    assert wall_of(utc(instant), zone) == wall(at)


@pytest.mark.parametrize(
    ("at", "zone"),
    [("2027-03-28T01:00", LONDON), ("2027-03-28T01:59", LONDON), ("2027-03-14T02:30", NEW_YORK), ("2027-10-03T02:10", LORD_HOWE)],
)  # fmt: skip
@pytest.mark.usefixtures("machine")
def test_a_time_that_the_clocks_skip_does_not_exist(at: str, zone: ZoneInfo) -> None:
    with pytest.raises(NoSuchTime):
        instant_of(wall(at), zone)


@given(
    at=st.datetimes(wall("2026-01-01T00:00"), wall("2030-01-01T00:00")),
    zone=st.sampled_from([SHANGHAI, LONDON, NEW_YORK, LORD_HOWE]),
    minutes=st.integers(5, 3000),
)
def test_every_time_on_the_wall_comes_back_and_meetings_last_as_long_as_they_last(
    at: datetime, zone: ZoneInfo, minutes: int
) -> None:
    try:
        instant = instant_of(at, zone)
    except NoSuchTime:
        return
    assert wall_of(instant, zone) == at
    assert end_of(at, minutes, zone) - instant == timedelta(minutes=minutes)
