"""A mail's bytes as a value: its parts, its head and its words, by what they are and not only by what they claim."""

import base64

import pytest

from liaison.mail.headings import mailboxes, read_heading, words
from liaison.mail.html_text import text_of_html
from liaison.mail.inbox import digest_of, read
from liaison.mail.parts import OverCap, decoded, from_base64
from tests.mail.hostile import SENDER, calendar, mail


def parts(*texts: bytes, boundary: bytes = b"b") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + text + b"\r\n" for text in texts) + b"--" + boundary + b"--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        parts(b"\r\nhello"),
        parts(b"Content-Type: text/plain\r\n\r\nhello"),
        b"preamble\r\n" + parts(b"\r\nhello") + b"\r\nepilogue\r\n",
        parts(b"\r\nhello")[: -len("--b--\r\n")],
        parts(b"\r\nhello").replace(b"\r\n", b"\n"),
        parts(b"\r\nhello").replace(b"--b\r", b"--b \t\r"),
        parts(b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n" + parts(b"\r\nhello", boundary=b"bb")),
        parts(b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nhello", b"\r\nother"),
    ],
)
def test_a_mail_is_divided_where_its_boundary_is_a_line_and_nowhere_else(body: bytes) -> None:
    assert read(mail(body, "multipart/mixed; boundary=b")).text.strip() == "hello"


def test_what_only_begins_like_the_boundary_divides_nothing() -> None:
    text = read(mail(parts(b"\r\none\r\n--bc\r\n --b\r\nx--b\r\ntwo"), "multipart/mixed; boundary=b")).text
    assert text.splitlines() == ["one", "--bc", " --b", "x--b", "two"]


@pytest.mark.parametrize(("number", "most"), [(199, True), (200, False)])
def test_a_mail_has_at_most_200_parts_itself_counted(number: int, most: bool) -> None:
    raw = mail(parts(*[b"\r\nx"] * number), "multipart/mixed; boundary=b")
    if most:
        assert read(raw).text == "x"
    else:
        with pytest.raises(OverCap):
            read(raw)


def test_the_same_calendar_twice_is_one_and_a_forwarded_one_is_none() -> None:
    one = b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR"
    coded = b"Content-Type: application/ics\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(one[31:])
    forwarded = b"Content-Type: message/rfc822\r\n\r\n" + calendar()
    assert len(read(mail(parts(one, coded, forwarded), "multipart/mixed; boundary=b")).calendars) == 1


def test_a_calendar_has_at_most_500_people() -> None:
    line = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example"
    assert read(calendar(*[line] * 500)).calendars
    with pytest.raises(OverCap):
        read(calendar(*[line] * 501))


@pytest.mark.parametrize(
    ("octets", "charset"),
    [
        ("参加".encode(), ""),
        ("参加".encode(), "us-ascii"),
        ("参加".encode(), "gb2312"),
        ("\ufeff参加".encode(), "gb2312"),
        ("参加".encode("gb18030"), ""),
        ("参加".encode("gb18030"), "utf-8"),
        ("参加".encode("gb18030"), "x-unknown"),
        ("参加".encode("hz"), "hz-gb-2312"),
        ("参加".encode("utf-16"), ""),
        ("参加".encode("utf-16-le"), "utf-16le"),
        ("参加".encode("utf-7"), "utf-7"),
    ],
)
def test_letters_are_read_by_what_they_are(octets: bytes, charset: str) -> None:
    assert decoded(octets, charset).removeprefix("\ufeff") == "参加"


@pytest.mark.parametrize(
    ("octets", "charset"), [(b"a\0\x1b\x7fb", ""), (b"+2AA-", "utf-7"), (b"\xed\xa0\x80", ""), (b"\xff" * 9, "")]
)
def test_nothing_that_a_database_refuses_is_left_in_a_text(octets: bytes, charset: str) -> None:
    text = decoded(octets, charset)
    assert text.encode()
    assert not set(text) & {"\0", "\x1b", "\x7f"}


@pytest.mark.parametrize(
    "coded", [b"5Y+C5Yqg", b"5Y+C\r\n5Yqg\r\n", b"5Y-+C 5Yqg", b"5Y+C5Yqg====", b"5Y+C5YqgAA", b"5Y+C5YqgA"]
)
def test_base64_is_read_as_far_as_it_goes(coded: bytes) -> None:
    assert from_base64(coded).startswith("参加".encode())


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("=?utf-8?B?5Y+C5Yqg?=", "参加"),
        ("=?UTF-8?q?=E5=8F=82=E5=8A=A0?=", "参加"),
        ("=?utf-8?B?5Y+C?= =?utf-8?B?5Yqg?=", "参加"),
        ("=?gb2312?B?ss4=?= =?gb2312?B?vNM=?=", "参加"),
        ("=?gb2312?B?sg==?= =?gb2312?B?zrzT?=", "参加"),  # divided within a letter
        ("Re: =?gbk?B?ss680w==?= please", "Re: 参加 please"),
        ("=?utf-8*zh-CN?B?5Y+C5Yqg?=", "参加"),
        ("=?us-ascii?Q?a_b?=", "a b"),
        ("=?utf-8?B?A?=", ""),
        ("=?utf-8?B?", "=?utf-8?B?"),
        ("=?nothing?B?5Y+C5Yqg?=", "参加"),
    ],
)
def test_encoded_words_are_read_and_wrong_ones_raise_nothing(field: str, text: str) -> None:
    assert words(field) == text


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (SENDER, [("", SENDER)]),
        (f"<{SENDER.upper()}>", [("", SENDER)]),
        (f"李文博 <{SENDER}>", [("李文博", SENDER)]),
        (f'"Li, \\"W\\" <x@y.example>" <{SENDER}>', [('Li, "W" <x@y.example>', SENDER)]),
        (f"{SENDER} <x@y.example>", [(SENDER, "x@y.example")]),
        (f"{SENDER}, x@y.example", [("", SENDER), ("", "x@y.example")]),
        (f"=?gbk?B?ss680w==?= <{SENDER}>", [("参加", SENDER)]),
        ("undisclosed-recipients:;", []),
        ("liwb\N{REPLACEMENT CHARACTER}", []),
        ("<wang\N{KELVIN SIGN}e@sfj.qingzhi.example>", []),
        ("", []),
    ],
)
def test_mailboxes_are_found_and_names_are_no_addresses(field: str, found: list[tuple[str, str]]) -> None:
    assert mailboxes(field) == found


def test_a_head_over_the_limits_is_not_looked_into_and_a_body_over_them_does_not_matter() -> None:
    assert read_heading(mail(b"x" * 11_000_000)).sender == SENDER
    assert read_heading(mail(Subject="x" * 9_000)).sender == ""


def test_eight_bit_fields_and_folded_ones_are_read_on_one_line() -> None:
    raw = "Subject: 参加\r\n\t会议".encode("gb18030") + f"\r\nFrom: 李\r\n <{SENDER}>".encode() + b"\r\n\r\n"
    heading = read_heading(raw)
    assert (heading.subject, heading.sender, heading.sender_name) == ("参加 会议", SENDER, "李")


def test_the_same_mail_by_another_way_has_the_same_digest_and_another_body_has_not() -> None:
    one = mail(b"hello", Message_ID="<a@b>")
    assert digest_of(b"Received: by x\r\n" + one) == digest_of(one)
    assert digest_of(mail(b"hello!", Message_ID="<a@b>")) != digest_of(one)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>参加</p><p>谢谢</p>", "参加\n谢谢"),
        ("<div>参加<br>谢谢", "参加\n谢谢"),
        ("<style>p { x }</style><title>t</title>参加<script>x</script>", "参加"),
        ("<!-- <p>请假</p> -->参加<!-- 请假", "参加"),
        ("<![if !mso]>参加<![endif]><?xml x?><o:p>&nbsp;</o:p>", "参加"),
        ("参&#21152; &lt;a&gt; 1 < 2", "参加 <a> 1 < 2"),
        ("好<blockquote>请假</blockquote>", "好\n> 请假"),
        ("<td>a</td><td>b</td>", "a b"),
        ("参加<a href='x", "参加"),
    ],
)
def test_html_is_read_as_its_words(html: str, text: str) -> None:
    assert text_of_html(html) == text
