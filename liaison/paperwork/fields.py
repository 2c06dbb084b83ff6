"""The fields that an agency's template may hold, in Chinese and in English. Pure."""

from collections.abc import Mapping, Sequence

from liaison.i18n import Words
from liaison.paperwork.wording import Asked, Said, agenda_lines

FIELDS: Mapping[str, str] = {
    "会议名称": "title",
    "会次": "ordinal",
    "会议时间": "time",
    "会议地点": "place",
    "协作机制": "mechanism",
    "依据": "agreement",
    "承办单位": "host",
    "协办单位": "co_hosts",
    "受众": "audience_groups",
    "发文单位": "issuing_agency",
    "发文字号": "doc_no",
    "成文日期": "date",
    "主送": "to",
    "参会要求": "requirement",
    "议题": "agenda",
    "主持人": "chair",
    "回执期限": "replies_due",
    "联系人": "contact",
    "联系电话": "phone",
    "联系邮箱": "mail",
}
"""Chinese name: English name."""
PEOPLE: Mapping[str, str] = {
    "序号": "no",
    "单位": "agency",
    "姓名": "name",
    "职务": "job_title",
    "手机": "mobile",
    "备注": "note",
    "答复": "answer",
}
"""Of the list of people: a table row that holds one of them is repeated."""
ITEMS: Mapping[str, str] = {
    "议题序号": "item_no",
    "议题名称": "item",
    "报送单位": "item_agency",
    "汇报人": "presenter",
    "时长": "minutes",
}
"""Of the agenda."""
KNOWN = frozenset(name for names in (FIELDS, PEOPLE, ITEMS) for pair in names.items() for name in pair)


def values(words: Words, said: Said, to: Sequence[Asked]) -> dict[str, str]:
    """What stands for each field, under both its names."""
    joined = words._(", ").join(one.agency for one in to)
    return _both(
        FIELDS,
        {
            "title": said.title,
            "ordinal": said.ordinal,
            "time": said.when,
            "place": said.location,
            "mechanism": said.mechanism,
            "agreement": said.agreement,
            "host": said.host,
            "co_hosts": said.co_hosts,
            "audience_groups": said.audience_groups,
            "issuing_agency": said.issuing_agency,
            "doc_no": said.doc_no,
            "date": words.date(said.dated_on),
            "to": joined,
            "requirement": "\n".join(one.requirement for one in to if one.requirement),
            "agenda": "\n".join(agenda_lines(words, said)),
            "chair": said.chair,
            "replies_due": said.replies_due,
            "contact": said.contact,
            "phone": said.phone,
            "mail": said.mail,
        },
    )


def lists(said: Said) -> list[tuple[frozenset[str], list[dict[str, str]]]]:
    """The rows of people and of the agenda."""
    people = [
        _both(
            PEOPLE,
            {
                "no": str(n),
                "agency": one.agency,
                "name": one.name,
                "job_title": one.job_title,
                "mobile": one.phone,
                "note": one.note,
                "answer": one.answer,
            },
        )
        for n, one in enumerate(said.guests, 1)
    ]
    items = [
        _both(
            ITEMS,
            {
                "item_no": str(n),
                "item": one.title,
                "item_agency": one.agency,
                "presenter": one.presenter,
                "minutes": str(one.minutes or ""),
            },
        )
        for n, one in enumerate(said.items, 1)
    ]
    return [(_names(PEOPLE), people), (_names(ITEMS), items)]


def _names(of: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for pair in of.items() for name in pair)


def _both(of: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[english] for chinese, english in of.items() for name in (chinese, english)}
