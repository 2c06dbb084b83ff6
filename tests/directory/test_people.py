"""Keeping an agency's people through the pages of the directory."""

import re

from sqlalchemy import func, select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from tests.callers import Browser
from tests.world import World


async def named(database: Database, name: str) -> int:
    async with database.reading() as db:
        return int((await db.execute(select(func.count()).where(Person.name == name))).scalar_one())


async def test_a_person_typed_again_is_added_only_once_it_is_said_to_be_somebody_else(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.hejing)
    path = f"/directory/agencies/{world.jcy.id}/people/new"
    await browser.get(path)
    refused = await browser.post(path, name="周敏", mail="ZHOUMIN@jcy.qingzhi.example", phone="0553-0000099")
    assert refused.status_code == 422
    assert "周敏已在本单位的通讯录中。是同名的另一人吗？" in refused.text
    assert "0553-0000099" in refused.text
    assert await named(database, "周敏") == 1
    assert re.search('name="is_another" value="1"', refused.text)
    added = await browser.post(path, name="周敏", mail="zhoumin@jcy.qingzhi.example", is_another="1")
    assert added.status_code == 303
    assert await named(database, "周敏") == 2


async def test_somebody_of_the_same_name_with_another_mail_is_added_at_once(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.hejing)
    path = f"/directory/agencies/{world.jcy.id}/people/new"
    await browser.get(path)
    assert (await browser.post(path, name="周敏", mail="zhoumin2@jcy.qingzhi.example")).status_code == 303
