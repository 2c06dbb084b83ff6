"""`liaison ingest` as a mail server calls it: one mail on standard input, whatever it is; one word, a space and why; exit code 0."""

from pathlib import Path

import pytest

from tests.cli.test_commands import run
from tests.mail.hostile import calendar, mail, nested_multiparts


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for all of them, as on a server."""
    return tmp_path_factory.mktemp("site")


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "held"),
        (b"\n", "held"),
        (bytes(range(256)) * 1000, "held"),
        (b"\0" * 100_000, "held"),
        (calendar(), "held"),
        (mail(Subject="\0\x1b[31m\udcff"), "held"),
        (mail(Auto_Submitted="auto-replied"), "ignored"),
        (nested_multiparts(5000), "held"),
        (b"x" * 12_000_000, "held"),
    ],
    ids=[
        "nothing",
        "a line feed",
        "junk",
        "NUL",
        "unknown UID",
        "control characters",
        "automatic",
        "too deep",
        "12 MB",
    ],
)
def test_any_input_is_answered_by_one_word_and_why_and_exit_code_0(raw: bytes, word: str, site: Path) -> None:
    done = run(site, "ingest", given=raw)
    assert (done.returncode, done.stderr) == (0, "")
    verdict, _, why = done.stdout.removesuffix("\n").partition(" ")
    assert verdict == word
    assert why.endswith(".")
    assert "\n" not in why
