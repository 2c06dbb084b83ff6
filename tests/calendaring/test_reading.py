"""What is read of a calendar that came by mail, however it is written."""

from datetime import UTC, datetime

import pytest

from liaison.calendaring.answers import Answer
from liaison.calendaring.reading import CalendarPart, Proposed, read_calendar

LIU = "liu@sfj.example"


def read(*lines: str, method: str = "REPLY", end: str = "\r\n") -> CalendarPart:
    text = ("BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", "UID:u", *lines, "END:VEVENT", "END:VCALENDAR", "")
    part = read_calendar(end.join(text))
    assert part is not None
    return part


@pytest.mark.parametrize(
    "line",
    [
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:liu@sfj.example",
        "ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:Liu@SFJ.example",
        "attendee;partstat=accepted:mailto:liu@sfj.example",
        "ATTENDEE;PARTSTAT=ACCEPTED:liu@sfj.example",
        "ATTENDEE;PARTSTAT=ACCEPTED: mailto:<liu@sfj.example> ",
        'ATTENDEE;PARTSTAT="ACCEPTED";RSVP=FALSE:mailto:liu@sfj.example',
        'ATTENDEE;CN="Liu: of; the, office";PARTSTAT=ACCEPTED:mailto:liu@sfj.example',
        "ATTENDEE;CN=Liu:office;PARTSTAT=ACCEPTED:mailto:liu@sfj.example",
        'ATTENDEE;CN=L"i"u;PARTSTAT=ACCEPTED:mailto:liu@sfj.example',
        'ATTENDEE;CN="Liu;PARTSTAT=ACCEPTED:mailto:liu@sfj.example',
        "ATTENDEE ; PARTSTAT = ACCEPTED : mailto:liu@sfj.example",
        "ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=liu@sfj.example:/aMTA5/principal/",
        'ATTENDEE;PARTSTAT=ACCEPTED;EMAIL="liu@sfj.example":urn:uuid:1',
        "ATTENDEE;PART\r\n STAT=ACCEPTED:mail\r\n\tto:liu@sfj.example",
        "ATTENDEE;PART\n STAT=ACCEPTED:mail\r\r\n to:liu@sfj.example",
    ],
)
def test_who_answers_what_is_understood_however_it_is_written(line: str) -> None:
    assert read(line).answers == (Answer(LIU, "ACCEPTED"),)


@pytest.mark.parametrize(
    "value", ["", "mailto:", "mailto:a b@c.example", "mailto:a@b@c.example", "urn:uuid:1", "mailto:" + "a" * 300 + "@b"]
)
def test_what_is_no_address_is_nobodys(value: str) -> None:
    assert read(f"ATTENDEE;PARTSTAT=ACCEPTED:{value}").answers == (Answer("", "ACCEPTED"),)


def test_without_partstat_nothing_is_answered() -> None:
    assert read(f"ATTENDEE:mailto:{LIU}").answers == (Answer(LIU, "NEEDS-ACTION"),)


def test_whom_they_send_instead_is_read() -> None:
    line = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Wu@sfj.example","mailto:x@y.example":mailto:{LIU}'
    assert read(line).answers == (Answer(LIU, "DELEGATED", "wu@sfj.example"),)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\r\n"])
def test_any_line_end_is_one(end: str) -> None:
    part = read("SEQUENCE:4", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{LIU}", end=end)
    assert (part.method, part.uid, part.sequence, part.answers) == ("REPLY", "u", 4, (Answer(LIU, "DECLINED"),))


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 7 ", 7), ("", 0), ("-1", 0), ("1.5", 0), ("x", 0), ("１", 0), ("9" * 11, 2**31), ("9" * 5000, 0)],
)
def test_a_sequence_that_is_no_number_is_none(text: str, number: int) -> None:
    assert read(f"SEQUENCE:{text}").sequence == number


HALF_PAST_TWO = datetime(2026, 12, 18, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("DTSTART:20261218T063000Z", HALF_PAST_TWO),
        ("DTSTART;TZID=Asia/Shanghai:20261218T143000", HALF_PAST_TWO),
        ('DTSTART;TZID="Asia/Shanghai":20261218T143000', HALF_PAST_TWO),
        ("DTSTART;TZID=China Standard Time:20261218T143000", HALF_PAST_TWO),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Asia/Shanghai:20261218T143000", HALF_PAST_TWO),
        ("DTSTART;TZID=Nowhere/Town:20261218T143000", None),
        ("DTSTART;TZID=../../etc/passwd:20261218T143000", None),
        ("DTSTART:20261218T143000", None),
        ("DTSTART;VALUE=DATE:20261218", None),
        ("DTSTART:00010101T000000Z", None),
        ("DTSTART;TZID=America/New_York:99991231T235959", None),
        ("DTSTART:22000101T000000Z", None),
        ("DTSTART:soon", None),
    ],
)
def test_a_time_is_an_instant_or_nothing_and_never_taken_for_local(line: str, instant: datetime | None) -> None:
    assert read(line, method="COUNTER").proposed == Proposed(instant, None)


def zone(tzid: str, *offsets: str, more: str = "") -> str:
    """A VTIMEZONE, as it stands before the event."""
    parts = [f"BEGIN:STANDARD\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:{each}\r\nEND:STANDARD" for each in offsets]
    return "\r\n".join(("BEGIN:VTIMEZONE", f"TZID:{tzid}{more}", *parts, "END:VTIMEZONE", ""))


@pytest.mark.parametrize(
    "tzid",
    [
        "China Standard Time", "china standard time", "PRC", "Asia/Chongqing", "中国标准时间", "北京时间", "Asia/Beijing", "Beijing",
        "北京，重庆，香港特别行政区，乌鲁木齐", "(UTC+08:00) 北京，重庆，香港特别行政区，乌鲁木齐", "(UTC+08:00) Beijing, Hong Kong",
        "Beijing, Chongqing, Hong Kong, Urumqi", "GMT+08:00", "UTC+8", "(GMT+08:00)", "GMT +0800",
    ],
)  # fmt: skip
def test_the_names_that_chinese_programs_give_their_zone_are_known(tzid: str) -> None:
    line = f'DTSTART;TZID="{tzid}":20261218T143000'
    assert read(line, method="COUNTER").proposed == Proposed(HALF_PAST_TWO, None)


@pytest.mark.parametrize(
    ("defined", "tzid", "known"),
    [
        (zone("Customized Time Zone", "+0800"), "Customized Time Zone", True),
        (zone("Customized Time Zone", "+0800", "+0800"), "Customized Time Zone", True),
        (zone("Customized Time Zone", "+080000"), "Customized Time Zone", True),
        (zone("tzone://Microsoft/Custom", "+0900") + zone("Ours", "+0800"), "Ours", True),
        (zone("Ours", "+0900", "+0800", more="\r\nX-LIC-LOCATION:Asia/Shanghai"), "Ours", True),
        (zone("GMT+9", "+0800"), "GMT+9", True),  # what it defines, not what it is called
        (zone("Customized Time Zone", "+0900", "+0800"), "Customized Time Zone", False),
        (zone("GMT+8", "+0900", "+0800"), "GMT+8", False),
        (zone("Ours", "+0800"), "Theirs", False),
        (zone("Ours", "eight"), "Ours", False),
        (zone("Ours", "+9900"), "Ours", False),
        (zone("Ours"), "Ours", False),
        ("", "(UTC+01:00) Amsterdam, Berlin", False),  # in summer it is another
        ("", "CST", False),
        ("", "Etc/GMT-8", True),
        ("", "Etc/GMT+8", False),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_a_zone_that_the_calendar_defines_by_one_distance_is_known_and_none_is_guessed(
    defined: str, tzid: str, known: bool, after: bool
) -> None:
    event = f"BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID={tzid}:20261218T143000\r\nEND:VEVENT\r\n"
    if ":" in tzid:
        event = event.replace(tzid, f'"{tzid}"')
    lines = event + defined if after else defined + event
    part = read_calendar(f"BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\n{lines}END:VCALENDAR\r\n")
    assert part is not None
    assert part.proposed is not None
    assert (part.proposed.starts_at == HALF_PAST_TWO) is known
    assert (part.proposed.starts_at is not None) is (known or tzid == "Etc/GMT+8")


def test_only_the_first_event_and_nothing_within_its_alarms_is_read() -> None:
    part = read(
        "BEGIN:VALARM", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{LIU}", "UID:other", "END:VALARM", "END:VEVENT", "BEGIN:VEVENT",
        "UID:second", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{LIU}",
    )  # fmt: skip
    assert (part.uid, part.answers) == ("u", ())


def test_comments_are_put_together_unescaped_and_kept_short() -> None:
    assert read("COMMENT;LANGUAGE=zh-CN:一\\, 二\\n三\\\\n", "COMMENT:四").comment == "一, 二\n三\\n\n四"
    assert len(read("COMMENT:" + "x" * 9000).comment) == 2000


@pytest.mark.parametrize("text", ["", "hello", "VERSION:2.0", "BEGIN:VCALENDAR\r\n" * 9, "BEGIN:VCARD\r\nUID:1\r\n"])
def test_what_is_no_calendar_or_too_deep_is_none(text: str) -> None:
    part = read_calendar(text)
    assert part is None or (part.method, part.uid, part.answers) == ("", "", ())
