"""Mails that nobody sends by accident, made in code. As a program: reads each in a process of its own that may not take long nor much
memory, and prints how that ended."""

import base64
import json
import os
import resource
import traceback
from collections.abc import Callable

from liaison.mail.authentication import vouched_for
from liaison.postroom.plain import agenda_title, answer_in, codes_in, own_words, word_in
from liaison.postroom.reading import ReadMail, read_mail

SENDER = "liwb@sfj.qingzhi.example"
UID = "3f6c1a0b9d2e47588a64c0d1e2f3a4b5"
MEGA = 1_000_000
CPU_SECONDS = 2
MEMORY = 200_000_000


def ends() -> dict[str, str]:
    """By name how reading each mail ended in its process: empty when well, else an exit code or a signal."""
    found = {}
    for name in HOSTILE:
        child = os.fork()
        if child == 0:
            try:
                limited(name)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        found[name] = "" if status == 0 else f"{os.waitstatus_to_exitcode(status)}"
    return found


def limited(name: str) -> None:
    """Make the mail, then read it and all it says within the limits of TRUST.md promise 10: who takes longer is killed, and who takes
    more memory gets a MemoryError."""
    raw = HOSTILE[name]()
    with open("/proc/self/statm") as statm:
        held = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    spent = int(sum(os.times()[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, spent + CPU_SECONDS))
    understand(read_mail(raw))


def understand(mail: ReadMail) -> None:
    """All that is done with a mail but for the database."""
    vouched_for(mail.heading.checked_by, own_server="mx.qingzhi.example", sender=mail.heading.sender)
    if mail.message is not None:
        text = own_words(mail.message.text)
        answer_in(text)
        word_in(text)
        codes_in(mail.message.text)
        agenda_title(mail.heading.subject, text)


def mail(body: bytes = b"hello\r\n", kind: str = "text/plain; charset=utf-8", **fields: str) -> bytes:
    """A mail whose body is of this kind; an underscore in a field's name is a hyphen."""
    head = {"From": SENDER, "To": "zhichi@meetings.qingzhi.example", "Subject": "x", "Content_Type": kind, **fields}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in head.items()]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def calendar(*lines: str, head: str = "METHOD:REPLY") -> bytes:
    """A mail with an answer to no meeting of ours, and these lines in its event."""
    text = "\r\n".join(("BEGIN:VCALENDAR", head, "BEGIN:VEVENT", "UID:none", *lines, "END:VEVENT", "END:VCALENDAR", ""))
    return mail(text.encode("utf-8", "surrogateescape"), "text/calendar; charset=utf-8; method=REPLY")


def html(text: str) -> bytes:
    return mail(text.encode(), "text/html; charset=utf-8")


def plain(text: str) -> bytes:
    return mail(text.encode())


def nested_multiparts(depth: int) -> bytes:
    heads = [f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(1, depth)]
    return mail(b"--b0\r\n" + "".join(heads).encode() + b"\r\nend\r\n", "multipart/mixed; boundary=b0")


def nested_messages(depth: int) -> bytes:
    return mail(b"Content-Type: message/rfc822\r\n\r\n" * depth + b"\r\nend\r\n", "message/rfc822")


def many_parts(number: int, part: bytes = b"\r\n\r\nx\r\n", kind: str = "multipart/mixed; boundary=b") -> bytes:
    return mail((b"--b" + part) * number + b"--b--\r\n", kind)


def report(block: bytes) -> bytes:
    return many_parts(
        1, b"\r\nContent-Type: message/delivery-status\r\n\r\n" + block, "multipart/report; boundary=b; report-type=x"
    )


def checked(result: str) -> bytes:
    return mail(Authentication_Results=f"mx.qingzhi.example; {result}")


def charset(name: str, octets: bytes = b"\xff\xfb+AD4-\\ud800\\N{x}" * 40_000) -> bytes:
    return mail(octets, f'text/plain; charset="{name}"')


def attendees(number: int) -> bytes:
    return calendar(*[f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a{n}@x.example" for n in range(number)])


def of_bytes(text: bytes, size: int) -> bytes:
    return (text * (size // len(text) + 1))[:size]


def of(text: str, size: int) -> str:
    return (text * (size // len(text) + 1))[:size]


def bomb_of_html(text: str) -> Callable[[], bytes]:
    return lambda: html("<p>x</p>" + of(text, 9 * MEGA))


def bomb_of_text(text: str) -> Callable[[], bytes]:
    return lambda: plain("x\n" + of(text, 2 * MEGA))


def bomb_of_line(text: str, name: str, value: str = "") -> Callable[[], bytes]:
    return lambda: calendar(*[f"{name}{of(text, 19_900)}{value}"] * 45)


def bomb_of_from(text: str) -> Callable[[], bytes]:
    return lambda: mail(
        From=of(text, 7_900) + " x", To=of(text, 7_900), Cc=of(text, 7_900), Delivered_To=of(text, 7_900)
    )


CHARSETS = (
    "idna",
    "punycode",
    "undefined",
    "unicode_escape",
    "raw_unicode_escape",
    "utf-7",
    "rot13",
    "zlib",
    "bz2",
    "hex",
    "uu",
    "quopri",
    "mbcs",
    "oem",
    "utf-16",
    "utf-32",
    "iso-2022-jp",
    "hz-gb-2312",
    "../../etc/passwd",
    "os",
    "antigravity",
)

HOSTILE: dict[str, Callable[[], bytes]] = {
    # The parts
    "multiparts 5000 deep": lambda: nested_multiparts(5000),
    "multiparts 9 deep": lambda: nested_multiparts(9),
    "messages 5000 deep": lambda: nested_messages(5000),
    "messages 100000 deep": lambda: nested_messages(100_000),
    "digest of digests": lambda: mail(
        b"".join(b"--d%d\r\n\r\nContent-Type: multipart/digest; boundary=d%d\r\n\r\n" % (n, n + 1) for n in range(500)),
        "multipart/digest; boundary=d0",
    ),
    "100000 parts": lambda: many_parts(100_000),
    "a million boundaries": lambda: many_parts(MEGA, b"\r\n"),
    "boundaries of the boundary alone": lambda: mail(of_bytes(b"--b", 9 * MEGA), "multipart/mixed; boundary=b"),
    "lines that begin like the boundary": lambda: many_parts(MEGA, b"x\r\n"),
    "100000 parts behind feints": lambda: mail(
        (b"--real\r\n\r\nx\r\n") * 100_000, "multipart/mixed; boundary=real", X_A=" ".join(["boundary=feint"] * 400)
    ),
    "boundary in pieces": lambda: many_parts(100_000, kind="multipart/mixed; boundary*0=b"),
    "boundary in octets": lambda: many_parts(100_000, kind="multipart/mixed; boundary*=utf-8''b"),
    "boundary missing": lambda: mail(b"--b\r\n\r\nx\r\n", "multipart/mixed"),
    "boundary empty": lambda: many_parts(100_000, kind='multipart/mixed; boundary=""'),
    "boundary of 7 kB": lambda: mail(b"--" + b"b" * 7000, "multipart/mixed; boundary=" + "b" * 7000),
    "boundary with 8-bit octets": lambda: mail(b"--\xff\r\n\r\nx", "multipart/mixed; boundary=\udcff"),
    "boundary named twice": lambda: many_parts(100_000, kind="multipart/mixed; boundary=a; boundary=b"),
    "the same boundary inside": lambda: many_parts(150, b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"),
    "boundary that begins another": lambda: mail(
        b"--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n" + b"--bb\r\n\r\nx\r\n" * 100_000,
        "multipart/mixed; boundary=b",
    ),
    "boundary followed by 9 MB of spaces": lambda: mail(b"--b" + b" " * 9 * MEGA, "multipart/mixed; boundary=b"),
    "heads of 200 parts": lambda: many_parts(199, b"\r\n" + b"a:\r\n" * 10_000 + b"\r\n"),
    "11 MB": lambda: plain("x" * 11 * MEGA),
    # The head
    "10 MB of head": lambda: mail(X_Long=of("a\r\n b", 9_900_000)),
    "10 MB of small fields": lambda: of_bytes(b"a:\r\n", 9_900_000),
    "63 kB of small fields": lambda: of_bytes(b"a:\r\n", 63_000) + mail(),
    "a field of 1 MB": lambda: mail(Subject="x" * MEGA),
    "a folded field of 60 kB": lambda: mail(Content_Type="text/plain" + of(";\r\n a=b", 60_000)),
    "a field without a colon": lambda: b"From " + SENDER.encode() + b"\r\nno colon here\r\n" + mail(),
    "fields without names": lambda: of_bytes(b": x\r\n", 60_000) + mail(),
    "NUL everywhere": lambda: mail(b"\0" * MEGA, Subject="\0x\0", From=f"\0<{SENDER}\0>", Message_ID="<\0@x>"),
    "lone CR": lambda: mail(b"a\rb\r" * 100_000).replace(b"\n", b""),
    "CR CR LF": lambda: mail(b"a\r\n" * 100_000).replace(b"\r\n", b"\r\r\n"),
    "a million CR": lambda: b"\r" * MEGA,
    "a million line feeds": lambda: b"\n" * MEGA,
    "nothing": lambda: b"",
    "junk": lambda: bytes(range(256)) * 4000,
    "3000 From": lambda: of_bytes(f"From: <{SENDER}>\r\n".encode(), 60_000) + mail(),
    "100 fields of results": lambda: (
        of_bytes(b"Authentication-Results: mx.qingzhi.example; spf=pass\r\n", 60_000) + mail()
    ),
    "subject of encoded words": lambda: mail(Subject=of("=?utf-8?q?a?= ", 7_900)),
    "subject of open encoded words": lambda: mail(Subject=of("=?a?q?", 7_900)),
    "subject of wrong base64": lambda: mail(Subject="=?utf-8?b?A?= =?utf-8?b?====?= =?x?b?!?="),
    "subject in no charset": lambda: mail(Subject="=?idna?q?a..b?= =?punycode?q?xn--?= =?\udcff?q?a?= =?zlib?b?eJw=?="),
    "subject with half letters": lambda: mail(
        Subject="=?utf-7?q?+2AA-?= =?utf-16?b?ANg=?= =?unicode_escape?q?\\ud800?="
    ),
    "From of spaces": bomb_of_from(" \t"),
    "From of quotes": bomb_of_from('"'),
    "From of escaped quotes": bomb_of_from('\\"'),
    "From of open brackets": bomb_of_from("<"),
    "From of parentheses": bomb_of_from("("),
    "From of letters": bomb_of_from("a"),
    "From of signs": bomb_of_from("@"),
    "From of commas": bomb_of_from(",a"),
    "From of 64 kB": lambda: mail(From=of('"(\\"', 60_000) + f"<{SENDER}>"),
    "From with control characters": lambda: mail(From="\x1b[31m\x07<liwb\x01@sfj.qingzhi.example>"),
    "Message-ID of 60 kB": lambda: mail(Message_ID="<" + "a" * 7_000 + "@x>", References=of("<a@b>", 50_000)),
    "60 kB of references": lambda: mail(References=of("<", 50_000), In_Reply_To=of("<a ", 7_900)),
    "results of open quotes": lambda: checked('dkim=pass reason="' + of('\\"', 7_900)),
    "results of open comments": lambda: checked(of("((", 7_900)),
    "results of semicolons": lambda: checked(of(";a=b", 7_900)),
    "results of folds": lambda: mail(Authentication_Results="mx.qingzhi.example; a" + of("\r\n a", 7_900)),
    "results of equal signs": lambda: checked("dkim=pass " + of("header.d=", 7_900)),
    "results of spaces": lambda: checked("dkim" + " " * 7_000 + "=" + " " * 800 + "pass"),
    # How the content is written
    "wrong base64": lambda: mail(b"=A=B!" * MEGA, Content_Transfer_Encoding="base64"),
    "wrong quoted-printable": lambda: mail(b"=ZZ=\r\n=" * MEGA, Content_Transfer_Encoding="quoted-printable"),
    "quoted-printable of blanks": lambda: mail(b" " * 9 * MEGA, Content_Transfer_Encoding="quoted-printable"),
    "uuencode": lambda: mail(
        b"begin 644 x\n" + of_bytes(b"M" * 61 + b"\n", 9 * MEGA), Content_Transfer_Encoding="x-uuencode"
    ),
    "encoding that is none": lambda: mail(b"x" * MEGA, Content_Transfer_Encoding="zip; bomb=\udcff"),
    **{
        f"charset {name}": (lambda name=name: charset(name))  # type: ignore[misc]
        for name in CHARSETS
    },
    "charset with a NUL": lambda: charset("utf\0-8"),
    "charset of 7 kB": lambda: charset("u" * 7_000),
    "punycode that takes its time": lambda: charset("punycode", b"a" * 200_000 + b"-" + b"9" * 200_000),
    "charset in octets": lambda: mail(b"\xff", "text/plain; charset*=idna'x'%FF%00"),
    "parameters without end": lambda: mail(b"x", "text/plain; " + of('a="', 7_900)),
    "parameters of quoted semicolons": lambda: mail(b"x", "text/plain; " + of('";', 7_900)),
    "parameters in a million pieces": lambda: mail(b"x", "text/plain; " + ";".join(f"name*{n}=a" for n in range(600))),
    "a piece with an endless number": lambda: mail(b"x", "text/plain; name*" + "9" * 6_000 + "=a; charset*1*=b"),
    "file name in no charset": lambda: mail(b"x", Content_Disposition="attachment; filename*=undefined'%00'%FF%FE.ics"),
    "content type of 7 kB": lambda: mail(b"x", "a" * 7_000 + "/b"),
    # Calendars
    "calendar of 5 MB": lambda: calendar("COMMENT:" + "x" * 5 * MEGA),
    "calendar in one line of 1 MB": lambda: calendar("COMMENT:" + "x" * 999_000),
    "calendar of empty lines": lambda: calendar("\r\n" * 480_000),
    "calendar of a million line feeds": lambda: calendar("\n" * 990_000),
    "calendar of folds": lambda: calendar("COMMENT:" + "\r\n " * 330_000),
    "calendar of folds of nothing": lambda: calendar("\r\n\t" * 330_000),
    "100000 attendees": lambda: attendees(100_000),
    "501 attendees": lambda: attendees(501),
    "500 attendees without an answer": lambda: attendees(500),
    "attendees hidden from the count": lambda: calendar(*["\x0bATTENDEE:mailto:a@b.example"] * 20_000),
    "5000 components deep": lambda: calendar(*["BEGIN:VEVENT"] * 5000),
    "9 components deep": lambda: calendar(*["BEGIN:X"] * 7),
    "100000 events": lambda: calendar(*["END:VEVENT", "BEGIN:VEVENT"] * 30_000),
    "ends without beginnings": lambda: calendar(*["END:VCALENDAR"] * 60_000),
    "zones without end": lambda: calendar(
        *["BEGIN:VTIMEZONE", "TZID:x", "BEGIN:STANDARD", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE"] * 8_000
    ),
    "recurrence without end": lambda: calendar(
        "DTSTART:20261218T063000Z", "RRULE:FREQ=SECONDLY;INTERVAL=0;COUNT=99999999;BYSECOND=" + of("1,", 15_000)
    ),
    "sequence of a million digits": lambda: calendar("SEQUENCE:" + "9" * 900_000),
    "sequence of 19000 digits": lambda: calendar("SEQUENCE:" + "9" * 19_000),
    "negative sequence": lambda: calendar("SEQUENCE:-5"),
    "sequence in other digits": lambda: calendar("SEQUENCE:१२"),
    "times out of range": lambda: calendar(
        "DTSTAMP:00010101T000000Z",
        "DTSTART;TZID=Asia/Shanghai:99991231T235959",
        "DTEND;TZID=America/New_York:00010101T000000",
    ),
    "zone out of the tree": lambda: calendar("DTSTAMP;TZID=../../../../etc/passwd:20261123T033000"),
    "zone that is a directory": lambda: calendar(
        "DTSTAMP;TZID=America:20261123T033000", "DTSTART;TZID=/:20261123T033000"
    ),
    "zone with a NUL": lambda: calendar("DTSTAMP;TZID=Asia/Shang\0hai:20261123T033000"),
    "20000 unknown zones": lambda: calendar(*[f"DTSTAMP;TZID=a/b/c/{n}:20261123T033000" for n in range(18_000)]),
    "UID of 1 MB": lambda: calendar(head="METHOD:REPLY\r\nX:" + "x" * 10).replace(
        b"UID:none", b"UID:" + b"u" * 900_000
    ),
    "UID with control characters": lambda: calendar().replace(b"UID:none", b"UID:\x00\x1b\x7f' OR 1=1"),
    "UID in half letters": lambda: calendar().replace(b"UID:none", b"UID:\xed\xa0\x80"),
    "method of 1 MB": lambda: calendar(head="METHOD:" + "R" * 900_000),
    "20 calendars of 400 kB": lambda: mail(
        b"".join(
            b"--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nX:%d\r\n" % n + b"A;B=C:D\r\n" * 44_000
            for n in range(20)
        ),
        "multipart/mixed; boundary=b",
    ),
    "lines of parameters": bomb_of_line(";A=B", "ATTENDEE", ":mailto:x"),
    "parameters of quotes": bomb_of_line('"', "ATTENDEE;CN=", ":mailto:x"),
    "parameters of quoted commas": bomb_of_line('"a",', "ATTENDEE;CN=", ":mailto:x"),
    "attendees of spaces": bomb_of_line(" ", "ATTENDEE:"),
    "attendees of mailto": bomb_of_line("mailto:", "ATTENDEE;X:"),
    "attendees of open quotes": bomb_of_line(';A="', "ATTENDEE", ":mailto:x"),
    "comment of backslashes": bomb_of_line("\\", "COMMENT:"),
    "lines of colons": bomb_of_line(":", ""),
    "half of a compressed calendar": lambda: mail(
        base64.encodebytes(b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"), "text/calendar", Content_Transfer_Encoding="base64"
    ),
    # Texts
    **{
        f"html of {name}": bomb_of_html(text)
        for name, text in {
            "open tags": "<a ",
            "open comments": "<!--",
            "open declarations": "<![CDATA[",
            "open attributes": '<a b="',
            "open ends": "</",
            "brackets": "<",
            "ampersands": "&#",
            "open scripts": "<script>",
            "nested blocks": "<div>",
            "nested quotations": "<blockquote>",
            "styles": "<style></",
        }.items()
    },
    "html with an attribute of 9 MB": lambda: html('<p a="' + "x" * 9 * MEGA),
    **{
        f"text of {name}": bomb_of_text(text)
        for name, text in {
            "spaces": " ",
            "no-break spaces": "\N{NO-BREAK SPACE}",
            "dashes": "-",
            "lines": "a\n",
            "who wrote": "wrote:",
            "lines of who wrote": "在" * 390 + "\n",
            "lines of brackets": "<" * 390 + "\n",
            "codes": "L-AAAA-\n",
            "words of a code": "同意",
            "line separators": "\N{LINE SEPARATOR}",
        }.items()
    },
    "subject of prefixes": lambda: mail(Subject=of("Re: 回复：", 2_000)),
    "subject of 议题 and spaces": lambda: mail(From="a@b.example", Subject="议题" + "  " * 3_000 + "："),
    # Reports
    "report on 100000 addresses": lambda: report(
        b"Reporting-MTA: dns; x\r\n\r\n" + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" * 100_000
    ),
    "report of one endless block": lambda: report(b"Action: failed\r\n" + b"X: y\r\n" * MEGA),
    "report of line feeds": lambda: report(b"\n" * 9 * MEGA),
    "report on control characters": lambda: report(
        b"Final-Recipient: rfc822; a\0@b\r\nAction: fai\0led\r\nDiagnostic-Code: smtp; \0\xff\x1b\r\n"
    ),
    "report of a report": lambda: many_parts(
        9,
        b"\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <" + b"a" * 9_000 + b">\r\n",
        "multipart/report; boundary=b",
    ),
}


if __name__ == "__main__":
    print(json.dumps(ends()))
