"""The small parts of a page: nothing they are given becomes markup."""

from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from liaison.directory.models import Agency
from liaison.i18n import Words
from liaison.templating import environment
from liaison.web.parts import Parts

EVIL = "<b>\"'&"
SAFE = "&lt;b&gt;&#34;&#39;&amp;"
PARTS = Parts("/icons.svg", Words("en", "Asia/Shanghai", date(2026, 11, 26)))
NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "part",
    [
        PARTS.icon(EVIL, EVIL),
        PARTS.tag(EVIL, EVIL, EVIL),
        PARTS.ag(Agency(id=1, sort_order=1, short_name=EVIL, name=EVIL)),
        PARTS.time(NOON, EVIL),
        PARTS.csrf_input(EVIL),
        PARTS.move(EVIL, EVIL, False, True),
    ],
    ids=("icon", "tag", "ag", "time", "csrf_input", "move"),
)
def test_what_a_part_is_given_is_escaped(part: Markup) -> None:
    assert "<b>" not in part
    assert SAFE in part


def test_what_is_escaped_already_is_not_escaped_again() -> None:
    assert PARTS.tag(Markup("<i>x</i>")) == '<span class="tag "><i>x</i></span>'


def test_an_agency_out_of_the_first_nine_takes_its_colour_by_its_id() -> None:
    assert PARTS.slot_of(Agency(id=12, sort_order=100, short_name="x", name="x")) == 3
    assert PARTS.slot_of(Agency(id=12, sort_order=4, short_name="x", name="x")) == 4
    assert PARTS.slot_of(Agency(id=12, sort_order=4, short_name="x", name="x"), 7) == 7


@pytest.mark.parametrize(
    ("value", "shown"),
    [(EVIL, SAFE), ("联席会议1", "联席会议1"), (Markup("<i>"), "<i>"), (7, "7"), (True, "True"), (None, "None")],
)
def test_a_template_escapes_every_value_that_is_not_markup(value: object, shown: str) -> None:
    template = environment("en").from_string("{{ value }}{% set kept %}{{ value }}{% endset %}{{ kept }}")
    assert template.render(value=value) == shown * 2
