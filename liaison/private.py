"""What may not be written down here whatever the field is for: numbers of identity and bank cards, and marks of state secrets."""

import re
import unicodedata
from datetime import date

from liaison.errors import N_

_ID_CARD = re.compile(r"(?<![0-9A-Za-z])(\d{6}) ?(\d{8}) ?(\d{3}[\dXx])(?![0-9A-Za-z])")
_BANK_CARD = re.compile(r"(?<![0-9A-Za-z])(?:[3-6]\d{15,18}|[3-6]\d{3}(?: \d{4}){3}(?: \d{1,3})?)(?![0-9A-Za-z])")
_PHONE = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|(?:0\d{2,3}|\(0\d{2,3}\))[- ]?[2-9]\d{6,7})(?![0-9A-Za-z])"
)
_SECRECY_MARK = re.compile(r"(?:秘密|机密|绝密)\s*[★☆]|[★☆]\s*(?:秘密|机密|绝密)")


def not_kept_here(text: str) -> str | None:
    """The msgid of why a text is not taken; None for any other text.

    Blocked: ID-card numbers of 18 digits with a date of birth and a right checksum (GB 11643), bank-card numbers (16 to 19 digits, in
    one piece or in groups of four, that pass Luhn), and secrecy marks such as 机密★; the words alone, as in 商业秘密, are fine."""
    plain = unicodedata.normalize("NFKC", text)
    if any(_is_id_card("".join(found.groups()).upper()) for found in _ID_CARD.finditer(plain)):
        return N_("This holds an ID-card number. Please take it out: it is not kept here.")
    if any(_passes_luhn(found[0].replace(" ", "")) for found in _BANK_CARD.finditer(plain)):
        return N_("This holds a bank-card number. Please take it out: it is not kept here.")
    if _SECRECY_MARK.search(plain):
        return N_("This carries a secrecy mark. Please take it out: classified matters are not kept here.")
    return None


def holds_phone(text: str) -> bool:
    """Whether a mobile number, or a number of a fixed line with its area code, stands in it: fine for a contact, not for a person of a
    case, which only whoever wrote it can tell."""
    return _PHONE.search(unicodedata.normalize("NFKC", text)) is not None


def kept_of(text: str, *, most: int) -> str | None:
    """What is kept of a text that came by itself, so that nobody can be asked to change it: its beginning; None where it is empty or
    holds what is not kept here."""
    beginning = text.strip()[:most]
    return None if not beginning or not_kept_here(beginning) else beginning


def _is_id_card(digits: str) -> bool:
    """Eighteen digits whose middle is a day of birth, and whose last one is the checksum: the codes
    of agencies (统一社会信用代码) are as long, and have no such day."""
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return 1800 <= born.year < 2100 and digits[17] == "10X98765432"[total % 11]


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0
