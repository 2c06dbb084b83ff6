"""How a line of an official text is built. Pure."""

import re
from typing import Final

_SECOND_LEVEL: Final = re.compile("（[一二三四五六七八九十]{1,3}）")


def parts_of_line(line: str) -> tuple[str, str]:
    """What of a paragraph is a heading of the second level, （一）…, up to its first full stop, and the rest."""
    if not _SECOND_LEVEL.match(line):
        return "", line
    end = line.find("。") + 1 or len(line)
    return line[:end], line[end:]
