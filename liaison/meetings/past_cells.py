"""What officers write into one cell of 历次会议: items and decisions one behind the other, and people with their job titles. Pure."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

_HAN_NUMBER = "一二三四五六七八九十"
_MARK = re.compile(
    rf"[(（]\s*(?:(?P<bracket_han>[{_HAN_NUMBER}]{{1,3}})|(?P<bracket>\d{{1,2}}))\s*[)）]"
    r"|(?P<circle>[①-⑳])"
    rf"|(?:(?<![\d.．])(?P<digits>\d{{1,2}})|(?<![{_HAN_NUMBER}])(?P<han>[{_HAN_NUMBER}]{{1,3}}))(?P<sign>[.．、)）])"
)
_GOES_ON = re.compile(rf"\s*(?:(?!\d{{4}}年)\d|[{_HAN_NUMBER}])")
"""Behind 一、 as in 一、二季度, or behind 1. as in 1.5万元: then that is no number before an item."""
_OUTSIDE = r"(?![^（）()]{0,60}[）)])"
_CLAUSES = re.compile(f"[；;]{_OUTSIDE}")
_ENUMERATED = re.compile(f"(?<![\\d{_HAN_NUMBER}])、{_OUTSIDE}")
_AROUND = " \t\u3000\n；;，,、"
_ENDS = "\n；;。"
_DIGITS = "一二三四五六七八九"
SHORTEST = 4
"""What an item has at least, in characters, where 、 stands between items: else that sign belongs to a name."""
_TITLE = re.compile("(?:长|主任|书记|主席|委员|员|官|助理|秘书|干部|律师|教授|人|警|部|科|处|室|局|庭|所|队|组)$")
_HEADCOUNT = re.compile(
    rf"(?:共|等|各|约)*(?:\d{{1,3}}|[{_HAN_NUMBER}两]{{1,3}}(?=[余多]?[人名位]))[余多]?(?:[人名位](?:参加|出席|列席|参会)?)?"
)
_AND_OTHERS = re.compile(rf"等\s*(?:\d{{1,3}}|[{_HAN_NUMBER}两]{{1,3}})[余多]?[人名位]$")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A number that may stand before an item: from where to where, of which kind and sign, and whether nothing speaks against it."""

    start: int
    end: int
    kind: str
    sign: str
    value: int
    sure: bool


def texts_in(text: str, *, apart: str = "") -> list[str]:
    """The items of a cell without their numbers: before each number where the text begins with one; else by lines and ；, and where there is
    neither, at `apart`. Where lines are enough (`apart` is empty) a ； within a line belongs to it."""
    text = text.strip()
    if numbered := _numbered(text):
        ends = [one.start for one in numbered[1:]] + [len(text)]
        found = [text[one.end : end] for one, end in zip(numbered, ends, strict=True)]
        return [cleaned for one in found if (cleaned := " ".join(one.strip(_AROUND).split("\n")))]
    lines = [one for one in text.splitlines() if one.strip()]
    if len(lines) == 1 or apart:
        lines = [part for one in lines for part in _CLAUSES.split(one)]
    if len(lines) == 1 and apart:
        parts = _ENUMERATED.split(lines[0])
        lines = parts if all(len(one.strip()) >= SHORTEST for one in parts) else lines
    return [one for line in lines if (one := _without_number(line.strip()))]


def _without_number(line: str) -> str:
    mark = next(_marks(line), None)
    return line[mark.end :].strip() if mark and mark.start == 0 and mark.sure else line


def _numbered(text: str) -> Sequence[_Mark]:
    """The numbers that items stand behind; none where the text does not begin with one."""
    marks = [*_marks(text)]
    if not marks or marks[0].start != 0:
        return ()
    first, later = marks[0], marks[1:]
    found = [first]
    is_repeated = _repeated(text)
    behind = {one.start: text[: one.start].rstrip(" \t\u3000")[-1:] for one in later}
    ended = {(one.sign, one.value) for one in later if behind[one.start] in _ENDS and one.kind == first.kind}
    for one in later:
        last, before = found[-1], behind[one.start]
        if one.kind != first.kind:
            continue
        follows = one.value == last.value + 1
        if one.sign != first.sign and before != "\n":  # 1. and then 2、, unless those are numbers within 1.
            is_one = follows and before in _ENDS and (first.sign, one.value) not in ended
        elif before in _ENDS:
            is_one = one.sure or follows
        else:
            is_one = follows and one.sure and (one.sign, one.value) not in ended
            is_one = is_one and (text[one.start - 1] in _AROUND or not is_repeated(one))
        if is_one:
            found.append(one)
    return found if first.sure or len(found) > 1 else ()


def _repeated(text: str) -> Callable[[_Mark], bool]:
    """Whether the two characters before a number stand before another one too: 附件1、附件2 are no items, 方案二 is none either."""
    before = re.findall(rf"(?=([^\W\d]{{2}})(?:\d|[{_HAN_NUMBER}]))", text)
    return lambda one: before.count(text[max(0, one.start - 2) : one.start]) > 1


def _marks(text: str) -> Iterator[_Mark]:
    for one in _MARK.finditer(text):
        kind = one.lastgroup if one.lastgroup != "sign" else "digits" if one["digits"] else "han"
        sign = one["sign"] or ""
        said = next(filter(None, (one["bracket_han"], one["bracket"], one["circle"], one["digits"], one["han"])))
        value = ord(said) - ord("①") + 1 if kind == "circle" else int(arabic(said)) if arabic(said).isdecimal() else 0
        sure = sign == "" or _GOES_ON.match(text, one.end()) is None
        if not (kind == "han" and sign in ")）"):
            yield _Mark(one.start(), one.end(), kind or "", sign.replace("．", ".").replace("）", ")"), value, sure)


def arabic(number: str) -> str:
    """十九 as 19; what is no such number as it is."""
    if not number or number.strip(_HAN_NUMBER):
        return number
    tens, ten, ones = number.partition("十") if "十" in number else ("", "", number)
    if len(tens) > 1 or len(ones) > 1:
        return number
    return str((10 * (_DIGITS.find(tens) + 1 if tens else 1) if ten else 0) + (_DIGITS.find(ones) + 1 if ones else 0))


def is_headcount(said: str) -> bool:
    """Whether it says how many were there (2人), not who."""
    return _HEADCOUNT.fullmatch("".join(said.split())) is not None


def person_in(said: str, known: Collection[str] = ()) -> tuple[str, str | None]:
    """(name, job title): the last word is the name, what stands before it the title, unless the first is `known` as a name or the last one
    reads as a title. Two single characters are one name: 李 明."""
    words = _words(_AND_OTHERS.sub("", said.strip()))
    if len(words) < 2 or all(one.isascii() for one in words):
        return " ".join(words), None
    first_is_name = words[0] in known or (bool(_TITLE.search(words[-1])) and not _TITLE.search(words[0]))
    if first_is_name and words[-1] not in known:
        return words[0], " ".join(words[1:])
    return words[-1], " ".join(words[:-1])


def are_several(said: str) -> bool:
    """Whether an entry has so many words without a job title that they may as well be several people."""
    words = _words(said)
    return len(words) > 2 and not all(one.isascii() for one in words) and not any(map(_TITLE.search, words))


def _words(said: str) -> list[str]:
    words: list[str] = []
    for word in said.split():
        if words and len(word) == 1 and len(words[-1]) == 1:
            words[-1] += word
        else:
            words.append(word)
    return words
