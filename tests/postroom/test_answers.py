"""Answers that come by mail: whose they are, which one counts, and what waits for an officer."""

from datetime import timedelta

from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, move, people
from tests.postroom.post import NOON, answer, said, take, written


async def test_the_answer_of_a_client_counts_and_is_marked_unverified(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "ACCEPTED")) == ("applied", "answered")
    assert await said(play, play.world.liwb.id) == ("accepted", True, None)


async def test_the_newest_answer_wins_in_any_order_and_repetition(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    first, second = answer(mails[LIWB], "ACCEPTED"), answer(mails[LIWB], "DECLINED", at=NOON + timedelta(minutes=1))
    assert await take(play, second) == ("applied", "answered")
    assert await take(play, first) == ("stale", "older_answer")
    assert await take(play, second) == ("applied", "repeated")
    assert (await said(play, play.world.liwb.id))[0] == "declined"


async def test_an_answer_to_the_earlier_time_is_kept_and_not_counted(play: Play) -> None:
    meeting_id = await play.scheduled(*people(play))
    mails = by_address(await play.send(meeting_id))
    await move(play, meeting_id)
    await play.send(meeting_id)
    assert await take(play, answer(mails[LIWB], "ACCEPTED")) == ("stale", "earlier_time")
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_nobody_answers_for_somebody_else(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "ACCEPTED", sender=CHENZY)) == ("held", "other_sender")
    assert (await said(play, play.world.liwb.id))[0] == "needs_action"


async def test_a_plain_word_answers_and_what_is_quoted_below_does_not(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, written(mails[LIWB], "请假，当天出差").as_bytes()) == ("applied", "answered")
    assert (await said(play, play.world.liwb.id))[0] == "declined"
    assert await take(play, written(mails[CHENZY], "参加不了，另有安排").as_bytes()) == ("held", "not_understood")
    assert (await said(play, play.world.chenzy.id))[0] == "needs_action"
