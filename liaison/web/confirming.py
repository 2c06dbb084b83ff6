"""Asking once more before an act with consequences, where no script asked on the page itself."""

from collections.abc import Mapping
from typing import Any

from litestar.response import Response

from liaison.web.pages import AnyRequest, page


def confirm_page(
    request: AnyRequest,
    *,
    nav: str,
    question: str,
    button: str,
    action: str,
    back: str,
    hidden: Mapping[str, str] = {},
    **params: Any,
) -> Response[str]:
    """The question (a msgid with `params`) and the same post with `confirmed` and `hidden`; `back` leads to where the act was begun."""
    request.state.form_path = back
    return page(
        request,
        "confirm.html",
        nav=nav,
        question=question,
        button=button,
        action=action,
        back=back,
        hidden=hidden,
        params=params,
    )
