"""年度会议安排 line by line: what the member agencies are told of a year, and what has changed since they were told. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from liaison.i18n import N_, Words

PROVISIONAL, ANNOUNCED, POSTPONED, SKIPPED = "provisional", "announced", "postponed", "skipped"
ADDED, OFF, LEFT_OUT, MOVED, PUT_OFF, HOST, OTHER = "added", "off", "left_out", "moved", "put_off", "host", "other"
_SENTENCES = {
    ADDED: N_("Added: %(title)s on %(when)s, hosted by %(host)s."),
    OFF: N_("Called off: %(title)s on %(when)s."),
    LEFT_OUT: N_("Left out: %(title)s on %(when)s (%(reason)s)."),
    MOVED: N_("Moved: %(title)s from %(before)s to %(when)s."),
    PUT_OFF: N_("Postponed: %(title)s on %(before)s; a new date will follow."),
    HOST: N_("Another host: %(title)s on %(when)s, hosted by %(host)s instead of %(former)s."),
    OTHER: N_("Changed: %(title)s on %(when)s%(place)s."),
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One date of the year as it is told: everything by itself, whatever becomes of series and meeting."""

    series_id: int
    nominal: date
    """With the series what makes it the same date again after a change."""
    day: date
    start: str
    """14:30 on the wall of the mechanism's zone"""
    duration_minutes: int
    title: str
    host: str
    location: str | None = None
    state: str = PROVISIONAL
    reason: str | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "PlanLine":
        """A line as it was kept."""
        days = {name: date.fromisoformat(stored[name]) for name in ("nominal", "day")}
        return cls(**{**stored, **days})

    def to_json(self) -> dict[str, Any]:
        """To be kept."""
        return {**asdict(self), "nominal": self.nominal.isoformat(), "day": self.day.isoformat()}

    @property
    def key(self) -> tuple[int, date]:
        """The same for the same date of the plan."""
        return self.series_id, self.nominal

    @property
    def local_start(self) -> datetime:
        """On the wall of the mechanism's zone."""
        return datetime.combine(self.day, time.fromisoformat(self.start))

    def when(self, words: Words) -> str:
        """3月18日（周四）14:30, with its year where it moved into another; of a date left out only the day, of a postponed meeting
        that its date is open."""
        if self.state == SKIPPED:
            return words.short_date(self.day, self.nominal)
        if self.state == POSTPONED:
            return words._("date to be announced")
        return words.moment(self.local_start, self.nominal)

    def remark(self, words: Words) -> str:
        """暂定, or why nothing takes place; nothing for what was announced."""
        if self.state == SKIPPED:
            return words._("%(date)s: %(reason)s", date=words._("Left out"), reason=self.reason or "")
        return {PROVISIONAL: words._("Provisional"), POSTPONED: words._("Postponed")}.get(self.state, "")


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One difference between what was told and what stands now."""

    kind: str
    line: PlanLine
    before: PlanLine | None = None

    def said(self, words: Words) -> str:
        """One sentence."""
        one, before = self.line, self.before or self.line
        place = words._(" (%(details)s)", details=one.location) if one.location else ""
        facts = {
            "title": one.title,
            "host": one.host,
            "former": before.host,
            "reason": one.reason or "",
            "place": place,
        }
        return words._(_SENTENCES[self.kind], when=one.when(words), before=before.when(words), **facts)


def changes(before: Sequence[PlanLine], after: Sequence[PlanLine], today: date) -> list[PlanChange]:
    """What has to be told to whoever knows `before`, by date; what lay before today is not spoken of. That a provisional date was
    announced since is no change: its notice said so."""
    old, new = ({line.key: line for line in lines} for lines in (before, after))
    found = [change for key, line in new.items() if (change := _change(old.get(key), line))]
    found += [
        PlanChange(OFF, line)
        for key, line in old.items()
        if key not in new and line.state != SKIPPED and line.day >= today
    ]
    return sorted(found, key=lambda change: (change.line.day, change.line.start))


def _change(old: PlanLine | None, new: PlanLine) -> PlanChange | None:
    if new.state == SKIPPED:
        told = old is not None and (old.state, old.reason) == (SKIPPED, new.reason)
        return None if told else PlanChange(LEFT_OUT, new, old)
    if old is None or old.state == SKIPPED:
        return PlanChange(ADDED, new, old)
    if new.state == POSTPONED:
        return None if old.state == POSTPONED else PlanChange(PUT_OFF, new, old)
    times = [(each.day, each.start, each.duration_minutes) for each in (old, new)]
    if times[0] != times[1] or old.state == POSTPONED:
        return PlanChange(MOVED, new, old)
    if old.host != new.host:
        return PlanChange(HOST, new, old)
    if (old.title, old.location) != (new.title, new.location):
        return PlanChange(OTHER, new, old)
    return None


def seen_on(lines: Sequence[PlanLine], is_member: Callable[[date], bool]) -> list[PlanLine]:
    """The lines that an agency is told: those on whose day it is a member."""
    return [line for line in lines if is_member(line.day)]
