"""The page as it is read: its headline, and the parts that fit. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from liaison.i18n import Words
from liaison.one_page.facts import TITLE, OnePage, parts
from liaison.one_page.fitting import Part, clipped, fitted, width_of


def headline(words: Words, page: OnePage) -> tuple[str, str]:
    """The title and the line below it."""
    room = 28 - width_of(words._(TITLE, mechanism=""))
    title = words._(TITLE, mechanism=clipped(page.mechanism, room))
    members = words.ngettext("%(n)d member agency", "%(n)d member agencies", page.members)
    return title, words._("As of %(day)s; %(members)s", day=words.full_date(page.today), members=members)


def shown(words: Words, page: OnePage) -> Sequence[Part]:
    """The parts with the lines that fit, numbered headings."""

    def more(n: int) -> str:
        return words.ngettext("… and %(n)d more", "… and %(n)d more", n)

    found = fitted(parts(words, page), more)
    return [replace(one, heading=words.numbered(n, one.heading)) for n, one in enumerate(found, 1)]
