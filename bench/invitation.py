"""One invitation to 20 people in Chinese: the calendar and the mail around it as liaison writes them, beside icalendar with a VTIMEZONE that is
kept and the standard library's MIME. The texts are given, every invitation is another one, and nothing is kept from one to the next
but the VTIMEZONE.

    uv run python -m bench.invitation [INVITATIONS]
"""

import email
import gc
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from statistics import median
from zoneinfo import ZoneInfo

import icalendar

from liaison.calendaring.ics import to_ics, vtimezone_of
from liaison.calendaring.itip import Attendee, Event, Method
from liaison.mail.compose import to_bytes
from liaison.mail.message import OutgoingMessage

ROUNDS = 15
PEOPLE = 20
ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
SENDER, NAME = "zhichi@meetings.qingzhi.example", "支持起诉协作机制"
SUBJECT = "【会议通知】清沚区支持起诉与法律援助协作机制第四季度联席会议"
TEXT = "清沚区人民检察院定于2026年12月17日（周四）14:30在区检察院三楼会议室召开联席会议，请贵局参加。\n" * 12
HTML = f"<html><body><table><tr><td>{TEXT}</td></tr></table></body></html>"


def event(number: int) -> Event:
    people = tuple(Attendee(f"unit{n:02}@sfj.qingzhi.example", f"郑国强{n}") for n in range(PEOPLE))
    return Event(
        uid=f"{number:032x}",
        sequence=0,
        dtstamp=NOW,
        answers_from=0,
        starts_at=datetime.fromisoformat("2026-12-17T14:30"),
        duration_minutes=120,
        timezone=ZONE,
        summary=SUBJECT[6:],
        location="区检察院三楼会议室",
        description=TEXT.strip(),
        organizer=SENDER,
        organizer_name=NAME,
        contact="周敏 0553-0000011",
        attendees=people,
        status="CONFIRMED",
        alarm_minutes=60,
    )


def ours(one: Event) -> bytes:
    one = replace(one)  # a version is made once, with what tells whether it looks like another: that is ours to pay too
    message = OutgoingMessage(
        to="郑国强 <unit00@sfj.qingzhi.example>",
        address="unit00@sfj.qingzhi.example",
        mail_from=SENDER,
        from_name=NAME,
        subject=SUBJECT,
        text=TEXT,
        html=HTML,
        calendar=to_ics(Method.REQUEST, one, prodid="-//liaison//bench//ZH"),
        calendar_method="REQUEST",
        thread=one.uid,
    )
    return to_bytes(message, message_id=f"<{one.uid}@meetings.qingzhi.example>", date=NOW)


def plain(one: Event) -> bytes:
    """As one writes it with both libraries, following their documents."""
    calendar = icalendar.Calendar()
    for name, value in (
        ("prodid", "-//liaison//bench//ZH"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "REQUEST"),
    ):
        calendar.add(name, value)
    calendar.add_component(vtimezone_of(ZONE, 2026, 2026))
    entry = icalendar.Event()
    start = one.starts_at.replace(tzinfo=ZoneInfo(ZONE))
    entry.add("uid", one.uid)
    entry.add("sequence", one.sequence)
    entry.add("dtstamp", one.dtstamp)
    entry.add("dtstart", start)
    entry.add("dtend", start + timedelta(minutes=one.duration_minutes))
    for name, value in (("summary", one.summary), ("location", one.location), ("contact", one.contact)):
        entry.add(name, value)
    entry.add("description", one.description)
    entry.add("transp", "OPAQUE")
    entry.add("status", "CONFIRMED")
    organizer = icalendar.vCalAddress(f"mailto:{one.organizer}")
    organizer.params["CN"] = one.organizer_name
    entry.add("organizer", organizer)
    for each in one.attendees:
        attendee = icalendar.vCalAddress(f"mailto:{each.address}")
        attendee.params["CN"] = each.name
        attendee.params["CUTYPE"] = "INDIVIDUAL"
        attendee.params["ROLE"] = each.role
        attendee.params["PARTSTAT"] = "NEEDS-ACTION"
        attendee.params["RSVP"] = "TRUE"
        entry.add("attendee", attendee)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one.summary)
    alarm.add("trigger", timedelta(minutes=-60))
    entry.add_component(alarm)
    calendar.add_component(entry)
    text = bytes(calendar.to_ical())
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = f"{NAME} <{SENDER}>", "郑国强 <unit00@sfj.qingzhi.example>"
    mail["Subject"], mail["Date"] = SUBJECT, format_datetime(NOW)
    mail["Message-ID"] = f"<{one.uid}@meetings.qingzhi.example>"
    mail.set_content(TEXT, cte="base64")
    mail.add_alternative(HTML, subtype="html", cte="base64")
    mail.add_alternative(text, maintype="text", subtype="calendar", params={"method": "REQUEST"})
    mail.add_attachment(text, maintype="application", subtype="ics", filename="invite.ics")
    return mail.as_bytes()


def said(mail: bytes) -> list[str]:
    """The lines of the calendar in a mail, in any order."""
    parts = {part.get_content_type(): part for part in email.message_from_bytes(mail).walk()}
    calendar = parts["text/calendar"].get_payload(decode=True)
    assert isinstance(calendar, bytes)
    return sorted(calendar.decode().replace("\r\n ", "").splitlines())


def cost(write: Callable[[Event], bytes], events: list[Event]) -> float:
    """CPU milliseconds an invitation."""
    began = time.process_time()
    for one in events:
        write(one)
    return (time.process_time() - began) * 1000 / len(events)


def main(count: int) -> None:
    events = [event(number) for number in range(count)]
    assert said(ours(events[0])) == said(plain(events[0])), "both say the same"
    gc.collect()
    gc.freeze()
    pairs = [(cost(ours, events), cost(plain, events)) for _ in range(ROUNDS)]
    print(
        f"| CPU ms an invitation to {PEOPLE}, {ROUNDS} rounds of {count} | median | least | most |\n|---|---|---|---|"
    )
    for name, values in (
        ("liaison", [mine for mine, _ in pairs]),
        ("icalendar, VTIMEZONE kept, and stdlib MIME", [theirs for _, theirs in pairs]),
        ("ratio liaison : theirs", [mine / theirs for mine, theirs in pairs]),
    ):
        print(f"| {name} | {median(values):.2f} | {min(values):.2f} | {max(values):.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
