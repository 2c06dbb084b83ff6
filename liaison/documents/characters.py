"""Which characters a file of Word or Excel holds: what XML has no place for would leave no file at all. Pure."""

import re
from typing import Final

_UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(text: str) -> str:
    """The text without control characters, lone surrogates, U+FFFE and U+FFFF, which were taken in once and nobody sees."""
    return _UNFIT.sub("", text)
