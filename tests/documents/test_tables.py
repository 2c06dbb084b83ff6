"""Tables that people bring: what is too large says so in their measure."""

import pytest

from liaison.documents.spreadsheet import Unreadable
from liaison.documents.tables import MOST_BYTES, rows_in
from liaison.i18n import gettext_for


def test_a_table_that_is_too_large_says_the_limit_in_megabytes() -> None:
    with pytest.raises(Unreadable) as refused:
        list(rows_in("台账.csv", b"x" * (MOST_BYTES + 1)))
    assert refused.value.message.worded(gettext_for("zh_CN")) == "文件过大：最多1.4 MB。"
