"""The names of the world's time zones."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Every name that a zone may be given by (IANA); looked up once in a process, since that walks through hundreds of files."""
    return frozenset(available_timezones())
