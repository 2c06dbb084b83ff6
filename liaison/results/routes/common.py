"""What the pages of 成效 share: how one is shown, the words of lists, and what the address narrows by."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.i18n import Words
from liaison.results import terms, yuan
from liaison.results.outcome_table import WRITTEN
from liaison.results.report_shown import sum_tiles
from liaison.web.pages import AnyRequest, page

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page under 成效 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(
        request,
        template,
        nav="results",
        **{"theirs": {}, "vocabulary": terms, "yuan": yuan, "sum_tiles": sum_tiles, **context},
    )


def labels(words: Words) -> dict[str, str]:
    """The name of each field of a line."""
    return {name: words._(text) for name, text in WRITTEN.items()}


def day_in_address(given: Mapping[str, str], name: str) -> date | None:
    """A date of the address; what is none is left out."""
    try:
        day = date.fromisoformat(given.get(name, "")) if given.get(name) else None
    except ValueError:
        return None
    return day if day is not None and 1949 <= day.year < 2200 else None


def address(path: str, **said: Any) -> str:
    """A path with what is said."""
    kept = {name.rstrip("_"): value for name, value in said.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(kept)}" if kept else path
