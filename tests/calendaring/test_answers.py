"""MAIL.md "Answers coming in" and what "State" says of answers, sentence by sentence; promises 8 and 9 over anything that can be sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.calendaring.answers import Answer, Asked, Effect, Reply, Said, State, apply_reply

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LIUS_SECRET, ZHOUS_SECRET = frozenset({"liu-knows"}), frozenset({"zhou-knows"})
LIU, LIU_AT_HOME, DESK = "liu@sfj.example", "liu@home.example", "desk@rsj.example"
ZHOU, SECRETARY, STRANGER = "zhou@jcy.example", "secretary@jcy.example", "stranger@else.example"
STATE = State(
    sequence=3,
    answers_from=2,
    asked=(
        Asked(LIU, aliases=frozenset({LIU_AT_HOME}), tag="liu-knows"),
        Asked(ZHOU, contacts=frozenset({SECRETARY}), tag="zhou-knows"),
        Asked(DESK, group=True),
    ),
)
YES = Reply(
    method="REPLY",
    uid="u",
    sequence=3,
    dtstamp=NOON,
    answers=(Answer(LIU, "ACCEPTED"),),
    sender=LIU,
    received_at=NOON + timedelta(minutes=1),
)


def by(address: str, partstat: str = "ACCEPTED", *, sender: str = "", **more: object) -> Reply:
    return replace(YES, answers=(Answer(address, partstat),), sender=sender or address, **more)  # type: ignore[arg-type]


def said(state: State, address: str, one: Said | None) -> State:
    """The state after this address's answer."""
    return replace(
        state, asked=tuple(replace(each, said=one) if each.address == address else each for each in state.asked)
    )


ANSWERED = said(STATE, LIU, Said(3, NOON, "TENTATIVE"))
HOLDS = replace(STATE, hold_unverified=True)
CLOSED = replace(STATE, closed=True)

SENTENCES: list[tuple[str, State | None, Reply, str]] = [
    ("ORGANIZER may be missing: it is not even read", STATE, YES, "applied answered"),
    ("only the ATTENDEE who answers counts", STATE, by(LIU, "DECLINED"), "applied answered"),
    ("NEEDS-ACTION is ignored", STATE, by(LIU, "NEEDS-ACTION"), "ignored no_answer"),
    ("a reply without any ATTENDEE answers for nobody", STATE, replace(YES, answers=()), "ignored no_answer"),
    ("the secret vouches, whatever From says", HOLDS, by(LIU, sender=STRANGER, tags=LIUS_SECRET), "applied answered"),
    ("also where our own server doubts From", STATE, by(LIU, proof="failed", tags=LIUS_SECRET), "applied answered"),
    ("the secret of one is none of another", STATE, by(LIU, sender=ZHOU, tags=ZHOUS_SECRET), "held other_sender"),
    ("who was given no secret knows none", STATE, by(DESK, sender=LIU, tags=frozenset({""})), "held other_sender"),
    ("From = ATTENDEE, our own server passing", HOLDS, by(LIU, proof="authenticated"), "applied answered"),
    ("From = ATTENDEE unauthenticated is recorded", STATE, by(LIU), "applied answered"),
    ("or held by a setting", HOLDS, by(LIU), "held unverified"),
    ("our own server says it is forged", STATE, by(LIU, proof="failed"), "held forged"),
    ("From is compared without case", STATE, by(LIU, sender=LIU.upper()), "applied answered"),
    ("From ≠ ATTENDEE is held", STATE, by(LIU, sender=ZHOU), "held other_sender"),
    (
        "however well the other is authenticated",
        STATE,
        by(LIU, sender=ZHOU, proof="authenticated"),
        "held other_sender",
    ),
    ("no From is not ATTENDEE", STATE, replace(YES, sender=""), "held other_sender"),
    ("unless it is a registered contact of that person", STATE, by(ZHOU, sender=SECRETARY), "applied answered"),
    ("a contact of that person, of no other", STATE, by(LIU, sender=SECRETARY), "held other_sender"),
    ("a forged contact is none", STATE, by(ZHOU, sender=SECRETARY, proof="failed"), "held forged"),
    ("an unverified contact is held where that is chosen", HOLDS, by(ZHOU, sender=SECRETARY), "held unverified"),
    ("known aliases of a person count as theirs", STATE, by(LIU, sender=LIU_AT_HOME), "applied answered"),
    ("also as ATTENDEE", STATE, by(LIU_AT_HOME), "applied answered"),
    ("a shared address answers for itself", STATE, by(DESK), "applied answered"),
    ("nobody answers for a shared address", STATE, by(DESK, sender=LIU), "held other_sender"),
    (
        "same SEQUENCE: the newer DTSTAMP wins",
        ANSWERED,
        by(LIU, dtstamp=NOON + timedelta(seconds=1)),
        "applied answered",
    ),
    ("and the older does not", ANSWERED, by(LIU, dtstamp=NOON - timedelta(seconds=1)), "stale older_answer"),
    (
        "a higher SEQUENCE wins over a newer DTSTAMP",
        ANSWERED,
        by(LIU, sequence=2, dtstamp=NOON + timedelta(1)),
        "stale older_answer",
    ),
    ("an exact tie is a repetition", ANSWERED, by(LIU, "TENTATIVE"), "applied repeated"),
    ("on an exact tie tentative > accepted", ANSWERED, by(LIU, "ACCEPTED"), "applied repeated"),
    ("on an exact tie declined > tentative", ANSWERED, by(LIU, "DECLINED"), "applied answered"),
    ("SEQUENCE before the last change of time: an earlier time", STATE, by(LIU, sequence=1), "stale earlier_time"),
    ("SEQUENCE at the last change of time counts", STATE, by(LIU, sequence=2), "applied answered"),
    ("SEQUENCE of a change of place after it counts", STATE, by(LIU, sequence=3), "applied answered"),
    ("newer than ours changes nothing", STATE, by(LIU, sequence=4), "held newer_than_ours"),
    ("unknown UID", None, YES, "held unknown_uid"),
    ("other METHOD", STATE, replace(YES, method="CANCEL"), "held other_method"),
    ("other METHOD of an unknown UID", None, replace(YES, method="REQUEST"), "held other_method"),
    ("no METHOD", STATE, replace(YES, method=""), "held no_method"),
    ("COUNTER is a proposal the officer sees", STATE, replace(by(LIU, "TENTATIVE"), method="COUNTER"), "held counter"),
    ("COUNTER without an answer too", STATE, replace(by(LIU, "NEEDS-ACTION"), method="COUNTER"), "held counter"),
    ("COUNTER of somebody who was not asked", STATE, replace(by(STRANGER), method="COUNTER"), "held uninvited"),
    (
        "REFRESH: resend to the registered address",
        STATE,
        replace(by(LIU, "NEEDS-ACTION"), method="REFRESH"),
        "applied refresh",
    ),
    ("REFRESH without ATTENDEE is of its sender", STATE, replace(YES, method="REFRESH", answers=()), "applied refresh"),
    ("REFRESH of somebody who was not asked", STATE, replace(by(STRANGER), method="REFRESH"), "held uninvited"),
    ("REFRESH that is forged", STATE, replace(YES, method="REFRESH", proof="failed"), "held forged"),
    ("DELEGATED-TO is a proposed substitute", STATE, by(LIU, "DELEGATED"), "held delegated"),
    ("an uninvited person is listed apart", STATE, by(STRANGER), "held uninvited"),
    ("an answer that calendars do not know", STATE, by(LIU, "COMPLETED"), "held unknown_answer"),
    ("what has begun or is off is not answered any more", CLOSED, by(LIU), "stale closed"),
    ("nor is it clear who answers it", CLOSED, by(LIU, sender=ZHOU), "held other_sender"),
]


@pytest.mark.parametrize(
    ("state", "reply", "comes_to"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES]
)
def test_what_an_answer_comes_to(state: State | None, reply: Reply, comes_to: str) -> None:
    effect = apply_reply(state, reply)
    assert f"{effect.verdict} {effect.reason}" == comes_to
    if comes_to != "applied answered":
        assert effect.said is None


def test_an_answer_is_timed_by_the_earlier_of_its_dtstamp_and_five_minutes_after_it_came() -> None:
    came = YES.received_at
    assert replace(YES, dtstamp=came - timedelta(days=3)).at == came - timedelta(days=3)
    assert replace(YES, dtstamp=came + timedelta(minutes=4)).at == came + timedelta(minutes=4)
    assert replace(YES, dtstamp=came + timedelta(days=300)).at == came + timedelta(minutes=5)


def test_an_answer_without_dtstamp_is_of_when_it_came_so_that_a_later_one_wins() -> None:
    undated = replace(YES, dtstamp=None)
    state = said(STATE, LIU, apply_reply(STATE, undated).said)
    later = replace(by(LIU, "DECLINED"), dtstamp=undated.received_at + timedelta(minutes=1))
    assert apply_reply(state, replace(later, received_at=later.dtstamp or NOON)).reason == "answered"


def test_it_is_said_who_vouches_and_who_answered_for_whom() -> None:
    effect = apply_reply(STATE, by(ZHOU, sender=SECRETARY, proof="authenticated"))
    assert (effect.asked and effect.asked.address, effect.by, effect.verified) == (ZHOU, SECRETARY, True)
    assert not apply_reply(STATE, by(LIU)).verified
    assert apply_reply(STATE, by(LIU, sender=STRANGER, tags=LIUS_SECRET)).verified
    assert apply_reply(STATE, by(LIU, sender=LIU_AT_HOME)).by == ""


def test_of_several_answers_the_senders_own_counts_then_that_of_whom_they_speak_for() -> None:
    both = (Answer(ZHOU, "DECLINED"), Answer(LIU, "TENTATIVE"), Answer(STRANGER, "ACCEPTED"))
    own = apply_reply(STATE, replace(YES, answers=both))
    assert (own.asked and own.asked.address, own.said and own.said.partstat) == (LIU, "TENTATIVE")
    for_another = apply_reply(STATE, replace(YES, answers=both[::-1], sender=SECRETARY))
    assert (for_another.asked and for_another.asked.address, for_another.by) == (ZHOU, SECRETARY)


PARTSTATS = st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS-ACTION", "DELEGATED", "X"])
ADDRESSES = st.sampled_from([LIU, LIU_AT_HOME, ZHOU, SECRETARY, DESK, STRANGER, ""])
TIMES = st.integers(-3, 3).map(lambda minutes: NOON + timedelta(minutes=minutes))


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Anything that can be sent about the meeting, honest or not."""
    answers = draw(st.lists(st.builds(Answer, ADDRESSES, PARTSTATS), max_size=3))
    return Reply(
        method=draw(st.sampled_from(["REPLY", "REPLY", "REPLY", "COUNTER", "REFRESH", "CANCEL", ""])),
        uid="u",
        sequence=draw(st.integers(1, 4)),
        dtstamp=draw(st.none() | TIMES),
        answers=tuple(answers),
        sender=draw(ADDRESSES),
        received_at=draw(TIMES),
        proof=draw(st.sampled_from(["authenticated", "none", "failed"])),
        tags=draw(st.sampled_from([frozenset[str](), frozenset({""}), LIUS_SECRET, ZHOUS_SECRET])),
    )


def taken(state: State, arrived: Sequence[Reply]) -> State:
    """The meeting after all of these, in this order."""
    for reply in arrived:
        effect: Effect = apply_reply(state, reply)
        if effect.said is not None and effect.asked is not None:
            state = said(state, effect.asked.address, effect.said)
    return state


@given(st.lists(replies(), max_size=6), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_any_answers_ends_in_the_same_state(sent: list[Reply], chance: object) -> None:
    again = [*sent, *sent]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert taken(STATE, again) == taken(STATE, sent)


@given(replies(), st.booleans())
def test_nobody_changes_an_answer_but_who_knows_the_secret_the_person_and_their_contacts(
    reply: Reply, hold: bool
) -> None:
    state = replace(STATE, hold_unverified=hold)
    after = taken(state, [reply])
    for before, one in zip(state.asked, after.asked, strict=True):
        if one != before and one.tag not in reply.tags - {""}:
            assert reply.sender in {one.address, *one.aliases, *one.contacts}
            assert reply.proof != "failed"
            assert reply.proof == "authenticated" or not hold
