"""Charts as SVG text made of attributes and classes alone (the CSP allows no inline style), worded in the reader's language.

Each stands beside a table that says the same, so the picture itself is one image with a label."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from liaison.directory.models import Agency
from liaison.i18n import N_, Words
from liaison.mechanisms.rhythm import ANNOUNCED, CANCELLED, DRAFT, HELD, POSTPONED, StripMark, YearRhythm

LABELS = 20.0  # per cent of the width for the names of the rows
ROW = 34
CHARACTERS = 96.0  # so many Latin characters of 12 px fit across the narrowest wide picture (40 rem)
NARROW_ROW, NARROW_CHARACTERS = 52, 38.0  # on a phone the names stand above their bars (16 rem)
AXIS, MONTHS = 68, 134
LANES = (95, 111, 53)
"""Where the year strip writes dates: below the marks, further below, and above them where meetings stand close together."""
APART = 12.0  # per cent of the width that one date takes on a phone
NAMES, NAMES_APART = 50, 10.0  # where the kinds of meetings stand, on wide pages, and what one takes of the width


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a row: who, and whether it is past, present, to come or a vacancy."""

    starts_on: date
    ends_on: date | None
    text: str
    kind: str
    """office, deputy, past or gap"""


@dataclass(frozen=True, slots=True)
class Row:
    """One agency and role."""

    agency: Agency
    role: str
    bars: Sequence[Bar]


def slot_of(agency: Agency) -> int:
    """The agency's colour and shape, 1 to 9: its place in the directory, as `ui.slot_of` in the templates."""
    return ((agency.sort_order if agency.sort_order <= 9 else agency.id) - 1) % 9 + 1


def year_strip(words: Words, year: int, today: date, marks: Sequence[StripMark]) -> Markup:
    """The year from January to December with a mark for each meeting; it fits any width from 16 rem on."""
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    parts = []
    for q in range(4):
        if q % 2 == 0:
            parts.append(f'<rect x="{q * 25}%" width="25%" y="0" height="{MONTHS - 16}" class="sv-q"/>')
        name = quarter_name(words, q + 1)
        parts.append(f'<text x="{q * 25 + 0.8}%" y="16" class="sv-t">{escape(name)}</text>')
    parts.append(f'<line x1="0" x2="100%" y1="{AXIS}" y2="{AXIS}" class="sv-axis"/>')
    if today >= start:
        now = min(_percent(today, start, end), 100.0)
        parts.append(f'<line x1="0" x2="{now:.2f}%" y1="{AXIS}" y2="{AXIS}" class="sv-path"/>')
        if today < end:
            parts.append(f'<line x1="{now:.2f}%" x2="{now:.2f}%" y1="40" y2="{AXIS + 10}" class="sv-today"/>')
            parts.append(
                f'<text x="{now:.2f}%" y="35" text-anchor="{_anchor(now)}" class="sv-r">{words._("today")}</text>'
            )
    for month in range(1, 13):
        x = (month - 0.5) * 100 / 12
        name = words.month_name(date(year, month, 1))
        look = "sv-t" if month % 2 else "sv-t sv-even"
        parts.append(f'<text x="{x:.2f}%" y="{MONTHS}" text-anchor="middle" class="{look}">{name}</text>')
    today_at = _percent(today, start, end)
    named = -100.0
    taken: list[float] = [-100.0] * len(LANES)
    dated: set[date] = set()
    for mark in marks:
        x = _percent(mark.date, start, end)
        lane = next((n for n, last in enumerate(taken) if x - last >= APART), None)
        if mark.date in dated or mark.activity or lane is None:
            parts.append(_mark(words, mark, x, None))
            continue
        parts.append(_mark(words, mark, x, LANES[lane]))
        taken[lane] = x
        dated.add(mark.date)
        is_free = x - named >= NAMES_APART and x - taken[-1] >= APART and abs(x - today_at) >= NAMES_APART / 2
        if mark.kind and lane == 0 and is_free:
            parts.append(_named(words, mark, x))
            named = x
    label = words._("Meetings of %(year)s; the table below says the same", year=year)
    return _svg(label, MONTHS + 6, parts)


def _named(words: Words, mark: StripMark, x: float) -> str:
    return f'<text x="{x:.2f}%" y="{NAMES}" text-anchor="{_anchor(x)}" class="sv-d sv-even">{escape(words._(mark.kind))}</text>'


def _mark(words: Words, mark: StripMark, x: float, dated_at: int | None) -> str:
    title = f"<title>{escape(words.plain_date(mark.date))} {escape(mark.label)}</title>"
    if mark.activity:
        drawn = (
            f'<svg x="{x:.2f}%" y="{AXIS}" overflow="visible"><rect x="-6" y="-6" width="12" height="12" '
            f'transform="rotate(45)" class="sv-g2">{title}</rect></svg>'
        )
    elif mark.state in (CANCELLED, POSTPONED):
        drawn = f'<svg x="{x:.2f}%" y="{AXIS}" overflow="visible"><path d="M-5-5 5 5M5-5-5 5" class="sv-off">{title}</path></svg>'
    else:
        look = {HELD: "sv-a", ANNOUNCED: "sv-ring", DRAFT: "sv-draft"}.get(mark.state, "sv-need")
        size = 8 if mark.regular else 5
        drawn = f'<circle cx="{x:.2f}%" cy="{AXIS}" r="{size}" class="{look}">{title}</circle>'
    if dated_at is None:
        return drawn
    day = f"{mark.date.month}/{mark.date.day}"
    return f'{drawn}<text x="{x:.2f}%" y="{dated_at}" text-anchor="{_anchor(x)}" class="sv-d">{day}</text>'


def term_chart(
    words: Words, rows: Sequence[Row], today: date, until: date | None = None, *, narrow: bool = False
) -> Markup:
    """Who was, is and will be in office, a row for each agency and role, from the first term to a year from today.

    With `until` the picture ends there. `narrow` is for a phone: names above their bars, so that nothing need be scrolled."""
    names, tall, characters, hatch = (
        (0.0, NARROW_ROW, NARROW_CHARACTERS, "hatch-s") if narrow else (LABELS, ROW, CHARACTERS, "hatch")
    )
    known = [bar for row in rows for bar in row.bars]
    earliest = min((bar.starts_on for bar in known), default=today)
    latest = max([today, *(bar.ends_on or bar.starts_on for bar in known)]) + timedelta(days=270)
    start = max(date(earliest.year, 1, 1), date(today.year - 5, 1, 1))
    end = until or date(min(latest.year, today.year + 3) + 1, 1, 1)
    height = len(rows) * tall + 30
    label = words._("Terms of the liaisons; the table below says the same")
    parts = [
        f'<defs><pattern id="{hatch}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" y1="0" x2="0" y2="6" class="sv-hl" stroke-width="2"/></pattern></defs>'
    ]

    def across(day: date) -> float:
        return names + (100 - names) * _percent(max(start, min(end, day)), start, end) / 100

    last_year = (end - timedelta(days=1)).year
    every = 2 if narrow and last_year - start.year >= 6 else 1
    for year in range(start.year, last_year + 1):
        x = across(date(year, 1, 1))
        parts.append(f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="18" y2="{height - 6}" class="sv-grid"/>')
        near = (-16, 6) if narrow else (-8, 3)  # the word “today” needs the room
        if (year - start.year) % every == 0 and not near[0] < x - across(today) < near[1]:
            name = escape(words.pgettext("year", "%(year)s", year=year))
            parts.append(f'<text x="{x + 0.4:.2f}%" y="12" class="sv-t">{name}</text>')
    for i, row in enumerate(rows):
        y = 22 + i * tall
        if i and rows[i - 1].agency.id != row.agency.id:
            parts.append(f'<line x1="0" x2="100%" y1="{y - 4}" y2="{y - 4}" class="sv-grid"/>')
        named = escape(row.agency.short_name)
        parts.append(
            f'<text x="0" y="{y + (13 if narrow else 18)}" class="sv-d">{named} '
            f'<tspan class="sv-t">{escape(row.role)}</tspan></text>'
        )
        for bar in row.bars:
            if (bar.ends_on is None or bar.ends_on > start) and bar.starts_on < end:
                x1, x2 = across(bar.starts_on), across(bar.ends_on or end)
                parts.append(_bar(words, bar, row, (x1, x2), y + tall - ROW, characters, hatch))
    x = across(today)
    if until is not None:
        return _svg(label, height, parts)
    parts.append(f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="16" y2="{height - 6}" class="sv-today"/>')
    parts.append(f'<text x="{x:.2f}%" y="12" text-anchor="{_anchor(x)}" class="sv-r">{words._("today")}</text>')
    return _svg(label, height, parts)


def term_charts(words: Words, rows: Sequence[Row], today: date, until: date | None = None) -> list[Markup]:
    """The chart for a wide page, and the one for a phone."""
    return [term_chart(words, rows, today, until, narrow=narrow) for narrow in (False, True)]


def _bar(words: Words, bar: Bar, row: Row, across: tuple[float, float], y: int, characters: float, hatch: str) -> str:
    x1, x2 = across
    slot = slot_of(row.agency)
    look, ink = {
        "office": (f"sv-g{slot}", "sv-w"),
        "deputy": (f"sv-g{slot}d", "sv-d"),
        "past": ("sv-past", "sv-d"),
        "gap": ("sv-gap", "sv-r"),
    }[bar.kind]
    last = bar.ends_on - timedelta(days=1) if bar.ends_on else None
    title = f"{row.agency.short_name} {row.role} {bar.text} {words.dates(bar.starts_on, last)}"
    width = max(x2 - x1 - 0.25, 0.3)
    fill = f' fill="url(#{hatch})"' if bar.kind == "gap" else ""
    box = (
        f'<rect x="{x1:.2f}%" width="{width:.2f}%" y="{y}" height="26" rx="4" class="{look}"{fill}>'
        f"<title>{escape(title)}</title></rect>"
    )
    if _wide(bar.text) * 100 / characters > width - 1:
        return box  # the name does not fit; the table and the title have it
    return f'{box}<text x="{x1 + 0.9:.2f}%" y="{y + 18}" class="{ink}">{escape(bar.text)}</text>'


def _wide(text: str) -> float:
    """How many Latin characters' room the text takes: a Chinese one takes two."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def _svg(label: str, height: int, parts: Sequence[str]) -> Markup:
    return Markup(f'<svg width="100%" height="{height}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>')


def _percent(day: date, start: date, end: date) -> float:
    return 100 * (day - start).days / (end - start).days


def _anchor(x: float) -> str:
    """Keep a text inside the picture."""
    return "start" if x < 4 else "end" if x > 96 else "middle"


def quarter_name(words: Words, n: int) -> str:
    """第一季度 · Quarter 1"""
    names = (N_("Quarter 1"), N_("Quarter 2"), N_("Quarter 3"), N_("Quarter 4"))
    return words._(names[n - 1])


def missed_dates(words: Words, year: YearRhythm) -> list[str]:
    """第二季度（6月18日）：防汛期间全员在岗: the dates that were promised and missed, each with its reason where one was given."""
    said = []
    for one in year.count.missed:
        name = words.month_name(date(2000, one.period, 1)) if year.by_month else quarter_name(words, one.period)
        line = words.pgettext("missed", "%(period)s (%(day)s)", period=name, day=words.plain_date(one.date, one.date))
        said.append(words._("%(date)s: %(reason)s", date=line, reason=one.reason) if one.reason else line)
    return said
