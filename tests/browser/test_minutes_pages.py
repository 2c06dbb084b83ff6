"""Minutes in a real browser, from the held meeting's card to a correction: every page clean in both languages and widths."""

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from liaison.countersigning.models import PAPER
from liaison.countersigning.signing import OnPaper
from liaison.db import Session
from liaison.meetings import queries as meetings
from liaison.minutes import queries, signing, writing
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.browser.test_held_pages import running_meeting

Check = Callable[[Page], None]


def drafted(site: LiveSite, *, circulate: bool = True) -> tuple[int, int]:
    """A held meeting with minutes; the ids of meeting and version."""
    built, meeting_id = site.world, running_meeting(site, held=True)

    async def act(db: Session) -> int:
        host = await built.viewer(db, built.zhoumin)
        minutes = await writing.draft(db, host, await meetings.get(db, host, meeting_id))
        version = minutes.document.newest
        if circulate:
            await writing.circulate(db, host, minutes, version)
        return version.id

    return meeting_id, site.in_transaction(act)


def seen(page: Page, name: str, locale: str) -> None:
    """A picture for whoever looks at the pages, where MINUTES_PICTURES names a folder."""
    if where := os.environ.get("MINUTES_PICTURES"):
        page.screenshot(path=Path(where) / f"{name}-{locale}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_page_of_minutes_is_clean_from_the_draft_to_the_correction(
    new_page: NewPage, live_server: LiveSite, width_checks: Check, locale: str
) -> None:
    built, meeting_id = live_server.world, running_meeting(live_server, held=True)
    page = new_page(person=built.zhoumin, locale=locale)

    def look(name: str) -> None:
        width_checks(page)
        seen(page, name, locale)

    page.goto(f"/meetings/{meeting_id}")
    look("card-none")
    page.locator("#minutes form .btn.primary").click()
    page.wait_for_url("**/edit*")
    look("edit")
    version = page.url.split("/")[4]
    page.locator("[name='text.opening']").fill("身份证号11010519491231002X。")
    page.locator(".form-end .btn.primary").click()
    expect(page.locator(".errors")).to_be_visible()
    look("edit-refused")
    page.locator("[name='text.opening']").fill("2026年9月24日，召开联席会议。")
    page.locator("[name=add]").click()
    expect(page.locator(".sec-row").last).to_contain_text("新" if locale == "zh_CN" else "New")
    last = page.locator(".sec-row").last
    last.locator("input[name^='title.']").fill("其他")
    last.locator("[data-stem]").first.click()
    last.locator("textarea").press_sequentially("下次会议另行通知。")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url(f"**/minutes/{version}?done=saved")
    look("draft")
    page.goto(f"/minutes/{version}/circulate")
    look("circulate")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**?done=circulated")
    look("circulating")
    page.goto(f"/minutes/{version}/register?agency={built.sfj.id}")
    look("register")
    page.goto(f"/minutes/{version}/edit")
    look("edit-circulated")
    page.goto(f"/meetings/{meeting_id}")
    look("card-circulating")
    signer = new_page(person=built.liwb, locale=locale)
    signer.goto(f"/minutes/{version}")
    signer.locator("#own details summary").last.click()
    signer.locator("[name=changes]").fill("改为每月3日前。")
    signer.locator("#own form").last.locator("button").click()
    signer.wait_for_url("**?done=changes_requested*")
    width_checks(signer)
    page.goto(f"/minutes/{version}/edit")
    page.locator("textarea").nth(1).fill("每月3日前交换清单。")
    page.locator("[name=confirmed]").check()
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**?done=saved")
    look("second")
    second = page.url.split("/")[4].partition("?")[0]
    page.goto(f"/minutes/{second}/changes")
    expect(page.locator("del").first).to_be_visible()
    look("changes")
    page.goto(f"/minutes/{version}")
    look("superseded")
    page.goto(f"/minutes/{second}/circulate")
    page.locator(".form-end .btn.primary").click()
    signer.locator("#own form").first.locator("button.primary").click()
    expect(signer.locator("#h-since")).to_be_visible()
    width_checks(signer)
    seen(signer, "changed-since", locale)
    signer.locator("#own form").first.locator("button.primary").click()
    signer.wait_for_url("**?done=agreed*")

    async def on_paper(db: Session) -> None:
        host = await built.viewer(db, built.zhoumin)
        minutes, newest = await queries.version(db, host, int(second))
        for one in newest.signers:
            if one.agency_id != built.sfj.id:
                paper = OnPaper("方华", date(2026, 11, 20))
                await signing.register(
                    db, host, minutes, newest, root=newest.root, agency_id=one.agency_id, state=PAPER, paper=paper
                )

    live_server.in_transaction(on_paper)
    page.goto(f"/minutes/{second}")
    look("agreed")
    page.goto(f"/minutes/{second}/issue")
    look("issue")
    page.locator("[name=doc_no]").fill("清检会纪〔2026〕4号")
    page.locator("[name=copy_to]").fill("区委政法委\n区人社局")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**?done=issued")
    look("issued")
    page.goto(f"/minutes/{second}/excerpt")
    look("excerpt")
    page.goto(f"/minutes/{second}/correct")
    look("correct")
    page.locator("[name=reason]").fill("日期有误。")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**/edit?done=correcting")
    page.goto(f"/meetings/{meeting_id}")
    look("card-correction")


def test_leaving_with_unsaved_text_asks_first_and_moving_a_section_keeps_it(
    new_page: NewPage, live_server: LiveSite
) -> None:
    _, version = drafted(live_server, circulate=False)
    page = new_page(person=live_server.world.zhoumin)
    page.goto(f"/minutes/{version}/edit")
    field = page.locator("[name='text.opening']")
    field.click()
    field.press_sequentially("未保存的字。")
    page.locator(".sec-row").first.locator("button[value=down]").click()
    second = page.locator(".sec-row").nth(1)
    expect(second.locator("[name='text.opening']")).to_have_value(re.compile("未保存的字。"))
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.locator(".sec-row textarea").first.click()
    page.locator(".brand").click()
    page.wait_for_url(f"{live_server.url}/")
    assert asked == ["beforeunload"]
    page.goto(f"/minutes/{version}/edit")
    page.locator("[name='text.opening']").fill("存了的字。")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**?done=saved")
    assert asked == ["beforeunload"]
    expect(page.locator("#s-opening")).to_contain_text("存了的字。")


def test_every_form_of_minutes_works_without_a_script(new_page: NewPage, live_server: LiveSite) -> None:
    _, version = drafted(live_server, circulate=False)
    page = new_page(person=live_server.world.zhoumin, script=False)
    page.goto(f"/minutes/{version}/edit")
    page.locator("[name='text.opening']").fill("会议召开。")
    page.locator("[name=add]").click()
    page.locator(".sec-row").last.locator("input[name^='title.']").fill("其他")
    page.locator(".sec-row").last.locator("textarea").fill("另行通知。")
    page.locator(".form-end .btn.primary").click()
    expect(page.locator(".doc")).to_contain_text("另行通知。")
    page.goto(f"/minutes/{version}/circulate")
    page.locator(".form-end .btn.primary").click()
    page.locator("#own form").first.locator("button.primary").click()
    expect(page.locator("#signers")).to_contain_text("同意")
