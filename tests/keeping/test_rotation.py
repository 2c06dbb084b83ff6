"""Which backups stay: 7 daily, 4 weekly, 12 monthly (TRUST.md 14)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from liaison.keeping.rotation import before_name, kept, night_of, nightly_name, outdated
from liaison.system.backup_rules import BackupStatus, begins

TODAY = date(2026, 11, 26)  # a Thursday


def days(*ago: int) -> list[date]:
    return [TODAY - timedelta(days=n) for n in ago]


@pytest.mark.parametrize(
    ("there", "stay"),
    [
        ([], []),
        (days(0), days(0)),
        (days(*range(7)), days(*range(7))),
        # a year of nights: the last seven, the newest of this week and the three before, the newest of this month and eleven before
        (
            days(*range(365)),
            [*days(*range(7)), *days(11, 18), date(2026, 10, 31), date(2026, 9, 30), date(2026, 8, 31), date(2026, 7, 31),
             date(2026, 6, 30), date(2026, 5, 31), date(2026, 4, 30), date(2026, 3, 31), date(2026, 2, 28),
             date(2026, 1, 31), date(2025, 12, 31)],
        ),
        # a site that was off: what is there counts, however old
        (days(300, 301, 302), days(300, 301, 302)),
        (days(0, 100, 200, 500, 900), days(0, 100, 200, 500, 900)),
    ],
)  # fmt: skip
def test_seven_daily_four_weekly_and_twelve_monthly_stay(there: list[date], stay: list[date]) -> None:
    assert kept(there) == set(stay)


def test_rotation_night_by_night_never_loses_a_week_or_month_it_still_needs() -> None:
    there: set[date] = set()
    for n in range(800):
        there = kept({*there, date(2025, 1, 1) + timedelta(days=n)})
    last = date(2025, 1, 1) + timedelta(days=799)
    assert there >= {last - timedelta(days=n) for n in range(7)}
    assert len({(day.year, day.month) for day in there}) == 12
    assert len({day.isocalendar()[:2] for day in there if (last - day).days < 28}) == 4
    assert len(there) <= 7 + 4 + 12


def test_only_own_files_go_and_of_those_before_a_migration_the_newest_five_stay() -> None:
    nightly = [nightly_name(day) for day in days(*range(60))]
    before = [before_name("0003", datetime(2026, 11, 26, hour, tzinfo=UTC)) for hour in range(7)]
    others = ["mine.tar.gz", "nightly-2020-13-01.txt", before_name("0002", datetime(2020, 1, 1, tzinfo=UTC))]
    gone = outdated([*nightly, *before, *others])
    assert set(gone) & {*others, *before} == set(before[:2])
    assert nightly_name(TODAY) not in gone
    assert nightly_name(TODAY - timedelta(days=10)) in gone


def test_a_night_ends_at_two_local_time() -> None:
    assert night_of(datetime(2026, 11, 25, 17, 59, tzinfo=UTC), "Asia/Shanghai") == date(2026, 11, 25)
    assert night_of(datetime(2026, 11, 25, 18, 0, tzinfo=UTC), "Asia/Shanghai") == date(2026, 11, 26)


NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "on", "hours_ago", "due"),
    [
        ("made", TODAY, 0, False),
        ("made", TODAY - timedelta(days=1), 24, True),
        ("failed", TODAY, 0.5, False),
        ("failed", TODAY, 1.5, True),
        ("failed", TODAY - timedelta(days=1), 0.5, True),
        ("running", TODAY, 1, False),
        ("running", TODAY, 7, True),
        ("running", TODAY - timedelta(days=1), 1, False),
        ("running", TODAY - timedelta(days=1), 7, True),
    ],
)
def test_one_backup_a_night_tried_again_after_an_hour_and_taken_over_from_a_killed_worker(
    state: str, on: date, hours_ago: float, due: bool
) -> None:
    assert begins(TODAY, NOW, (NOW - timedelta(hours=hours_ago), {"state": state, "day": on.isoformat()})) is due
    assert begins(TODAY, NOW, None)


@pytest.mark.parametrize(("hours", "too_old"), [(36, False), (37, True)])
def test_a_backup_is_a_worry_after_36_hours(hours: int, too_old: bool) -> None:
    noted = {"state": "made", "made_at": (NOW - timedelta(hours=hours)).isoformat()}
    assert BackupStatus.of(noted, now=NOW, on=True, possible=True).too_old is too_old
