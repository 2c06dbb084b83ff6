"""Money as officers write it: read exactly or refused, never guessed, and written in yuan and in 万元. Pure."""

import re
from decimal import ROUND_DOWN, Decimal

from liaison.i18n import N_

FEN = Decimal("0.01")
MOST = Decimal("999999999999.99")
NOT_READ = N_("This amount cannot be read for certain. Please write yuan such as 22450.00, or 2.245万元.")
TOO_EXACT = N_("An amount has two decimals at most, in yuan.")
TOO_LARGE = N_("This amount is too large.")
_AMOUNT = re.compile(
    r"(?:¥|RMB|人民币)?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]+))?(?P<unit>亿|万)?(?P<yuan>元|圆|yuan)?",
    re.IGNORECASE,
)
_FULL_WIDTH = {0xFF01 + n: chr(0x21 + n) for n in range(94)} | {0xFFE5: "¥", 0x3000: " "}
"""Full-width signs are read as what they stand for, and no others: a footnote's ¹ is no digit."""
LONGEST = 25
_UNITS = {"亿": Decimal(10**8), "万": Decimal(10**4)}


class Unclear(ValueError):
    """An amount that is not certain; `msgid` says what to write."""

    def __init__(self, msgid: str) -> None:
        super().__init__(msgid)
        self.msgid = msgid


def unit_in(heading: str) -> Decimal:
    """What a bare number below this heading is counted in: 10000 for 追回金额（万元）, else 1 (yuan)."""
    return _UNITS["万"] if "万元" in "".join(heading.split()) else Decimal(1)


def amount_in(text: str, *, unit: Decimal = Decimal(1)) -> Decimal | None:
    """Yuan with two decimals; None of an empty text. Thousands may be set apart (22,450.00, full-width too), 万 and 亿 count, and a number
    that names neither 万 nor 元 is in `unit`. Raises Unclear for everything that could be meant in more than one way, and for fractions of
    a fen."""
    plain = text.translate(_FULL_WIDTH).strip()
    if not plain:
        return None
    found = _AMOUNT.fullmatch(plain)
    if found is None or len(plain) > LONGEST:
        raise Unclear(NOT_READ)
    number = Decimal(f"{found['whole'].replace(',', '')}.{found['part'] or '0'}")
    if found["unit"]:
        number *= _UNITS[found["unit"]]
    elif not found["yuan"]:
        number *= unit
    if number > MOST:
        raise Unclear(TOO_LARGE)
    if number != number.quantize(FEN):
        raise Unclear(TOO_EXACT)
    return number.quantize(FEN)


def plain(amount: Decimal) -> str:
    """869000.00: what programs read."""
    return f"{amount:.2f}"


def grouped(amount: Decimal) -> str:
    """869,000.00, and 869,000 where there are no fen."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def figure(amount: Decimal) -> tuple[str, str]:
    """("86.9", "万元"): number and unit as papers write them, two decimals of 万元 (or 亿元) at most, and 余 after what was cut off, so that
    no figure says more than was recovered. Below ten thousand yuan the exact figure."""
    for name, unit in _UNITS.items():
        if amount >= unit:
            exact = amount / unit
            cut = exact.quantize(FEN, ROUND_DOWN)
            return _short(cut), f"{name}余元" if cut != exact else f"{name}元"
    return _short(amount), "元"


def in_words(amount: Decimal) -> str:
    """86.9万元, as papers write it."""
    return "".join(figure(amount))


def _short(number: Decimal) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
