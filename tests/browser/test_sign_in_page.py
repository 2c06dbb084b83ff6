"""The first page anybody sees."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("locale", "tag"), [("zh_CN", "zh-CN"), ("en", "en")])
def test_the_sign_in_page_is_right_in_both_languages_and_widths(
    new_page: NewPage, page_checks: Callable[[Page], None], width: int, locale: str, tag: str
) -> None:
    page = new_page(width=width, locale=locale)
    page.goto("/")
    assert page.url.endswith("/sign-in?next=/")
    assert page.locator("html").get_attribute("lang") == tag
    assert page.locator("main form").count() >= 1
    page_checks(page)
