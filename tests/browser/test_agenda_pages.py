"""Preparing an agenda in a real browser: what is proposed, late, deferred, returned and restricted, for who may know of it and who may not."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from liaison.db import Session
from liaison.meetings import agenda, deferring, scheduling
from liaison.meetings.models import AgendaItem
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite


def prepared_meeting(site: LiveSite) -> tuple[int, int, int]:
    """A draft whose agenda has an item in every state; its id, and those of the restricted item and of a deferred one."""
    built = site.world

    async def act(db: Session) -> tuple[int, int, int]:
        host, officer = await built.viewer(db, built.zhoumin), await built.viewer(db, built.liwb)
        facts = {"kind": "regular", "duration_minutes": 120}
        starts = (datetime.fromisoformat(day) for day in ("2026-12-03T14:30", "2027-03-18T14:30"))
        first, later = [
            await scheduling.schedule(db, host, built.mechanism.id, title=title, local_start=start, **facts)  # type: ignore[arg-type]
            for title, start in zip(("第四季度联席会议", "一季度联席会议"), starts, strict=True)
        ]
        first.created_at = datetime.fromisoformat("2026-11-01T09:00+08:00")

        async def proposed(title: str, **more: object) -> int:
            given = {"title": title, "purpose": "consult", "duration_minutes": 20, **more}
            return (await agenda.add_item(db, officer, first, **given)).id  # type: ignore[arg-type]

        async def item(item_id: int) -> AgendaItem:
            return await agenda.item_of(db, host, item_id, unseen=True)

        await agenda.add_item(db, host, first, title="通报三季度工作情况", purpose="report", duration_minutes=30)
        closed = await proposed("会商个案协作", audience=[built.sfj.id], presenter_id=built.liwb.id)
        await agenda.accept_item(db, host, await item(closed))
        await proposed("研究欠薪线索移送口径")
        returned, deferred = await proposed("审议协作细则"), await proposed("推进信息共享")
        await deferring.return_item(db, host, await item(returned), reason="请补充近三个月的数据。")
        await deferring.defer_item(db, host, await item(deferred), reason="材料未齐，下次再议。")
        assert (await item(deferred)).meeting_id == later.id
        return first.id, closed, deferred

    return site.in_transaction(act)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("who", ["zhoumin", "liwb"])
def test_every_page_of_an_agenda_is_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str, who: str
) -> None:
    meeting_id, closed, deferred = prepared_meeting(live_server)
    page = new_page(locale=locale, person=getattr(live_server.world, who))
    for path in (
        f"/meetings/{meeting_id}",
        f"/meetings/{meeting_id}/agenda-items/new",
        f"/agenda-items/{closed}",
        f"/agenda-items/{deferred}",
        f"/meetings/{meeting_id}/print",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for folded in page.locator("details.data > summary").all():
            folded.click()
        width_checks(page)


def test_the_host_returns_a_restricted_item_it_cannot_read(new_page: NewPage, live_server: LiveSite) -> None:
    meeting_id, closed, _ = prepared_meeting(live_server)
    page = new_page(person=live_server.world.zhoumin)
    page.goto(f"/meetings/{meeting_id}")
    page.locator(f"[data-item='{closed}'] a", has_text="另行通知").click()
    page.locator("summary", has_text="暂缓或退回").click()
    page.locator("#f-reason").fill("本次时间不够。")
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("议题已退回")
    officer = new_page(person=live_server.world.liwb)
    officer.goto(f"/agenda-items/{closed}")
    expect(officer.locator("main")).to_contain_text("本次时间不够。")
    officer.get_by_role("link", name="修改").first.click()
    officer.get_by_role("button", name="保存").click()
    officer.goto(f"/agenda-items/{closed}")
    expect(officer.locator(".head")).to_contain_text("待审定")
