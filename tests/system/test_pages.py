"""The operator's pages: how the site is, 试运行, the outbox and each mail in it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from liaison import site, worker
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings
from liaison.db import Database
from liaison.mail import outbox
from liaison.mail.models import OutboxMail
from liaison.mail.sources import state
from liaison.mail.sources.places import InboxProblem, inboxes
from liaison.meetings.asking import Asked
from liaison.reminders import reminding
from liaison.system.routes.outbox import KINDS
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.world import World


@pytest.fixture
async def operator(settings: Settings, database: Database, clock: Clock, world: World) -> AsyncIterator[Browser]:
    browser = await Browser(settings, database, clock).sign_in(world.guyan)
    await browser.get("/system")
    yield browser
    await browser.client.aclose()


async def test_the_operator_sees_which_mailbox_was_read_when_and_which_cannot_be_read(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    url = "imaps://liaison:hush@mail.example/INBOX maildir:///var/mail/liaison imaps://b:hush@new.example/INBOX"
    database.settings = replace(settings, inbox_url=url)
    broken, read, _ = inboxes(url)
    async with database.writing() as db:
        await state.was_not_read(db, broken, InboxProblem("sign_in", "Wrong <password>"))
        await state.was_read(db, read)
    browser = await Browser(database.settings, database, clock).sign_in(world.guyan)
    page = await browser.get("/system")
    assert "Wrong &lt;password&gt;" in page
    assert "用户名或密码" in page
    for inbox in inboxes(url):
        assert inbox.label in page
    assert page.count("上次读取于") == 1
    assert page.count("尚未读取") == 2
    assert "hush" not in page
    await browser.client.aclose()


async def mail_id(database: Database, world: World, address: str = "liwb@sfj.qingzhi.example") -> int:
    """A mail that waits, about nothing in particular."""
    async with database.writing() as db:
        mail = await outbox.enqueue(
            db,
            kind="sign_in",
            about="person:1",
            address=address,
            display_to=address,
            locale="zh_CN",
            person_ids=[world.liwb.id],
        )
        await db.flush()
        assert mail is not None
        return mail.id


async def state_of(database: Database, mail: int) -> str:
    async with database.reading() as db:
        row = await db.get(OutboxMail, mail)
        assert row is not None
        return row.state


async def sent_notice(play: Play, world: World) -> int:
    """A meeting notice that went to a liaison of another agency."""
    meeting = await play.scheduled(Asked(person_id=world.liwb.id))
    await play.send(meeting)
    async with play.database.reading() as db:
        mails = await outbox.deliveries(db, about=f"meeting:{meeting}")
        return next(mail.id for mail in mails if mail.address == "liwb@sfj.qingzhi.example")


async def work(database: Database) -> None:
    assert await worker.run_once(worker.work_for(database, COMPOSERS))


async def test_everybody_but_the_operator_is_refused(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    assert (await browser.client.get("/system")).status_code == 403
    assert (await browser.client.get("/system/outbox/1/letter")).status_code == 403


async def test_trial_mode_goes_to_the_operators_own_address_and_shows_a_banner(
    operator: Browser, database: Database, world: World
) -> None:
    assert (await operator.post("/system/trial-mode", on="1")).status_code == 303
    async with database.reading() as db:
        assert await site.trial_address(db) == world.guyan.mail
    assert "试运行：" in await operator.get("/system")
    await operator.post("/system/trial-mode", on="0")
    async with database.reading() as db:
        assert await site.trial_address(db) is None


async def test_the_weekly_digest_is_switched_off_and_on_again(operator: Browser, database: Database) -> None:
    assert "停发每周提要" in await operator.get("/system")
    for on, offered in (("0", "恢复每周提要"), ("1", "停发每周提要")):
        await operator.post("/system/digest", on=on)
        assert offered in await operator.get("/system")
        async with database.reading() as db:
            assert await reminding.digest_is_on(db) is (on == "1")


async def test_a_mail_is_given_up_and_tried_again(operator: Browser, database: Database, world: World) -> None:
    mail = await mail_id(database, world)
    assert "尚未成文（登录链接）" in await operator.get("/system/outbox")
    assert (await operator.post(f"/system/outbox/{mail}/give-up")).status_code == 303
    assert await state_of(database, mail) == "given_up"
    assert f"/system/outbox/{mail}" in await operator.get("/system/outbox?show=failed")
    assert (await operator.post(f"/system/outbox/{mail}/retry")).status_code == 303
    assert await state_of(database, mail) == "waiting"
    assert (await operator.post(f"/system/outbox/{mail}/retry")).status_code == 409


async def test_all_mail_pauses_until_it_is_let_go(operator: Browser, database: Database, world: World) -> None:
    mail = await mail_id(database, world)
    await operator.post("/system/pause", on="1")
    await work(database)
    assert await state_of(database, mail) == "waiting"
    await operator.post("/system/pause", on="0")
    await work(database)
    assert await state_of(database, mail) != "waiting"


async def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(operator: Browser, play: Play, world: World) -> None:
    mail = await sent_notice(play, world)
    page = await operator.client.get(f"/system/outbox/{mail}")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    letter = await operator.client.get(f"/system/outbox/{mail}/letter")
    assert (
        letter.headers["content-security-policy"]
        == "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    assert "清沚区人民检察院定于2026年12月17日" in letter.text
    assert "METHOD:REQUEST" in page.text


async def test_mailed_links_are_masked_except_in_the_demo(
    operator: Browser, play: Play, world: World, settings: Settings, database: Database, clock: Clock
) -> None:
    mail = await sent_notice(play, world)
    for path in (f"/system/outbox/{mail}", f"/system/outbox/{mail}/letter"):
        text = (await operator.client.get(path)).text
        assert "/r/…" in text
        assert text.replace("/r/…", "").count("/r/") == 0
    demo = await Browser(replace(settings, demo=True), database, clock).sign_in(world.guyan)
    assert "/r/…" not in await demo.get(f"/system/outbox/{mail}/letter")
    found = re.findall(r'href="(/r/[^"]+)" target', await demo.get(f"/system/outbox/{mail}"))
    assert [(await demo.client.get(one)).status_code for one in found] == [200] * len(set(found))
    assert found


async def test_a_mail_that_is_not_there_is_missing(operator: Browser) -> None:
    assert (await operator.client.get("/system/outbox/999999")).status_code == 404


async def test_deliveries_are_told_to_those_whose_meeting_it_is(
    settings: Settings, database: Database, clock: Clock, play: Play, world: World
) -> None:
    await sent_notice(play, world)
    api = Program(settings, database, clock)
    meeting = (await api.get(world.guyan, "/deliveries"))["items"][0]["meeting_id"]
    found = (await api.get(world.liwb, f"/deliveries?meeting={meeting}&state=sent"))["items"]
    assert {(item["address"], item["state"]) for item in found} >= {("liwb@sfj.qingzhi.example", "sent")}
    assert str(world.liwb.id) in [person for item in found for person in item["person_ids"]]
    assert (await api.get(world.liwb, f"/deliveries?person={world.liwb.id}"))["items"]
    assert await api.refused(world.liwb, "GET", "/deliveries") == (403, [])
    assert await api.refused(world.liwb, "GET", f"/deliveries?person={world.zhoumin.id}") == (403, [])
    assert await api.refused(world.guyan, "GET", "/deliveries?state=lost") == (422, ["state"])
    assert await api.refused(world.liwb, "POST", f"/deliveries/{found[0]['id']}/retry", {}) == (403, [])
    assert await api.refused(world.guyan, "POST", f"/deliveries/{found[0]['id']}/retry", {}) == (409, [])


async def test_the_outbox_opens_on_what_needs_attention_the_queue_with_its_oldest_mail_first(
    operator: Browser, database: Database, world: World
) -> None:
    assert 'show=all" aria-current="page"' in await operator.get("/system/outbox")
    first, second = await mail_id(database, world), await mail_id(database, world, "zhoumin@jcy.qingzhi.example")
    page = await operator.get("/system/outbox")
    assert 'show=open" aria-current="page"' in page
    assert page.index(f"/system/outbox/{first}") < page.index(f"/system/outbox/{second}")
    newest_first = await operator.get("/system/outbox?show=all")
    assert newest_first.index(f"/system/outbox/{second}") < newest_first.index(f"/system/outbox/{first}")
    async with database.writing() as db:
        await outbox.give_up(db, await world.viewer(db, world.guyan), first)
    assert 'show=failed" aria-current="page"' in await operator.get("/system/outbox")
    assert f"/system/outbox/{first}" in await operator.get(f"/system/outbox?show=all&before={second}")
    assert f"/system/outbox/{second}" not in await operator.get(f"/system/outbox?show=all&before={second}")


async def test_an_address_typed_wrongly_leads_on(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    assert "2026年会议召开情况" in await browser.get(f"/mechanisms/{world.mechanism.id}?year=abc")
    again = await browser.client.get("/sign-in/link")
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in")
    for path in ("/r/", "/r/k.1", "/r/k1.999.forged"):
        broken = await browser.client.get(path)
        assert broken.status_code == 404
        assert "请从邮件中重新打开" in broken.text


async def test_a_number_beyond_all_bounds_is_told_the_range(
    settings: Settings, database: Database, clock: Clock, world: World
) -> None:
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    path = f"/mechanisms/{world.mechanism.id}/meetings/new"
    await browser.get(path)
    refused = await browser.post(
        path, title="会", kind="regular", date="2026-12-17", time="14:30", duration_minutes="9" * 20
    )
    assert refused.status_code == 422
    assert "请填写5到" in refused.text
    assert "请填写整数" not in refused.text


def test_every_mail_that_can_be_sent_has_a_word_in_the_outbox() -> None:
    assert set(COMPOSERS) - set(KINDS) == set()
