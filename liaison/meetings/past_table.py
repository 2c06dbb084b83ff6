"""历次会议 as a table: which columns there are, how a row is read, where exactly something is wrong, and the template. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from liaison.checks import Check
from liaison.documents.headed import EXAMPLE_MARKS, Kind, Line, Wrong, day, is_of, lines_of
from liaison.i18n import N_, Words, gettext_for
from liaison.meetings.models import KINDS, NUMBERED_KINDS
from liaison.meetings.past_cells import arabic, are_several, is_headcount, person_in, texts_in
from liaison.meetings.wording import KIND_NAMES

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("日期", "会议日期", "召开日期", "Date"),
    "title": ("会议名称", "名称", "Title of the meeting", "Title"),
    "kind": ("类别", "会议类别", "Kind"),
    "ordinal": ("会次", "总会次", "Number in all", "ordinal"),
    "time": ("开始时间", "时间", "Begins at", "time"),
    "duration_minutes": ("时长", "Length", "Length in minutes", "duration_minutes"),
    "location": ("地点", "会议地点", "Place", "location"),
    "host_agency_id": ("承办单位", "Host agency", "Host", "host_agency_id"),
    "chair": ("主持人", "Chair"),
    "present": ("出席单位", "参会单位", "Agencies present", "present"),
    "items": ("议题", "议程", "Agenda items", "Agenda"),
    "decisions": ("议定事项", "Decisions"),
}
"""How each column may be called; a unit in brackets is left out of account."""
WRITTEN: Mapping[str, str] = {
    "date": N_("Date"),
    "title": N_("Title of the meeting"),
    "kind": N_("Kind"),
    "ordinal": N_("Number in all"),
    "time": N_("Begins at"),
    "duration_minutes": N_("Length in minutes"),
    "location": N_("Place"),
    "host_agency_id": N_("Host agency"),
    "chair": N_("Chair"),
    "present": N_("Agencies present"),
    "items": N_("Agenda items"),
    "decisions": N_("Decisions"),
}
"""The headings of the template."""
MOST_ROWS = 150
"""So many meetings are entered at once: each takes a thirtieth of a second, in which nobody else writes."""
KIND = Kind(
    columns=COLUMNS,
    needed=("date", "title", "kind"),
    other_headings=N_("These are not the headings of past meetings. Needed at least: %(headings)s."),
    unit=re.compile(r"\([^()]*\)$"),
    most_rows=MOST_ROWS,
    most_cell=20_000,
)
USUAL_START = time(9)
USUAL_MINUTES = 120
"""What a meeting begins at and lasts where the table says nothing: a record needs both."""
PUT_BETWEEN = N_("Please put 、 between the names: “%(said)s”.")
MOST_NAMES, MOST_LINES = 100, 100
_KINDS = {
    gettext_for(locale)(name).replace(" ", "").casefold(): kind
    for locale in ("zh_CN", "en")
    for kind, name in KIND_NAMES.items()
} | {kind: kind for kind in KINDS} | {"联合普法": "legal_education", "讲座": "lecture", "联席会议": "regular"}  # fmt: skip
_TIME = re.compile(r"(\d{1,2})[:时点](\d{1,2})?(?::\d{2})?分?")
_LENGTH = re.compile(r"(\d{1,4})(?:分钟|分|min|minutes)?")
_HOURS = re.compile(r"(\d{1,2}(?:\.\d)?)(?:个?小时|h|hours?)")
_IN_ALL = re.compile(r"总?第?(\d{1,4})次?")
_IN_BOTH = re.compile(r"(?:\d{4}年)?第(\d{1,3})次[(,、 ]*总第(\d{1,4})次\)?")
_OF_YEAR = re.compile(r"(\d{4})年")
_BETWEEN = re.compile(r"[、;,\n](?![^()]*\))")
_CHINESE = re.compile("[一二三四五六七八九十]+")


@dataclass(frozen=True, slots=True)
class There:
    """An agency that was there, by the name in the table, and its people, (name, job title), where the table says them in brackets."""

    agency: str
    people: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """One row that could be read: where it stands, and what it says; `line` finds the address of its cells. `host` is empty where the row
    names none."""

    line: Line
    kind: str
    title: str
    on: date
    starts: time
    minutes: int
    ordinal: int | None
    ordinal_in_year: int | None
    location: str | None
    host: str
    chair: str
    present: tuple[There, ...]
    items: tuple[str, ...]
    decisions: tuple[str, ...]

    @property
    def at(self) -> int:
        """Its row, from 1."""
        return self.line.at


def is_past_meetings(table: Iterable[Sequence[str]]) -> bool:
    """Whether a table's first row that holds anything has the headings of past meetings."""
    return is_of(KIND, table)


def read(table: Iterable[Sequence[str]], *, today: date) -> Iterator[Past | Wrong]:
    """Each row that holds something, read, or what is wrong in it, place by place. A file that cannot be read is wrong as a whole."""
    for line in lines_of(KIND, table):
        if isinstance(line, Wrong):
            yield line
        elif (past := _past(line, today)) is not None and not line.check.errors:
            yield past
        else:
            yield from line.wrong()


def _past(line: Line, today: date) -> Past | None:
    check = line.check
    said = {name: line.cells.get(name, "") for name in COLUMNS}
    on = check.day("date", day(check, "date", said["date"]), required=True)
    if on is not None and on > today:
        check.refuse("date", N_("This lies in the future. Schedule a meeting instead."))
    kind = _KINDS.get(_plain(said["kind"]), "")
    if not kind:
        names = tuple(gettext_for("zh_CN")(KIND_NAMES[one]) for one in KINDS)
        check.refuse("kind", N_("Please choose one of: %(choices)s."), choices=names)
    in_year, in_all = _ordinals(check, said["ordinal"], on)
    if in_all is not None and kind and kind not in NUMBERED_KINDS:
        check.refuse("ordinal", N_("Only regular and extraordinary meetings are numbered. Please leave this empty."))
    past = Past(
        line=line,
        kind=kind,
        title=check.required_text("title", said["title"], most=200),
        on=on or today,
        starts=_starts(check, said["time"]),
        minutes=_minutes(check, said["duration_minutes"]),
        ordinal=in_all,
        ordinal_in_year=in_year,
        location=check.text("location", said["location"], most=200),
        host=check.text("host_agency_id", said["host_agency_id"], most=60) or "",
        chair=check.text("chair", said["chair"], most=60) or "",
        present=_present(check, said["present"]),
        items=_texts(check, "items", said["items"], most=200, apart="、"),
        decisions=_texts(check, "decisions", said["decisions"], most=2000),
    )
    return None if check.errors else past


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _starts(check: Check, text: str) -> time:
    """09:30, 9：30, 9时30分, 14:30:00; USUAL_START where nothing is said."""
    found = _TIME.fullmatch(_plain(text))
    if not text:
        return USUAL_START
    if found and int(found[1]) < 24 and int(found[2] or 0) < 60:
        return time(int(found[1]), int(found[2] or 0))
    check.refuse("time", N_("Please give a time such as 14:30."))
    return USUAL_START


def _minutes(check: Check, text: str) -> int:
    """90, 90分钟 or 1.5小时; USUAL_MINUTES where nothing is said."""
    plain = _plain(text)
    if not plain:
        return USUAL_MINUTES
    if hours := _HOURS.fullmatch(plain):
        return _length(check, round(float(hours[1]) * 60))
    if found := _LENGTH.fullmatch(plain):
        return _length(check, int(found[1]))
    check.refuse("duration_minutes", N_("Please give the length in minutes, such as 90."))
    return USUAL_MINUTES


def _length(check: Check, minutes: int) -> int:
    check.number("duration_minutes", minutes, least=5, most=7 * 24 * 60)
    return minutes


def _ordinals(check: Check, text: str, on: date | None) -> tuple[int | None, int | None]:
    """(in the year, in all): 总第19次, 19, or 2026年第4次（总第19次）, where the year has to be that of the day."""
    plain = _CHINESE.sub(lambda found: arabic(found[0]), _plain(text))
    if not plain:
        return None, None
    year = _OF_YEAR.match(plain)
    if year and on is not None and int(year[1]) != on.year:
        check.refuse("ordinal", N_("This is a number of %(year)s; the meeting was in %(of)s."), year=year[1], of=str(on.year))  # fmt: skip
    elif both := _IN_BOTH.fullmatch(plain):
        return _number(check, int(both[1])), _number(check, int(both[2]))
    elif alone := _IN_ALL.fullmatch(plain):
        return None, _number(check, int(alone[1]))
    check.refuse("ordinal", N_("Please give the number in all, such as 19, or with the one in the year, such as 2026年第4次（总第19次）."))  # fmt: skip
    return None, None


def _number(check: Check, number: int) -> int:
    check.number("ordinal", number, least=1, most=9999)
    return number


def _present(check: Check, text: str) -> tuple[There, ...]:
    text = check.text("present", text, most=KIND.most_cell, lines=True) or ""
    found = []
    for one in _BETWEEN.split(text.translate(str.maketrans("（）；，", "();,"))):
        agency, _, names = one.strip().partition("(")
        people = []
        for said in re.split(r"[、,;\n]", names.rstrip(") ")):
            if not said.strip() or is_headcount(said):
                continue
            if are_several(said):
                check.refuse("present", PUT_BETWEEN, said=said.strip()[:60])
            name, title = person_in(said)
            check.text("present", name, most=60)
            check.text("present", title, most=80)
            people.append((name, title))
        if agency.strip():
            found.append(There(agency.strip(), tuple(people)))
    if sum(len(one.people) or 1 for one in found) > MOST_NAMES:
        check.refuse("present", N_("At most %(most)s names in all, please."), most=MOST_NAMES)
    return tuple(found)


def _texts(check: Check, name: str, text: str, *, most: int, apart: str = "") -> tuple[str, ...]:
    found = [said for one in texts_in(text, apart=apart) if (said := check.text(name, one, most=most))]
    if len(found) > MOST_LINES:
        check.refuse(name, N_("At most %(most)s lines, please."), most=MOST_LINES)
    return tuple(found)


def template(words: Words) -> list[list[str]]:
    """The headings above a marked example, for officers to fill in."""
    chinese = words.locale == "zh_CN"
    example = [
        EXAMPLE_MARKS[0 if chinese else 1] + "2024-06-20",
        "2024年第二季度联席会议",
        words._(KIND_NAMES[KINDS[0]]),
        "总第7次",
        "14:30",
        "120",
        "区检察院三楼会议室",
        "区检察院",
        "陈志远",
        "区检察院、区司法局",
        "通报上季度工作情况\n研究支持起诉案件衔接办法",
        "每月5日前交换案件清单。",
    ]
    return [[words._(heading) for heading in WRITTEN.values()], example]
