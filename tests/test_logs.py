"""No secret gets into the log: mailed links, feeds, tokens, passwords in addresses; in our lines, in uvicorn's, in tracebacks."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from liaison import logs

SECRETS = (
    "GET /r/a1.b2c3.d4 HTTP/1.1",
    "http://host/sign-in/link/abc.def?x=1",
    "/set-up/abc.def",
    "/password/abc.def",
    "/feed/abcdef.ics",
    "/x?next=1&token=abcdef",
    "smtp://user:abcdef@mail.example:25",
    "postgresql://liaison:abcdef@db/liaison",
    "Authorization: Bearer abcdef",
    "lia_abcdefabcdefabcdefabcdef",
)


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Where the log goes; as it was before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    logs.set_up("json", out=stream)
    yield stream
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_masked(text: str) -> None:
    shown = logs.masked(text)
    assert "…" in shown
    assert "abc" not in shown
    assert "d4" not in shown


@pytest.mark.parametrize("text", ["/meetings/7", "/sign-in", "https://host/system/outbox?show=all", "a@b.example"])
def test_everything_else_stays_readable(text: str) -> None:
    assert logs.masked(text) == text


def test_lines_of_libraries_and_tracebacks_are_masked_too(out: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', "127.0.0.1", "GET", "/r/a.abcdef.c", "1.1", 200)
    try:
        raise ValueError("no such link: /r/a.abcdef.c")
    except ValueError as error:
        structlog.get_logger("liaison").error("unexpected", path="/feed/abcdef.ics", exc_info=error)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["level"] for line in lines] == ["info", "error"]
    assert "ValueError" in lines[1]["exception"]
    assert "abcdef" not in out.getvalue()
