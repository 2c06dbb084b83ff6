"""However mails are delayed, repeated, reordered or refused, everybody ends with the right calendar.

Hypothesis plays the officer, the post and the clock. The calendars are model clients of RFC 5546: newer is a higher
SEQUENCE, then a later DTSTAMP; a CANCEL takes the meeting out and is remembered, so that a late REQUEST stays out.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from liaison.calendaring.itip import (
    Announced,
    Attendee,
    Change,
    Event,
    Held,
    Message,
    Method,
    Partstat,
    message_for,
)
from liaison.calendaring.numbering import Version, asks_anew, next_version

wall = datetime.fromisoformat  # "2026-12-17T14:30", local time without zone
PEOPLE = ["an@a.example", "bo@b.example", "cai@c.example"]
people = st.sampled_from(PEOPLE)
hours = st.sampled_from([9, 14])
places = st.sampled_from(["东楼", "西楼"])
texts = st.sampled_from(["一", "二"])


@dataclass
class Meeting:
    """One UID as the database keeps it: the draft, and what was last announced of it."""

    draft: Event
    announced: Announced | None = None
    version: Version | None = None

    @property
    def is_over(self) -> bool:
        return self.announced is not None and self.announced.method is Method.CANCEL


@dataclass
class Calendar:
    """What one person's client has made of the mails so far, by UID; a removed meeting leaves its version behind."""

    events: dict[str, tuple[tuple[int, datetime], Event | None]] = field(default_factory=dict)

    def receive(self, mail: Message) -> None:
        version = (mail.event.sequence, mail.event.dtstamp)
        known, _ = self.events.get(mail.event.uid, (None, None))
        if known is None or version >= known:
            self.events[mail.event.uid] = (version, None if mail.method is Method.CANCEL else mail.event)

    def shown(self, uid: str) -> Event | None:
        return self.events.get(uid, (None, None))[1]


@dataclass
class Post:
    """One composed mail on its way, and what its recipient held before it."""

    mail: Message
    held_before: Held | None
    delivered: int = 0


class Office(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
        self.meetings: list[Meeting] = []
        self.held: dict[tuple[str, str], Held] = {}
        self.post: list[Post] = []
        self.calendars = {person: Calendar() for person in PEOPLE}

    @property
    def meeting(self) -> Meeting:
        return self.meetings[-1]

    # The officer edits: nobody is told.

    @initialize(invited=st.sets(people, min_size=1), hidden=st.booleans(), sent=st.booleans())
    def schedule(self, invited: set[str], hidden: bool, sent: bool) -> None:
        self.meetings.append(Meeting(self.blank(sorted(invited), hidden)))
        if sent:
            self.send(answer_anew=False, composed=set(PEOPLE))

    def blank(self, invited: list[str], hidden: bool) -> Event:
        return Event(
            uid=f"{len(self.meetings):032x}",
            sequence=0,
            dtstamp=self.now.replace(microsecond=0),
            answers_from=0,
            starts_at=wall("2026-12-17T14:00"),
            duration_minutes=60,
            timezone="Asia/Shanghai",
            summary="联席会议",
            location="东楼",
            description="一",
            organizer="meetings@m.example",
            organizer_name="协作机制",
            contact="",
            attendees=tuple(Attendee(person, person) for person in invited),
            hides_attendees=hidden,
        )

    @precondition(lambda self: not self.meeting.is_over)
    @rule(hour=hours, place=places, text=texts, hidden=st.booleans(), toggled=st.sets(people, max_size=1))
    def save(self, hour: int, place: str, text: str, hidden: bool, toggled: set[str]) -> None:
        """Move, edit, hide or show the list, add or remove a person: any of them, or nothing."""
        draft = self.meeting.draft
        left = tuple(one for one in draft.attendees if one.address not in toggled)
        added = toggled - {one.address for one in draft.attendees}
        self.meeting.draft = replace(
            draft,
            starts_at=wall(f"2026-12-17T{hour:02}:00"),
            location=place,
            description=text,
            hides_attendees=hidden,
            attendees=left + tuple(Attendee(person, person) for person in added),
        )

    @rule(person=people, partstat=st.sampled_from(["ACCEPTED", "DECLINED"]))
    def answer(self, person: str, partstat: Partstat) -> None:
        draft = self.meeting.draft
        answered = [replace(one, partstat=partstat) if one.address == person else one for one in draft.attendees]
        self.meeting.draft = replace(draft, attendees=tuple(answered))

    # The officer sends.

    @precondition(lambda self: not self.meeting.is_over)
    @rule(answer_anew=st.booleans(), composed=st.sets(people))
    def send(self, answer_anew: bool, composed: set[str]) -> None:
        """Some mails are composed at once, others wait and may be superseded."""
        self.announce(Method.REQUEST, answer_anew=answer_anew)
        for person in sorted(composed):
            self.compose_for(person, self.meeting)

    @precondition(lambda self: not self.meeting.is_over)
    @rule(
        hour=hours,
        place=places,
        text=texts,
        toggled=st.sets(people, max_size=1),
        answer_anew=st.booleans(),
        composed=st.sets(people),
    )
    def save_and_send(
        self, hour: int, place: str, text: str, toggled: set[str], answer_anew: bool, composed: set[str]
    ) -> None:
        self.save(hour, place, text, self.meeting.draft.hides_attendees, toggled)
        self.send(answer_anew, composed)

    @precondition(lambda self: self.meeting.announced is not None and not self.meeting.is_over)
    @rule(composed=st.sets(people))
    def cancel(self, composed: set[str]) -> None:
        """Also what 延期，时间另行通知 sends."""
        self.announce(Method.CANCEL)
        for person in sorted(composed):
            self.compose_for(person, self.meeting)

    @precondition(lambda self: self.meeting.is_over and len(self.meetings) < 3)
    @rule(hour=hours)
    def reinstate(self, hour: int) -> None:
        old = self.meeting.draft
        new = self.blank([one.address for one in old.attendees], old.hides_attendees)
        self.meetings.append(Meeting(replace(new, starts_at=wall(f"2027-01-07T{hour:02}:00"))))

    def announce(self, method: Method, *, answer_anew: bool = False) -> None:
        meeting, draft = self.meeting, self.meeting.draft
        cancelled = method is Method.CANCEL
        last = meeting.version
        before = meeting.announced.event if meeting.announced else None
        version = next_version(
            last, before=before, after=draft, cancelled=cancelled, answer_anew=answer_anew, now=self.now
        )
        assert last is None or (version.dtstamp > last.dtstamp and 0 <= version.sequence - last.sequence <= 1)
        attendees = draft.attendees
        if not cancelled and before is not None and asks_anew(before, draft, answer_anew=answer_anew):
            attendees = tuple(replace(one, partstat="NEEDS-ACTION") for one in attendees)
        meeting.draft = replace(draft, attendees=attendees)
        meeting.announced = Announced(
            method,
            replace(
                meeting.draft,
                sequence=version.sequence,
                dtstamp=version.dtstamp,
                answers_from=version.answers_from,
                status="CANCELLED" if cancelled else "CONFIRMED",
            ),
        )
        meeting.version = version

    # The worker composes, the post delivers late, twice, in any order, or refuses.

    @rule(person=people, number=st.integers(0, 2), again=st.booleans())
    def compose(self, person: str, number: int, again: bool) -> None:
        self.compose_for(person, self.meetings[number % len(self.meetings)], again)

    def compose_for(self, person: str, meeting: Meeting, again: bool = False) -> bool:
        if meeting.announced is None:
            return False
        key = (person, meeting.draft.uid)
        before = self.held.get(key)
        mail = message_for(before, meeting.announced, person, again=again)
        if mail is None:
            return False
        self.check(mail, before, again)
        self.held[key] = Held.from_json(mail.after.to_json())
        self.post.append(Post(mail, before))
        return True

    def check(self, mail: Message, before: Held | None, again: bool) -> None:
        on_its_way = [
            post.mail
            for post in self.post
            if post.mail.recipient == mail.recipient and post.mail.event.uid == mail.event.uid
        ]
        version = (mail.event.sequence, mail.event.dtstamp)
        for earlier in on_its_way:
            if (earlier.event.sequence, earlier.event.dtstamp) == version:
                assert again
                assert (earlier.method, earlier.event) == (mail.method, mail.event)
            else:
                assert (earlier.event.sequence, earlier.event.dtstamp) < version
        seen = {one.address for one in mail.event.attendees}
        if mail.method is Method.CANCEL:
            assert any(earlier.method is Method.REQUEST for earlier in on_its_way), "a CANCEL without a REQUEST"
            assert before is not None
            if before.method is Method.CANCEL:
                assert again
                assert (before.sequence, before.dtstamp) == version
            assert (mail.event.starts_at, mail.event.location) == (before.starts_at, before.location)
            assert mail.recipient in seen
            if mail.change is Change.REMOVED:
                assert seen == {mail.recipient}
        elif mail.event.hides_attendees:
            assert seen == {mail.recipient}
        else:
            assert mail.recipient in seen
        assert (mail.change is Change.INVITED) == (
            mail.method is Method.REQUEST and (before is None or before.method is Method.CANCEL)
        )

    @precondition(lambda self: self.post)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        self.hand_over(data.draw(st.sampled_from(self.post)))

    def hand_over(self, post: Post) -> None:
        post.delivered += 1
        self.calendars[post.mail.recipient].receive(post.mail)

    @precondition(lambda self: self.refusable())
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        """The server refused it for certain: nobody gets it, and its recipient holds what they held before."""
        post = data.draw(st.sampled_from(self.refusable()))
        self.post.remove(post)
        key = (post.mail.recipient, post.mail.event.uid)
        if post.held_before is None:
            del self.held[key]
        else:
            self.held[key] = post.held_before

    def refusable(self) -> list[Post]:
        newest = {(post.mail.recipient, post.mail.event.uid): post for post in self.post}
        return [post for post in newest.values() if not post.delivered]

    @rule(seconds=st.sampled_from([0.3, 90, -3600]))
    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    # What must be true.

    @invariant()
    def who_holds_nothing_shows_nothing(self) -> None:
        for meeting in self.meetings:
            for person in PEOPLE:
                if (person, meeting.draft.uid) not in self.held:
                    assert self.calendars[person].shown(meeting.draft.uid) is None

    def teardown(self) -> None:
        """Everything due is composed, everything on its way arrives, newest first: then each calendar is right."""
        for meeting in self.meetings:
            for person in PEOPLE:
                self.compose_for(person, meeting)
                assert not self.compose_for(person, meeting), "one mail says it all"
        for post in reversed(self.post):
            self.hand_over(post)
        for meeting in self.meetings:
            for person in PEOPLE:
                shown = self.calendars[person].shown(meeting.draft.uid)
                assert self.as_seen(shown) == self.as_seen(self.expected(meeting, person))
                if shown is not None and meeting.version is not None:
                    assert shown.sequence >= meeting.version.answers_from, "an answer would not count"

    def expected(self, meeting: Meeting, person: str) -> Event | None:
        if meeting.announced is None or meeting.announced.method is Method.CANCEL:
            return None
        event = meeting.announced.event
        own = tuple(one for one in event.attendees if one.address == person)
        if not own:
            return None
        return replace(event, attendees=own) if event.hides_attendees else event

    def as_seen(self, event: Event | None) -> object:
        """What a reader of the calendar sees, worked out apart from the fingerprint."""
        if event is None:
            return None
        names = {(one.address, one.name, one.role) for one in event.attendees}
        return event.starts_at, event.location, event.description, event.summary, event.status, names


Office.TestCase.settings = settings(max_examples=600, stateful_step_count=30, deadline=None)
TestOffice = Office.TestCase
