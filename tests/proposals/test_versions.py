"""协议修订: a version of the agreement is put to the members, all countersign it, and it takes the place of the one before on its day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from liaison.db import Database
from liaison.errors import Conflict
from liaison.mechanisms import agreement, members
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.agreement import AgreementFacts
from liaison.mechanisms.clauses import ClauseSaid
from liaison.proposals.effect import take_effect_due
from tests.callers import Program
from tests.meetings.play import Play, by_address
from tests.proposals.put import CLAUSES, TITLE, agreed, circulated, signed, version

LIWB, WUXL = "liwb@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example"
ZHOUMIN, QIANWEI = "zhoumin@jcy.qingzhi.example", "qianwei@jcy.qingzhi.example"


async def in_force(play: Play, program: Program, one: Any, **more: Any) -> Any:
    return await program.post(play.world.zhoumin, f"/proposals/{one['id']}/put-in-force", more)


async def test_a_version_that_all_signed_takes_the_place_of_the_agreement_and_the_one_before_stays_to_be_read(
    play: Play, program: Program
) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}"
    sent = await circulated(play, program, await version(play, program, review_on="2029-11-23"))
    assert (sent["state"], sent["due_on"]) == ("circulating", "2026-12-07")
    assert [one["name"] for one in sent["signers"]] == ["清沚区人民检察院", "清沚区司法局"]
    done = await agreed(play, program, sent)
    assert done["state"] == "agreed"
    held = await in_force(play, program, done, doc_no="清检会〔2026〕7号")
    assert (held["state"], held["takes_effect_on"], held["signed_on"]) == ("in_force", "2026-11-23", "2026-11-23")
    stands = await program.get(world.liwb, f"{of}/agreement")
    assert (stands["title"], stands["doc_no"], stands["effective_on"], stands["review_on"]) == (
        TITLE, "清检会〔2026〕7号", "2026-11-23", "2029-11-23"
    )  # fmt: skip
    assert [(one["number"], one["obligation"]) for one in stands["clauses"]] == [
        (3, None),
        (5, {"kind": "meetings", "amount": 1, "period": "half"}),
    ]
    before, now = (await program.get(world.liwb, f"{of}/agreement/versions"))["items"]
    assert (before["title"], before["doc_no"], before["effective_on"], before["held_until"], before["countersigned"]) == (
        world.agreement.title, "清检会〔2022〕3号", "2022-05-23", "2026-11-23", False
    )  # fmt: skip
    assert (now["title"], now["held_until"], now["countersigned"]) == (TITLE, None, True)
    again = await in_force(play, program, done, doc_no="另一个号")
    assert again["doc_no"] == "清检会〔2026〕7号"


async def test_it_holds_from_the_day_the_text_names_and_until_then_the_present_one_does(
    play: Play, program: Program
) -> None:
    of = f"/mechanisms/{play.world.mechanism.id}/agreement"
    sent = await circulated(play, program, await version(play, program, effective_on="2027-01-01"))
    waiting = await in_force(play, program, await agreed(play, program, sent))
    assert (waiting["state"], waiting["takes_effect_on"]) == ("waiting", "2027-01-01")
    another = {"title": "再次修订", "clauses": CLAUSES}
    proposals = f"/mechanisms/{play.world.mechanism.id}/proposals"
    refused = await program.call(play.world.zhoumin, "POST", proposals, another)
    assert (refused.status_code, "已有一份协议修订稿正在办理" in refused.text) == (409, True)
    for instant, title in (
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), play.world.agreement.title),
        (datetime(2026, 12, 31, 16, 1, tzinfo=UTC), TITLE),
    ):
        play.clock.as_of = instant
        async with play.database.writing() as db:
            await take_effect_due(db)
        assert (await program.get(play.world.liwb, of))["title"] == title
    async with play.database.writing() as db:
        assert await take_effect_due(db) == 0


async def test_nothing_holds_until_every_member_agreed_and_silence_is_no_consent(play: Play, program: Program) -> None:
    sent = await circulated(play, program, await version(play, program))
    await signed(program, play.world.zhoumin, sent)
    play.clock.as_of = datetime(2027, 3, 1, 2, tzinfo=UTC)
    refused = await program.refused(play.world.zhoumin, "POST", f"/proposals/{sent['id']}/put-in-force", {})
    assert refused[0] == 409
    assert (await program.get(play.world.zhoumin, f"/proposals/{sent['id']}"))["state"] == "circulating"


async def test_a_change_after_circulation_is_a_new_version_that_all_sign_anew(play: Play, program: Program) -> None:
    world = play.world
    sent = await signed(program, world.liwb, await circulated(play, program, await version(play, program)))
    body = {"title": TITLE, "clauses": [*CLAUSES, {"number": 7, "text": "每年联合开展一次普法宣传。"}]}
    second = await program.put(world.zhoumin, f"/proposals/{sent['id']}", body)
    assert (second["number"], second["state"]) == (2, "draft")
    assert [(one["number"], one["void"]) for one in second["sign_offs"]] == [(1, True)]
    assert (await program.refused(world.liwb, "GET", f"/proposals/{second['id']}"))[0] == 404
    assert (await program.refused(world.liwb, "POST", f"/proposals/{sent['id']}/sign", {"root": sent["root"]}))[
        0
    ] == 409
    stale = await program.refused(world.zhoumin, "PUT", f"/proposals/{sent['id']}", body)
    assert stale[0] == 409
    again = await circulated(play, program, second)
    assert [one["state"] for one in again["signers"]] == ["owes", "owes"]


async def test_the_same_words_with_another_obligation_are_another_text(play: Play, program: Program) -> None:
    draft = await version(play, program)
    other = [CLAUSES[0], CLAUSES[1] | {"obligation": {"kind": "meetings", "amount": 2, "period": "half"}}]
    saved = await program.put(play.world.zhoumin, f"/proposals/{draft['id']}", {"title": TITLE, "clauses": other})
    assert saved["root"] != draft["root"]


async def test_only_the_leads_liaison_proposes_and_a_draft_leaves_no_trace_for_others(
    play: Play, program: Program
) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}/proposals"
    body = {"title": TITLE, "clauses": CLAUSES}
    for who in (world.qianwei, world.liwb, world.hejing, world.guyan):
        assert (await program.refused(who, "POST", of, body))[0] == 403, who.name
    draft = await version(play, program)
    assert (await program.get(world.qianwei, f"/proposals/{draft['id']}"))["state"] == "draft"
    for who in (world.liwb, world.hanmei, world.maolin, world.guyan):
        assert (await program.get(who, of))["items"] == [], who.name
        assert (await program.refused(who, "GET", f"/proposals/{draft['id']}"))[0] == 404, who.name
    trail = await program.call(world.liwb, "GET", f"/audit?object=mechanism:{world.mechanism.id}")
    assert "agreement" not in trail.text
    assert (await program.refused(world.zhoumin, "POST", of, body))[0] == 409, "one at a time"


async def test_the_operator_changes_no_word_of_what_was_countersigned_but_its_number(
    play: Play, program: Program
) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    await in_force(play, program, await agreed(play, program, sent))
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        stands = await mechanisms.agreement(db, world.mechanism.id)
        assert stands is not None
        facts = AgreementFacts(title=stands.title, doc_no="清检会〔2026〕7号", effective_on=stands.effective_on)
        await agreement.put_agreement(db, viewer, world.mechanism.id, facts)
        with pytest.raises(Conflict):
            await agreement.add_clause(db, viewer, world.mechanism.id, ClauseSaid(9, "另加一条"))
        for changed in (
            AgreementFacts(title="改名", effective_on=stands.effective_on),
            AgreementFacts(title=stands.title, effective_on=stands.effective_on, review_on=date(2030, 1, 1)),
        ):
            with pytest.raises(Conflict):
                await agreement.put_agreement(db, viewer, world.mechanism.id, changed)
        with pytest.raises(Conflict):
            await agreement.put_agreement(db, viewer, world.mechanism.id, facts, clauses=[ClauseSaid(3, "别的话")])


async def test_who_joined_since_it_was_circulated_signs_it_as_well(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    async with play.database.writing() as db:
        await members.join(db, await world.viewer(db, world.guyan), world.mechanism.id, agency_id=world.rsj.id)
    done = await agreed(play, program, sent)
    assert (await program.refused(world.zhoumin, "POST", f"/proposals/{done['id']}/put-in-force", {}))[0] == 409
    saved = await program.put(world.zhoumin, f"/proposals/{done['id']}", {"title": TITLE, "clauses": CLAUSES})
    assert saved["head"]["parties"] == ["清沚区人民检察院", "清沚区司法局", "清沚区人力资源和社会保障局"]
    assert len((await circulated(play, program, saved))["signers"]) == 3


async def test_an_agency_that_left_is_let_off_with_a_reason(play: Play, program: Program) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        joined = await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id)
    sent = await circulated(play, program, await version(play, program))
    await agreed(play, program, sent)
    body = {"agency_id": str(world.rsj.id), "reason": "已退出机制。"}
    assert (await program.refused(world.zhoumin, "POST", f"/proposals/{sent['id']}/excuse", body))[0] == 409
    play.clock.as_of = datetime(2026, 11, 25, 2, tzinfo=UTC)
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await members.leave(db, viewer, joined.id, left_on=play.clock.today("Asia/Shanghai"))
    assert (await program.refused(world.liwb, "POST", f"/proposals/{sent['id']}/excuse", body))[0] == 403
    done = await program.post(world.zhoumin, f"/proposals/{sent['id']}/excuse", body)
    assert done["state"] == "agreed"


async def test_a_withdrawal_is_told_with_its_reason_and_ends_the_signing(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program, await version(play, program))
    await play.delivered()
    at = f"/proposals/{sent['id']}"
    assert (await program.refused(world.zhoumin, "POST", f"{at}/withdraw", {}))[0] == 422
    gone = await program.post(world.zhoumin, f"{at}/withdraw", {"reason": "先报区委政法委。"})
    assert gone["state"] == "withdrawn"
    mails = by_address(await play.delivered())
    assert set(mails) == {ZHOUMIN, QIANWEI, LIWB, WUXL}
    assert "先报区委政法委" in mails[LIWB].text
    assert (await program.refused(world.liwb, "POST", f"{at}/sign", {"root": sent["root"]}))[0] == 409
    draft = await version(play, program)
    unseen = await program.post(world.zhoumin, f"/proposals/{draft['id']}/withdraw", {})
    assert unseen["state"] == "withdrawn"
    assert await play.delivered() == []


async def test_the_database_itself_keeps_what_held(play: Play, program: Program, database: Database) -> None:
    sent = await circulated(play, program, await version(play, program))
    await in_force(play, program, await agreed(play, program, sent))
    for statement in (
        "UPDATE former_agreement SET title = 'x'",
        "DELETE FROM former_agreement",
        "UPDATE proposal SET took_effect_on = NULL",
        "DELETE FROM proposal",
        "UPDATE document_version SET root = 'x' WHERE circulated_at IS NOT NULL",
    ):
        with pytest.raises(DBAPIError, match="never changed"):
            async with database.writing() as db:
                await db.execute(sql(statement))


async def test_wrong_input_is_refused_at_its_field_and_keeps_nothing(play: Play, program: Program) -> None:
    world, of = play.world, f"/mechanisms/{play.world.mechanism.id}/proposals"
    whole = {"title": TITLE, "clauses": CLAUSES}
    for change, field in (
        ({"title": " "}, "title"),
        ({"clauses": []}, "clauses"),
        ({"clauses": [*CLAUSES, CLAUSES[0]]}, "clauses.2.number"),
        ({"clauses": [{"number": 1, "text": " "}]}, "clauses.0.text"),
        ({"effective_on": "2026-11-22"}, "effective_on"),
        ({"effective_on": "2027-01-01", "review_on": "2026-12-01"}, "review_on"),
        ({"clauses": [{"number": n, "text": "条"} for n in range(1, 102)]}, "clauses"),
    ):
        assert await program.refused(world.zhoumin, "POST", of, whole | change) == (422, [field]), change
    assert (await program.get(world.zhoumin, of))["items"] == []
