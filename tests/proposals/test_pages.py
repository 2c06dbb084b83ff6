"""The pages of what is put to the members, as a browser without JavaScript uses them."""

import re
from datetime import date

from sqlalchemy import select

from liaison.audit import AuditLine
from liaison.mechanisms import agreement
from liaison.mechanisms.agreement import AgreementFacts
from liaison.mechanisms.clauses import ClauseSaid
from tests.callers import Browser, Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.minutes.typed import text_of
from tests.proposals.put import CLAUSES, TITLE, agreed, circulated, joining, signed, version


def typed(**more: str) -> dict[str, str]:
    return {
        "title": TITLE,
        "number": "3",
        "text": "线索应当在三个工作日内移送。",
        "kind": "",
        "amount": "",
        "period": "",
    } | more


async def test_the_lead_starts_from_what_holds_sees_who_is_asked_and_the_members_sign_on_the_page(
    browser: Browser, play: Play
) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}/agreement"
    await browser.sign_in(world.zhoumin)
    assert f'href="{of}/versions"' in await browser.get(f"/mechanisms/{world.mechanism.id}")
    form = await browser.get(f"{of}/propose")
    assert world.clauses[0].text in form
    assert world.agreement.title in form
    wrong = await browser.post(f"{of}/propose", **typed(text="", effective_on="2026-11-01"))
    assert wrong.status_code == 422
    assert "三" not in text_of(wrong.text).split("条款")[0]
    assert TITLE in wrong.text
    made = await browser.post(f"{of}/propose", **typed(reason="运行四年后的修订。"))
    at = made.headers["location"].partition("?")[0]
    page = text_of(await browser.get(at))
    assert "草稿，只有本单位能看到" in page
    asked = text_of(await browser.get(f"{at}/circulate"))
    for said in ("将请全体2个成员单位签署本稿", "发邮件给联络员李文博", "邮件将发往4个地址"):
        assert said in asked, said
    await browser.post(f"{at}/circulate", due_on="2026-12-07")
    root = re.search(r'name="root" value="([0-9a-f]{64})"', await browser.get(at))
    assert root
    await browser.post(f"{at}/sign", root=root[1])
    await browser.sign_in(world.liwb)
    desk = await browser.get("/")
    assert "待签署：" in desk
    assert f'href="{at}"' in desk
    refused = await browser.post(f"{at}/request-changes", root=root[1], changes="")
    assert refused.status_code == 422
    await browser.post(f"{at}/sign", root=root[1], text="同意")
    assert "已同意，待生效" in text_of(await browser.get(at))
    await browser.sign_in(world.zhoumin)
    assert "全体已同意，待办理生效" in await browser.get("/")
    confirm = text_of(await browser.get(f"{at}/put-in-force"))
    assert "协议的这一文本自 2026年11月23日（星期一） 起生效" in confirm
    assert (await browser.post(f"{at}/put-in-force", signed_on="2030-01-01")).status_code == 422
    await browser.post(f"{at}/put-in-force", doc_no="清检会〔2026〕7号", signed_on="2026-11-23")
    held = text_of(await browser.get(f"{of}/versions"))
    for said in ("清检会〔2022〕3号", "至 2026年11月23日 前", "清检会〔2026〕7号", "经本系统会签", "由系统管理员录入"):
        assert said in held, said
    before = text_of(await browser.get(f"{of}/versions/1"))
    assert world.clauses[0].text in before
    differs = await browser.get(f"{at}/changes")
    assert "<del>" in differs
    assert "与此前施行的协议比较" in differs


async def test_a_new_member_is_proposed_on_the_page_and_its_papers_open(
    browser: Browser, play: Play, program: Program
) -> None:
    world = play.world
    await browser.sign_in(world.zhoumin)
    assert f"/mechanisms/{world.mechanism.id}/members/propose" in await browser.get(f"/mechanisms/{world.mechanism.id}")
    at = f"/mechanisms/{world.mechanism.id}/members/propose"
    form = await browser.get(at)
    assert "区人社局" in form
    assert ">区司法局</option>" not in form
    kept = await browser.post(at, agency_id=str(world.rsj.id), text="", takes_part="mail")
    assert kept.status_code == 422
    made = await browser.post(at, agency_id=str(world.rsj.id), text="欠薪线索多由该局发现。", takes_part="mail")
    at = made.headers["location"].partition("?")[0]
    await browser.post(f"{at}/circulate", due_on="2026-12-07")
    for paper in ("text.docx", "sign-sheet.docx"):
        answer = await browser.client.get(f"{at}/{paper}")
        assert answer.status_code == 200, paper
        assert answer.content.startswith(b"PK"), paper


async def test_what_an_agency_said_on_paper_is_registered_by_the_lead_with_its_scan(
    browser: Browser, play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    await browser.sign_in(world.zhoumin)
    at = f"/proposals/{sent['id']}"
    assert "区司法局" in await browser.get(f"{at}/register?agency={world.sfj.id}")
    fields = {"root": sent["root"], "agency_id": str(world.sfj.id), "came": "paper", "leader": "郑国强"}
    wrong = await browser.upload(f"{at}/register", "会签单.pdf", PDF, **fields, signed_on="2026-11-30")
    assert wrong.status_code == 422
    done = await browser.upload(f"{at}/register", "会签单.pdf", PDF, **fields, signed_on="2026-11-23")
    assert done.status_code == 303, text_of(done.text)
    page = await browser.get(at)
    assert "郑国强" in page
    found = re.search(r'href="(/proposals/sign-offs/\d+/scan)"', page)
    assert found
    assert (await browser.client.get(found[1])).content == PDF


async def test_a_stale_page_signs_nothing_and_shows_what_differs(
    browser: Browser, play: Play, program: Program
) -> None:
    world = play.world
    first = await circulated(play, program, await version(play, program))
    changed = [CLAUSES[0] | {"text": "检察机关发现支持起诉线索的，应当在五个工作日内移送。"}, CLAUSES[1]]
    saved = await program.put(world.zhoumin, f"/proposals/{first['id']}", {"title": TITLE, "clauses": changed})
    second = await circulated(play, program, saved)
    await browser.sign_in(world.liwb)
    await browser.get(f"/proposals/{first['id']}")
    stale = await browser.post(f"/proposals/{first['id']}/sign", root=first["root"])
    assert stale.status_code == 409
    assert "五个工作日" in stale.text
    assert second["root"] in stale.text
    assert [one["state"] for one in (await program.get(world.liwb, f"/proposals/{second['id']}"))["signers"]] == [
        "owes"
    ] * 2


async def test_a_withdrawal_asks_for_its_reason_and_says_who_is_told(
    browser: Browser, play: Play, program: Program
) -> None:
    sent = await circulated(play, program, await joining(play, program))
    await browser.sign_in(play.world.zhoumin)
    at = f"/proposals/{sent['id']}"
    assert "把理由告知各成员单位" in text_of(await browser.get(f"{at}/withdraw"))
    assert (await browser.post(f"{at}/withdraw", reason=" ")).status_code == 422
    await browser.post(f"{at}/withdraw", reason="该局另有安排。")
    assert "该局另有安排。" in text_of(await browser.get(at))


async def test_every_page_speaks_english_as_well(browser: Browser, play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    await browser.sign_in(world.zhoumin)
    for path, said in (
        (f"/proposals/{sent['id']}", "Being countersigned"),
        (f"/mechanisms/{world.mechanism.id}/agreement/versions", "What held when"),
        (f"/proposals/{sent['id']}/withdraw", "every member agency is told"),
        (f"/proposals/{sent['id']}/edit", "This was circulated"),
    ):
        assert said in text_of(await browser.get(f"{path}?lang=en")), path


async def test_obligations_are_judged_by_the_wording_that_held_and_go_on_where_it_stayed(
    browser: Browser, play: Play, program: Program
) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        facts = AgreementFacts(title="意见", effective_on=date(2022, 5, 23))
        said = [
            ClauseSaid(5, "每半年一次联席会议。", "meetings", 1, "half", True),
            ClauseSaid(6, "每季度一次联席会议。", "meetings", 1, "quarter", True),
        ]
        await agreement.put_agreement(db, viewer, world.mechanism.id, facts, clauses=said)
    sent = await circulated(play, program, await version(play, program, clauses=CLAUSES[1:]))
    done = await agreed(play, program, sent)
    await program.post(world.zhoumin, f"/proposals/{done['id']}/put-in-force", {})
    await browser.sign_in(world.zhoumin)
    page = text_of(await browser.get(f"/mechanisms/{world.mechanism.id}/promises?year=2026"))
    assert "此约定施行至 2026年11月22日" in page
    half, quarter = page.split("第6条")
    assert "下半年" in half, "the half-year is judged whole, since its clause went on"
    assert "第四季度" not in quarter, "a quarter in which the clause ended is not judged"
    assert "第三季度" in quarter


async def test_who_signed_by_a_deputy_is_refused(browser: Browser, play: Play, program: Program) -> None:
    sent = await circulated(play, program, await version(play, program))
    await signed(program, play.world.zhoumin, sent)
    refused = await program.refused(play.world.wuxl, "POST", f"/proposals/{sent['id']}/sign", {"root": sent["root"]})
    assert refused[0] == 403


async def test_what_was_typed_into_the_form_of_a_version_that_was_replaced_is_kept(
    browser: Browser, play: Play, program: Program
) -> None:
    world = play.world
    first = await circulated(play, program, await version(play, program))
    await browser.sign_in(world.zhoumin)
    await browser.get(f"/proposals/{first['id']}/edit")
    other = {"title": "另一个标题", "clauses": CLAUSES}
    second = await program.put(world.zhoumin, f"/proposals/{first['id']}", other)
    stale = await browser.post(f"/proposals/{first['id']}/edit", version="2", **typed(title="我改的标题"))
    assert stale.status_code == 409
    assert ("我改的标题" in stale.text, "另一个标题" in stale.text) == (True, True)
    seen = re.search(r'name="version" value="(\d+)"', stale.text)
    assert seen
    assert f'action="/proposals/{second["id"]}/edit"' in stale.text
    saved = await browser.post(f"/proposals/{second['id']}/edit", version=seen[1], **typed(title="我改的标题"))
    assert saved.status_code == 303
    assert (await program.get(world.zhoumin, f"/proposals/{second['id']}"))["head"]["title"] == "我改的标题"


async def test_what_a_reader_opens_is_one_line_of_the_trail_a_day(
    browser: Browser, play: Play, program: Program
) -> None:
    world = play.world
    done = await agreed(play, program, await circulated(play, program, await version(play, program)))
    await program.post(world.zhoumin, f"/proposals/{done['id']}/put-in-force", {})
    for who in (world.maolin, world.maolin, world.chenzy):
        await browser.sign_in(who)
        await browser.get(f"/proposals/{done['id']}")
    await browser.client.get(f"/proposals/{done['id']}/text.docx")
    async with play.database.reading() as db:
        lines = await db.scalars(select(AuditLine).where(AuditLine.verb == "view_agreement"))
        assert [one.person_id for one in lines] == [world.maolin.id]
