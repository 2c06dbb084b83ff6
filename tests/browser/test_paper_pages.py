"""会议材料 in a real browser: a paper is brought, refused with nothing typed lost, and handed out to be saved."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.meetings import scheduling
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.files.making import PDF


@pytest.fixture
def meeting_id(live_server: LiveSite) -> int:
    built = live_server.world

    async def act(db: Session) -> int:
        host = await built.viewer(db, built.zhoumin)
        start = datetime.fromisoformat("2026-12-17T14:30")
        facts = {"kind": "regular", "title": "第四季度联席会议", "local_start": start, "duration_minutes": 120}
        return (await scheduling.schedule(db, host, built.mechanism.id, **facts)).id  # type: ignore[arg-type]

    return live_server.in_transaction(act)


def bring(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})
    page.locator("main form .btn.primary").click()


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_pages_of_papers_are_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], meeting_id: int, locale: str
) -> None:
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    page.goto(f"/meetings/{meeting_id}/papers/new")
    width_checks(page)
    bring(page, "情况汇总.pdf", PDF)
    expect(page.locator("#papers").get_by_role("link", name="情况汇总", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{live_server.url}/meetings/{meeting_id}?done=paper_added#papers")
    width_checks(page)
    page.locator("#papers").get_by_role("link", name="情况汇总", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("情况汇总")
    width_checks(page)


def test_a_paper_is_refused_by_what_it_is_and_handed_out_to_be_saved(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None], meeting_id: int
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(f"/meetings/{meeting_id}/papers/new")
    page.locator("[name=title]").fill("办案情况")
    bring(page, "情况.pdf", b"MZ\x90\x00 a program that calls itself a paper")
    expect(page.locator("#f-file-error")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("办案情况")
    bring(page, "情况.pdf", PDF)
    with page.expect_download() as taken:
        page.locator("#papers a[href$='/file']").click()
    assert taken.value.suggested_filename == "情况.pdf"
    assert taken.value.path().read_bytes() == PDF
    page_checks(page)
