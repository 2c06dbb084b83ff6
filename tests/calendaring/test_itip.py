"""MAIL.md's "State" and "Decisions", sentence by sentence: who is mailed what about a meeting, and who is not."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from liaison.calendaring.itip import (
    Announced,
    Attendee,
    Change,
    Event,
    Held,
    Message,
    Method,
    message_for,
    same_address,
)
from liaison.calendaring.numbering import Version, next_version

wall = datetime.fromisoformat  # "2026-12-17T14:30", local time without zone
NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LIU = Attendee("liu@sfj.example", "区司法局 刘芳")
ZHOU = Attendee("zhou@jcy.example", "区检察院 周敏", role="CHAIR", partstat="ACCEPTED")
DESK = Attendee("desk@rsj.example", "区人社局办公室", cutype="GROUP", role="OPT-PARTICIPANT")
MEETING = Event(
    uid="5f0c" * 8,
    sequence=0,
    dtstamp=NINE,
    answers_from=0,
    starts_at=wall("2026-12-17T14:30"),
    duration_minutes=120,
    timezone="Asia/Shanghai",
    summary="支持起诉与法律援助工作联席会议",
    location="三楼第一会议室",
    description="一、通报第三季度情况",
    organizer="meetings@qingzhi.example",
    organizer_name="支持起诉协作机制",
    contact="周敏 0553-0000011",
    attendees=(ZHOU, LIU),
    alarm_minutes=30,
)
LATER = MEETING.dtstamp + timedelta(hours=1)


def request(event: Event = MEETING) -> Announced:
    return Announced(Method.REQUEST, event)


def cancel(event: Event) -> Announced:
    return Announced(Method.CANCEL, event)


def held_by(attendee: Attendee, announced: Announced | None = None) -> Held:
    """What the attendee may hold after the mail of that announcement."""
    message = message_for(None, announced or request(), attendee.address)
    assert message is not None
    return message.after


def sent(held: Held | None, announced: Announced, recipient: Attendee, *, again: bool = False) -> Message:
    message = message_for(held, announced, recipient.address, again=again)
    assert message is not None
    return message


def edited(**changes: object) -> Event:
    """The next announcement, with the SEQUENCE its change calls for."""
    after = replace(MEETING, **changes)
    version = next_version(Version(0, NINE), before=MEETING, after=after, now=LATER)
    return replace(after, sequence=version.sequence, dtstamp=version.dtstamp, answers_from=version.answers_from)


def without(attendee: Attendee, event: Event = MEETING) -> Event:
    left = tuple(one for one in event.attendees if one != attendee)
    return replace(event, attendees=left, dtstamp=event.dtstamp + timedelta(minutes=5))


# Who is mailed


def test_who_holds_nothing_is_invited_with_the_full_request() -> None:
    message = sent(None, request(), LIU)
    assert (message.method, message.change, message.recipient) == (Method.REQUEST, Change.INVITED, LIU.address)
    assert message.event is MEETING, "the bytes are built once for all who see the same"


def test_who_holds_the_announced_version_gets_nothing() -> None:
    assert message_for(held_by(LIU), request(), LIU.address) is None


@pytest.mark.parametrize(
    ("event", "change", "sequence"),
    [
        (edited(starts_at=wall("2026-12-18T09:00")), Change.MOVED, 1),
        (edited(duration_minutes=90), Change.MOVED, 1),
        (edited(timezone="Asia/Urumqi"), Change.MOVED, 1),
        (edited(starts_at=wall("2026-12-18T09:00"), location="二楼"), Change.MOVED, 1),
        (edited(location="二楼"), Change.UPDATED, 1),
        (edited(summary="联席会议"), Change.UPDATED, 0),
        (edited(description="一、另一个议题"), Change.UPDATED, 0),
        (edited(contact="钱伟 0553-0000012"), Change.UPDATED, 0),
        (edited(organizer_name="协作机制"), Change.UPDATED, 0),
        (edited(status="TENTATIVE"), Change.UPDATED, 0),
        (edited(alarm_minutes=None), Change.UPDATED, 0),
        (edited(attendees=(ZHOU, LIU, DESK)), Change.UPDATED, 0),
        (edited(attendees=(ZHOU, replace(LIU, role="NON-PARTICIPANT"))), Change.UPDATED, 0),
    ],
)
def test_whatever_a_calendar_shows_is_mailed_when_it_changes(event: Event, change: Change, sequence: int) -> None:
    message = sent(held_by(LIU), request(event), LIU)
    assert (message.method, message.change) == (Method.REQUEST, change)
    assert (message.event.sequence, message.event.dtstamp) == (sequence, LATER)


def test_a_change_of_how_somebody_answered_is_no_reason_for_a_mail() -> None:
    answered = edited(attendees=(ZHOU, replace(LIU, partstat="DECLINED")))
    assert message_for(held_by(ZHOU), request(answered), ZHOU.address) is None
    assert message_for(held_by(LIU), request(answered), LIU.address) is None


def test_order_and_spelling_of_addresses_are_no_reason_for_a_mail() -> None:
    respelled = edited(attendees=(replace(LIU, address="LIU@SFJ.example"), ZHOU), organizer="Meetings@Qingzhi.example")
    assert message_for(held_by(LIU), request(respelled), "Liu@sfj.example") is None


def test_a_date_that_becomes_certain_is_confirmed_under_the_same_sequence() -> None:
    provisional = replace(MEETING, status="TENTATIVE")
    version = next_version(Version(0, NINE), before=provisional, after=MEETING, now=LATER)
    message = sent(
        held_by(LIU, request(provisional)), request(replace(MEETING, dtstamp=version.dtstamp, status="CONFIRMED")), LIU
    )
    assert (version.sequence, message.event.status, message.change) == (0, "CONFIRMED", Change.UPDATED)


def test_an_announcement_never_goes_backwards() -> None:
    newer = held_by(LIU, request(edited(starts_at=wall("2026-12-18T09:00"))))
    assert message_for(newer, request(), LIU.address) is None
    assert message_for(newer, request(), LIU.address, again=True) is None
    assert message_for(newer, request(without(LIU)), LIU.address) is None
    assert message_for(newer, cancel(MEETING), LIU.address) is None


def test_several_unsent_announcements_end_in_one_mail_about_all_of_them() -> None:
    """LIU's mails of versions 1 and 2 were superseded before they were composed."""
    third = replace(
        MEETING, sequence=2, answers_from=1, dtstamp=LATER, starts_at=wall("2026-12-18T09:00"), location="二楼"
    )
    message = sent(held_by(LIU), request(third), LIU)
    assert (message.change, message.event) == (Change.MOVED, third)
    assert message_for(message.after, request(third), LIU.address) is None


def test_who_never_got_the_first_version_is_invited_to_the_newest() -> None:
    assert sent(None, request(edited(location="二楼")), LIU).change is Change.INVITED


def test_moved_away_and_back_asks_again_since_the_earlier_answer_no_longer_counts() -> None:
    back = replace(MEETING, sequence=2, answers_from=2, dtstamp=LATER)
    message = sent(held_by(LIU), request(back), LIU)
    assert (message.change, message.event.sequence) == (Change.AGAIN, 2)


def test_a_place_changed_away_and_back_is_not_mailed_to_who_saw_neither() -> None:
    back = replace(MEETING, sequence=2, answers_from=0, dtstamp=LATER)
    assert message_for(held_by(LIU), request(back), LIU.address) is None


def test_who_asks_gets_the_same_sequence_and_dtstamp_once_more() -> None:
    message = sent(held_by(LIU), request(), LIU, again=True)
    assert (message.method, message.change, message.event) == (Method.REQUEST, Change.AGAIN, MEETING)
    assert message.after == held_by(LIU)


def test_who_asks_and_holds_an_older_version_is_told_what_changed() -> None:
    moved = request(edited(starts_at=wall("2026-12-18T09:00")))
    assert sent(held_by(LIU), moved, LIU, again=True).change is Change.MOVED
    assert sent(None, moved, LIU, again=True).change is Change.INVITED


def test_what_is_held_of_another_uid_does_not_count() -> None:
    """A meeting that is reinstated after a cancellation has a new UID: everybody is invited anew."""
    reinstated = replace(MEETING, uid="77aa" * 8, dtstamp=LATER)
    assert sent(held_by(LIU), request(reinstated), LIU).change is Change.INVITED
    assert message_for(held_by(LIU), request(without(LIU, reinstated)), LIU.address) is None


# Removed and added


def test_the_removed_get_a_cancel_naming_only_them_at_the_current_sequence_with_a_newer_dtstamp() -> None:
    moved = edited(starts_at=wall("2026-12-18T09:00"))
    off = without(LIU, moved)
    message = sent(held_by(LIU, request(moved)), request(off), LIU)
    assert (message.method, message.change) == (Method.CANCEL, Change.REMOVED)
    assert message.event.attendees == (LIU,)
    assert (message.event.sequence, message.event.dtstamp) == (1, off.dtstamp)
    assert off.dtstamp > moved.dtstamp
    assert message.event.status is None, "RFC 5546 3.2.5: no STATUS when one person is uninvited"


def test_the_others_get_a_request_when_somebody_is_removed_or_added() -> None:
    for announced in (without(LIU), edited(attendees=(ZHOU, LIU, DESK))):
        message = sent(held_by(ZHOU), request(announced), ZHOU)
        assert (message.method, message.change, message.event.sequence) == (Method.REQUEST, Change.UPDATED, 0)


def test_the_added_get_a_full_request_at_the_current_sequence() -> None:
    moved = edited(starts_at=wall("2026-12-18T09:00"), attendees=(ZHOU, LIU, DESK))
    message = sent(None, request(moved), DESK)
    assert (message.method, message.change) == (Method.REQUEST, Change.INVITED)
    assert (message.event, message.event.sequence) == (moved, 1)


def test_the_removed_learn_nothing_newer_than_what_they_hold() -> None:
    changed = edited(
        starts_at=wall("2026-12-18T09:00"), location="二楼", summary="专题会议", description="一、另一个议题"
    )
    gone = sent(held_by(LIU), request(without(LIU, changed)), LIU).event
    assert (gone.starts_at, gone.location, gone.summary) == (MEETING.starts_at, MEETING.location, MEETING.summary)
    assert gone.description == ""


@pytest.mark.parametrize("announced", [request(without(LIU)), cancel(edited()), cancel(without(LIU))])
def test_never_a_cancel_to_who_never_got_a_request(announced: Announced) -> None:
    assert message_for(None, announced, LIU.address) is None


def test_never_a_second_cancel() -> None:
    gone = sent(held_by(LIU), request(without(LIU)), LIU).after
    assert message_for(gone, cancel(replace(MEETING, sequence=1, dtstamp=LATER)), LIU.address) is None
    assert message_for(gone, request(without(LIU)), LIU.address, again=True) is None


def test_who_was_removed_and_is_invited_again_gets_a_full_request_newer_than_the_cancel() -> None:
    gone = sent(held_by(LIU), request(without(LIU)), LIU).after
    message = sent(gone, request(replace(MEETING, dtstamp=LATER)), LIU)
    assert (message.method, message.change) == (Method.REQUEST, Change.INVITED)
    assert (message.event.sequence, message.event.dtstamp) > (gone.sequence, gone.dtstamp)


def test_a_new_address_of_a_person_is_invited_and_the_old_one_told_to_forget() -> None:
    changed = edited(attendees=(ZHOU, replace(LIU, address="liufang@sfj.example")))
    assert sent(held_by(LIU), request(changed), LIU).method is Method.CANCEL
    assert sent(None, request(changed), replace(LIU, address="liufang@sfj.example")).method is Method.REQUEST


# Cancelled


def called_off(event: Event = MEETING) -> Event:
    version = next_version(Version(0, NINE), before=event, after=event, cancelled=True, now=LATER)
    return replace(event, sequence=version.sequence, dtstamp=version.dtstamp, status="CANCELLED")


def test_a_cancelled_meeting_is_cancelled_for_all_under_its_uid_one_sequence_on_with_its_dtstart() -> None:
    message = sent(held_by(LIU), cancel(called_off()), LIU)
    assert (message.method, message.change) == (Method.CANCEL, Change.CANCELLED)
    assert (message.event.uid, message.event.sequence, message.event.status) == (MEETING.uid, 1, "CANCELLED")
    assert message.event.starts_at == MEETING.starts_at
    assert message.event.attendees == MEETING.attendees


def test_the_status_is_cancelled_even_if_the_caller_forgot_it() -> None:
    assert sent(held_by(LIU), cancel(replace(called_off(), status="CONFIRMED")), LIU).event.status == "CANCELLED"


def test_a_cancel_keeps_the_dtstart_each_recipient_knows() -> None:
    """The officer moved the meeting, told nobody, and then cancelled it."""
    silently_moved = called_off(replace(MEETING, starts_at=wall("2027-01-05T09:00"), location="二楼"))
    event = sent(held_by(LIU), cancel(silently_moved), LIU).event
    assert (event.starts_at, event.location) == (MEETING.starts_at, MEETING.location)


def test_who_was_dropped_silently_before_the_cancel_is_told_alone_that_it_is_cancelled() -> None:
    message = sent(held_by(LIU), cancel(called_off(without(LIU))), LIU)
    assert (message.change, message.event.status) == (Change.CANCELLED, "CANCELLED")
    assert message.event.attendees == (LIU,)


def test_all_who_know_the_meeting_alike_share_one_cancel() -> None:
    announced = cancel(called_off())
    assert sent(held_by(LIU), announced, LIU).event is sent(held_by(ZHOU), announced, ZHOU).event


def test_after_a_cancel_nothing_more_is_said_under_that_uid_but_the_same_to_one_who_asks() -> None:
    announced = cancel(called_off(replace(MEETING, starts_at=wall("2027-01-05T09:00"))))
    first = sent(held_by(LIU), announced, LIU)
    assert message_for(first.after, announced, LIU.address) is None
    again = message_for(first.after, announced, LIU.address, again=True)
    assert again == first
    assert again is not None
    newer = cancel(replace(announced.event, dtstamp=LATER + timedelta(hours=1)))
    assert message_for(again.after, newer, LIU.address, again=True) is None


# Hidden lists, shared addresses


def test_on_a_hidden_list_each_sees_only_itself() -> None:
    hidden = replace(MEETING, hides_attendees=True)
    assert sent(None, request(hidden), LIU).event.attendees == (LIU,)
    assert sent(None, request(hidden), ZHOU).event.attendees == (ZHOU,)
    assert sent(held_by(LIU, request(hidden)), cancel(called_off(hidden)), LIU).event.attendees == (LIU,)


def test_on_a_hidden_list_nobody_is_mailed_because_others_come_or_go() -> None:
    hidden = replace(MEETING, hides_attendees=True)
    assert message_for(held_by(ZHOU, request(hidden)), request(without(LIU, hidden)), ZHOU.address) is None


def test_hiding_the_list_takes_it_out_of_calendars() -> None:
    message = sent(held_by(LIU), request(edited(hides_attendees=True)), LIU)
    assert (message.change, message.event.attendees) == (Change.UPDATED, (LIU,))


def test_a_shared_address_stays_one_group_attendee_in_its_cancel() -> None:
    shared = request(edited(attendees=(ZHOU, DESK)))
    assert sent(held_by(DESK, shared), request(without(DESK, shared.event)), DESK).event.attendees == (DESK,)


def test_an_address_is_an_attendee_once() -> None:
    with pytest.raises(ValueError, match="once"):
        replace(MEETING, attendees=(LIU, replace(LIU, address="LIU@sfj.example", name="刘芳")))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("liu@sfj.example", "Liu@SFJ.example ", True),
        ("liu@sfj.example", "liu2@sfj.example", False),
        ("ß@x.example", "SS@x.example", True),
    ],
)
def test_addresses_compare_without_case(one: str, other: str, same: bool) -> None:
    assert same_address(one, other) is same


# Values


def test_what_is_held_survives_a_json_column() -> None:
    announced = request(edited(attendees=(ZHOU, DESK)))
    held = held_by(DESK, announced)
    read_back = Held.from_json(json.loads(json.dumps(held.to_json(), ensure_ascii=False)))
    assert read_back == held
    assert message_for(read_back, announced, DESK.address) is None


def test_a_damaged_record_of_what_is_held_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Held.from_json({**held_by(LIU).to_json(), "sequence": "many"})


def test_the_fingerprint_covers_every_field_that_a_calendar_shows() -> None:
    """A field added to Event must be shown to be covered here, or named as one that no calendar shows."""
    unseen = {"sequence", "dtstamp", "answers_from", "hides_attendees", "fingerprint"}
    changed: dict[str, object] = {
        "uid": "x",
        "starts_at": wall("2027-01-01T00:00"),
        "duration_minutes": 1,
        "timezone": "Europe/London",
        "summary": "x",
        "location": "x",
        "description": "x",
        "organizer": "x@x.example",
        "organizer_name": "x",
        "contact": "x",
        "attendees": (),
        "status": "TENTATIVE",
        "alarm_minutes": 5,
    }
    assert {one.name for one in fields(Event)} == set(changed) | unseen
    for name, value in changed.items():
        assert replace(MEETING, **{name: value}).fingerprint != MEETING.fingerprint, name


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"starts_at": NINE}, "wall time"),
        ({"dtstamp": wall("2026-11-20T00:00")}, "UTC"),
        ({"dtstamp": NINE.replace(microsecond=1)}, "whole seconds"),
    ],
)
def test_an_event_refuses_times_that_calendars_would_misread(changes: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(MEETING, **changes)
