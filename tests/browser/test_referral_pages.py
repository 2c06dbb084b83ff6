"""Leads and their ledger in a real browser: its filters stand in one line, the rows of its table end alike, and a lead fits a phone."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import scheduling
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.held import held
from tests.notices.past import DECLINED, DONE, LATE, table


def test_the_filters_of_the_ledger_stand_in_line_and_the_last_row_has_no_border(
    new_page: NewPage, live_server: LiveSite
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    _refer(page, live_server)
    page.goto("/referrals")
    fields = page.locator(".filters input:visible, .filters select")
    expect(fields).to_have_count(5)
    bottoms = fields.evaluate_all("found => found.map(one => Math.round(one.getBoundingClientRect().bottom))")
    assert len(set(bottoms)) == 1
    assert page.locator(".filters label > span").count() == 5, "each has its label above it"
    cells = page.locator(".tbl tbody tr:last-child > *")
    borders = cells.evaluate_all("found => found.map(one => getComputedStyle(one).borderBottomWidth)")
    assert set(borders) == {"0px"}


def test_a_lead_that_two_meetings_could_take_up_fits_a_phone(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    world = live_server.world

    async def plan(db: Session) -> None:
        viewer = await viewer_for(db, world.zhoumin.id, via="web")
        assert viewer is not None
        for day in ("2026-12-17", "2027-03-18"):
            at = datetime.fromisoformat(f"{day}T14:30")
            title = "支持起诉与法律援助工作联席会议"
            await scheduling.schedule(
                db, viewer, world.mechanism.id, kind="regular", title=title, local_start=at, duration_minutes=120
            )

    live_server.in_transaction(plan)
    page = new_page(person=world.zhoumin)
    _refer(page, live_server)
    expect(page.locator("select[name=meeting_id] option")).to_have_count(2)
    width_checks(page)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_ledger_of_before_is_looked_at_entered_and_taken_back_and_every_page_is_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], tmp_path: Path, locale: str
) -> None:
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    file = tmp_path / "台账.csv"
    file.write_bytes(table(DONE, DECLINED, LATE))
    page.goto(f"/mechanisms/{live_server.world.mechanism.id}/referrals/import")
    width_checks(page)
    page.locator("#f-file").set_input_files(file)
    page.locator("form.form-page button[type=submit]").click()
    expect(page.locator(".tbl tbody tr")).to_have_count(3)
    width_checks(page)
    page.locator("form.form-end button.primary").click()
    expect(page.locator("#entered tbody tr")).to_have_count(1)
    width_checks(page)
    page.goto("/referrals")
    expect(page.locator(".tbl tbody tr")).to_have_count(3)
    width_checks(page)
    page.locator(".tbl tbody th a").last.click()
    width_checks(page)
    page.locator("form[action$='/take-back'] button").click()
    expect(page.locator(".tbl tbody tr")).to_have_count(2)
    page.locator(".toast button").click()
    expect(page.locator("form[action$='/take-back'] button")).to_be_visible()


def test_a_long_ledger_shows_how_far_it_is_when_it_is_looked_at_and_when_it_is_taken_in(
    new_page: NewPage, live_server: LiveSite
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(f"/mechanisms/{live_server.world.mechanism.id}/referrals/import")
    content = table(*(DONE.replace("〕1号", f"〕{n}号") for n in range(1, 31)))
    page.locator("#f-file").set_input_files({"name": "台账.csv", "mimeType": "text/csv", "buffer": content})
    # SQLite is given each row by itself, PostgreSQL all of a turn at once.
    nth = 26 if live_server.database.settings.sqlite_path is not None else 2
    for press in ("form.form-page button[type=submit]", "input[name=confirmed] ~ .row button"):
        with held(live_server.database, "INSERT INTO notice ", nth) as hold:
            page.click(press)
            form = page.locator("form", has=page.locator(".far:visible"))
            expect(form.locator(".figures")).to_have_text("已读 25 条，共 30 条")
            live_server.loop.call_soon_threadsafe(hold.let_go)
            expect(page.locator(".far:visible")).to_have_count(0)
    expect(page.locator(".note.ok")).to_be_visible()
    expect(page.locator("#entered tbody tr")).to_have_count(1)


def _refer(page: Page, site: LiveSite) -> None:
    page.goto(f"/mechanisms/{site.world.mechanism.id}/notices/new?kind=referral")
    page.locator("input[name=to_agency_ids]").first.check()
    page.locator("#f-subject").fill("农民工讨薪线索")
    page.locator("#f-text").fill("请审查是否受理。")
    page.locator("button[name=send]").click()
    page.locator("form[action$='/send'] button").click()
    expect(page.locator("h1")).to_have_text("农民工讨薪线索")
