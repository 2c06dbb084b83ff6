"""What tests of the pages of minutes type, and read of a page."""

import re
from typing import Any

from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.minutes.held import held

SECTIONS = [
    {"key": "1", "title": "研究线索移送指引", "text": "会议议定，3个工作日内完成移送。\n各单位每月交换清单。"},
    {"key": "2", "title": "其他", "text": "会议召开。"},
]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def root_in(html: str) -> str:
    found = re.search(r'name="root" value="([0-9a-f]{64})"', html)
    assert found is not None
    return found.group(1)


def typed_in(html: str) -> dict[str, Any]:
    """The fields of the edit form as they stand on the page, but for its buttons."""
    fields: dict[str, Any] = {"root": root_in(html)}
    fields["key"] = re.findall(r'name="key" value="([^"]+)"', html)
    for key in fields["key"]:
        title = re.search(rf'name="title\.{key}"[^>]*? value="([^"]*)"|value="([^"]*)"[^>]*name="title\.{key}"', html)
        text = re.search(rf'<textarea[^>]*name="text\.{key}"[^>]*>\n(.*?)</textarea>', html, re.DOTALL)
        if title is not None and text is not None:
            fields[f"title.{key}"], fields[f"text.{key}"] = title.group(1) or title.group(2), text.group(1)
        audience = re.findall(rf'name="audience\.{key}" value="(\d+)" checked', html)
        if audience:
            fields[f"audience.{key}"] = audience
    return fields


async def post(browser: Browser, path: str, fields: dict[str, Any]) -> Any:
    return await browser.client.post(path, data={"_csrf_token": browser.csrf, **fields})


async def issued(play: Play, program: Program, **given: Any) -> Any:
    """Minutes that both agencies agreed to, issued with what is given."""
    sent = await circulated(play, program)
    for who in (play.world.zhoumin, play.world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    return await program.post(play.world.zhoumin, f"/minutes/{sent['id']}/issue", given)


async def circulated(play: Play, program: Program) -> Any:
    meeting = await held(play, program)
    made = await program.put(play.world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    return await program.post(play.world.zhoumin, f"/minutes/{made['id']}/circulate")
