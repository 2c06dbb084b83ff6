"""What the program writes to its log: one line an event, as text or JSON, never a secret.

Uvicorn's and every library's own lines go through the same chain, so that an address with a secret in it is masked wherever it turns
up, also inside a traceback."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

from liaison.absent import absent

with absent(
    "rich"
):  # structlog would load it for coloured tracebacks that no log of ours has: 4 MB, and 40 ms of every start
    import structlog

_SECRETS = (
    (re.compile(r"(/(?:r|sign-in|set-up|password|feed)/)[^\s\"'?#<>]+"), r"\1…"),
    (re.compile(r"([?&](?:token|secret|key|code)=)[^&\s\"'<>]+", re.IGNORECASE), r"\1…"),
    (re.compile(r"(\b[a-z+]{2,20}://)[^@/\s\"']+@"), r"\1…@"),
    (re.compile(r"\blia_[A-Za-z0-9_-]{20,}"), "lia_…"),
    (re.compile(r"(\bBearer\s+)\S+", re.IGNORECASE), r"\1…"),
)


def masked(text: str) -> str:
    """The text with everything secret in it replaced by …: mailed links, feeds, tokens, passwords in addresses."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def set_up(log_format: str, *, quiet: bool = False, out: TextIO | None = None) -> None:
    """Send all log lines to standard error, as `text` or `json`; `quiet` leaves out what is only of interest on a server."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    last: Any = structlog.dev.ConsoleRenderer(colors=False)
    if log_format == "json":
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING if quiet else logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _mask(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = masked(value)
        elif not isinstance(value, int | float | bool | None) and not key.startswith("_"):
            event[key] = masked(str(value))
    return event
