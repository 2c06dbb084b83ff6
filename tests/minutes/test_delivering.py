"""Whom no mail brings the issued minutes, and how the host sees to it that they get them."""

import re
from datetime import date
from typing import Any

from liaison.directory.models import Person
from liaison.mechanisms.models import PAPER
from tests.callers import Browser, Program
from tests.meetings.play import Play, by_address
from tests.minutes.held import held
from tests.minutes.test_desk import todos
from tests.minutes.test_mails import CHENZY, QIANWEI, ZHOUMIN, change
from tests.minutes.test_papers import said_in
from tests.minutes.typed import SECTIONS, text_of

COPIES = {"copy_to": "区委政法委\n区人社局", "report_to": "市检察院"}


async def agreed(play: Play, program: Program, sections: Any = SECTIONS) -> Any:
    """Minutes that 区检察院 and 区司法局, which takes part on paper, have agreed to."""
    world = play.world
    await change(play, world.members["sfj"], takes_part=PAPER)
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": sections})
    sent = await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    paper = {"root": sent["root"], "agency_id": str(world.sfj.id), "leader": "郑国强", "signed_on": "2026-11-23"}
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/register", paper)
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await play.delivered()
    return sent


async def to_deliver(play: Play, who: Person) -> list[tuple[date | None, tuple[str, ...]]]:
    return [(due, names) for kind, due, names in await todos(play, who) if kind == "minutes_deliver"]


async def test_before_the_issue_the_page_says_of_each_name_whether_a_mail_goes_there(
    play: Play, program: Program, browser: Browser
) -> None:
    sent = await agreed(play, program)
    path = f"/minutes/{sent['id']}/issue"
    await browser.sign_in(play.world.zhoumin)
    page = text_of(await browser.get(path)).replace(" ", "")
    assert "清沚区人民检察院：发邮件给联络员周敏" in page
    assert "清沚区司法局：纸质参加：不发邮件，需另行送达" in page
    for htmx in (False, True):
        seen = await browser.post(f"{path}/recipients", htmx=htmx, doc_no="1号", **COPIES)
        assert seen.status_code == 200
        said = text_of(seen.text).replace(" ", "")
        assert "抄送区委政法委：无邮箱，需另行送达" in said
        assert "抄送区人社局：发邮件至该单位邮箱" in said
        assert "抄报市检察院：抄报不发邮件，需另行送达" in said
        assert ("<html" in seen.text) is not htmx
    assert 'value="1号"' in (await browser.post(f"{path}/recipients", doc_no="1号", **COPIES)).text
    assert (await program.get(play.world.zhoumin, f"/minutes/{sent['id']}"))["state"] == "agreed"


async def test_what_no_mail_brings_stands_on_the_hosts_desk_until_it_is_delivered(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    sent = await agreed(play, program)
    given = {"copy_to": ["区委政法委", "区人社局", "区司法局"], "report_to": ["市检察院"]}
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue", given)
    assert set(by_address(await play.delivered())) == {ZHOUMIN, QIANWEI, CHENZY, "rsj@rsj.qingzhi.example"}
    names = ("清沚区司法局", "区委政法委", "市检察院")
    assert await to_deliver(play, world.zhoumin) == [(date(2026, 11, 23), names)]
    assert await to_deliver(play, world.liwb) == []
    await browser.sign_in(world.liwb)
    assert 'id="deliveries"' not in await browser.get(f"/minutes/{sent['id']}")
    await browser.sign_in(world.zhoumin)
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/correct", {"reason": "日期有误"}, status=201)
    desk = await browser.get("/")
    assert "纪要待送达：清沚区司法局、区委政法委、市检察院" in text_of(desk)
    assert f'href="/minutes/{sent["id"]}#deliveries"' in desk
    page = await browser.get(f"/minutes/{sent['id']}")
    for to in re.findall(r'name="to" value="(\d+)"', page)[:2]:
        for _ in range(2):
            done = await browser.post(f"/minutes/{sent['id']}/delivered", to=to)
            assert done.status_code == 303
    assert await to_deliver(play, world.zhoumin) == [(date(2026, 11, 23), names[2:])]
    lines = (await program.get(world.zhoumin, f"/audit?object=meeting:{sent['meeting_id']}"))["items"]
    assert [one["verb"] for one in lines].count("deliver_minutes") == 2
    assert (await browser.post(f"/minutes/{sent['id']}/delivered", to="999")).status_code == 404


async def test_the_letter_names_who_gets_what_and_the_copy_holds_only_what_that_one_may_know(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    own, both = (
        {"key": key, "title": title, "text": f"{title}办理。", "audience": [str(one) for one in audience]}
        for key, title, audience in (
            ("own", "内部线索", [world.jcy.id]),
            ("both", "共同线索", [world.jcy.id, world.sfj.id]),
        )
    )
    sent = await agreed(play, program, [*SECTIONS, own, both])
    given = {"doc_no": "清检会纪[2026]4号", "copy_to": ["区委政法委"]}
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue", given)
    await browser.sign_in(world.zhoumin)
    at = f"/minutes/{sent['id']}"
    sfj, other = re.findall(r'name="to" value="(\d+)"', await browser.get(at))
    letter = said_in(await browser.client.get(f"{at}/letter.docx?to={sfj}"))
    for line in (
        "关于印送《2026年第四季度联席会议纪要》的函",
        "清沚区司法局：",
        "现将2026年11月23日印发的《2026年第四季度联席会议纪要》（清检会纪〔2026〕4号）印送贵单位，请查收。",
        "附件：2026年第四季度联席会议纪要",
    ):
        assert f"\n{line}\n" in f"\n{letter}\n", line
    everybody = said_in(await browser.client.get(f"{at}/letter.docx"))
    assert "清沚区司法局、区委政法委：" in everybody
    to_sfj = said_in(await browser.client.get(f"{at}/copy.docx?to={sfj}"))
    assert "共同线索办理。" in to_sfj
    assert "内部线索" not in to_sfj
    to_other = said_in(await browser.client.get(f"{at}/copy.docx?to={other}"))
    assert "线索办理。" not in to_other
    assert "会议议定，3个工作日内完成移送。" in to_other
    for path in ("letter.docx?to=999", "copy.docx", "copy.docx?to=999"):
        assert (await browser.client.get(f"{at}/{path}")).status_code == 404, path
