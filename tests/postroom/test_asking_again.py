"""Who asks for the invitation again, proposes another time or sends somebody else: what that may bring about, and how often."""

from datetime import UTC, datetime, timedelta

from tests.meetings.play import Mail, Play, by_address
from tests.meetings.test_announcing import LIWB, people
from tests.postroom.post import NOON, answer, take

STRANGER = "x@elsewhere.example"


def again(mail: Mail, minutes: int = 0, *, automatic: bool = False) -> bytes:
    raw = answer(mail, "NEEDS-ACTION", at=NOON + timedelta(minutes=minutes), sender=STRANGER, method="REFRESH")
    return raw.replace(b"Subject:", b"Auto-Submitted: auto-generated\nSubject:", 1) if automatic else raw


async def invited(play: Play) -> Mail:
    return by_address(await play.send(await play.scheduled(*people(play))))[LIWB]


async def test_a_machine_that_asks_again_gets_no_answer(play: Play) -> None:
    mail = await invited(play)
    assert await take(play, again(mail, automatic=True)) == ("ignored", "automatic")
    assert await play.delivered() == []


async def test_nobody_is_invited_again_to_what_has_begun(play: Play) -> None:
    mail = await invited(play)
    play.clock.as_of = datetime(2026, 12, 17, 6, 30, tzinfo=UTC)
    assert await take(play, again(mail)) == ("stale", "closed")
    assert await play.delivered() == []


async def test_nobody_proposes_a_time_or_sends_a_substitute_for_somebody_else(play: Play) -> None:
    mail = await invited(play)
    proposal = answer(mail, "TENTATIVE", method="COUNTER", sender=STRANGER, more="DTSTART:20261218T010000Z")
    assert await take(play, proposal) == ("held", "other_sender")
    assert await take(play, answer(mail, "DELEGATED", sender=STRANGER)) == ("held", "other_sender")
    own = answer(mail, "TENTATIVE", method="COUNTER", more="DTSTART:20261218T010000Z")
    assert await take(play, own) == ("held", "counter")
