"""The command of a virus scanner. Pure."""

import shlex
from typing import Final

CLEAN_STATUS, INFECTED_STATUS = 0, 1
"""How scanners end: clean, something found; anything else means that they could not say."""
SECONDS: Final = 120
"""Within which a file must be judged."""


def command(setting: str, path: str) -> list[str]:
    """The command as it is run: words as a shell divides them, with the file where `{}` stands; no shell sees it."""
    return [word.replace("{}", path) for word in shlex.split(setting)]
