"""A meeting while it is held and after, and the ledger of action items, in a real browser: notes save themselves and nothing is lost."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions import assigning
from liaison.db import Session
from liaison.meetings import agenda, announcing, holding, queries, recorded, recording, replies, scheduling
from liaison.meetings.asking import Asked
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime.fromisoformat("2026-11-23T08:30")
"""Half an hour before the moment at which the tests take place."""


def running_meeting(site: LiveSite, *, held: bool = False) -> int:
    """A meeting with its chair asked and two items on the agenda; `held` with a decision and an action item too."""
    built = site.world

    async def act(db: Session) -> int:
        host = await built.viewer(db, built.zhoumin)
        meeting = await scheduling.schedule(
            db,
            host,
            built.mechanism.id,
            kind="regular",
            title="第四季度联席会议" if not held else "第三季度联席会议",
            local_start=MORNING - timedelta(days=60) if held else MORNING,
            duration_minutes=120,
            asked=[Asked(person_id=built.chenzy.id, role="chair"), Asked(person_id=built.xujie.id)],
        )
        for title in ("通报办理情况", "研究移送指引"):
            await agenda.add_item(db, host, meeting, title=title, purpose="report")
        if held:
            await recording.save_note(db, host, meeting, "陈志远主持会议。")
            await recording.decide(db, host, meeting, text="每月5日前交换清单。")
            await holding.hold(db, host, meeting)
            await assigning.assign(
                db,
                host,
                built.mechanism.id,
                meeting=meeting,
                title="建立线索编号登记台账",
                lead_agency_id=built.sfj.id,
                owner_id=built.zhenggq.id,
                due_on=date(2026, 11, 20),
            )
        return meeting.id

    return site.in_transaction(act)


def note_text(site: LiveSite, meeting_id: int) -> str | None:
    async def read(db: Session) -> str | None:
        note = await recorded.note(db, COMMAND_LINE, meeting_id, None)
        return note.text if note else None

    return site.in_transaction(read)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_page_of_holding_and_of_action_items_is_clean(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str
) -> None:
    running, held = running_meeting(live_server), running_meeting(live_server, held=True)
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    for path in (
        f"/meetings/{running}",
        f"/meetings/{running}/hold",
        f"/meetings/{running}/walk-in",
        f"/meetings/{running}/next",
        f"/meetings/{held}",
        f"/meetings/{held}/unhold",
        "/decisions/1/edit",
        "/mechanisms/1/meetings/held",
        "/actions",
        "/actions/1",
        "/actions/1/edit",
        "/meetings",
        "/",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for closed in page.locator("details.data > summary").all():
            closed.click()
        width_checks(page)


def test_somebody_checks_in_with_one_press_and_the_recorders_page_tells_it(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    built, meeting_id = live_server.world, running_meeting(live_server)

    async def send(db: Session) -> None:
        meeting = await queries.get(db, await built.viewer(db, built.zhoumin), meeting_id)
        meeting.announced_at = db.now()

    live_server.in_transaction(send)
    recorder, chair = new_page(person=built.zhoumin), new_page(person=built.chenzy)
    recorder.goto(f"/meetings/{meeting_id}")
    chair.goto(f"/meetings/{meeting_id}")
    width_checks(chair)
    chair.locator("#check-in button.primary").click()
    expect(chair.locator("#check-in")).to_contain_text("09:00 本人签到")
    recorder.locator("#quorum a").click()
    expect(recorder.locator("#quorum")).to_contain_text("自行签到： 陈志远 09:00")
    recorder.locator("select[name^='attendance.']").first.select_option("absent")
    expect(recorder.locator("#attendance")).to_contain_text("09:00 本人签到")
    chair.reload()
    expect(chair.locator("#check-in")).to_contain_text("请告知记录人")


def test_the_menu_of_a_meeting_opens_within_a_phone(
    new_page: NewPage, live_server: LiveSite, page_checks: Callable[[Page], None]
) -> None:
    """Everybody has answered, so that nothing is to be pressed before it and it stands at the right."""
    built, meeting_id = live_server.world, running_meeting(live_server)
    live_server.clock.as_of = MORNING.replace(tzinfo=SHANGHAI) - timedelta(minutes=20)

    async def all_answered(db: Session) -> None:
        host = await built.viewer(db, built.zhoumin)
        await announcing.send(db, host, await queries.get(db, host, meeting_id))
        for asked, person in zip(await queries.attendees(db, meeting_id), (built.chenzy, built.xujie), strict=True):
            viewer = await built.viewer(db, person)
            await replies.answer(db, viewer, await queries.attendee(db, asked.id), partstat="accepted")

    live_server.in_transaction(all_answered)
    page = new_page(width=390, person=built.zhoumin)
    page.goto(f"/meetings/{meeting_id}")
    page.locator("main details.more summary").click()
    expect(page.get_by_role("link", name="会议文书（.docx）")).to_be_in_viewport(ratio=1)
    page_checks(page)
