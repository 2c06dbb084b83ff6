"""受助群体, 案由 and 结果: the field's own words, which forms propose and which any other word may stand beside. Pure.

They are kept in Chinese, as the agencies' papers say them; whoever reads in English sees those of the list in English."""

import unicodedata
from collections.abc import Mapping

from liaison.i18n import N_, Words, gettext_for

WORKERS, ELDERLY, MINORS = "农民工", "老年人", "未成年人"
GROUPS: Mapping[str, str] = {
    WORKERS: N_("Migrant workers"),
    ELDERLY: N_("Elderly people"),
    MINORS: N_("Minors"),
    "妇女": N_("Women"),
    "残疾人": N_("People with disabilities"),
}
CAUSES: Mapping[str, str] = {
    "追索劳动报酬": N_("Claim for labour remuneration"),
    "追索赡养费": N_("Claim for parental support"),
    "追索抚养费": N_("Claim for child support"),
    "追索工伤赔偿": N_("Claim for injury at work"),
    "人身安全保护令": N_("Protection order"),
}
RESULTS: Mapping[str, str] = {
    "支持起诉意见被采纳": N_("Opinion in support of prosecution adopted"),
    "采纳": N_("Adopted"),
    "部分采纳": N_("Adopted in part"),
    "未采纳": N_("Not adopted"),
    "调解结案": N_("Settled by mediation"),
    "撤回申请": N_("Withdrawn before a decision"),
}
ADOPTED, IN_PART, NOT_ADOPTED = "adopted", "in_part", "not_adopted"
_NEGATED = "未不没拒否"
_OPEN = "待"


def kept(text: str, known: Mapping[str, str]) -> str:
    """The word as it is kept: that of the list where the text says one of it in any language, else the text itself in NFC."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    for word, msgid in known.items():
        if text.casefold() in (word, msgid.casefold()) or text == gettext_for("zh_CN")(msgid):
            return word
    return text


def shown(words: Words, word: str, known: Mapping[str, str]) -> str:
    """The word for a reader: one of the list in their language, any other as it was written."""
    return words._(known[word]) if words.locale == "en" and word in known else word


def adopted(result: str | None) -> str | None:
    """采纳, 部分采纳 or 未采纳, as the words of the result say; None where nothing was to be adopted, or it is not said yet."""
    if not result or "采纳" not in result or _OPEN in result:
        return None
    if "部分" in result or "未全部" in result:
        return IN_PART
    return NOT_ADOPTED if any(sign in result for sign in _NEGATED) else ADOPTED


def is_minors(group: str) -> bool:
    """Whether a group, however it is called, is of children."""
    return any(word in group for word in ("未成年", "儿童", "少年", "孤儿", "学生"))
