"""A report in its reader's words: the same tables on the page, on paper, as .docx and as .xlsx. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from markupsafe import Markup

from liaison.i18n import Words
from liaison.meetings.activity_models import FIGURES
from liaison.meetings.wording import FIGURE_NAMES, KIND_NAMES
from liaison.results import terms, yuan
from liaison.results.charts import Bar, bars
from liaison.results.report import Asked, Report, change, headline
from liaison.results.sums import Adoption, Cell, Sum, causes_of

NONE = "—"
MOST_CAUSES = 2
_FIGURE = re.compile(rf"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?%?|{NONE}|")


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its heading, the heads of its columns, and its rows; the first column is words, the others figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def figures(self) -> Sequence[int]:
        """The columns, from 0, that hold nothing but figures: they stand to the right."""
        columns = range(1, len(self.heads))
        return [n for n in columns if all(_FIGURE.fullmatch(row[n]) for row in self.rows)]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure in large letters: what it is, the number, its unit, and a smaller line below."""

    label: str
    number: str
    unit: str
    below: str = ""


def tiles(
    words: Words, total: Sum, groups: Sequence[Sum], *, this_year: int | None = None, cells: Sequence[Cell] = ()
) -> list[Tile]:
    """Cases; migrant workers helped and what was recovered for them, else everybody and everything; elderly people and minors. With `cells`
    each group with the causes for which it was helped most."""
    below = "" if this_year is None else words._("%(n)d of this year", n=this_year)
    found = [Tile(words._("Cases"), str(total.cases), words.pgettext("unit", "cases"), below)]
    people = words.pgettext("unit", "people")
    heads = dict(headline(groups))
    if "workers" in heads:
        causes = _causes(words, cells, heads["workers"])
        found.append(Tile(words._("Migrant workers helped"), str(heads["workers"].people), people, causes))
    else:
        found.append(Tile(words._("People helped"), str(total.people), people))
    found.append(money_tile(words, total))
    if "support" in heads:
        name = name_of(words, heads["support"], terms.GROUPS)
        found.append(Tile(name, str(heads["support"].people), people, _causes(words, cells, heads["support"])))
    return found


def _causes(words: Words, cells: Sequence[Cell], group: Sum) -> str:
    known = causes_of(cells, group.words)[:MOST_CAUSES]
    return words._(", ").join(terms.shown(words, one, terms.CAUSES) for one in known)


def sum_tiles(words: Words, total: Sum) -> list[Tile]:
    """Cases, people and money of any sum."""
    return [
        Tile(words._("Cases"), str(total.cases), words.pgettext("unit", "cases")),
        Tile(words._("People helped"), str(total.people), words.pgettext("unit", "people")),
        money_tile(words, total),
    ]


def money_tile(words: Words, one: Sum) -> Tile:
    """What was recovered: in 万元 with the exact yuan below in Chinese."""
    label, exact = words._("Amount recovered"), yuan.grouped(one.amount_recovered)
    if words.locale != "zh_CN":
        return Tile(label, exact, words._("yuan"))
    below = words._("%(amount)s yuan", amount=exact) if one.amount_recovered >= 10000 else ""
    return Tile(label, *yuan.figure(one.amount_recovered), below)


def name_of(words: Words, one: Sum, known: Mapping[str, str]) -> str:
    """The word of a sum, or the words of several groups that stand as one."""
    return words._(", ").join(terms.shown(words, word, known) for word in one.words)


def money(words: Words, amount: Decimal) -> str:
    """86.9万元（869,000元） in Chinese, 869,000 yuan in English."""
    exact = words._("%(amount)s yuan", amount=yuan.grouped(amount))
    if words.locale != "zh_CN" or amount < 10000:
        return exact
    return f"{yuan.in_words(amount)}（{exact}）"


def percent(value: Decimal | None, *, signed: bool = False) -> str:
    """97.4%, with its sign where it is a change; a dash where there is none."""
    return NONE if value is None else f"{value:+}%" if signed else f"{value}%"


def sections(words: Words, report: Report) -> list[Section]:
    """The tables of the report, those without a row left out."""
    found = [*figures_of(words, report), _cooperation(words, report), _activities(words, report)]
    return [one for one in found if one.rows]


def figures_of(words: Words, report: Report) -> list[Section]:
    """Its tables about outcomes: in all, by group, cause, agency, and year or month."""
    return [
        _in_all(words, report),
        counted(
            words,
            words._("By beneficiary group"),
            words._("Beneficiary group"),
            [(name_of(words, one, terms.GROUPS), one) for one in report.groups],
        ),
        counted(
            words,
            words._("By cause of action"),
            words._("Cause of action"),
            [(name_of(words, one, terms.CAUSES), one) for one in report.causes],
        ),
        counted(
            words,
            words._("By reporting agency"),
            words._("Reporting agency"),
            [(agency.short_name, one) for agency, one in report.agencies],
        ),
        counted(
            words,
            words._("By year") if report.by_year else words._("By month"),
            words._("Year") if report.by_year else words._("Month"),
            [(part_name(words, one), one) for one in report.parts],
        ),
    ]


def part_name(words: Words, one: Sum) -> str:
    """2026年, or 3月 in a year."""
    year, _, month = one.word.partition("-")
    return words.month_name(date(int(year), int(month), 1)) if month else words.pgettext("year", "%(year)s", year=year)


def charts(words: Words, parts: Sequence[Sum], today: date) -> list[tuple[str, str, Markup]]:
    """(title, what is counted, picture) of cases and of money by year or month; the part that today lies in is drawn as not over."""
    total = sum(one.cases for one in parts)
    recovered = sum((one.amount_recovered for one in parts), Decimal(0))
    found = []
    if total:
        label = words.ngettext("%(n)d case in all", "%(n)d cases in all", total)
        drawn = [Bar(_short(words, one, today), one.cases, str(one.cases), _is_open(one, today)) for one in parts]
        found.append((words._("Cases"), label, bars(words._("Cases by period; the table says the same"), drawn)))
    if recovered:
        unit = words._(
            "10,000 yuan, %(amount)s in all",
            amount=yuan.in_words(recovered) if words.locale == "zh_CN" else money(words, recovered),
        )
        drawn = [
            Bar(_short(words, one, today), one.amount_recovered, _in_ten_thousands(one.amount_recovered), _is_open(one, today))
            for one in parts
        ]  # fmt: skip
        picture = bars(words._("Amount recovered by period; the table says the same"), drawn)
        found.append((words._("Amount recovered"), unit, picture))
    return found


def _short(words: Words, one: Sum, today: date) -> str:
    year, _, month = one.word.partition("-")
    if month:
        return words.month_name(date(int(year), int(month), 1))
    return words._("%(year)s so far", year=year) if _is_open(one, today) else year


def _is_open(one: Sum, today: date) -> bool:
    return one.word in (str(today.year), f"{today.year}-{today.month:02}")


def _in_ten_thousands(amount: Decimal) -> str:
    return f"{(amount / 10000).quantize(yuan.FEN, ROUND_DOWN):.2f}".rstrip("0").rstrip(".")


def counted(words: Words, title: str, head: str, rows: Sequence[tuple[str, Sum]]) -> Section:
    """A table of cases, people and yuan by whatever `head` says."""
    heads = [head, words._("Cases"), words._("People helped"), words._("Amount recovered (yuan)")]
    return Section(title, heads, [[name, str(one.cases), str(one.people), yuan.grouped(one.amount_recovered)] for name, one in rows])  # fmt: skip


def _in_all(words: Words, report: Report) -> Section:
    now, before, since = report.total, report.year_before, report.since
    heads = [words._("Figure"), words._("This period"), words._("A year before"), words._("Year on year")]
    rows = [
        [name, shown_now, shown_before, percent(change(value_now, value_before), signed=True)]
        for name, shown_now, shown_before, value_now, value_before in (
            (words._("Cases"), str(now.cases), str(before.cases), now.cases, before.cases),
            (words._("People helped"), str(now.people), str(before.people), now.people, before.people),
            (words._("Amount recovered (yuan)"), yuan.grouped(now.amount_recovered), yuan.grouped(before.amount_recovered), now.amount_recovered, before.amount_recovered),
        )
    ]  # fmt: skip
    rows.append([words._("Adoption rate"), adoption(words, report.adoption), NONE, NONE])
    if report.since_on is not None and report.since_on < report.period.first:
        said = words._("%(cases)s cases, %(people)s people, %(amount)s", cases=since.cases, people=since.people, amount=money(words, since.amount_recovered))  # fmt: skip
        rows.append([words._("In all since %(day)s", day=words.date(report.since_on)), said, NONE, NONE])
    return Section(words._("In all"), heads, rows)


def adoption(words: Words, found: Adoption) -> str:
    """97.4% (38 of 39), or a dash."""
    if found.percent is None:
        return NONE
    return words._("%(percent)s (%(adopted)s of %(decided)s)", percent=percent(found.percent), adopted=found.adopted, decided=found.decided)  # fmt: skip


def _cooperation(words: Words, report: Report) -> Section:
    work = report.work
    held = words._("%(held)s held, %(promised)s promised", held=work.meetings_held, promised=work.meetings_promised)
    rows = [[words._("Joint meetings"), held]]
    if work.actions is not None:
        done = words._("%(done)s done (%(on_time)s in time), %(overdue)s overdue, %(carried)s carried over, %(open)s open", done=work.actions.done, on_time=work.actions.on_time, overdue=work.actions.overdue, carried=work.actions.carried, open=work.actions.open)  # fmt: skip
        rows.append([words._("Action items"), done])
    for name, asked in ((words._("Notices and referrals to our agency"), work.received), (words._("Notices and referrals by our agency"), work.sent)):  # fmt: skip
        if asked is not None and asked.asked:
            rows.append([name, _asked(words, asked)])
    return Section(words._("Cooperation"), [words._("Figure"), words._("This period")], rows)


def _asked(words: Words, asked: Asked) -> str:
    said = words._("%(asked)s, %(in_time)s answered in time, %(late)s late, %(waiting)s waiting", asked=asked.asked, in_time=asked.in_time, late=asked.late, waiting=asked.waiting)  # fmt: skip
    if asked.average_days is None:
        return said
    return said + words._(" (%(details)s)", details=words._("%(days)s days on average", days=asked.average_days))


def _activities(words: Words, report: Report) -> Section:
    heads = [words._("Kind"), words._("Times"), *(words._(FIGURE_NAMES[name]) for name in FIGURES)]
    rows = [
        [
            words._(KIND_NAMES[one.kind]) if one.kind else words._("Sum"),
            str(one.held),
            *(NONE if one.figures[name] is None else str(one.figures[name]) for name in FIGURES),
        ]
        for one in report.work.activities
    ]
    return Section(words._("Joint activities"), heads, rows)
