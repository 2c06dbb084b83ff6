"""Reports of mail servers that are written for people: why a mail came back, and that a guess marks no other address."""

import pytest

from liaison.mail.bounces import bad_addresses
from liaison.mail.inbox import read
from tests.mail.test_replies import FILES, taken_off
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import CHENZY, LIWB, people
from tests.postroom.post import take

NAMED = "<invite.1.liwb@meetings.qingzhi.example>"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bounce-qmail", "mailbox_unknown"),
        ("bounce-exim", "mailbox_full"),
        ("bounce-sendmail-old", "domain_unknown"),
        ("bounce-qq-with-the-mail", "mailbox_unknown"),
        ("bounce-foxmail-with-the-mail-as-a-file", "mailbox_full"),
        ("bounce-163-with-references", "mailbox_unknown"),
        ("bounce-coremail", "not_permitted"),
    ],
)
async def test_a_report_in_words_marks_the_mail_and_the_address_with_its_reason(
    name: str, reason: str, play: Play
) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    raw = taken_off(FILES[name], "X-Expected")[1].replace(NAMED.encode(), mails[LIWB].raw["Message-ID"].encode())
    assert await take(play, raw) == ("applied", "bounced")
    async with play.database.reading() as db:
        assert await bad_addresses(db, [LIWB, CHENZY]) == {LIWB: reason}


async def test_a_report_without_a_reason_says_only_that_the_mail_was_refused(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    raw = (
        f"From: postmaster@x.example\nSubject: 退信\nReferences: {mails[LIWB].raw['Message-ID']}\n\n投递失败：{LIWB}\n"
    )
    assert await take(play, raw.encode()) == ("applied", "bounced")
    async with play.database.reading() as db:
        assert await bad_addresses(db, [LIWB]) == {LIWB: "refused"}


async def test_a_person_who_writes_of_a_bounce_marks_nothing(play: Play) -> None:
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    raw = f"From: {LIWB}\nSubject: Re: meeting\nIn-Reply-To: {mails[LIWB].raw['Message-ID']}\n\n我给 {LIWB} 发的邮件被退信了\n"
    assert (await take(play, raw.encode()))[1] != "bounced"
    async with play.database.reading() as db:
        assert await bad_addresses(db, [LIWB]) == {}


@pytest.mark.parametrize(
    "line", ["-" * 50_000, "a" * 50_000, "a@" * 25_000, "not " * 12_000, "message-id:" + " " * 50_000]
)
def test_a_report_of_any_letters_is_read_in_no_time(line: str) -> None:
    raw = f"From: postmaster@x.example\nSubject: failure notice\nReferences: {NAMED}\n\n{line}\n{line}"
    assert read(raw.encode()).heading.subject == "failure notice"
