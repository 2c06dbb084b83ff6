"""What a superior's own template may ask a report for: fields by their names, in Chinese and English. Pure."""

from collections.abc import Mapping, Sequence

from liaison.i18n import Words
from liaison.results import terms, yuan
from liaison.results.report import Report, change
from liaison.results.report_shown import NONE, money, name_of, percent

GROUP_FIELDS = frozenset({"受助群体", "群体件数", "群体人数", "群体金额", "group", "group_cases", "group_people", "group_amount"})  # fmt: skip


def fields(words: Words, report: Report, *, mechanism: str, agency: str) -> dict[str, str]:
    """Every field with its text; sums in yuan, and in 万元 where the name says so."""
    now, before, work = report.total, report.year_before, report.work
    told = {
        ("协作机制", "mechanism"): mechanism,
        ("单位", "agency"): agency,
        ("时期", "period"): report.period.named(words),
        ("起始日期", "from"): words.date(report.period.first),
        ("截止日期", "to"): words.date(report.period.last),
        ("件数", "cases"): str(now.cases),
        ("人数", "people"): str(now.people),
        ("追回金额", "amount"): yuan.plain(now.amount_recovered),
        ("追回金额万元", "amount_words"): money(words, now.amount_recovered),
        ("上年同期件数", "cases_before"): str(before.cases),
        ("上年同期人数", "people_before"): str(before.people),
        ("上年同期金额", "amount_before"): yuan.plain(before.amount_recovered),
        ("件数同比", "cases_change"): percent(change(now.cases, before.cases), signed=True),
        ("金额同比", "amount_change"): percent(change(now.amount_recovered, before.amount_recovered), signed=True),
        ("采纳率", "adoption_rate"): percent(report.adoption.percent),
        ("农民工人数", "workers"): _people(report.people_of(terms.WORKERS)),
        ("老年人人数", "elderly"): _people(report.people_of(terms.ELDERLY)),
        ("未成年人人数", "minors"): _people(report.people_of(terms.MINORS)),
        ("召开会议次数", "meetings_held"): str(work.meetings_held),
        ("约定会议次数", "meetings_promised"): str(work.meetings_promised),
        ("办结事项", "actions_done"): str(work.actions.done if work.actions else 0),
        ("逾期事项", "actions_overdue"): str(work.actions.overdue if work.actions else 0),
    }
    return {name: text for names, text in told.items() for name in names}


def groups(words: Words, report: Report) -> Sequence[Mapping[str, str]]:
    """The fields of a table row that is repeated for each group."""
    found = []
    for one in report.groups:
        said = (name_of(words, one, terms.GROUPS), str(one.cases), str(one.people), yuan.plain(one.amount_recovered))
        names = (("受助群体", "group"), ("群体件数", "group_cases"), ("群体人数", "group_people"), ("群体金额", "group_amount"))  # fmt: skip
        found.append({name: text for pair, text in zip(names, said, strict=True) for name in pair})
    return found


def _people(number: int | None) -> str:
    return NONE if number is None else str(number)
