"""Fixtures of the browser tests: the site that runs, a page of a given width and language, and what must hold on every page.

These tests are plain functions: playwright's own loop and the site's thread leave none to wait in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from liaison.clock import Clock
from liaison.config import Settings
from liaison.directory.models import Person
from liaison.i18n import LANGUAGE_TAGS
from liaison.web.access import session_cookie
from tests.browser import chromium, executable, left_out
from tests.browser.live import LiveSite, live_site

if left_out():
    collect_ignore_glob = ["test_*.py"]


class NewPage(Protocol):
    def __call__(
        self, *, width: int = 1280, locale: str = "zh_CN", person: Person | None = None, script: bool = True
    ) -> Page: ...


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config) -> str:
    """axe-core's script."""
    return chromium.axe_source(Path(pytestconfig.cache.mkdir("axe-core")))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium for all these tests of one process; its loop ends with them, so that others in this process can have theirs."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable(), args=chromium.ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def live_server(settings: Settings, clock: Clock, populated: tuple[Path, bytes] | None) -> Iterator[LiveSite]:
    """The site with the small world in it."""
    with live_site(settings, clock, populated) as site:
        yield site


@pytest.fixture
def watches() -> dict[Page, chromium.Watch]:
    """The pages of this test and what was heard on them."""
    return {}


@pytest.fixture
def new_page(
    browser: Browser, live_server: LiveSite, axe: str, watches: dict[Page, chromium.Watch]
) -> Iterator[NewPage]:
    """A page in a browser of its own: `new_page(width=390, locale="en", person=world.zhoumin)`; signed in when a person is given.
    Without `script` it runs none of the site's."""
    contexts = []

    def open_page(
        *, width: int = 1280, locale: str = "zh_CN", person: Person | None = None, script: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport=chromium.viewport(width),
            locale=LANGUAGE_TAGS[locale],
            timezone_id="Asia/Shanghai",
            base_url=live_server.url,
            has_touch=width < chromium.PHONE,
            java_script_enabled=script,
        )
        contexts.append(context)
        if person is not None:
            key = live_server.session_key(person)
            context.add_cookies(
                [{"name": session_cookie(live_server.settings.https), "value": key, "url": live_server.url}]
            )
        page = context.new_page()
        page.set_default_timeout(10_000)
        watches[page] = chromium.Watch(page, live_server.url, axe)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page_checks(watches: dict[Page, chromium.Watch]) -> Callable[[Page], None]:
    """`page_checks(page)` fails on console errors, violations of the content security policy, requests that leave the site,
    sideways scrolling, and what axe-core finds in the page as it stands."""
    return lambda page: watches[page].check()


@pytest.fixture
def width_checks(watches: dict[Page, chromium.Watch]) -> Callable[[Page], None]:
    """`page_checks` of a page as it is on a phone (390 px, touched) and on a computer (1280 px), in which it is left."""
    return lambda page: watches[page].check_widths()
