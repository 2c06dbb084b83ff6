"""A calendar that came by mail, from text to values: as much as an answer needs, and forgiving, for clients write what they like.

icalendar is not asked: its objects refuse a whole calendar for one odd property and take a time in an unknown zone for local time, and
its splitting of lines takes a second for 1 MB of parameters. Of an answer only PARTSTAT and COMMENT are ever taken over (TRUST.md "Inputs"); the
times of a counter proposal are shown to an officer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from liaison.calendaring.answers import Answer
from liaison.calendaring.foreign_zones import Zones

MOST_LINES = 20_000
MOST_DEPTH = 8
MOST_COMMENT = 2_000
MOST_LINE = 20_000
_FOLD = re.compile("(?:\r{0,2}\n|\r)[ \t]")
_END = re.compile("\r{0,2}\n|\r")
"""Also CR CR LF, which a mailer makes of CR LF."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Another time that somebody proposes: UTC instants, None where it is not said or in a zone nobody knows."""

    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """What the first event of a calendar says; `method` in capitals and empty where there is none, `dtstamp` a UTC instant."""

    method: str
    uid: str = ""
    sequence: int = 0
    dtstamp: datetime | None = None
    answers: tuple[Answer, ...] = ()
    comment: str = ""
    proposed: Proposed | None = None


def read_calendar(text: str) -> CalendarPart | None:
    """The first event (or other thing with a UID) of a calendar; None if the text is none, is too deep or has too many lines."""
    method, uid, sequence, comment = "", "", 0, ""
    times: dict[str, tuple[str, str]] = {}
    answers: list[Answer] = []
    inside: list[str] = []
    zones = Zones()
    entered = False
    for name, params, value in _lines(text):
        if inside[:2] == ["VCALENDAR", "VTIMEZONE"]:
            zones.note(inside, name, value)
        if name == "BEGIN":
            inside.append(value.upper())
            if len(inside) > MOST_DEPTH:
                return None
            if inside == ["VCALENDAR", "VEVENT"]:
                if entered:
                    break  # one UID has one event here; further ones are of a recurrence
                entered = True
        elif name == "END":
            if inside:
                inside.pop()
        elif inside == ["VCALENDAR"] and name == "METHOD":
            method = value.strip().upper()[:40]
        elif inside == ["VCALENDAR", "VEVENT"]:
            if name == "UID":
                uid = value.strip()[:400]
            elif name == "SEQUENCE":
                sequence = _number(value)
            elif name in ("DTSTAMP", "DTSTART", "DTEND"):
                times.setdefault(name, (value, params.get("TZID", "")))
            elif name == "COMMENT" and len(comment) < MOST_COMMENT:
                comment = "\n".join(filter(None, (comment, _text(value))))
            elif name == "ATTENDEE":
                answers.append(_answer(params, value))
    if not inside and not entered and not method:
        return None
    stamps = {name: _instant(*clock, zones) for name, clock in times.items()}
    proposed = Proposed(stamps.get("DTSTART"), stamps.get("DTEND")) if method == "COUNTER" else None
    return CalendarPart(
        method=method,
        uid=uid,
        sequence=sequence,
        dtstamp=stamps.get("DTSTAMP"),
        answers=tuple(answers),
        comment=comment[:MOST_COMMENT],
        proposed=proposed,
    )


_NAME = re.compile(r"\s{0,9}([A-Za-z0-9-]{1,60})\s{0,9}")
_PARAMETER = re.compile(
    r';\s{0,9}([A-Za-z0-9-]{1,60})\s{0,9}=\s{0,9}("[^"]{0,1000}"|[^";:]*)(?:,"[^"]{0,1000}"){0,9}\s{0,9}'
)
_BEFORE_ADDRESS = re.compile(r".*(?=mailto:)", re.IGNORECASE)


def _lines(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name in capitals, parameters with names in capitals, and value of each line that is one.

    Where an ATTENDEE is not written as it should be, as by clients that do not quote a name with a colon or quotes in it, the
    parameters are taken wherever they stand."""
    lines = _END.split(_FOLD.sub("", text.lstrip("\ufeff \t\r\n")))
    for line in lines[:MOST_LINES]:
        found = _NAME.match(line) if len(line) <= MOST_LINE else None
        if found is None:
            continue
        name, at, params = found[1].upper(), found.end(), {}
        while parameter := _PARAMETER.match(line, at):
            params[parameter[1].upper()] = parameter[2].strip('" ')
            at = parameter.end()
        as_it_should_be = line[at : at + 1] == ":"
        value = line[at + 1 :] if as_it_should_be else line.partition(":")[2]
        if name == "ATTENDEE" and not (as_it_should_be and _address(value)) and "mailto:" in line.lower():
            params = {key.upper(): each.strip('" ') for key, each in _PARAMETER.findall(line)}
            value = _BEFORE_ADDRESS.sub("", line)
        yield name, params, value


def _answer(params: dict[str, str], value: str) -> Answer:
    """Apple writes the address into EMAIL where the value is a path of its own server."""
    partstat = params.get("PARTSTAT", "").upper() or "NEEDS-ACTION"
    address = _address(value) or _address(params.get("EMAIL", ""))
    return Answer(address, partstat[:40], _address(params.get("DELEGATED-TO", "")))


def _address(value: str) -> str:
    """A mail address in lower case of `mailto:` in any case, or of an address without it."""
    found = re.sub(r"(?i)^mailto:", "", value.strip()).strip(" <>").lower()
    return found if len(found) <= 254 and _ADDRESS.fullmatch(found) else ""


_ADDRESS = re.compile(r'[^\s@;:,<>"()]+@[^\s@;:,<>"()]+')


def _number(value: str) -> int:
    digits = value.strip()
    return min(int(digits), 2**31) if digits.isascii() and digits.isdigit() and len(digits) < 12 else 0


def _text(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), value).strip()


def _instant(value: str, tzid: str, zones: Zones) -> datetime | None:
    """A UTC instant; None for a date, nonsense, a year no meeting is in, or a clock in a zone that nobody knows."""
    clock, in_utc = value.strip().removesuffix("Z"), value.strip().endswith("Z")
    zone = UTC if in_utc else zones.zone(tzid)
    if zone is None:
        return None
    try:
        instant = datetime.strptime(clock, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if 1950 <= instant.year < 2200 else None
