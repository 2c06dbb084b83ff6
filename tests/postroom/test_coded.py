"""Reference codes: a reply that keeps the code acts once, from the registered address only, and only by its first word."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from liaison.accounts.links import May
from liaison.accounts.models import ReferenceCode
from liaison.accounts.reference_codes import code_for, find, revoke_for_designation, revoke_for_person
from liaison.accounts.viewer import Viewer
from liaison.clock import Clock
from liaison.db import Session
from liaison.errors import Conflict
from liaison.postroom.coded import Act, receive_coded
from liaison.postroom.plain import Word, codes_in, word_in
from tests.meetings.play import Play
from tests.meetings.test_announcing import LIWB

DONE: list[tuple[int, int, str, str]] = []


async def note(db: Session, viewer: Viewer, row: ReferenceCode, word: Word, unverified: bool) -> None:
    DONE.append((viewer.person_id, row.object_id, word.says, word.text))


async def refuse(db: Session, viewer: Viewer, row: ReferenceCode, word: Word, unverified: bool) -> None:
    raise Conflict("no")


async def given(play: Play, object_id: int = 7) -> str:
    DONE.clear()
    async with play.database.writing() as db:
        may = May("sign", object_id, person_id=play.world.liwb.id, designation_id=3)
        return await code_for(db, may, expires_at=db.now() + timedelta(days=7))


async def reply(
    play: Play, code: str, text: str, *, sender: str = LIWB, doubt: str = "", acts: Mapping[str, Act] | None = None
) -> tuple[str, str]:
    async with play.database.writing() as db:
        codes = codes_in(f"> 参考编号 {code}")
        chosen = {"sign": note} if acts is None else acts
        outcome = await receive_coded(db, text, codes, sender=sender, mail_id=1, doubt=doubt, acts=chosen)
        return outcome.verdict, outcome.reason


@pytest.mark.parametrize(
    ("text", "says"),
    [("同意", "agreed"), ("同意。", "agreed"), ("修改意见：第二条", "changes_requested"), ("签收", "acknowledged"), ("Agreed, thanks", "agreed"),
     ("同意，无修改意见", "agreed"), ("同意。请尽快印发", "agreed"), ("修改意见：无线电设备一句删去", "changes_requested"),
     ("同意，但第三条应改为5日", None), ("同意，除第三条外", None), ("Agree with changes", None), ("Agreed, but not to item 3", None),
     ("修改意见：无", None), ("修改意见：没有意见。", None), ("Changes: none", None),
     ("不同意", None), ("同意不了", None), ("原则同意", None), ("", None), ("agreement", None)],
)  # fmt: skip
def test_only_a_first_word_that_stands_alone_counts(text: str, says: str | None) -> None:
    found = word_in(text)
    assert (found and found.says) == says


def test_a_code_is_found_also_where_its_line_was_wrapped_and_quoted() -> None:
    assert codes_in("编号 L-ABCD-EFGH-\n> IJKL-2345。") == ["ABCD-EFGH-IJKL-2345"]
    assert codes_in("l-abcd-efgh-ijkl-2345") == ["ABCD-EFGH-IJKL-2345"]
    assert codes_in("L-ABCD-EFGH") == []


async def test_a_code_acts_once(play: Play) -> None:
    code = await given(play)
    assert len(code) == len("L-ABCD-EFGH-IJKL-2345")
    assert await reply(play, code, "修改意见：第二条改为每月") == ("applied", "coded")
    assert [(play.world.liwb.id, 7, "changes_requested", "第二条改为每月")] == DONE
    assert await reply(play, code, "同意") == ("held", "used_code")
    assert len(DONE) == 1


async def test_a_code_acts_for_nobody_else_not_even_for_a_contact_or_a_forged_sender(play: Play) -> None:
    code = await given(play)
    assert await reply(play, code, "同意", sender="wuxl@sfj.qingzhi.example") == ("held", "other_sender")
    for doubt in ("forged", "unverified"):
        assert await reply(play, code, "同意", doubt=doubt) == ("held", doubt)
    assert await reply(play, "L-AAAA-BBBB-CCCC-DDDD", "同意") == ("held", "used_code")
    assert DONE == []


async def test_a_refused_act_leaves_the_code_to_be_used_again(play: Play) -> None:
    code = await given(play)
    assert await reply(play, code, "同意", acts={"sign": refuse}) == ("held", "not_permitted")
    assert await reply(play, code, "同意") == ("applied", "coded")


async def test_the_earlier_codes_for_an_act_end_with_the_one_that_did_it_and_no_others(play: Play) -> None:
    earlier, other, newest = await given(play), await given(play, 8), await given(play)
    assert await reply(play, newest, "同意") == ("applied", "coded")
    assert await reply(play, earlier, "修改意见：第二条") == ("held", "used_code")
    assert await reply(play, other, "同意") == ("applied", "coded")


async def test_a_code_ends_on_its_day(play: Play, clock: Clock) -> None:
    code = await given(play)
    assert clock.as_of is not None
    clock.as_of += timedelta(days=7)
    assert await reply(play, code, "同意") == ("held", "used_code")


async def test_a_code_dies_with_the_office(play: Play) -> None:
    code = await given(play)
    async with play.database.writing() as db:
        await revoke_for_designation(db, 4)
        await revoke_for_person(db, play.world.chenzy.id)
        assert await find(db, code.removeprefix("L-"))
        await revoke_for_designation(db, 3)
    assert await reply(play, code, "同意") == ("held", "used_code")


async def test_a_code_dies_with_the_service_of_its_person(play: Play) -> None:
    code = await given(play)
    async with play.database.writing() as db:
        await revoke_for_person(db, play.world.liwb.id)
    assert await reply(play, code, "同意") == ("held", "used_code")
