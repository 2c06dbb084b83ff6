"""A YAML bundle becomes typed values with lines; everything else ends in lines that say what is wrong where."""

from datetime import date, time

import pytest

from liaison.bundle import reading
from liaison.bundle.reading import bundle_of
from liaison.bundle.values import BundleRefused

WELL = """\
version: 1
agencies:
  - {short_name: 区检察院, name: 清沚区人民检察院}
people:
  - key: zhoumin
    name: 周敏
    agency: 区检察院
    phone: 0553-0000011
mechanisms:
  - name: 支持起诉协作机制
    lead_agency: 区检察院
    host_rotation: [区检察院]
    series:
      - {name: 联席会议, rrule: FREQ=MONTHLY, starts_on: 2026-01-06, start_time: 14:30, duration_minutes: 120}
"""


def refused(text: str | bytes) -> list[tuple[int | None, str, str]]:
    with pytest.raises(BundleRefused) as caught:
        bundle_of(text.encode() if isinstance(text, str) else text)
    return [(each.line, each.field, each.message.worded(str)) for each in caught.value.lines]


def test_each_field_becomes_a_value_of_its_kind_whatever_its_text_looks_like() -> None:
    bundle = bundle_of(WELL.encode())
    (person,) = bundle.people
    (series,) = bundle.mechanisms[0].entries("series")
    assert person.text("phone") == "0553-0000011"
    assert (series.day("starts_on"), series.clock("start_time"), series.whole("duration_minutes")) == (
        date(2026, 1, 6),
        time(14, 30),
        120,
    )
    assert bundle.mechanisms[0].names("host_rotation") == ["区检察院"]


def test_an_error_names_line_and_field() -> None:
    text = WELL.replace("name: 周敏", "name: ''").replace("2026-01-06", "2026-02-30")
    assert refused(text) == [
        (6, "people.name", "Please fill this in."),
        (14, "mechanisms.series.starts_on", "Please give a date such as 2026-12-17."),
    ]


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    ((line, field, message),) = refused(WELL.replace("phone:", "fax:"))
    assert (line, field) == (8, "people.fax")
    assert "phone" in message


def test_a_missing_field_is_told_at_the_entry() -> None:
    assert (5, "people.agency", "Please fill this in.") in refused(WELL.replace("    agency: 区检察院\n", ""))


def test_the_same_key_twice_is_refused() -> None:
    again = "  - {key: zhoumin, name: 周敏, agency: 区检察院}\nmechanisms:"
    ((line, field, message),) = refused(WELL.replace("mechanisms:", again))
    assert (line, field, message) == (9, "people.key", "“zhoumin” is already on line 5.")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("version: 1\npeople: &all []\n", 2),
        ("version: 1\npeople: *all\n", 2),
        ("version: !!python/object/apply:os.system [id]\n", 1),
        ("version: 1\nversion: 1\n", 2),
        ("version: 1\n  people: []\n", 2),
        ("version: [1\n", 2),
        ("- 1\n- 2\n", 1),
        ("", 1),
        ("[" * 5000, 1),
        ("a: " + "{b: " * 20, 1),
        ("version: 1\n---\nversion: 1\n", None),
        ("version: 2\n", 1),
    ],
)
def test_more_of_yaml_than_a_bundle_needs_is_refused(text: str, line: int | None) -> None:
    assert refused(text)[0][0] == line


def test_aliases_never_grow_the_file() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert "Anchors" in refused(bomb)[0][2]


def test_a_file_in_another_encoding_names_the_line() -> None:
    assert refused(b"version: 1\nname: " + "周敏".encode("gb18030"))[0][0] == 2


def test_a_file_over_the_limit_is_refused_unread() -> None:
    assert refused(b"#" * (reading.MOST_BYTES + 1))[0][0] is None


def test_many_errors_end_after_a_hundred_lines() -> None:
    text = "version: 1\npeople:\n" + "  - {name: x, fax: 1}\n" * 500
    assert len(refused(text)) == 100


@pytest.mark.parametrize("number", ["11010519491231002X", "6222 0212 3456 7890 128", "机密★1年"])
def test_what_is_not_kept_here_is_refused_in_a_file_too(number: str) -> None:
    assert refused(f"version: 1\npeople:\n  - {{name: 甲, agency: 乙, job_title: {number}}}\n")[0][0] == 3
