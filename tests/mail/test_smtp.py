"""One mail over a real connection to a server that misbehaves: each end is told apart, and every wait is bounded."""

import asyncio
import stat
from pathlib import Path
from unittest.mock import ANY

import pytest

from liaison.mail.classify import Kind, Outcome
from liaison.mail.connections import Waits
from liaison.mail.smtp import SmtpTransport
from liaison.mail.transport import MaildirTransport
from tests.smtp_server import Conversation, SmtpServer, answer, babble, hang, then_drop, trusting_context

DATA = b"From: a@b.example\r\nSubject: x\r\n\r\n.dot\r\n..two\r\nend\r\n"
FROM, TO = "liaison@court.example", "wangmin@aid.example"
QUICK = Waits(connect=1, reply=0.3, mail=1.5, rest=10)


def transport(server: SmtpServer, *, waits: Waits = QUICK, connections: int = 4) -> SmtpTransport:
    return SmtpTransport(server.url, waits=waits, connections=connections)


async def send(through: SmtpTransport | MaildirTransport, rcpt: str = TO) -> Outcome:
    return await through.send(DATA, FROM, rcpt)


async def test_a_mail_arrives_byte_for_byte_dots_and_all() -> None:
    async with SmtpServer() as server:
        way = transport(server)
        assert await send(way) == Outcome(Kind.SENT, 250, None, "2.0.0 stored")
        await way.close()
    assert [(mail.mail_from, mail.rcpt, mail.data) for mail in server.stored] == [(FROM, TO, DATA)]


async def test_mails_go_one_after_the_other_over_a_kept_connection_each_to_one_recipient() -> None:
    async with SmtpServer() as server:
        way = transport(server)
        for number in range(5):
            await send(way, f"p{number}@aid.example")
        await way.close()
    assert server.reached["connect"] == 1
    assert server.reached["rcpt"] == server.reached["mail"] == 5


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize("code", [421, 450, 451, 452, 550, 552, 554])
async def test_a_refusal_in_any_phase_is_told_and_the_next_mail_goes_through(phase: str, code: int) -> None:
    async with SmtpServer() as server:
        server.on(phase, answer(f"{code} no"), rcpt=None, times=1)
        way = transport(server)
        outcome = await send(way)
        assert outcome.kind is (Kind.TEMPORARY if code < 500 else Kind.PERMANENT)
        assert (outcome.code, outcome.reply) == (code, "no")
        assert (await send(way, "other@aid.example")).kind is Kind.SENT
        await way.close()
    assert server.stored[-1].rcpt == "other@aid.example"


@pytest.mark.parametrize("misbehave", [then_drop, hang, babble(b"250-", 0.01), babble(b"2", 0.02), babble(b"x" * 9000)])
@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        ("connect", Kind.BLOCKED),
        ("ehlo", Kind.BLOCKED),
        ("mail", Kind.TEMPORARY),
        ("rcpt", Kind.TEMPORARY),
        ("data", Kind.TEMPORARY),
        ("dot", Kind.IN_DOUBT),
    ],
)
async def test_a_server_that_drops_hangs_or_babbles_ends_in_time(phase: str, kind: Kind, misbehave: object) -> None:
    async with SmtpServer() as server:
        server.on(phase, misbehave)  # type: ignore[arg-type]
        server.on("helo", misbehave)  # type: ignore[arg-type]
        way = transport(server)
        async with asyncio.timeout(10):
            outcome = await send(way)
        assert outcome.kind is kind
        server.behave()
        assert (await send(way)).kind is Kind.SENT
        await way.close()


@pytest.mark.parametrize(
    "line", [b"garbage", b"", b"999 what", b"25", b"\xff\xfe\x00", b"600 strange", b"100 strange", b"-12 x"]
)
async def test_an_answer_that_is_no_smtp_is_temporary_and_after_the_dot_in_doubt(line: bytes) -> None:
    async with SmtpServer() as server:
        way = transport(server)
        server.on("rcpt", answer(line), times=1)
        assert (await send(way)).kind is Kind.TEMPORARY
        server.behave()
        server.on("dot", answer(line), times=1)
        assert (await send(way)).kind is Kind.IN_DOUBT
        await way.close()


async def test_a_server_that_reads_slowly_gets_a_bounded_time_and_no_final_dot() -> None:
    async with SmtpServer() as server:
        stopped = asyncio.Event()

        async def read_nothing(_: object) -> None:
            await stopped.wait()

        server.on("body", read_nothing)
        way = SmtpTransport(server.url, waits=QUICK)
        outcome = await way.send(DATA + b"x" * 70 + b"\r\n" + b"y" * 50_000_000, FROM, TO)
        stopped.set()
        assert (outcome.kind, outcome.reason) == (Kind.TEMPORARY, "too_slow")
        await way.close()
    assert server.stored == []


async def test_an_answer_before_the_dot_ends_the_mail_definitely() -> None:
    async with SmtpServer() as server:

        async def read_some(conversation: Conversation) -> None:
            await conversation.reader.readexactly(100_000)
            await conversation.say("552 5.3.4 too big")
            await hang(conversation)

        server.on("body", read_some)
        way = transport(server)
        outcome = await way.send(b"x" * 50_000_000, FROM, TO)
        assert (outcome.kind, outcome.reason) == (Kind.PERMANENT, "too_large")
        await way.close()


async def test_who_may_not_finish_stops_before_the_final_dot() -> None:
    async with SmtpServer() as server:
        way = transport(server)
        outcome = await way.send(DATA, FROM, TO, may_finish=lambda: False)
        assert outcome.kind is Kind.STOPPED
        await server.until_reached("body")
        assert (await send(way)).kind is Kind.SENT
        await way.close()
    assert len(server.stored) == 1


async def test_a_kept_connection_that_the_server_closed_costs_no_attempt() -> None:
    async with SmtpServer() as server:
        way = transport(server)
        await send(way)
        server.on("mail", answer("421 4.4.2 idle too long"), times=1)
        assert (await send(way)).kind is Kind.SENT
        server.on("mail", then_drop, times=1)
        assert (await send(way)).kind is Kind.SENT
        await way.close()
    assert server.reached["connect"] == 3


async def test_a_connection_that_rested_is_asked_whether_it_lives() -> None:
    async with SmtpServer() as server:
        way = transport(server, waits=Waits(connect=1, reply=0.3, mail=2, rest=0))
        await send(way)
        server.on("noop", hang, times=1)
        assert (await send(way)).kind is Kind.SENT
        await way.close()
    assert server.reached["connect"] == 2


async def test_a_server_that_takes_only_two_connections_gets_all_mail_over_two() -> None:
    async with SmtpServer(most_connections=2) as server:
        way = transport(server, waits=Waits(connect=2, reply=2, mail=10))
        outcomes = await asyncio.gather(*(send(way, f"p{n}@aid.example") for n in range(20)))
        await way.close()
    assert {outcome.kind for outcome in outcomes} == {Kind.SENT}
    assert sorted(mail.rcpt for mail in server.stored) == sorted(f"p{n}@aid.example" for n in range(20))


async def test_nobody_listening_and_then_somebody() -> None:
    async with SmtpServer() as server:
        port = server.port
    way = transport(server)
    outcomes = await asyncio.gather(*(send(way) for _ in range(4)))
    assert {(outcome.kind, outcome.reason) for outcome in outcomes} == {(Kind.BLOCKED, "cannot_connect")}
    async with SmtpServer(port=port) as server:
        assert (await send(way)).kind is Kind.SENT
        await way.close()


async def test_a_server_whose_name_nobody_knows_blocks_all_mail() -> None:
    way = SmtpTransport("smtp://no-such-host.invalid", waits=QUICK)
    outcome = await send(way)
    assert (outcome.kind, outcome.reason) in {(Kind.BLOCKED, "server_not_found"), (Kind.BLOCKED, "cannot_connect")}


async def test_an_address_with_a_control_character_never_reaches_the_server() -> None:
    async with SmtpServer() as server:
        outcome = await send(transport(server), "a@b.example\r\nRCPT TO:<x@y.example>")
    assert outcome == Outcome(Kind.PERMANENT, None, "address_control_characters", ANY)
    assert server.reached["connect"] == 0


async def test_ehlo_refused_falls_back_to_helo_but_not_with_a_password() -> None:
    async with SmtpServer() as server:
        server.on("ehlo", answer("502 unknown"))
        way = transport(server)
        assert (await send(way)).kind is Kind.SENT
        await way.close()
        way = SmtpTransport(f"smtp://u:p@127.0.0.1:{server.port}", waits=QUICK)
        assert (await send(way)).reason == "greeting_refused"


# encryption and sign-in


async def test_plain_smtp_upgrades_when_that_is_offered() -> None:
    async with SmtpServer(tls=True) as server:
        way = transport(server)
        assert (await send(way)).kind is Kind.SENT
        await way.close()
    assert server.stored[0].encrypted


async def test_on_this_very_machine_a_failing_upgrade_does_not_stop_the_mail() -> None:
    async with SmtpServer(tls=True) as server:
        server.on("starttls", answer("454 no certificate"))
        way = transport(server)
        assert (await send(way)).kind is Kind.SENT
        await way.close()
    assert not server.stored[0].encrypted


@pytest.mark.parametrize("tls", [False, True])
async def test_starttls_that_is_required_but_stripped_or_refused_stops_all_mail(tls: bool) -> None:
    async with SmtpServer(tls=tls) as server:
        server.on("starttls", answer("454 no"))
        way = SmtpTransport(f"smtp+starttls://localhost:{server.port}", waits=QUICK, tls_context=trusting_context())
        outcome = await send(way)
        assert (outcome.kind, outcome.reason) == (Kind.BLOCKED, "tls_failed")
    assert server.reached["mail"] == 0


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_certificate_is_checked_and_a_wrong_one_stops_all_mail(scheme: str) -> None:
    async with SmtpServer(tls=True, implicit_tls=scheme == "smtps") as server:
        url = f"{scheme}://localhost:{server.port}"
        outcome = await send(SmtpTransport(url, waits=QUICK))
        assert (outcome.kind, outcome.reason) == (Kind.BLOCKED, "tls_failed")
        way = SmtpTransport(url, waits=QUICK, tls_context=trusting_context())
        assert (await send(way)).kind is Kind.SENT
        await way.close()
    assert [mail.encrypted for mail in server.stored] == [True]


async def test_a_wrong_certificate_at_an_upgrade_that_is_not_on_this_machine_never_falls_back_to_clear() -> None:
    async with SmtpServer(host="0.0.0.0", tls=True) as server:
        outcome = await send(SmtpTransport(f"smtp://0.0.0.0:{server.port}", waits=QUICK))
        assert (outcome.kind, outcome.reason) == (Kind.BLOCKED, "tls_failed")
    assert server.reached["mail"] == 0


async def test_a_password_is_never_sent_in_clear_off_this_machine() -> None:
    async with SmtpServer(host="0.0.0.0", login=("user", "pass")) as server:
        outcome = await send(SmtpTransport(f"smtp://user:pass@0.0.0.0:{server.port}", waits=QUICK))
        assert (outcome.kind, outcome.reason) == (Kind.BLOCKED, "tls_failed")
    assert server.reached["auth"] == 0


async def test_a_password_with_special_characters_signs_in() -> None:
    async with SmtpServer(tls=True, login=("user@court", "p@ss:/word")) as server:
        url = f"smtp+starttls://user%40court:p%40ss%3A%2Fword@localhost:{server.port}"
        way = SmtpTransport(url, waits=QUICK, tls_context=trusting_context())
        assert (await send(way)).kind is Kind.SENT
        await way.close()
    assert server.signed_in == [True]


async def test_a_refused_sign_in_blocks_all_mail() -> None:
    async with SmtpServer(login=("user", "pass")) as server:
        outcome = await send(SmtpTransport(f"smtp://user:wrong@127.0.0.1:{server.port}", waits=QUICK))
        assert (outcome.kind, outcome.reason) == (Kind.BLOCKED, "sign_in_refused")
    assert server.reached["mail"] == 0


# the Maildir of a site without a mail server


async def test_without_a_server_each_mail_is_one_file_and_storing_it_again_adds_none(tmp_path: Path) -> None:
    way = MaildirTransport(tmp_path / "mail")
    assert (await send(way)).kind is Kind.SENT
    assert (await send(way)).kind is Kind.SENT
    assert (await send(way, "other@aid.example")).kind is Kind.SENT
    assert [path.read_bytes() for path in (tmp_path / "mail" / "new").iterdir()] == [DATA, DATA]
    assert not list((tmp_path / "mail" / "tmp").iterdir())


async def test_a_maildir_that_cannot_be_written_holds_up_all_mail(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    outcome = await send(MaildirTransport(tmp_path / "mail"))
    assert (outcome.kind, outcome.reason) == (Kind.BLOCKED, "mail_dir_unwritable")


async def test_a_maildir_stores_nothing_once_the_claim_is_lost(tmp_path: Path) -> None:
    way = MaildirTransport(tmp_path / "mail")
    assert (await way.send(DATA, FROM, TO, may_finish=lambda: False)).kind is Kind.STOPPED
    assert not [path for path in (tmp_path / "mail").rglob("*") if stat.S_ISREG(path.stat().st_mode)]
