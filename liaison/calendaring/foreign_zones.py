"""The zone that a calendar from outside names, in whatever words: known for certain, or not at all. Pure.

A zone taken wrongly would show an officer a proposed time that nobody proposed, so nothing is guessed: what is neither a name that
the zone data knows nor a definition with one sole offset is unknown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_CHINA: Final = "Asia/Shanghai"
_CHINESE: Final = re.compile(
    r"中国标准时间|中國標準時間|北京时间|北京時間|北京|china time|beijing(?: time)?|asia/beijing"
    r"|(?:\((?:utc|gmt)\s?\+0?8:?00\)\s?)?(?:北京[,，、]\s?重庆[,，、].{0,40}乌鲁木齐|beijing, (?:chongqing, )?hong kong.{0,20})"
    r"|\((?:utc|gmt)\s?\+0?8:?00\)\s?(?:beijing|北京)",
    re.IGNORECASE,
)
"""What Chinese programs and Chinese Windows call it; the cities are those of the zone's name there."""
_OFFSET: Final = re.compile(r"\(?(?:UTC|GMT)\s?([+-])([0-9]{1,2})(?::?([0-9]{2}))?\)?", re.IGNORECASE)
"""A name that is nothing but a distance; behind it a city may keep summer time, so that it tells nothing."""
_WRITTEN_OFFSET: Final = re.compile(r"([+-])([0-9]{2})([0-9]{2})(?:[0-9]{2})?")
_WINDOWS: Final[Mapping[str, str]] = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}
_MOST_DEFINED: Final = 50


@dataclass(slots=True)
class Zones:
    """What one calendar defines of the zones that it names."""

    _tzid: str = ""
    _offsets: dict[str, set[str]] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)

    def note(self, inside: Sequence[str], name: str, value: str) -> None:
        """A line within a VTIMEZONE. Its TZID stands before the parts of it in everything that writes one."""
        value = value.strip()
        if name == "END" and len(inside) == 2:
            self._tzid = ""
        elif name == "TZID" and len(inside) == 2 and len(self._offsets) < _MOST_DEFINED:
            self._tzid = value
            self._offsets.setdefault(value, set())
        elif name == "X-LIC-LOCATION" and self._tzid:
            self._places[self._tzid] = value
        elif name == "TZOFFSETTO" and self._tzid:
            self._offsets[self._tzid].add(value)

    def zone(self, tzid: str) -> tzinfo | None:
        """The zone of this TZID; None where it is not known for certain."""
        tzid = tzid.strip()
        if known := _known(_WINDOWS.get(tzid.lower(), tzid)) or _known(self._places.get(tzid, "")):
            return known
        offsets = self._offsets.get(tzid, set())
        if len(offsets) == 1:  # the definition is what counts, if it is one that never changes
            return _fixed(_WRITTEN_OFFSET.fullmatch(next(iter(offsets))))
        if _CHINESE.fullmatch(tzid):
            return ZoneInfo(_CHINA)
        return None if offsets else _fixed(_OFFSET.fullmatch(tzid))


def _known(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, also behind a vendor's prefix."""
    for _ in range(4):
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            name = name.partition("/")[2]
    return None


def _fixed(found: re.Match[str] | None) -> timezone | None:
    if found is None:
        return None
    distance = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(distance if found[1] == "+" else -distance) if distance <= timedelta(hours=14) else None
