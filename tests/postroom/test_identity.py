"""Who is believed about who wrote an answer: the secret address, the site's own mail server, and nobody else."""

from datetime import timedelta

from liaison.calendaring.subaddress import masked, tag_of, tagged, untagged
from liaison.mail.choices import choose_for_inbox
from liaison.meetings import announcing
from liaison.postroom import queries, settling
from liaison.postroom.plain import own_words
from liaison.postroom.reading import head_text, read_mail
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, move, people
from tests.postroom.post import answer, said, take, written
from tests.reminders.test_reminding import at, without_digest

ELSEWHERE = "lwb@mail.example.org"
PASSES = "Authentication-Results: mx.qingzhi.example; dmarc=pass header.from=sfj.qingzhi.example\n"


async def choose(play: Play, **chosen: object) -> None:
    values = {"own_server": "", "hold": None, "sub_addressing": False} | chosen
    async with play.database.writing() as db:
        await choose_for_inbox(db, await play.world.viewer(db, play.world.guyan), **values)  # type: ignore[arg-type]


async def test_each_address_is_given_an_organizer_of_its_own_that_never_changes(play: Play) -> None:
    await choose(play, sub_addressing=True)
    meeting_id = await play.scheduled(*people(play))
    first = by_address(await play.send(meeting_id))
    own = {address: str(mail.event["ORGANIZER"]) for address, mail in first.items()}
    assert own[LIWB] != own[CHENZY]
    assert all(each.startswith("mailto:zhichi+") for each in own.values())
    assert own[LIWB].removeprefix("mailto:") == first[LIWB].raw["From"].addresses[0].addr_spec
    await choose(play)
    await move(play, meeting_id)
    again = by_address(await play.send(meeting_id))
    assert {address: str(mail.event["ORGANIZER"]) for address, mail in again.items()} == own


async def test_an_answer_to_the_secret_address_counts_from_any_sender_as_verified(play: Play) -> None:
    await choose(play, sub_addressing=True, hold=True)
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "ACCEPTED", sender=ELSEWHERE)) == ("applied", "answered")
    assert await said(play, play.world.liwb.id) == ("accepted", False, ELSEWHERE)


async def test_the_secret_of_one_answers_for_no_other(play: Play) -> None:
    await choose(play, sub_addressing=True)
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "ACCEPTED", attendee=CHENZY, sender=LIWB)) == ("held", "other_sender")
    assert (await said(play, play.world.chenzy.id))[0] == "needs_action"


async def test_where_the_own_server_vouches_the_others_wait(play: Play) -> None:
    await choose(play, own_server="mx.qingzhi.example")
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    assert await take(play, answer(mails[LIWB], "ACCEPTED")) == ("held", "unverified")
    assert await take(play, PASSES.encode() + answer(mails[LIWB], "ACCEPTED")) == ("applied", "answered")
    assert await said(play, play.world.liwb.id) == ("accepted", False, None)


async def test_what_the_own_server_finds_forged_waits_whatever_is_chosen(play: Play) -> None:
    await choose(play, own_server="mx.qingzhi.example", hold=False)
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    forged = PASSES.replace("pass", "fail").encode() + answer(mails[LIWB], "ACCEPTED")
    assert await take(play, forged) == ("held", "forged")
    other = b"Authentication-Results: mx.example.org; dmarc=pass\n" + answer(mails[LIWB], "DECLINED")
    assert await take(play, other) == ("applied", "answered")
    assert await said(play, play.world.liwb.id) == ("declined", True, None)


async def test_a_reader_of_somebodys_mail_learns_no_secret_address(play: Play) -> None:
    await choose(play, sub_addressing=True)
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    organizer = str(mails[LIWB].event["ORGANIZER"]).removeprefix("mailto:")
    raw = written(mails[LIWB], f"请问 {organizer} 是谁的邮箱").as_bytes()
    assert organizer in head_text(raw)
    for text in (head_text(raw), own_words(read_mail(raw).message.text)):
        assert organizer in text
        assert organizer not in masked(text)
        assert "zhichi+…@meetings.qingzhi.example" in masked(text)


async def test_who_declines_a_proposed_time_is_the_organizer_that_its_calendar_knows(play: Play) -> None:
    await choose(play, sub_addressing=True)
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    proposal = answer(mails[LIWB], "TENTATIVE", method="COUNTER", more="DTSTART:20261218T010000Z")
    assert await take(play, proposal) == ("held", "counter")
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        (row,) = await queries.listing(db, viewer, state="held")
        await settling.decline_proposal(db, viewer, row)
    (declined,) = await play.delivered()
    assert declined.method == "DECLINECOUNTER"
    assert declined.event["ORGANIZER"] == mails[LIWB].event["ORGANIZER"]
    assert declined.raw["From"].addresses[0].addr_spec == mails[LIWB].raw["From"].addresses[0].addr_spec


def test_only_a_tag_is_taken_off_an_address() -> None:
    tag = tag_of("s" * 32, "uid", LIWB)
    assert untagged(tagged("liaison@site.example", tag)) == "liaison@site.example"
    assert untagged(tagged("liaison+meet@site.example", tag)) == "liaison+meet@site.example"
    assert untagged("liaison+meet@site.example") == "liaison+meet@site.example"


async def test_a_reply_to_a_reminder_is_known_by_the_secret_address_as_one_to_the_notice_is(play: Play) -> None:
    await choose(play, own_server="mx.qingzhi.example", sub_addressing=True)
    await without_digest(play)
    meeting_id = await play.scheduled(*people(play))
    own = {mail.to: str(mail.event["ORGANIZER"]) for mail in await play.send(meeting_id)}
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await announcing.remind(db, viewer, meeting)
    by_hand = by_address(await play.delivered())
    by_clock = await at(play, "12-16T08:30")
    for minutes, reminded in enumerate((by_hand, by_clock)):
        sender = reminded[LIWB].raw["From"].addresses[0].addr_spec
        assert f"mailto:{sender}" == own[LIWB]
        now = play.clock.now() + timedelta(minutes=minutes)
        assert await take(play, written(reminded[LIWB], "参加").as_bytes(), received_at=now) == ("applied", "answered")
        assert await said(play, play.world.liwb.id) == ("accepted", False, None)
