"""Finding a time in a real browser: asked, answered by the mailed link on a phone, picked; every page clean in both languages and widths."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.polls import queries
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.meetings.play import by_address, mails_in

LIWB = "liwb@sfj.qingzhi.example"


def fill(page: Page, n: int, day: str, time: str) -> None:
    page.locator(f"[name='times.{n}.date']").fill(day)
    page.locator(f"[name='times.{n}.time']").fill(time)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_time_is_asked_about_answered_by_link_and_picked_on_clean_pages(
    new_page: NewPage,
    live_server: LiveSite,
    width_checks: Callable[[Page], None],
    page_checks: Callable[[Page], None],
    locale: str,
) -> None:
    page = new_page(person=live_server.world.zhoumin, locale=locale)
    page.goto("/mechanisms/1/time-polls")
    width_checks(page)
    page.goto("/mechanisms/1/time-polls/new")
    fill(page, 0, "2026-12-08", "14:30")
    fill(page, 1, "2026-12-12", "09:00")
    page.locator("[name='title']").fill("商请协助会")
    page.locator("[name='check']").click()
    expect(page.locator(".tag.bad")).to_be_visible()
    width_checks(page)
    page.locator("form.form-page .btn.primary").click()
    page.wait_for_url(re.compile("/time-polls/1"))
    width_checks(page)
    live_server.work()
    mail = by_address(mails_in(live_server.settings.data_dir / "mail", set()))[LIWB]
    phone = new_page(width=390, locale=locale)
    phone.goto(mail.links[0])
    page_checks(phone)
    for row, choice in enumerate(("can", "if_need_be")):
        phone.locator("fieldset.field").nth(row).locator(f"[value='{choice}']").check()
    phone.locator(".btn.primary").click()
    expect(phone.get_by_role("status").first).to_be_visible()
    page_checks(phone)

    async def candidate(db: Session) -> int:
        return (await queries.whole(db, 1)).candidates[0].id

    page.goto("/time-polls/1")
    expect(page.locator("tbody .tag.ok")).to_have_count(1)
    width_checks(page)
    for path in (
        "/time-polls/1/agencies/2/register",
        "/time-polls/1/close",
        f"/time-polls/1/candidates/{live_server.in_transaction(candidate)}/pick",
    ):
        page.goto(path)
        width_checks(page)
    page.locator("main .btn.primary").click()
    page.wait_for_url(re.compile("/mechanisms/1/meetings/new"))
    expect(page.locator("[name='time']")).to_have_value("14:30")
    page.goto("/time-polls/1")
    width_checks(page)
