"""`liaison check` on mail that comes in: what each mailbox can do, and what the return of a mail to ourselves tells."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from liaison import intake, mailcheck
from liaison.cli import liaison
from liaison.db import Database
from liaison.mail.connections import Waits
from liaison.mail.echo import Judgement, judge, letter, tagged
from liaison.mail.smtp import SmtpTransport, transport_for
from liaison.mail.sources.imap import ImapSource
from liaison.mail.sources.places import Inbox, Source, inboxes
from liaison.mail.sources.polling import source_for
from liaison.mailcheck import Finding
from tests.conftest import NOW
from tests.dovecot import Dovecot, dovecot
from tests.mail.arriving import taken
from tests.mail.plain import QUICK_WAITS
from tests.mail.test_lmtp import door
from tests.smtp_server import CERTIFICATE, Conversation, SmtpServer, answer, trusting_context

MARK = "0123456789abcdef01234567"
SITE = "liaison@site.example"
OURS = "mx.site.example"


def echo(to: str = SITE, *, names: tuple[str, ...] = (OURS,), added: str = "", removed: str = "") -> bytes:
    """The mail as it comes back from a server that adds and removes such fields."""
    raw = letter(mail_from=SITE, to=to, mark=MARK, forged_names=names, at=NOW)
    return through(raw, added=added, removed=removed)


def through(raw: bytes, *, added: str = "", removed: str = "") -> bytes:
    if removed:
        raw = re.sub(rb"Authentication-Results: " + removed.encode() + rb";.*?\r\n(?![ \t])", b"", raw, flags=re.DOTALL)
    field = f"Authentication-Results: {added};\r\n\tspf=pass smtp.mailfrom=site.example\r\n" if added else ""
    return field.encode() + raw


def states(told: list[Judgement]) -> list[str]:
    return [each.state for each in told]


def judged(plain: bytes | None, with_tag: bytes | None, *, own_server: str = "") -> list[Judgement]:
    return judge(mark=MARK, forged_names=[OURS], own_server=own_server, plain=plain, with_tag=with_tag)


def test_nothing_came_back() -> None:
    assert states(judged(None, None)) == ["bad"]


def test_sub_addressing_works_where_the_mail_to_one_comes_back_and_only_there() -> None:
    both = judged(echo(), echo(tagged(SITE, "check")))
    assert "Sub-addressing works" in both[1].msgid
    one = judged(echo(), None)
    assert states(one)[:2] == ["good", "note"]
    assert "does not arrive" in one[1].msgid


@pytest.mark.parametrize(
    ("fields", "own_server", "state", "words"),
    [
        ({"added": OURS, "removed": OURS}, "", "good", "removes a forged one"),
        ({"added": OURS}, "", "note", "lets a forged one"),
        ({"added": "other.example"}, "", "note", "was not tried"),
        ({}, "", "note", "adds no Authentication-Results"),
        ({"removed": OURS}, "", "note", "adds no Authentication-Results"),
        ({"added": "spf=pass (sender IP is 192.0.2.1)"}, "", "note", "without a name"),
        ({"added": OURS, "removed": OURS}, OURS, "good", "removes a forged one"),
    ],
)
def test_what_the_server_does_with_authentication_results(
    fields: dict[str, str], own_server: str, state: str, words: str
) -> None:
    last = judged(echo(**fields), None, own_server=own_server)[-1]
    assert (last.state, words in last.msgid) == (state, True)


@pytest.mark.parametrize("added", ["", OURS, "other.example"])
def test_a_forged_field_under_the_name_that_this_site_believes_is_an_alarm(added: str) -> None:
    told = judged(echo(added=added), None, own_server=OURS)
    assert [each.params for each in told if each.state == "bad"] == [{"name": OURS}]


async def test_each_way_in_is_looked_at_and_nothing_is_changed(database: Database, tmp_path: Path) -> None:
    for each in ("cur", "new", "tmp"):
        (tmp_path / "in" / each).mkdir(parents=True)
    with dovecot() as imap:
        settings = replace(
            database.settings,
            inbox_url=f"{imap.url} {imap.url_at(imap.port, folder='Nowhere')} maildir://{tmp_path}/in",
        )
        found = await mailcheck.ways_in(settings, source_for=partial(source, imap))
        assert [each.state for each in found] == ["good", "bad", "good"]
        assert not list((imap.home / "mail").glob(".Held"))
        assert not (tmp_path / "in" / ".Held").exists()


def source(imap: Dovecot, inbox: Inbox) -> Source:
    if inbox.kind == "maildir":
        return source_for(inbox)
    return ImapSource(inbox, tls_context=trusting_context())


async def test_the_lmtp_door_is_looked_at(database: Database) -> None:
    async with door(partial(intake.deliver, database)) as port:
        found = await mailcheck.ways_in(replace(database.settings, lmtp_listen=f"127.0.0.1:{port}"))
        assert [each.state for each in found] == ["good"]
    found = await mailcheck.ways_in(replace(database.settings, lmtp_listen=f"127.0.0.1:{port}"))
    assert [each.state for each in found] == ["note"]


async def test_without_a_way_in_it_says_what_to_set(database: Database) -> None:
    assert "LIAISON_INBOX_URL" in said(await mailcheck.ways_in(database.settings))[0]


def said(found: list[Finding]) -> list[str]:
    return [each.said.msgid for each in found]


async def echoed(
    database: Database,
    server: SmtpServer,
    imap: Dovecot,
    comes_back: Callable[[bytes, str], bytes | None],
) -> list[Finding]:
    """The mail system delivers what `comes_back` makes of each mail into the mailbox."""

    async def deliver(conversation: Conversation) -> None:
        raw = comes_back(server.stored[-1].data, conversation.rcpt)
        if raw is not None:
            await asyncio.to_thread(imap.put, raw)
        await answer("250 ok")(conversation)

    server.on("dot", deliver)
    database.settings = replace(database.settings, mail_from=SITE, smtp_url=server.url, inbox_url=imap.url)
    way = SmtpTransport(server.url, waits=Waits(**QUICK_WAITS))
    return await mailcheck.send_to_ourselves(database, own_server=OURS, transport=way, source_for=partial(source, imap))


async def test_a_mail_system_that_can_everything(database: Database, server: SmtpServer) -> None:
    with dovecot() as imap:
        found = await echoed(database, server, imap, lambda raw, _: through(raw, added=OURS, removed=OURS))
        assert [each.state for each in found] == ["good", "good", "good"]
        assert len(imap.files()) == 2  # they stay, for the worker to find


async def test_a_mail_system_without_sub_addresses(database: Database, server: SmtpServer) -> None:
    server.on("rcpt", answer("550 5.1.1 no such user"), rcpt=tagged(SITE, "check"))
    with dovecot() as imap:
        found = await echoed(database, server, imap, lambda raw, _: raw)
        assert [each.state for each in found] == ["good", "note", "note"]


async def test_a_worker_that_takes_the_mails_in_meanwhile_does_not_hide_them(
    database: Database, server: SmtpServer
) -> None:
    def straight_in(raw: bytes, rcpt: str) -> None:
        jobs.append(asyncio.ensure_future(intake.deliver(database, raw)))

    jobs: list[asyncio.Future[bool]] = []
    with dovecot() as imap:
        found = await echoed(database, server, imap, straight_in)
        assert [each.state for each in found][:2] == ["good", "good"]
    await asyncio.gather(*jobs)
    assert [reason for _, _, reason in await taken(database)] == ["own_mail", "own_mail"]


async def test_a_server_that_takes_no_mail_is_told(database: Database, server: SmtpServer) -> None:
    server.on("mail", answer("554 5.7.1 go away"))
    with dovecot() as imap:
        found = await echoed(database, server, imap, lambda raw, _: raw)
    assert [each.state for each in found] == ["bad"]
    assert "go away" in str(found[0].said.params["reply"])


async def test_the_mail_server_is_greeted_by_the_same_name_when_it_is_looked_at_as_when_mail_is_sent(
    database: Database, server: SmtpServer, tmp_path: Path
) -> None:
    greeted: list[str] = []

    async def hear(conversation: Conversation) -> None:
        greeted.append(conversation.line)
        await answer("250 loopback")(conversation)

    server.on("ehlo", hear)
    server.on("rcpt", answer("550 5.1.1 no such user"))
    inbox_url = f"maildir://{tmp_path / 'in'}"
    settings = replace(
        database.settings, smtp_url=server.url, base_url="https://meetings.agency.example:8443", inbox_url=inbox_url
    )
    database.settings = settings
    await mailcheck.send_to_ourselves(database)
    way = transport_for(settings)
    await way.send(b"Subject: x\r\n\r\nx\r\n", SITE, SITE)
    await way.close()
    assert set(greeted) == {"EHLO meetings.agency.example"}


def test_the_command_opens_the_mailbox_with_an_authority_of_the_sites_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with dovecot() as imap:
        given = {"LIAISON_DATA_DIR": str(tmp_path), "LIAISON_INBOX_URL": imap.url, "LIAISON_LOCALE": "en"}
        assert "SSL_CERT_FILE" in CliRunner().invoke(liaison, ["check"], env=given).output
        trusted = CliRunner().invoke(liaison, ["check"], env=given | {"SSL_CERT_FILE": str(CERTIFICATE)})
        assert f"Mailbox {inboxes(imap.url)[0].label}: works. It can be read; waiting: 0" in trusted.output
