"""The one place that asks what time it is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class Clock:
    """Tells the present instant; `as_of` holds it still for `liaison work --as-of` and for tests."""

    as_of: datetime | None = None

    def now(self) -> datetime:
        """The present UTC instant."""
        return self.as_of.astimezone(UTC) if self.as_of else datetime.now(UTC)

    def today(self, timezone: str) -> date:
        """The local date in `timezone` (IANA name)."""
        return self.now().astimezone(ZoneInfo(timezone)).date()
