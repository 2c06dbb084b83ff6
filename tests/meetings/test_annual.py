"""The annual plan: a series' dates, hosts in turn, whom the meetings ask; planning twice changes nothing."""

from datetime import date, datetime
from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.i18n import Words
from liaison.meetings import patterns
from liaison.meetings.asking import Asked
from liaison.meetings.patterns import Pattern
from liaison.meetings.rotation import turns
from tests.callers import Program
from tests.meetings.play import Play
from tests.world import World

YEAR_2027 = ["2027-03-18", "2027-06-17", "2027-09-16", "2027-12-16"]
REQUIREMENT = "分管负责同志1名、联络员1名"
ZH = Words("zh_CN", "Asia/Shanghai")


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


def path(world: World, rest: str) -> str:
    return f"/series/{world.series.id}/{rest}"


async def asked_by(api: Program, world: World, meeting_id: str) -> list[tuple[str, int, str | None]]:
    found = (await api.get(world.zhoumin, f"/meetings/{meeting_id}"))["agency_invitations"]
    return [(one["agency_id"], one["seats"], one["requirement"]) for one in found]


# --- the rules


def test_hosts_take_turns_from_the_last_regular_meeting_before_each_new_one() -> None:
    days = [date(2027, month, 18) for month in (3, 6, 9, 12)]
    assert turns([1, 2], 1, [(date(2026, 12, 17), 1)], days, lambda agency, on: True) == [2, 1, 2, 1]
    between = [(date(2026, 12, 17), 1), (date(2027, 7, 1), 3)]
    assert turns([1, 2, 3], 1, between, days, lambda agency, on: True) == [2, 3, 1, 2]


def test_hosting_begins_with_the_first_of_the_rotation_and_without_one_it_is_always_the_lead_agency() -> None:
    days = [date(2027, 3, 18), date(2027, 6, 17)]
    assert turns([2, 1], 1, [], days, lambda agency, on: True) == [2, 1]
    assert turns([2, 1], 1, [(date(2026, 12, 17), 9)], days, lambda agency, on: True) == [2, 1]
    assert turns([], 7, [(date(2026, 12, 17), 1)], days, lambda agency, on: True) == [7, 7]


def test_an_agency_that_is_no_member_on_the_day_is_passed_over() -> None:
    days = [date(2027, 3, 18), date(2027, 6, 17)]
    left = date(2027, 4, 1)
    assert turns([1, 2], 1, [(date(2026, 12, 17), 1)], days, lambda agency, on: agency == 1 or on < left) == [2, 1]
    assert turns([2], 1, [], days, lambda agency, on: False) == [1, 1]


@pytest.mark.parametrize(
    ("pattern", "rrule", "words"),
    [
        (Pattern("quarter"), "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=3TH", "每季度末月的第三个周四"),
        (Pattern("quarter", -1, "FR", 1), "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=-1FR", "每季度首月的最后一个周五"),
        (Pattern("month", 2, "WE"), "FREQ=MONTHLY;BYDAY=2WE", "每月第二个周三"),
        (Pattern("quarter_end"), "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "每季度最后一个工作日"),
    ],
)
def test_a_rhythm_has_a_rule_and_is_known_again_by_it(pattern: Pattern, rrule: str, words: str) -> None:
    roll = "preceding" if pattern.kind == "quarter_end" else "following"
    assert patterns.rrule_of(pattern) == rrule
    assert patterns.rrule_of(patterns.pattern_of(rrule, roll)) == rrule
    assert patterns.said(rrule, roll, ZH) == words


@pytest.mark.parametrize(
    "rrule",
    ["FREQ=MONTHLY;BYMONTH=6,12;BYDAY=2WE", "FREQ=MONTHLY;BYDAY=5MO", "FREQ=MONTHLY;BYDAY=3TH;COUNT=4", "FREQ=DAILY"],
)
def test_any_other_rule_stays_as_it_is_written(rrule: str) -> None:
    assert patterns.pattern_of(rrule, "following").kind == "rule"
    assert patterns.said(rrule, "following", ZH) == f"按规则 {rrule}"


def test_a_last_day_that_rolls_forward_is_not_the_last_working_day() -> None:
    assert patterns.pattern_of("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "following").kind == "rule"


# --- dates


async def test_the_dates_of_a_series_say_where_the_rule_puts_them_and_whether_they_are_certain(
    api: Program, world: World
) -> None:
    found = await api.get(world.chenzy, path(world, "dates?from=2026-12-01&to=2027-03-31"))
    assert found == {
        "items": [
            {"date": "2026-12-17", "nominal": "2026-12-17", "certain": True, "why": None},
            {"date": "2027-03-18", "nominal": "2027-03-18", "certain": False, "why": None},
        ],
        "next": None,
    }


async def test_a_date_that_moved_says_why_in_the_readers_language(api: Program, world: World) -> None:
    await api.patch(world.zhoumin, f"/series/{world.series.id}", {"rrule": "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=8"})
    window = path(world, "dates?from=2026-10-01&to=2026-10-31")
    assert (await api.get(world.zhoumin, window))["items"] == [
        {"date": "2026-10-08", "nominal": "2026-10-08", "certain": True, "why": None}
    ]
    await api.patch(world.zhoumin, f"/series/{world.series.id}", {"rrule": "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=10"})
    moved = (await api.get(world.zhoumin, window))["items"][0]
    assert (moved["date"], moved["nominal"]) == ("2026-10-12", "2026-10-10")  # a Saturday worked in return: avoided
    assert moved["why"]["code"] == "makeup_avoided"
    assert moved["why"]["params"] == {"day": "2026-10-10", "direction": "following", "makeup": "2026-10-10"}
    assert moved["why"]["text"] == "10月10日（周六）为调休上班日，顺延至下一个正常工作日。"
    english = await api.call(world.zhoumin, "GET", f"{window}&lang=en")
    assert "make-up workday" in english.json()["items"][0]["why"]["text"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("to=2026-12-31", "from"),
        ("from=2026-01-01", "to"),
        ("from=2026-02-30&to=2026-12-31", "from"),
        ("from=2026-12-31&to=2026-12-30", "to"),
        ("from=2026-01-01&to=2031-01-02", "to"),
        ("from=1900-01-01&to=1900-12-31", "from"),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused_by_field(
    api: Program, world: World, query: str, field: str
) -> None:
    status, fields = await api.refused(world.zhoumin, "GET", path(world, f"dates?{query}"))
    assert (status, fields[0]) == (422, field)


async def test_five_years_may_be_looked_at_together(api: Program, world: World) -> None:
    found = await api.get(world.zhoumin, path(world, "dates?from=2026-01-01&to=2031-01-01"))
    assert len(found["items"]) == 20


# --- planning


async def test_a_year_is_planned_as_drafts_with_hosts_in_turn_and_nobody_is_told(
    api: Program, world: World, play: Play
) -> None:
    last = await play.scheduled(Asked(agency_id=world.sfj.id, seats=3, requirement="联络员3名"))  # hosted by 区检察院
    planned = await api.post(world.wuxl, path(world, "plan"), {"dates": YEAR_2027}, status=201)
    rows = planned["items"]
    assert [one["starts_at"] for one in rows] == [f"{day}T14:30:00+08:00" for day in YEAR_2027]
    jcy, sfj = str(world.jcy.id), str(world.sfj.id)
    assert [one["host_agency_id"] for one in rows] == [sfj, jcy, sfj, jcy]
    place = "区检察院三楼第一会议室"
    assert [one["location"] for one in rows] == [None, place, None, place]  # the series' place is the lead agency's
    assert {(one["state"], one["title"], one["certain"], one["series_id"]) for one in rows} == {
        ("draft", "支持起诉与法律援助工作联席会议", False, str(world.series.id))
    }
    for one in rows:
        assert await asked_by(api, world, one["id"]) == [(sfj, 3, "联络员3名")]
    assert await play.delivered() == []
    assert last


async def test_without_an_earlier_meeting_every_member_of_that_day_is_asked(api: Program, world: World) -> None:
    planned = await api.post(world.zhoumin, path(world, "plan"), {"dates": ["2025-06-19", "2027-03-18"]}, status=201)
    jcy, sfj, mzj = (str(one.id) for one in (world.jcy, world.sfj, world.mzj))
    asked = [await asked_by(api, world, one["id"]) for one in planned["items"]]
    assert asked[0] == [(jcy, 2, REQUIREMENT), (sfj, 2, REQUIREMENT), (mzj, 2, REQUIREMENT)]
    assert asked[1] == [(jcy, 2, REQUIREMENT), (sfj, 2, REQUIREMENT)]  # 区民政局 has left by then


async def test_who_left_since_the_last_meeting_is_not_asked_and_who_joined_is(
    api: Program, world: World, play: Play
) -> None:
    await play.scheduled(Asked(agency_id=world.sfj.id, seats=3), Asked(agency_id=world.mzj.id))
    members = f"/mechanisms/{world.mechanism.id}/members"
    await api.post(world.guyan, members, {"agency_id": str(world.rsj.id), "joined_on": "2027-01-01"}, status=201)
    planned = await api.post(world.zhoumin, path(world, "plan"), {"dates": ["2027-03-18"]}, status=201)
    asked = await asked_by(api, world, planned["items"][0]["id"])
    assert asked == [(str(world.sfj.id), 3, None), (str(world.rsj.id), 2, REQUIREMENT)]


async def test_planning_twice_changes_nothing(api: Program, world: World) -> None:
    first = await api.post(world.zhoumin, path(world, "plan"), {"dates": YEAR_2027[:2]}, status=201)
    again = await api.post(world.zhoumin, path(world, "plan"), {"dates": YEAR_2027[:2]})
    assert again == first
    more = await api.post(world.zhoumin, path(world, "plan"), {"dates": [*YEAR_2027[:3], YEAR_2027[2]]}, status=201)
    assert more["items"][:2] == first["items"]
    assert len(more["items"]) == 3


async def test_a_date_stays_taken_by_its_meeting_wherever_that_moved_to_and_is_free_after_a_cancellation(
    api: Program, world: World
) -> None:
    one = {"dates": ["2027-03-18"]}
    meeting = (await api.post(world.zhoumin, path(world, "plan"), one, status=201))["items"][0]
    await api.post(world.zhoumin, f"/meetings/{meeting['id']}/move", {"starts_at": "2027-04-08T09:00:00+08:00"})
    kept = await api.post(world.zhoumin, path(world, "plan"), one)
    assert [each["id"] for each in kept["items"]] == [meeting["id"]]
    await api.post(world.zhoumin, f"/meetings/{meeting['id']}/cancel", {})
    assert (await api.post(world.zhoumin, path(world, "plan"), one, status=201))["items"][0]["id"] != meeting["id"]


async def test_two_series_that_meet_on_one_day_each_get_their_meeting(api: Program, world: World) -> None:
    other: dict[str, Any] = {
        "name": "办案联席会议",
        "rrule": "FREQ=YEARLY;BYMONTH=3;BYDAY=3TH",
        "starts_on": "2026-01-01",
    }
    other |= {"start_time": "09:00", "duration_minutes": 60}
    second = (await api.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/series", other, status=201))["id"]
    one = {"dates": ["2027-03-18"]}
    await api.post(world.zhoumin, path(world, "plan"), one, status=201)
    made = (await api.post(world.zhoumin, f"/series/{second}/plan", one, status=201))["items"]
    assert [(meeting["series_id"], meeting["title"]) for meeting in made] == [(second, "办案联席会议")]
    assert (await api.post(world.zhoumin, f"/series/{second}/plan", one))["items"] == made


async def test_a_regular_meeting_planned_by_hand_takes_the_date_of_a_series(
    api: Program, world: World, play: Play
) -> None:
    by_hand = await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T09:00"))
    kept = await api.post(world.zhoumin, path(world, "plan"), {"dates": ["2027-03-18"]})
    assert [one["id"] for one in kept["items"]] == [str(by_hand)]


@pytest.mark.parametrize(
    ("dates", "fields"),
    [
        (["2027-03-18", "2027-03-19"], ["dates.1"]),
        (["2022-03-17"], ["dates.0"]),  # before the series starts
        (["0001-01-01"], ["dates.0"]),
        ([], ["dates"]),
        (["2027-03-18"] * 61, ["dates"]),
        (["soon"], ["dates.0"]),
    ],
)
async def test_a_date_that_the_rule_does_not_name_is_refused_by_field_and_nothing_is_planned(
    api: Program, world: World, dates: list[str], fields: list[str]
) -> None:
    assert await api.refused(world.zhoumin, "POST", path(world, "plan"), {"dates": dates}) == (422, fields)
    assert (await api.get(world.zhoumin, f"/mechanisms/{world.mechanism.id}/meetings"))["items"] == []


async def test_a_participant_reads_the_dates_and_plans_nothing(api: Program, world: World) -> None:
    body = {"dates": ["2027-03-18"]}
    assert (await api.refused(world.chenzy, "POST", path(world, "plan"), body))[0] == 403
    assert (await api.refused(world.sunl, "POST", path(world, "plan"), body))[0] == 404
    assert (await api.refused(world.sunl, "GET", path(world, "dates?from=2027-01-01&to=2027-12-31")))[0] == 404
