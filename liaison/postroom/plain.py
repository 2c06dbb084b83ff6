"""What a mail without a calendar says, in the words people write: an answer, that something is done, an agenda item. Pure.

Only what the sender wrote above the quoted mail counts, and an answer only when the first line is one: “参加不了” is none."""

import re
from dataclasses import dataclass
from typing import Final

from liaison.calendaring.itip import Partstat

_QUOTED: Final = re.compile(
    r"""^\s*(?:
        >|\|                                                        # quoted line by line
        |-{2,}\s*(?:原始?邮件|原邮件|转发的?邮件|original\s+message|forwarded\s+message|reply\s+message)
        |_{10,}\s*$                                                 # Outlook's rule above what it quotes
        |(?:发件人|寄件者|寄件人|from|sent|发送时间)\s*[:\N{FULLWIDTH COLON}].*
        |(?:在|于)?.{0,120}(?:写道|写到|写信)\s*[:\N{FULLWIDTH COLON}]\s*$
        |on\b.{0,200}\bwrote\s*:\s*$
        |.{0,120}\bwrote\s*:\s*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SIGNATURE: Final = re.compile(
    r"^\s*(?:--\s*$|发自我的|发送自|来自我的|sent\s+from\s+my\b|get\s+outlook\s+for\b)", re.IGNORECASE
)

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
_STOPS: Final = " \t,.;:!?。，；：！？、…~-—（(【["
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
_PREFIX: Final = re.compile(r"^\s*(?:re|fw|fwd|回复|答复|转发)\s*[:\N{FULLWIDTH COLON}]\s*", re.IGNORECASE)
_AGENDA: Final = re.compile(
    r"^\s*[【\[]?\s*(?:议题|agenda(?:\s+item)?)\s*(?:[】\]:\N{FULLWIDTH COLON}\-—]+\s*|\s+|$)(.*)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Word:
    """What the first line says (agreed, changes_requested, acknowledged), and the text besides."""

    says: str
    text: str


def own_words(text: str) -> str:
    """What the sender wrote: without the mail they answered, and without what their telephone adds."""
    lines: list[str] = []
    for line in text.replace("\u00a0", " ").splitlines():
        if _QUOTED.match(line) or _SIGNATURE.match(line):
            break
        lines.append(line.rstrip())
    return "\n".join(lines).strip()


def answer_in(text: str) -> tuple[Partstat, str] | None:
    """The answer that the first line gives, and what is said besides; None if it gives none."""
    found = _first_word(text, _ANSWERS)
    return None if found is None else (_ANSWERS[found[0]], found[1])


def says_done(text: str) -> bool:
    """Whether the first line says that it is done."""
    return _first_word(text, _DONE) is not None


def word_in(text: str) -> Word | None:
    """The first word of a coded reply and what is said besides; None if it is none: “同意不了” is no agreement."""
    found = re.match(
        r"\s*[【“\"(（]?([一-鿿]+|[a-z]+)[】”\")）]?(?:[\s,.;:!，。；：！、]+|$)(.*)", text, re.IGNORECASE | re.DOTALL
    )
    if found is None or found[1].lower() not in _CODED_WORDS:
        return None
    return Word(_CODED_WORDS[found[1].lower()], found[2].strip())


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


def _first_word(text: str, words: "dict[str, Partstat] | frozenset[str]") -> tuple[str, str] | None:
    """The word at the beginning that is one of these and ends there, and the rest of the text."""
    stripped = text.strip().lstrip("【[(（“\"'").strip()
    line, _, rest = stripped.partition("\n")
    for word in sorted(words, key=len, reverse=True):
        if not line.casefold().startswith(word):
            continue
        after = line[len(word) :]
        if not after or after[0] in _STOPS or after[0] in "】])）”\"'":
            said = (after.strip(_STOPS + "】])）”\"'") + "\n" + rest).strip()
            return word, said
    return None
