"""From is written in one place: a name put beside an address by hand breaks on what addresses give a meaning to, as < and >."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "liaison"
SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_mail_puts_a_mechanisms_name_beside_its_mailbox_by_hand(path: Path) -> None:
    assert re.findall(r"mail_from=f?\"[^\"\n]*<\{", path.read_text(encoding="utf-8")) == []
