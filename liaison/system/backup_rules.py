"""When a nightly backup is due, and when its age is a worry. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from liaison.errors import Message

RUNNING, MADE, FAILED = "running", "made", "failed"
TOO_OLD: Final = timedelta(hours=36)
TRY_AGAIN: Final = timedelta(hours=1)
TAKEN_FOR_DEAD: Final = timedelta(hours=6)
"""A worker that began so long ago and said nothing since was killed."""


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """The nightly backup: whether it is wanted and can be made here, the last one that was made, and how the newest try ended."""

    on: bool
    possible: bool
    """False on PostgreSQL without pg_dump."""
    state: str | None
    """running, made, failed; None before the first try."""
    made_at: datetime | None
    age: timedelta | None
    bytes: int | None
    seconds: float | None
    file: str | None
    why: Message | None

    @classmethod
    def of(cls, noted: dict[str, Any], *, now: datetime, on: bool, possible: bool) -> "BackupStatus":
        """Read what was noted."""
        made_at = datetime.fromisoformat(noted["made_at"]) if noted.get("made_at") else None
        why = noted.get("why")
        return cls(
            on=on,
            possible=possible,
            state=noted.get("state"),
            made_at=made_at,
            age=now - made_at if made_at else None,
            bytes=noted.get("bytes"),
            seconds=noted.get("seconds"),
            file=noted.get("file"),
            why=message_of(why) if why else None,
        )

    @property
    def too_old(self) -> bool:
        """Whether a night was missed."""
        return self.age is not None and self.age > TOO_OLD


def begins(day: date, now: datetime, noted: tuple[datetime, dict[str, Any]] | None) -> bool:
    """Whether the backup of that night is to be begun, after what was noted last, and when."""
    if noted is None or noted[1].get("day") != day.isoformat():
        return noted is None or noted[1].get("state") != RUNNING or now - noted[0] > TAKEN_FOR_DEAD
    at, detail = noted
    if detail["state"] == MADE:
        return False
    return now - at > (TAKEN_FOR_DEAD if detail["state"] == RUNNING else TRY_AGAIN)


def failed(day: date, why: Message) -> dict[str, Any]:
    """What is noted of a try that failed: the reason as code and parameters, worded when shown."""
    return {"state": FAILED, "day": day.isoformat(), "why": message_json(why)}


def message_json(message: Message) -> dict[str, Any]:
    """A sentence as it is kept in a row."""
    params = {k: message_json(v) if isinstance(v, Message) else str(v) for k, v in message.params.items()}
    return {"msgid": message.msgid, "params": params}


def message_of(stored: dict[str, Any]) -> Message:
    """Read back `message_json`."""
    return Message(
        stored["msgid"], {k: message_of(v) if isinstance(v, dict) else v for k, v in stored["params"].items()}
    )
