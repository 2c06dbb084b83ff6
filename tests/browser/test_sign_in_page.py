"""The first page anybody sees."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage


@pytest.mark.parametrize(("locale", "tag"), [("zh_CN", "zh-CN"), ("en", "en")])
def test_the_sign_in_page_is_right_in_both_languages_and_widths(
    new_page: NewPage, width_checks: Callable[[Page], None], locale: str, tag: str
) -> None:
    page = new_page(locale=locale)
    page.goto("/")
    assert page.url.endswith("/sign-in?next=/")
    assert page.locator("html").get_attribute("lang") == tag
    assert page.locator("main form").count() >= 1
    width_checks(page)
