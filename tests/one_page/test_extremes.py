"""The sheet stays one A4 page, on paper and as a browser prints it, whatever stands on it; and it counts everything."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from liaison.i18n import Words
from liaison.mechanisms.rhythm import Count
from liaison.one_page.facts import Figures, NextMeeting, OnePage, Overdue, Signing, Waits, parts
from liaison.one_page.fitting import LINES, WIDTH, led_by, width_of
from liaison.one_page.paper import to_docx
from liaison.one_page.showing import shown
from tests.documents.office import laid_out

TODAY = date(2026, 11, 23)
LONG = {"zh_CN": "清沚高新技术产业开发区人力资源和社会保障局劳动保障监察综合执法大队第三执法中队办公室", "en": "W" * 60}


def figures(overdue: int) -> Figures:
    return Figures(2026, None, 12, 999_999, 888_888, 777_777, 1_234_567, overdue, 654_321)


def full(locale: str, agencies: int = 9, overdue: int = 200) -> OnePage:
    """Nine agencies with names of forty characters, long titles, everything owed and late."""
    name = LONG[locale][:40]
    meeting = NextMeeting(
        title=name * 3,
        local_start=datetime.fromisoformat("2026-12-31T08:30"),
        length=timedelta(days=2),
        location=name,
        host=name,
        announced=False,
        provisional=True,
        days_ahead=38,
        coming=120,
        waiting=99,
        agenda=[f"{n}{name}" for n in range(20)],
    )
    return OnePage(
        mechanism=name * 2,
        today=TODAY,
        members=agencies,
        next_meeting=meeting,
        waits=[Waits(f"{n}{name}"[:40], 12, 12, 120, 120, vacant=True) for n in range(agencies)],
        overdue=[Overdue(f"{n}{name * 2}", name, name, 1027) for n in range(min(overdue, 40))],
        signing=[
            Signing(name, date(2026, 9, 17), "circulating", 0, 9, [name] * 9, [name] * 9, TODAY) for _ in range(12)
        ],
        figures=figures(overdue),
    )


def empty() -> OnePage:
    nothing = Figures(2026, Count(0, 0, 0, ()), 0, 0, 0, 0, 0, 0, 0)
    return OnePage("协作机制", TODAY, 2, None, [], [], [], nothing)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_paper_is_one_page_and_no_line_of_it_is_two(locale: str, tmp_path: Path) -> None:
    words = Words(locale, "Asia/Shanghai")
    laid = laid_out({"full": to_docx(words, full(locale)), "empty": to_docx(words, empty())}, tmp_path)
    assert [len(one.pages) for one in laid.values()] == [1, 1]
    found = shown(words, full(locale))
    assert sum(1 + len(one.lines) for one in found) == LINES
    assert len(laid["full"].lines()[0]) == LINES + 2, "each line takes one line of the paper; title and date above"


def test_what_does_not_stand_on_the_page_is_counted_though_nobody_wrote_it() -> None:
    words = Words("zh_CN", "Asia/Shanghai")
    late = shown(words, full("zh_CN"))[2].lines
    left = re.search(r"\d+", late[-1])
    assert left is not None
    assert len(late) - 1 + int(left[0]) == 200


def test_who_waits_how_long_stands_beside_the_longest_name() -> None:
    words = Words("zh_CN", "Asia/Shanghai")
    _, waits, late, signing, _ = parts(words, full("zh_CN"))
    assert all(line.endswith("临期事项120项") and "…" in line for line in waits.lines)
    assert all(line.endswith("逾期1027天）") and width_of(line) <= WIDTH for line in late.lines)
    assert all(line.startswith("9月17日 清沚高新") and "已同意0/9" in line for line in signing.lines)
    assert led_by("纪要", "：已签署") == "纪要：已签署"
