"""A mail is exactly the tree of parts that real clients show buttons for, and no header can be forged through its text."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from liaison import templating
from liaison.mail.compose import diverted, new_message_id, render, to_bytes
from liaison.mail.message import OutgoingMessage

DATE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:第四次联席会议\r\nEND:VCALENDAR\r\n".encode()
MAIL = OutgoingMessage(
    to="清河区法律援助中心 王敏 <WangMin@aid.example>",
    address="wangmin@aid.example",
    mail_from="清河区支持起诉联席会议 <liaison@court.example>",
    subject="【会议通知】支持起诉协作机制拟第四次联席会议（11月27日 周五 14:30）",
    text="各成员单位：\n\n定于11月27日召开。\n.\n",
    html="<html><body><p>各成员单位：</p></body></html>",
    calendar=CALENDAR,
    calendar_method="REQUEST",
    thread="0f3c9d@court.example",
)


def built(message: OutgoingMessage = MAIL, message_id: str = "<1@court.example>") -> bytes:
    return to_bytes(message, message_id=message_id, date=DATE)


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert not message.defects
    return message


def test_an_invitation_is_text_html_and_calendar_as_alternatives_and_the_calendar_again_as_attachment() -> None:
    mail = parsed(built())
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, calendar, attached = mail.walk()
    assert calendar["Content-Type"] == 'text/calendar; charset="UTF-8"; method="REQUEST"'
    assert calendar["Content-Disposition"] is None
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert attached.get_filename() == "invite.ics"
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True) == CALENDAR


def test_a_mail_without_calendar_is_text_and_html_only() -> None:
    mail = parsed(built(replace(MAIL, calendar=None, calendar_method=None)))
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_headers_read_as_written_each_once_with_the_display_names_case() -> None:
    mail = parsed(built())
    assert mail["Subject"] == MAIL.subject
    assert mail["To"] == MAIL.to
    assert mail["From"] == MAIL.mail_from
    assert mail["Date"].datetime == DATE
    assert mail["Message-ID"] == "<1@court.example>"
    assert mail["Auto-Submitted"] is None
    assert len(mail.keys()) == len(set(mail.keys()))


def test_texts_arrive_whole_in_both_alternatives() -> None:
    mail = parsed(built())
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content().rstrip() == MAIL.html
    english = parsed(built(replace(MAIL, text="Dear all,\n.\nend = here \n" + "word " * 400 + "\n")))
    body = english.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").startswith("Dear all,\n.\nend = here \nword word")


def test_every_mail_of_a_thread_refers_to_the_same_root_even_if_the_first_was_lost() -> None:
    first, second = parsed(built()), parsed(built(message_id="<2@court.example>"))
    assert first["References"] == second["References"] == first["In-Reply-To"] == "<0f3c9d.court.example@court.example>"
    assert parsed(built(replace(MAIL, thread=None)))["References"] is None


def test_a_reminder_says_that_no_person_wrote_it() -> None:
    assert parsed(built(replace(MAIL, auto_submitted=True)))["Auto-Submitted"] == "auto-generated"


def test_the_same_mail_is_the_same_bytes() -> None:
    assert built() == built()


@given(
    subject=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200),
    name=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="<>@"), max_size=80),
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=500),
)
def test_any_text_crosses_the_wire_in_short_7_bit_lines(subject: str, name: str, text: str) -> None:
    data = built(replace(MAIL, subject=subject, to=f"{name} <wangmin@aid.example>", text=text))
    lines = data.split(b"\r\n")
    assert data.isascii()
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    mail = message_from_bytes(data, policy=policy.default)
    assert mail["To"].addresses[0].addr_spec == "wangmin@aid.example"
    assert len(list(mail.walk())) == 6


EVIL = ["x\r\nBcc: a@b.example", "x\nBcc: a", "x\r", "x\0", "x\x1b[0m", "x\u2028y", "x\x85y"]


@pytest.mark.parametrize("evil", EVIL)
def test_a_control_character_cannot_begin_a_header_of_its_own(evil: str) -> None:
    forged = [
        replace(MAIL, subject=evil),
        replace(MAIL, to=f"{evil} <a@b.example>"),
        replace(MAIL, mail_from=f"{evil} <a@b.example>"),
        replace(MAIL, mail_from=f"{evil}@b.example"),
        replace(MAIL, address=f"{evil}@b.example"),
    ]
    for message in forged:
        with pytest.raises(ValueError, match=r"control|address"):
            built(message)
    assert parsed(built(replace(MAIL, thread=evil))).keys() == parsed(built()).keys()


def test_a_message_id_cannot_bring_a_header_with_it() -> None:
    with pytest.raises(ValueError, match="control character"):
        built(message_id="<1@court.example>\r\nBcc: a@b.example")


def test_a_calendar_needs_its_method_in_capitals() -> None:
    with pytest.raises(ValueError, match="method"):
        built(replace(MAIL, calendar_method="request"))


def test_a_domain_in_chinese_goes_out_in_ascii() -> None:
    mail = parsed(built(replace(MAIL, to="王敏 <wm@例子.example>", address="wm@例子.example")))
    assert mail["To"].addresses[0].domain == "xn--fsqu00a.example"


def test_message_ids_differ_and_carry_the_senders_domain() -> None:
    one, other = new_message_id(MAIL.mail_from), new_message_id(MAIL.mail_from)
    assert one != other
    assert one.endswith("@court.example>")


def test_a_trial_run_writes_to_the_operator_and_names_whom_it_was_meant_for() -> None:
    trial = diverted(MAIL, "Operator@court.example", "en")
    assert (trial.to, trial.address) == ("Operator@court.example", "operator@court.example")
    assert trial.subject == f"[Trial run → 清河区法律援助中心 王敏] {MAIL.subject}"
    assert trial.text.splitlines()[0].count("WangMin@aid.example") == 1
    assert trial.html.index("&lt;WangMin@aid.example&gt;") < trial.html.index("各成员单位")
    assert (trial.calendar, trial.thread) == (MAIL.calendar, MAIL.thread)


def test_a_mails_name_is_escaped_in_html_but_not_in_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "mail" / "hello"
    directory.mkdir(parents=True)
    (directory / "subject.txt").write_text("To {{ name }}\n and\n more\n")
    (directory / "body.txt").write_text("\n\nDear {{ name }}\n\n")
    (directory / "body.html").write_text("<p>{{ name }}</p>")
    monkeypatch.setattr(templating, "data_dir", lambda name: tmp_path)
    templating.environment.cache_clear()
    try:
        assert render("hello", {"name": "A & B"}, "en") == ("To A & B and more", "Dear A & B\n", "<p>A &amp; B</p>\n")
        with pytest.raises(UndefinedError):
            render("hello", {}, "en")
    finally:
        templating.environment.cache_clear()
