"""放假安排 on the pages and by the API: the operator pastes, looks, confirms; everybody reads."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import Context
from datetime import date, datetime

import pytest

from liaison.calendaring.workdays import DayKind
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from tests.callers import Browser, Program
from tests.system.days import MARCH, NOTICE, POWER_CUT, YEAR, Site
from tests.world import World


@pytest.fixture
async def operator(settings: Settings, database: Database, clock: Clock, world: World) -> AsyncIterator[Browser]:
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    await browser.get("/system")
    yield browser
    await browser.client.aclose()


async def test_a_notice_with_a_wrong_weekday_is_refused_naming_the_line(operator: Browser) -> None:
    text = NOTICE.replace("3月18日（周四）", "3月18日（周五）")
    answer = await operator.post("/system/holidays", region="CN", text=text, status="official")
    assert answer.status_code == 422
    assert "第4行" in answer.text
    assert "3月18日(周五)" in answer.text
    assert "2027-03-18 是周四，文中写的是周五" in answer.text


async def test_the_operator_pastes_a_notice_sees_what_changes_and_confirms(site: Site, operator: Browser) -> None:
    (march,) = await site.planned(MARCH)
    fields = {"region": "CN", "text": NOTICE, "status": "official", "source": "国办发明电〔2026〕0号"}
    look = await operator.post("/system/holidays", **fields)
    assert look.status_code == 200
    assert "1 个会议" in look.text
    assert "支持起诉与法律援助工作联席会议" not in look.text  # the operator does not read what meetings are about
    assert (await site.meeting(march)).local_on == MARCH
    done = await operator.post("/system/holidays", **fields, version="1", confirmed="move")
    assert done.headers["location"] == "/calendar/CN/2027?moved=1"
    assert (await site.meeting(march)).local_on == date(2027, 3, 19)
    page = await operator.get("/calendar/CN/2027?moved=1")
    assert "植树" in page
    assert "已公布" in page
    stale = await operator.post(
        "/system/holidays", **{**fields, "status": "provisional"}, version="1", confirmed="keep"
    )
    assert stale.status_code == 409


async def test_a_table_may_be_uploaded_as_spreadsheets_here_save_it(operator: Browser) -> None:
    content = "日期,类型,名称\n2027-01-01,放假,元旦\n2027-01-09,上班,元旦\n".encode("gb18030")
    look = await operator.client.post(
        "/system/holidays",
        data={"_csrf_token": operator.csrf, "region": "CN", "text": "", "status": "official"},
        files={"file": ("2027.csv", content, "text/csv")},
    )
    assert look.status_code == 200
    assert "2027年1月9日（星期六）" in look.text
    assert "2027-01-09,上班,元旦" in look.text  # kept for the act


async def test_an_answer_counts_by_the_days_of_its_site_wherever_its_session_was_opened(
    site: Site, settings: Settings, clock: Clock
) -> None:
    api, world = Program(settings, site.database, clock), site.world
    item = {"title": "建立台账", "lead_agency_id": str(world.sfj.id), "due_on": "2026-12-11"}
    await api.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/action-items", item, status=201)
    await site.apply(POWER_CUT)
    clock.as_of = datetime.fromisoformat("2026-12-07T09:00+08:00")
    # As a server answers: in a task that has seen no session before; three working days before the due date are Monday by now.
    answer = asyncio.create_task(api.get(world.zhoumin, "/action-items"), context=Context())
    assert [each["due_state"] for each in (await answer)["items"]] == ["due_soon"]
    await api.client.aclose()


async def test_a_day_is_corrected_with_a_reason_and_taken_back(site: Site, operator: Browser) -> None:
    path = "/calendar/CN/2026"
    refused = await operator.post(f"{path}/day", on="2026-12-08", kind="off", reason="")
    assert refused.status_code == 422
    look = await operator.post(f"{path}/day", on="2026-12-08", kind="off", reason="停电")
    assert "2026年12月8日" in look.text
    await operator.post(f"{path}/day", on="2026-12-08", kind="off", reason="停电", version="1", confirmed="keep")
    assert await site.kind(date(2026, 12, 8)) is DayKind.HOLIDAY
    page = await operator.get(path)
    assert "停电" in page
    answer = await operator.post(f"{path}/undo", correction="1", version="2", confirmed="keep")
    assert answer.headers["location"] == f"{path}?moved=0"
    assert await site.kind(date(2026, 12, 8)) is DayKind.WORKDAY


async def test_everybody_reads_the_days_and_only_the_operator_is_offered_to_change_them(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    reader = await Browser(settings, database, clock).sign_in(world.sunl)
    page = await reader.get("/calendar/CN/2026")
    assert "2026年9月20日（星期日）" in page
    assert "更正一天" not in page
    assert (await reader.client.get("/calendar/XX/2026")).status_code == 404
    assert (await reader.client.get("/calendar/CN/1999")).status_code == 404
    await reader.client.aclose()


async def test_programs_read_and_enter_the_days(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    api = Program(settings, database, clock)
    before = await api.get(world.sunl, "/calendar/CN/2027/days")
    assert (before["status"], before["version"]) == ("provisional", 1)
    days = [
        {"date": day.on.isoformat(), "kind": day.kind.value, "name": day.name}
        for day in sorted(YEAR.days, key=lambda day: day.on)
    ]
    done = await api.put(world.guyan, "/calendar/CN/2027/days", {"days": days, "version": 1})
    assert (done["status"], done["version"], done["items"]) == ("official", 2, days)
    assert (await api.get(world.sunl, "/calendar/CN/2027/days"))["items"] == days
    assert await api.refused(world.guyan, "PUT", "/calendar/CN/2027/days", {"days": days, "version": 1}) == (409, [])
    assert (await api.refused(world.zhoumin, "PUT", "/calendar/CN/2027/days", {"days": days}))[0] == 403
    wrong = [{"date": "2027-03-19", "kind": "makeup"}, {"date": "2027-01-01", "kind": "free"}]
    assert await api.refused(world.guyan, "PUT", "/calendar/CN/2027/days", {"days": wrong[:1]}) == (
        422,
        ["days.0.date"],
    )
    assert await api.refused(world.guyan, "PUT", "/calendar/CN/2027/days", {"days": wrong}) == (422, ["days.1.kind"])
    await api.client.aclose()
