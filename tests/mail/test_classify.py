"""What a server's answer means, decided in one place: which mail stops at once, which goes on, and when all mail waits."""

import socket
import ssl

import pytest
from aiosmtplib import (
    SMTPConnectError,
    SMTPException,
    SMTPReadTimeoutError,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from liaison.mail.classify import Kind, Phase, classify
from liaison.mail.reasons import REASONS, worded

OF_THE_MAIL = (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY, Phase.DOT)
BEFORE_ANY_MAIL = (Phase.CONNECT, Phase.HELLO, Phase.TLS, Phase.SIGN_IN)


@pytest.mark.parametrize("phase", OF_THE_MAIL)
@pytest.mark.parametrize("code", [421, 450, 451, 452, 499])
def test_a_4xx_is_tried_again(phase: Phase, code: int) -> None:
    assert classify(phase, code).kind is Kind.TEMPORARY


@pytest.mark.parametrize("phase", OF_THE_MAIL)
@pytest.mark.parametrize("code", [500, 550, 552, 553, 554, 599])
def test_a_5xx_stops_at_once(phase: Phase, code: int) -> None:
    assert classify(phase, code).kind is Kind.PERMANENT


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY])
@pytest.mark.parametrize("code", [-1, 0, 25, 199, 354, 600, 999])
def test_a_code_that_is_no_answer_to_the_command_counts_as_temporary(phase: Phase, code: int) -> None:
    outcome = classify(phase, code)
    assert (outcome.kind, outcome.reason) == (Kind.TEMPORARY, "strange_answer")


@pytest.mark.parametrize(
    "answer", [-1, 0, 354, 600, SMTPServerDisconnected("gone"), SMTPReadTimeoutError("late"), TimeoutError()]
)
def test_after_the_final_dot_anything_but_a_valid_answer_leaves_us_in_doubt(answer: int | BaseException) -> None:
    outcome = classify(Phase.DOT, answer)
    assert (outcome.kind, outcome.reason) == (Kind.IN_DOUBT, "no_answer_after_data")


@pytest.mark.parametrize("code", [200, 250, 251, 299])
def test_any_2xx_after_the_dot_is_sent(code: int) -> None:
    assert classify(Phase.DOT, code).kind is Kind.SENT


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY])
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SMTPServerDisconnected("gone"), "connection_lost"),
        (ConnectionResetError(), "connection_lost"),
        (TimeoutError(), "too_slow"),
    ],
)
def test_a_connection_lost_before_the_dot_is_no_doubt(phase: Phase, error: Exception, reason: str) -> None:
    outcome = classify(phase, error)
    assert (outcome.kind, outcome.reason) == (Kind.TEMPORARY, reason)


@pytest.mark.parametrize("phase", BEFORE_ANY_MAIL)
@pytest.mark.parametrize(
    "answer", [421, 454, 500, 535, 554, -1, SMTPServerDisconnected("gone"), TimeoutError(), OSError()]
)
def test_trouble_before_any_mail_holds_up_all_mail_and_blames_none(phase: Phase, answer: int | BaseException) -> None:
    outcome = classify(phase, answer)
    assert outcome.kind is Kind.BLOCKED
    assert outcome.reason in REASONS


@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA])
@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_a_server_that_wants_a_sign_in_holds_up_all_mail(phase: Phase, code: int) -> None:
    outcome = classify(phase, code)
    assert (outcome.kind, outcome.reason) == (Kind.BLOCKED, "sign_in_refused")


def caused(by: BaseException) -> SMTPConnectError:
    error = SMTPConnectError("failed")
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("phase", "answer", "reply", "reason"),
    [
        (Phase.RCPT, 550, "5.1.1 no such user", "mailbox_unknown"),
        (Phase.RCPT, 550, "no such user", "mailbox_unknown"),
        (Phase.RCPT, 552, "5.2.2 over quota", "mailbox_full"),
        (Phase.RCPT, 452, "4.2.2 over quota", "mailbox_full"),
        (Phase.RCPT, 450, "4.2.0 greylisted", "mailbox_busy"),
        (Phase.RCPT, 451, "try later", "server_busy"),
        (Phase.RCPT, 550, "5.7.1 relaying denied", "not_permitted"),
        (Phase.MAIL, 550, "5.7.1 who are you", "sender_refused"),
        (Phase.DOT, 554, "spam", "rejected_as_spam"),
        (Phase.DOT, 552, "big", "too_large"),
        (Phase.MAIL, 552, "big", "too_large"),
        (Phase.DOT, 452, "full", "server_full"),
        (Phase.CONNECT, 421, "busy", "server_busy"),
        (Phase.CONNECT, 554, "no", "greeting_refused"),
        (Phase.CONNECT, caused(ConnectionRefusedError()), "", "cannot_connect"),
        (Phase.CONNECT, caused(socket.gaierror()), "", "server_not_found"),
        (Phase.CONNECT, caused(ssl.SSLError()), "", "tls_failed"),
        (Phase.TLS, 454, "", "tls_failed"),
        (Phase.TLS, SMTPException("not offered"), "", "tls_failed"),
        (Phase.SIGN_IN, SMTPResponseException(535, "no"), "", "sign_in_refused"),
        (Phase.SIGN_IN, SMTPException("no method"), "", "sign_in_refused"),
        (Phase.SIGN_IN, 454, "", "server_busy"),
        (Phase.SIGN_IN, SMTPServerDisconnected("gone"), "", "cannot_connect"),
    ],
)
def test_the_reason_says_what_the_officer_can_do(
    phase: Phase, answer: int | BaseException, reply: str, reason: str
) -> None:
    outcome = classify(phase, answer, reply)
    assert outcome.reason == reason
    assert worded(outcome.reason, lambda text: text) == REASONS[reason]


def test_an_unknown_reason_of_a_newer_version_is_shown_as_it_is() -> None:
    assert worded("from_the_future", str) == "from_the_future"
    assert worded(None, str) == ""
