"""Minutes in a real browser, from the held meeting's card to a correction: every page clean in both languages and widths."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from liaison.accounts import links
from liaison.countersigning.signing import OnPaper
from liaison.db import Session
from liaison.meetings import queries as meetings
from liaison.minutes import queries, signing, writing
from liaison.minutes.editing import SectionGiven
from tests.browser import chromium
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
        for width in (390, 1280):
            page.set_viewport_size(chromium.viewport(width))
            page.screenshot(path=Path(where) / f"{name}-{locale}-{width}.png", full_page=True)


class Look:
    """Checks the page as it stands at both widths, and keeps a picture of each for whoever asks for them."""

    def __init__(self, page: Page, checks: Check, locale: str) -> None:
        self.page, self.checks, self.locale = page, checks, locale

    def __call__(self, path: str, name: str) -> None:
        if path:
            self.page.goto(path)
        self.checks(self.page)
        seen(self.page, name, self.locale)


def changed(site: LiveSite, version_id: int) -> int:
    """区司法局 asked for changes, and a second version is circulated; its id."""
    built = site.world

    async def act(db: Session) -> int:
        host, asks = await built.viewer(db, built.zhoumin), await built.viewer(db, built.liwb)
        minutes, version = await queries.version(db, asks, version_id)
        await signing.request_changes(db, asks, minutes, version, root=version.root, text="改为每月3日前。")
        given = [SectionGiven(one.key, text=f"{one.text}每月3日前交换。") for one in version.sections]
        minutes, saved = await writing.save(db, host, minutes.meeting, given)
        return (await writing.circulate(db, host, minutes, saved)).id

    return site.in_transaction(act)


def signed(site: LiveSite, version_id: int) -> None:
    """Every agency signs: one here, the others on paper."""
    built = site.world

    async def act(db: Session) -> None:
        host, signs = await built.viewer(db, built.zhoumin), await built.viewer(db, built.liwb)
        minutes, newest = await queries.version(db, host, version_id)
        await signing.sign(db, signs, minutes, newest, root=newest.root, text="请尽快印发。")
        for agency_id in [one.agency_id for one in newest.signers if one.agency_id != built.sfj.id]:
            paper = OnPaper("方华", db.clock.today(minutes.meeting.timezone))
            await signing.register(db, host, minutes, newest, root=newest.root, agency_id=agency_id, paper=paper)

    site.in_transaction(act)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_pages_on_which_minutes_are_written_are_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Check, locale: str
) -> None:
    meeting_id = running_meeting(live_server, held=True)
    page = new_page(person=live_server.world.zhoumin, locale=locale)
    look = Look(page, width_checks, locale)
    look(f"/meetings/{meeting_id}", "card-none")
    page.locator("#minutes form .btn.primary").click()
    page.wait_for_url("**/edit*")
    look("", "edit")
    version = page.url.split("/")[4]
    page.locator("[name='text.opening']").fill("身份证号11010519491231002X。")
    page.locator(".form-end .btn.primary").click()
    expect(page.locator(".errors")).to_be_visible()
    look("", "edit-refused")
    page.locator("[name='text.opening']").fill("2026年9月24日，召开联席会议。")
    page.locator("[name=add]").click()
    last = page.locator(".sec-row").last
    expect(last.locator(".tag.brand")).to_be_visible()
    last.locator("input[name^='title.']").fill("其他")
    last.locator("[data-stem]").first.click()
    last.locator("textarea").press_sequentially("下次会议另行通知。")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url(f"**/minutes/{version}?done=saved")
    expect(page.locator(".paper-text section").last).to_contain_text("下次会议另行通知。")
    expect(page.locator(".paper-text section").first).not_to_contain_text("下次会议")
    look("", "draft")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_pages_on_which_minutes_are_circulated_and_changed_are_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Check, locale: str
) -> None:
    built = live_server.world
    meeting_id, version = drafted(live_server, circulate=False)
    page = new_page(person=built.zhoumin, locale=locale)
    look = Look(page, width_checks, locale)
    look(f"/minutes/{version}/circulate", "circulate")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**?done=circulated")
    look("", "circulating")
    look(f"/meetings/{meeting_id}", "card-circulating")
    look(f"/minutes/{version}/register?agency={built.sfj.id}", "register")
    signer = new_page(person=built.liwb, locale=locale)
    signer.goto(f"/minutes/{version}")
    second = changed(live_server, version)
    look(f"/minutes/{second}/edit", "edit-circulated")
    look(f"/minutes/{second}/changes", "changes")
    expect(page.locator("ins").first).to_be_visible()
    signer.locator("#own form").first.locator("button.primary").click()
    expect(signer.locator("#h-since")).to_be_visible()
    Look(signer, width_checks, locale)("", "changed-since")
    signer.locator("#own form").first.locator("button.primary").click()
    signer.wait_for_url("**?done=agreed*")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_page_behind_the_link_to_sign_is_clean_before_and_after_agreeing(
    new_page: NewPage, live_server: LiveSite, width_checks: Check, locale: str
) -> None:
    built = live_server.world
    _, version = drafted(live_server)

    async def mailed(db: Session) -> str:
        return await links.link_for(
            db,
            purpose=links.SIGN,
            object_id=version,
            person_id=built.liwb.id,
            agency_id=built.sfj.id,
            designation_id=built.terms["liwb"].id,
            expires_at=db.now() + timedelta(days=7),
        )

    page = new_page(locale=locale)
    look = Look(page, width_checks, locale)
    look(live_server.in_transaction(mailed), "link")
    page.locator("button[value=agree]").click()
    expect(page.locator(".note.ok")).to_be_visible()
    expect(page.locator("button[value=agree]")).to_have_count(0)
    look("", "link-agreed")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_pages_on_which_minutes_are_issued_and_corrected_are_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Check, locale: str
) -> None:
    meeting_id, first = drafted(live_server)
    version = changed(live_server, first)
    signed(live_server, version)
    page = new_page(person=live_server.world.zhoumin, locale=locale)
    look = Look(page, width_checks, locale)
    look(f"/minutes/{first}", "superseded")
    look(f"/minutes/{version}", "agreed")
    look(f"/minutes/{version}/issue", "issue")
    page.locator("[name=doc_no]").fill("清检会纪〔2026〕4号")
    page.locator("[name=copy_to]").fill("区委政法委\n区人社局")
    page.locator("[name=report_to]").click()
    expect(page.locator("#recipients li")).to_contain_text(["区委政法委", "区人社局"])
    look("", "issue-recipients")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**?done=issued")
    look("", "issued")
    look("/mechanisms/1/minutes", "list")
    look(f"/minutes/{version}/excerpt", "excerpt")
    look(f"/minutes/{version}/correct", "correct")
    page.locator("[name=reason]").fill("日期有误。")
    page.locator(".form-end .btn.primary").click()
    page.wait_for_url("**/edit?done=correcting")
    look(f"/meetings/{meeting_id}", "card-correction")


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
    expect(page.locator(".paper-text")).to_contain_text("另行通知。")
    page.goto(f"/minutes/{version}/circulate")
    page.locator(".form-end .btn.primary").click()
    page.locator("#own form").first.locator("button.primary").click()
    expect(page.locator("#signers")).to_contain_text("同意")
