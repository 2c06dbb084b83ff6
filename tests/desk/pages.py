"""What tests read of the page of 我的工作, and the meeting that most of them begin with."""

import re
from html import unescape

from liaison.meetings.asking import Asked
from tests.meetings.play import Play


def needs(page: str) -> list[str]:
    """What 需要您处理 lists, in its order."""
    found = re.findall(r'<p class="what"><a [^>]*>(.*?)</a>', page)
    return [unescape(re.sub(r"<[^>]+>", "", each)) for each in found]


def offered(page: str, path: str) -> str:
    """The version that the press was offered for."""
    form = page[page.index(f'action="{path}"') :]
    found = re.search(r'name="version" value="(\d+)"', form[: form.index("</form>")])
    assert found is not None
    return found[1]


async def announced(play: Play, *asked: Asked, **more: object) -> int:
    meeting_id = await play.scheduled(*asked, **more)
    await play.send(meeting_id)
    return meeting_id
