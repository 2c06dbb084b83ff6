"""What a brief says, drafted from facts alone: nothing in it is judged, rounded up or guessed, and no person of a case is named. Pure.

In Chinese as the agencies' own briefs put it (PRACTICE.md, the model case); in English for a reader of English."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.i18n import Words
from liaison.meetings.activity_models import FIGURES
from liaison.results import terms, yuan
from liaison.results.periods import Period, half_of, quarter_of, year_of
from liaison.results.sums import Cell, Sum, by, total

SUPPORTED = "支持起诉意见被采纳"
_COUNTED = {
    "brochures": ("发放宣传册{}册", "{} brochures handed out"),
    "consultations": ("现场咨询{}人次", "{} people advised"),
    "turnout": ("到场{}人", "{} people there"),
    "leads": ("发现线索{}条", "{} leads found"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """How the cooperation went in the period: how often, and how many items were done."""

    meetings: int
    activities: int
    actions: int


@dataclass(frozen=True, slots=True)
class Told:
    """A meeting or activity as its record says it; of items and decisions those that every member may know."""

    on: date
    title: str
    location: str | None
    host: str
    others: Sequence[str]
    """The other agencies that were there."""
    chair: str | None
    items: Sequence[str]
    decisions: Sequence[str]
    figures: dict[str, int | None] | None
    """Of an activity, what was counted; None of a meeting."""
    audience: Sequence[str]


def of_results(
    words: Words, period: Period, cells: Sequence[Cell], groups: Sequence[Sum], work: Work, *, to_last: bool
) -> str:
    """The account of a period: "2021年以来，共办理民事支持起诉案件39件，帮助31名农民工追回劳动报酬86.9万元，帮助8名老年人、未成年人追索赡养费、抚养费。"

    `groups` as `sums.for_papers` gives them. `to_last`: the period ends with the last case on record or later."""  # fmt: skip
    since = _since(words, period, to_last)
    parts = [_cases(words, cells), *_helped(words, cells, groups)]
    if words.locale == "zh_CN":
        done = [f"召开联席会议{work.meetings}次", f"办结落实事项{work.actions}项", f"开展联合活动{work.activities}场"]
        said = [text for text, n in zip(done, (work.meetings, work.actions, work.activities), strict=True) if n]
        return f"{since}，{'，'.join(parts)}。" + (f"其间，{'，'.join(said)}。" if said else "")
    done = [f"{n} {one if n == 1 else many}" for n, one, many in ((work.meetings, "joint meeting", "joint meetings"), (work.actions, "action item done", "action items done"), (work.activities, "joint activity", "joint activities")) if n]  # fmt: skip
    return f"{since}, {'; '.join(parts)}." + (f" In that time: {', '.join(done)}." if done else "")


def of_meeting(words: Words, told: Told) -> str:
    """The account of a meeting, or of an activity with what was counted there."""
    return _meeting_zh(words, told) if words.locale == "zh_CN" else _meeting_en(words, told)


def _since(words: Words, period: Period, to_last: bool) -> str:
    chinese = words.locale == "zh_CN"
    first = period.first
    if period == year_of(first.year):
        return f"{first.year}年" if chinese else f"In {first.year}"
    whole = [half_of(first.year, 1), half_of(first.year, 2), *(quarter_of(first.year, n) for n in range(1, 5))]
    if period in whole:
        return period.named(words) if chinese else f"In {period.named(words)}"
    if to_last and (first.month, first.day) == (1, 1):
        return f"{first.year}年以来" if chinese else f"Since {first.year}"
    if to_last:
        return f"{words.date(first)}以来" if chinese else f"Since {words.date(first)}"
    dates = f"{words.date(first)}至{words.date(period.last)}"
    return dates if chinese else f"From {words.date(first)} to {words.date(period.last)}"


def _cases(words: Words, cells: Sequence[Cell]) -> str:
    number = sum(one.cases for one in cells)
    supported = bool(cells) and all(SUPPORTED in (one.result or "") for one in cells)
    if words.locale == "zh_CN":
        return f"共办理{'民事支持起诉案件' if supported else '案件'}{number}件"
    kind = "civil prosecution was supported in" if supported else "the agencies closed"
    return f"{kind} {number} {'case' if number == 1 else 'cases'}"


def _helped(words: Words, cells: Sequence[Cell], groups: Sequence[Sum]) -> list[str]:
    found = []
    for one in sorted(groups, key=lambda each: (each.word != terms.WORKERS, -each.people)):
        theirs = [cell for cell in cells if cell.group in one.words]
        for paid in (True, False):  # who recovered money, and who did not: neither is said of the other
            some = [cell for cell in theirs if cell.paid is paid]
            if any(cell.people for cell in some):
                found.append(_one_group(words, one.words, some, paid=paid))
    return found


def _one_group(words: Words, names: Sequence[str], some: Sequence[Cell], *, paid: bool) -> str:
    sum_ = total(some)
    causes = [each.word for each in by(some, lambda cell: cell.cause)]
    sought = [cause.removeprefix("追索") for cause in causes if cause.startswith("追索")]
    named = "、".join(sought) if len(sought) == len(causes) <= 3 else ""
    if words.locale == "zh_CN":
        who = f"帮助{sum_.people}名{'、'.join(names)}"
        if paid:
            return f"{who}追回{named or '款项'}{yuan.in_words(sum_.amount_recovered)}"
        return f"{who}追索{named}" if named else who
    who = f"{sum_.people} people ({', '.join(terms.shown(words, name, terms.GROUPS).lower() for name in names)}) were helped"  # fmt: skip
    return f"{who} and recovered {yuan.grouped(sum_.amount_recovered)} yuan" if paid else who


def _meeting_zh(words: Words, told: Told) -> str:
    day = words.date(told.on)
    place = f"在{told.location}" if told.location else ""
    others = f"会同{'、'.join(told.others)}" if told.others else ""
    if told.figures is not None:
        counted = [_COUNTED[name][0].format(value) for name in FIGURES if (value := told.figures.get(name)) is not None]
        audience = f"，面向{'、'.join(told.audience)}" if told.audience else ""
        said = f"{day}，{told.host}{others}{place}开展“{told.title}”活动{audience}"
        return f"{said}，{'，'.join(counted)}。" if counted else f"{said}。"
    there = f"{'、'.join(told.others)}参加会议。" if told.others else ""
    chair = f"{told.chair}主持会议。" if told.chair else ""
    paragraphs = [f"{day}，{told.host}{place}承办“{told.title}”。{chair}{there}"]
    if told.items:
        paragraphs.append(f"会议共有议题{len(told.items)}项：{'；'.join(told.items)}。")
    if told.decisions:
        listed = "\n".join(f"{n}. {text}" for n, text in enumerate(told.decisions, 1))
        paragraphs.append(f"会议议定事项{len(told.decisions)}项：\n{listed}")
    return "\n".join(paragraphs)


def _meeting_en(words: Words, told: Told) -> str:
    place = f" at {told.location}" if told.location else ""
    others = f" with {', '.join(told.others)}" if told.others else ""
    said = f"On {words.date(told.on)}, {told.host}{others} held “{told.title}”{place}."
    if told.figures is not None:
        counted = [_COUNTED[name][1].format(value) for name in FIGURES if (value := told.figures.get(name)) is not None]
        return said + (f" {'; '.join(counted)}." if counted else "")
    paragraphs = [said + (f" {told.chair} was in the chair." if told.chair else "")]
    if told.items:
        paragraphs.append(f"Items ({len(told.items)}): {'; '.join(told.items)}.")
    if told.decisions:
        listed = "\n".join(f"{n}. {text}" for n, text in enumerate(told.decisions, 1))
        paragraphs.append(f"Decisions ({len(told.decisions)}):\n{listed}")
    return "\n".join(paragraphs)


def figures_of(cells: Sequence[Cell]) -> dict[str, object]:
    """The sums that a brief on results was drafted from, for its source."""
    one = total(cells)
    return {"cases": one.cases, "people": one.people, "amount_recovered": yuan.plain(one.amount_recovered)}
