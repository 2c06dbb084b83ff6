"""The page 来信 as an officer reads it: what can be pressed, and in which words."""

from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import LIWB, move, people
from tests.meetings.test_pages import OpenAs, open_as
from tests.postroom.post import answer, take
from tests.postroom.test_settling import ELSEWHERE

__all__ = ["open_as"]  # the fixture


async def test_what_answers_a_former_time_cannot_be_counted_but_settled_and_taken_up_again(
    play: Play, open_as: OpenAs
) -> None:
    meeting_id = await play.scheduled(*people(play))
    await take(play, answer(by_address(await play.send(meeting_id))[LIWB], "ACCEPTED", sender=ELSEWHERE))
    browser = await open_as(play.world.zhoumin)
    assert "计入答复" in await browser.get("/incoming/1")
    await move(play, meeting_id)
    await play.send(meeting_id)
    page = await browser.get("/incoming/1")
    assert "答复针对的是会议原定时间" in page
    assert "计入答复" not in page
    refused = await browser.post("/incoming/1/apply", attendee_id="2", partstat="accepted")
    assert refused.status_code == 409
    await browser.post("/incoming/1/dismiss")
    page = await browser.get("/incoming/1")
    assert "已处理" in page
    assert "重新处理" in page
    assert "待联络员处理" not in page
    await browser.post("/incoming/1/reopen")
    assert "待联络员处理" in await browser.get("/incoming/1")
