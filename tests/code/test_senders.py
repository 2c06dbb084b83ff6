"""From is written in one place: a name put beside an address by hand breaks on what addresses give a meaning to, as < and >."""

import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "liaison"
BY_HAND = re.compile(r"mail_from=f?\"[^\"\n]*<\{")


def test_no_mail_puts_a_mechanisms_name_beside_its_mailbox_by_hand() -> None:
    paths = sorted(PACKAGE.rglob("*.py"))
    assert [str(path) for path in paths if BY_HAND.search(path.read_text(encoding="utf-8"))] == []
