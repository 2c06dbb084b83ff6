"""What a mail without a calendar says, in the words people write: an answer, that something is done, an agenda item. Pure.

Only what the sender wrote above the quoted mail counts, and an answer only when the first line is one: “参加不了” is none."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from liaison.calendaring.itip import Partstat

_QUOTED: Final = re.compile(
    r"""(?:
        >|\|                                                        # quoted line by line
        |_{10,}$|-{30,}$                                            # the rule above what Outlook and others quote
        |-{2,}\s?(?:original|reply|replied|forwarded)\b.{0,40}-{2,}$
        |-{2,}\s?(?:原始?邮件|邮件原件|原始约会|回复的?原?始?邮件|转发的?邮件|原始郵件).{0,40}$
        |\*{0,2}(?:发件人|寄件者|寄件人|發件人|from|sent|发送时间|差出人|von)\*{0,2}\s?[:\N{FULLWIDTH COLON}]
        |.{0,300}(?:写道|写到|写信|寫道|來信|\b(?:wrote|schrieb|écrit|escribió|escreveu|scritto))\s?[:\N{FULLWIDTH COLON}]$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_BEGINS: Final = re.compile(r"(?:on|at|am|le|el|在|于)\b|.{0,200}(?:<|于\s?20[0-9]{2}|@)|20[0-9]{2}", re.IGNORECASE)
_BEGINS_ANEW: Final = re.compile(r"(?:on|at|am|le|el|在)\b|20[0-9]{2}", re.IGNORECASE)
_ENDS: Final = re.compile(r".{0,300}(?:写道|写到|wrote|schrieb|écrit)\s?[:\N{FULLWIDTH COLON}]", re.IGNORECASE)
"""How the line begins, and the next one ends, that together say who wrote what is quoted."""
_SIGNATURE: Final = re.compile(
    r"--$|(?:发自|发送自|来自|寄自)\s?我的|(?:从|由)我的.{1,20}发送|从\s?windows.{0,12}邮件|发自.{0,12}(?:手机|邮箱|大师|iphone|ipad|outlook)"
    r"|(?:sent|发送) (?:from|via)\b|(?:get|获取|下载)\s?outlook\b|von meinem .{1,30} gesendet|envoyé de mon|(?:iphone|ipad)から送信",
    re.IGNORECASE,
)
_MOST_LINE: Final = 400
"""Letters of a line that are looked into: nobody says in more of them who wrote what is quoted."""

_ANSWERS: Final[dict[str, Partstat]] = {
    **dict.fromkeys(
        (
            "参加",
            "准时参加",
            "按时参加",
            "确认参加",
            "我参加",
            "可以参加",
            "出席",
            "接受",
            "accept",
            "accepted",
            "yes",
            "attending",
        ),
        "ACCEPTED",
    ),
    **dict.fromkeys(("待定", "暂定", "尚未确定", "tentative", "maybe"), "TENTATIVE"),
    **dict.fromkeys(
        ("请假", "不参加", "无法参加", "不能参加", "不出席", "拒绝", "decline", "declined", "no"), "DECLINED"
    ),
}
_DONE: Final = frozenset(("办结", "已办结", "销号", "完成", "已完成", "done", "completed"))
_STOPS: Final = ",.;:!。，；：！、…~-—（(【["
_CLOSING: Final = "】])）”\"'"
_DOUBT: Final = re.compile(r"\s*(?:[?？不没無无未否吗嗎与與或]|[0-9]{1,3}\s?[%％])")
"""What makes of the word before it a question, its contrary or a part of it."""
_UNSEEN: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f"))
_CODE: Final = re.compile(r"\bL-((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})\b")
AGREED, CHANGES, ACKNOWLEDGED = "agreed", "changes_requested", "acknowledged"
_CODED_WORDS: Final = {
    "同意": AGREED,
    "agree": AGREED,
    "agreed": AGREED,
    "修改意见": CHANGES,
    "changes": CHANGES,
    "签收": ACKNOWLEDGED,
    "acknowledge": ACKNOWLEDGED,
    "acknowledged": ACKNOWLEDGED,
}
_BUT: Final = re.compile(
    r"但|不过|然而|除.{1,40}外|前提|条件|不同意|不妥|修改|改[为成]|删[去除掉]|\b(?:but|except|however|unless|provided|subject to|if|chang\w+|disagree)\b",
    re.IGNORECASE,
)
"""What makes of an agreement one with conditions, which is none to this text."""
_NO_CHANGE: Final = re.compile(
    r"(?:暂?无|没有|无需|不需要?|不必|不用|不作|no(?: further)?|none|nothing)(?:(?:其他|任何)?(?:修改|意见|变动|changes?|\s)*)[。.!！]*",
    re.IGNORECASE,
)
_PREFIX: Final = re.compile(r"^\s*(?:re|fw|fwd|回复|答复|转发)\s*[:\N{FULLWIDTH COLON}]\s*", re.IGNORECASE)
_AGENDA: Final = re.compile(
    r"^\s*[【\[]?\s*(?:议题|agenda(?:\s+item)?)\s*(?:[】\]:\N{FULLWIDTH COLON}\-—]+\s*|\s+|$)(.*)$", re.IGNORECASE
)


_FIELD: Final = re.compile(
    r"^\s*(?:(?P<purpose>目的|议题类型|用途|purpose)|(?P<presenter>汇报人|报告人|presenter)|(?P<minutes>议题时长|时长|duration|minutes)"
    r"|(?P<audience>知悉范围|audience))\s*[:\N{FULLWIDTH COLON}]\s*(?P<value>.+)$",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*[、,，;；]\s*")
_PURPOSES: Final = {
    "研究": "study",
    "会商": "consult",
    "通报": "report",
    "推进落实": "push_forward",
    "审议": "deliberate",
    "其他": "other",
}


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a mail says of the agenda item that it brings, line by line (目的：研究)."""

    purpose: str = "other"
    presenter: str | None = None
    minutes: int | None = None
    audience: tuple[str, ...] | None = None
    """The agencies that may know of it, by name; None: it does not say."""


@dataclass(frozen=True, slots=True)
class Word:
    """What the first line says (agreed, changes_requested, acknowledged), and the text besides."""

    says: str
    text: str


def own_words(text: str) -> str:
    """What the sender wrote: without the mail they answered, and without what their telephone adds."""
    lines = [line.strip() for line in text.translate(_UNSEEN).splitlines()]
    looks = [" ".join(line[:_MOST_LINE].split()) for line in lines]
    for at, line in enumerate(looks):
        following = looks[at + 1] if at + 1 < len(looks) else ""
        divided = _BEGINS.match(line) and _ENDS.fullmatch(following) and not _BEGINS_ANEW.match(following)
        if divided or _QUOTED.match(line) or _SIGNATURE.match(line):
            lines = lines[:at]
            break
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def answer_in(text: str) -> tuple[Partstat, str] | None:
    """The answer that the first line gives, and what is said besides; None if it gives none."""
    found = _first_word(text, _ANSWERS)
    return None if found is None else (_ANSWERS[found[0]], found[1])


def says_done(text: str) -> bool:
    """Whether the first line says that it is done."""
    return _first_word(text, _DONE) is not None


def word_in(text: str) -> Word | None:
    """The first word of a coded reply and what is said besides; None if it is none (“同意不了” is no agreement), and where what follows
    takes it back: “同意，但第三条应删去” signs nothing, and “修改意见：无” asks for no change. A person reads these."""
    found = re.match(
        r"\s*[【“\"(（]?([一-鿿]+|[a-z]+)[】”\")）]?(?:[\s,.;:!，。；：！、]+|$)(.*)", text, re.IGNORECASE | re.DOTALL
    )
    if found is None or found[1].lower() not in _CODED_WORDS:
        return None
    says, besides = _CODED_WORDS[found[1].lower()], found[2].strip()
    wants_no_change = _NO_CHANGE.fullmatch(besides) is not None
    if (says == AGREED and _BUT.search(_NO_CHANGE.sub("", besides))) or (says == CHANGES and wants_no_change):
        return None
    return Word(says, besides)


def codes_in(text: str) -> list[str]:
    """The codes that stand in a mail, in order; a mail program that wrapped the line does no harm."""
    return list(dict.fromkeys(_CODE.findall(re.sub(r"-\s*\n[> ]*", "-", text.upper()))))


def agenda_title(subject: str, text: str) -> str | None:
    """The item that a mail with the subject 议题 or Agenda brings: what the subject says behind it, else the first line; None if the
    subject is another one, empty if it names nothing."""
    while prefix := _PREFIX.match(subject):
        subject = subject[prefix.end() :]
    found = _AGENDA.match(subject)
    if found is None:
        return None
    return found[1].strip() or next((line.strip() for line in text.splitlines() if line.strip()), "")


def proposed_in(text: str) -> Proposed:
    """What the lines of a mail say of its agenda item; what they do not say is left open."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if match := _FIELD.match(line):
            found.setdefault(_named(match), match["value"].strip())
    purpose = found.get("purpose", "").casefold()
    minutes = re.search(r"[0-9]{1,4}", found.get("minutes", ""))
    return Proposed(
        purpose=_PURPOSES.get(purpose) or (purpose if purpose in _PURPOSES.values() else "other"),
        presenter=found.get("presenter"),
        minutes=int(minutes[0]) if minutes else None,
        audience=tuple(filter(None, _BETWEEN.split(found["audience"]))) if "audience" in found else None,
    )


def _named(match: re.Match[str]) -> str:
    return next(name for name in ("purpose", "presenter", "minutes", "audience") if match[name])


def _first_word(text: str, words: Collection[str]) -> tuple[str, str] | None:
    """The word at the beginning that is one of these and ends there, and the rest of the text.

    A space ends a Chinese word and no English one: “no problem” is no refusal."""
    line, _, rest = text.strip().lstrip("【[(（“\"'").strip().partition("\n")
    for word in sorted(words, key=len, reverse=True):
        if not line.casefold().startswith(word):
            continue
        after = line[len(word) :]
        ends = after.lstrip(_CLOSING if after[:1] in _CLOSING else "")
        spaced = ends != ends.lstrip()
        if not ends.strip() or ends.strip()[0] in _STOPS or (spaced and not word.isascii() and not _DOUBT.match(ends)):
            said = (after.lstrip(_STOPS + _CLOSING + " \t") + "\n" + rest).strip()
            return word, said
    return None
