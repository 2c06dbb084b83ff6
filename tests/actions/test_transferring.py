"""An action item is handed over by the API: to another owner with their agency, or to an agency alone."""

from pathlib import Path
from typing import Any

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.models import Designation
from tests.callers import Program
from tests.meetings.play import Play
from tests.world import World


@pytest.fixture
def api(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


@pytest.fixture
async def item(api: Program, world: World) -> dict[str, Any]:
    """An item of 区检察院, owned by 周敏 and supported by 区司法局."""
    given = {
        "title": "建立台账",
        "lead_agency_id": str(world.jcy.id),
        "supporting_agency_ids": [str(world.sfj.id)],
        "owner_id": str(world.zhoumin.id),
        "due_on": "2026-12-10",
    }
    path = f"/mechanisms/{world.mechanism.id}/action-items"
    made: dict[str, Any] = await api.post(world.zhoumin, path, given, status=201)
    return made


def held_by(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["lead_agency_id"], item["owner_id"], item["supporting_agency_ids"], item["due_on"]


async def test_another_owner_brings_their_agency_along_which_supports_it_no_longer(
    api: Program, world: World, item: dict[str, Any]
) -> None:
    path = f"/action-items/{item['id']}/transfer"
    moved = await api.post(world.wuxl, path, {"owner_id": str(world.zhenggq.id), "version": item["version"]})
    assert held_by(moved) == (str(world.sfj.id), str(world.zhenggq.id), [], "2026-12-10")
    within = await api.post(world.wuxl, path, {"owner_id": str(world.liwb.id)})
    assert held_by(within) == (str(world.sfj.id), str(world.liwb.id), [], "2026-12-10")


async def test_an_agency_takes_it_over_and_names_the_owner_later(
    api: Program, world: World, item: dict[str, Any]
) -> None:
    moved = await api.post(world.zhoumin, f"/action-items/{item['id']}/transfer", {"lead_agency_id": str(world.sfj.id)})
    assert held_by(moved) == (str(world.sfj.id), None, [], "2026-12-10")


async def test_what_fits_nobody_is_refused_by_field_and_a_stale_version_changes_nothing(
    api: Program, world: World, item: dict[str, Any]
) -> None:
    path = f"/action-items/{item['id']}/transfer"
    jcy, liwb = str(world.jcy.id), str(world.liwb.id)
    assert await api.refused(world.zhoumin, "POST", path, {}) == (422, ["owner_id"])
    both = {"lead_agency_id": jcy, "owner_id": liwb}
    assert await api.refused(world.zhoumin, "POST", path, both) == (422, ["owner_id"])
    for stranger in (world.sunl, world.songhp):
        refused = await api.refused(world.zhoumin, "POST", path, {"owner_id": str(stranger.id)})
        assert refused == (422, ["lead_agency_id"])
    assert (await api.refused(world.zhoumin, "POST", path, {"owner_id": liwb, "version": 99}))[0] == 409
    assert (await api.refused(world.chenzy, "POST", path, {"owner_id": liwb}))[0] == 403
    assert held_by(await api.get(world.zhoumin, f"/action-items/{item['id']}")) == held_by(item)


async def test_the_new_owner_is_mailed_why_and_the_former_one_stays_readable(
    api: Program, world: World, item: dict[str, Any], database: Database, clock: Clock, tmp_path: Path
) -> None:
    play = Play(database, world, clock, tmp_path / "mail")
    path = f"/action-items/{item['id']}"
    await api.post(world.zhoumin, f"{path}/transfer", {"owner_id": str(world.wuxl.id), "reason": "分工调整"})
    (mail,) = await play.delivered()
    assert (mail.to, mail.subject) == ("wuxl@sfj.qingzhi.example", "【落实事项】交由您办理：建立台账")
    assert "区检察院 周敏" in mail.text
    assert "分工调整" in mail.text
    assert len(mail.links) == 1
    (kept,) = (await api.get(world.zhoumin, path))["history"]
    assert (kept["owner_before_id"], kept["owner_after_id"]) == (str(world.zhoumin.id), str(world.wuxl.id))
    assert kept["reason"] == "分工调整"


async def test_an_agency_that_is_to_name_the_owner_is_told_by_its_liaison_and_nobody_tells_themselves(
    api: Program, world: World, item: dict[str, Any], database: Database, clock: Clock, tmp_path: Path
) -> None:
    play = Play(database, world, clock, tmp_path / "mail")
    path = f"/action-items/{item['id']}/transfer"
    await api.post(world.zhoumin, path, {"lead_agency_id": str(world.sfj.id)})
    assert [mail.to for mail in await play.delivered()] == ["liwb@sfj.qingzhi.example"]
    await api.post(world.liwb, path, {"owner_id": str(world.liwb.id)})
    await api.patch(world.zhoumin, f"/action-items/{item['id']}", {"title": "另一种说法"})
    assert await play.delivered() == []


async def test_an_agency_without_a_liaison_is_told_at_its_own_address(
    api: Program, world: World, item: dict[str, Any], database: Database, clock: Clock, tmp_path: Path
) -> None:
    async with database.writing() as db:
        (await db.get_one(Designation, world.terms["liwb"].id)).ends_on = clock.today("Asia/Shanghai")
    play = Play(database, world, clock, tmp_path / "mail")
    given = {"lead_agency_id": str(world.sfj.id), "reason": "分工调整"}
    await api.post(world.zhoumin, f"/action-items/{item['id']}/transfer", given)
    (mail,) = await play.delivered()
    assert (mail.to, mail.subject) == ("sfj@sfj.qingzhi.example", "【落实事项】交由贵单位办理：建立台账")
    (link,) = mail.links
    shown = await api.client.get(link[link.index("/r/") :])
    assert shown.status_code == 200
    assert "建立台账" in shown.text
