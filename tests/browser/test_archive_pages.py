"""The archive in a real browser: its page, and what was downloaded from it, opened without any server."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_archive_is_downloaded_and_its_pages_open_offline_without_a_request(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str, tmp_path: Path
) -> None:
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    page.goto("/mechanisms/1/archive?year=whole")
    width_checks(page)
    with page.expect_download() as download:
        page.locator("main form[method=post] button").click()
    target = tmp_path / "archive.zip"
    download.value.save_as(target)
    page.reload()
    expect(page.locator("main code")).to_have_count(2)
    width_checks(page)
    reader = new_page(locale=locale, person=live_server.world.maolin)
    reader.goto("/mechanisms/1")
    page.goto("/mechanisms/1/readers")
    expect(page.locator("main tbody tr")).to_have_count(1)
    width_checks(page)
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(target) as made:
        made.extractall(folder)
        pages = [name for name in made.namelist() if name.endswith("index.html")]
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for name in pages:
        page.goto((folder / name).as_uri())
        expect(page.locator("h1")).to_have_count(1)
        for link in page.locator("a").all():
            href = link.evaluate("a => a.href")
            assert href.startswith(folder.as_uri()), href
        missing = page.evaluate("() => [...document.styleSheets].length")
        assert missing == 1
    assert [url for url in asked if not url.startswith("file://")] == []
    assert said == []
