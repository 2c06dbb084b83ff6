"""Minutes from the record to their issue, for programs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.callers import Program
from tests.meetings.play import Play
from tests.minutes.held import held

SECTIONS = [{"key": "1", "title": "研究线索移送指引", "text": "会议议定，3个工作日内完成移送。"}]


async def circulated(play: Play, program: Program) -> Any:
    meeting = await held(play, program)
    made = await program.put(play.world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    return await program.post(play.world.zhoumin, f"/minutes/{made['id']}/circulate")


async def test_minutes_are_written_circulated_signed_by_all_and_issued(play: Play, program: Program) -> None:
    world = play.world
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    assert (made["number"], made["state"], made["sign_offs"]) == (1, "draft", [])
    sent = await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    assert (sent["id"], sent["state"], sent["root"]) == (made["id"], "circulating", made["root"])
    assert {one["agency_id"]: one["state"] for one in sent["signers"]} == {
        str(world.jcy.id): "owes",
        str(world.sfj.id): "owes",
    }
    path = f"/minutes/{made['id']}"
    assert (await program.call(world.zhoumin, "POST", f"{path}/issue", {})).status_code == 409
    await program.post(world.liwb, f"{path}/sign", {"root": made["root"]})
    agreed = await program.post(world.zhoumin, f"{path}/sign", {"root": made["root"]})
    assert agreed["state"] == "agreed"
    issued = await program.post(
        world.zhoumin, f"{path}/issue", {"doc_no": "清检会纪〔2026〕4号", "copy_to": ["区委政法委"]}
    )
    assert (issued["state"], issued["doc_no"], issued["copy_to"]) == ("issued", "清检会纪〔2026〕4号", ["区委政法委"])
    assert (
        await program.call(world.zhoumin, "PUT", f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    ).status_code == 409
    read = await program.get(world.chenzy, f"/meetings/{meeting}/minutes")
    assert [one["text"] for one in read["sections"]] == ["会议议定，3个工作日内完成移送。"]


async def test_one_that_asks_for_changes_gets_a_new_version_that_voids_what_was_signed(
    play: Play, program: Program
) -> None:
    world = play.world
    first = await circulated(play, program)
    await program.post(world.zhoumin, f"/minutes/{first['id']}/sign", {"root": first["root"]})
    asked = await program.post(
        world.liwb, f"/minutes/{first['id']}/request-changes", {"root": first["root"], "text": "改为5个工作日"}
    )
    assert asked["state"] == "circulating"
    assert (await program.call(world.zhoumin, "POST", f"/minutes/{first['id']}/issue", {})).status_code == 409
    changed = [SECTIONS[0] | {"text": "会议议定，5个工作日内完成移送。"}]
    second = await program.put(world.zhoumin, f"/meetings/{first['meeting_id']}/minutes", {"sections": changed})
    assert (second["number"], second["state"], second["id"] == first["id"]) == (2, "draft", False)
    said = {(one["agency_id"], one["number"], one["state"], one["void"]) for one in second["sign_offs"]}
    assert said == {(str(world.jcy.id), 1, "agreed", True), (str(world.sfj.id), 1, "changes_requested", True)}
    await program.post(world.zhoumin, f"/minutes/{second['id']}/circulate")
    for path, root in ((first["id"], first["root"]), (second["id"], first["root"])):
        assert (await program.call(world.liwb, "POST", f"/minutes/{path}/sign", {"root": root})).status_code == 409
    for who in (world.liwb, world.zhoumin):
        last = await program.post(who, f"/minutes/{second['id']}/sign", {"root": second["root"]})
    assert last["state"] == "agreed"


async def test_who_reads_the_issued_minutes_alone_reads_nothing_that_was_said_of_earlier_versions(
    play: Play, program: Program
) -> None:
    """As on their page: a participant and a reader of the mechanism know neither the former texts nor what was asked to be changed."""
    world = play.world
    first = await circulated(play, program)
    wanted = {"root": first["root"], "text": "改为5个工作日"}
    await program.post(world.liwb, f"/minutes/{first['id']}/request-changes", wanted)
    changed = [SECTIONS[0] | {"text": "会议议定，5个工作日内完成移送。"}]
    second = await program.put(world.zhoumin, f"/meetings/{first['meeting_id']}/minutes", {"sections": changed})
    await program.post(world.zhoumin, f"/minutes/{second['id']}/circulate")
    for who in (world.zhoumin, world.liwb):
        await program.post(who, f"/minutes/{second['id']}/sign", {"root": second["root"]})
    await program.post(world.zhoumin, f"/minutes/{second['id']}/issue")
    for who, numbers in ((world.wuxl, {1, 2}), (world.zhenggq, {2}), (world.maolin, {2})):
        read = await program.get(who, f"/meetings/{first['meeting_id']}/minutes")
        assert {one["number"] for one in read["sign_offs"]} == numbers, who.name
        assert {one["number"] for one in read["versions"]} == numbers, who.name
        assert ("改为5个工作日" in str(read)) == (1 in numbers), who.name


async def test_a_paper_sign_off_is_registered_by_the_host_and_counts(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program)
    given = {"root": sent["root"], "agency_id": str(world.sfj.id), "leader": "郑国强", "signed_on": "2026-11-23"}
    assert await program.refused(world.zhoumin, "POST", f"/minutes/{sent['id']}/register", given | {"leader": ""}) == (
        422,
        ["leader"],
    )
    for day in ("2026-11-24", "2026-11-22"):  # ahead, and before it was circulated
        other = given | {"signed_on": day}
        refused = await program.refused(world.zhoumin, "POST", f"/minutes/{sent['id']}/register", other)
        assert refused == (422, ["signed_on"]), day
    done = await program.post(world.zhoumin, f"/minutes/{sent['id']}/register", given)
    (word,) = done["sign_offs"]
    assert (word["state"], word["via"], word["registered"]["leader"]) == ("paper", "registered", "郑国强")
    own = {"root": sent["root"], "agency_id": str(world.jcy.id), "leader": "方华", "signed_on": "2026-11-23"}
    assert (await program.call(world.liwb, "POST", f"/minutes/{sent['id']}/register", own)).status_code == 403


async def test_only_what_an_agency_said_and_how_it_came_is_registered_for_it(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program)
    path, sfj = f"/minutes/{sent['id']}/register", {"root": sent["root"], "agency_id": str(world.sfj.id)}
    told = {"how": "phone", "said_by": "李文博", "at": "2026-11-23T09:00:00+08:00"}
    for given, fields in (
        ({"state": "deemed"}, ["state", "registered"]),
        ({"state": "deemed", "registered": told}, ["state"]),
        ({"state": "oui", "registered": told}, ["state"]),
        ({"state": "agreed"}, ["registered"]),
        ({"state": "changes_requested", "text": "改期限"}, ["registered"]),
    ):
        assert await program.refused(world.zhoumin, "POST", path, sfj | given) == (422, fields), given
    done = await program.post(world.zhoumin, path, sfj | {"state": "agreed", "registered": told})
    assert [(one["state"], one["registered"]["said_by"]) for one in done["sign_offs"]] == [("agreed", "李文博")]


async def test_a_draft_is_read_by_who_writes_it_and_a_circulated_one_by_those_concerned(
    play: Play, program: Program
) -> None:
    world = play.world
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    for who in (world.liwb, world.fanghua, world.chenzy, world.gonghui, world.maolin, world.guyan):
        assert (await program.call(who, "GET", f"/minutes/{made['id']}")).status_code == 404, who.name
    await program.post(world.xujie, f"/minutes/{made['id']}/circulate")
    for who, sent in (
        (world.liwb, 200),
        (world.fanghua, 200),
        (world.chenzy, 200),
        (world.gonghui, 404),
        (world.maolin, 404),
        (world.guyan, 404),
    ):
        assert (await program.call(who, "GET", f"/minutes/{made['id']}")).status_code == sent, who.name


async def test_the_first_draft_says_what_the_record_says(play: Play, program: Program) -> None:
    world = play.world
    meeting = await held(play, program)
    (item,) = (await program.get(world.zhoumin, f"/meetings/{meeting}/agenda-items"))["items"]
    await program.post(
        world.zhoumin,
        f"/meetings/{meeting}/decisions",
        {
            "text": "会议议定，3个工作日内完成移送。",
            "agenda_item_id": item["id"],
            "lead_agency_id": str(world.jcy.id),
            "supporting_agency_ids": [str(world.sfj.id)],
            "due_on": "2026-12-07",
        },
        status=201,
    )
    made = await program.post(world.zhoumin, f"/meetings/{meeting}/minutes", status=201)
    by_key = {one["key"]: one for one in made["sections"]}
    assert by_key["opening"]["text"] == (
        "2026年11月19日，区检察院副检察长陈志远主持召开2026年第四季度联席会议，议题：研究农民工欠薪案件线索移送指引。现将会议议定事项纪要如下："
    )
    assert by_key[f"item-{item['id']}"]["text"] == (
        "会议议定，3个工作日内完成移送（牵头单位：区检察院；配合单位：区司法局；完成时限：2026年12月7日，周一）。"
    )
    assert {(one["how"], one["name"]) for one in made["head"]["took_part"]} == {
        ("present", "陈志远"),
        ("present", "李文博"),
        ("in_attendance", "吴晓岚"),
    }
    again = await program.post(world.zhoumin, f"/meetings/{meeting}/minutes", status=201)
    assert again["id"] == made["id"]


async def test_who_may_not_know_of_an_item_signs_its_hash_and_the_same_root(play: Play, program: Program) -> None:
    world = play.world
    secret = {"title": "涉密线索会商", "purpose": "consult", "agency_id": str(world.sfj.id)}
    meeting = await held(play, program, items=[])
    made = await program.post(
        world.zhoumin,
        f"/mechanisms/{world.mechanism.id}/meetings",
        {"kind": "regular", "title": "会", "starts_at": "2026-11-20T14:30:00+08:00", "duration_minutes": 60,
         "attendees": [{"person_id": str(world.liwb.id)}, {"person_id": str(world.chenzy.id)}]},
        status=201,
    )  # fmt: skip
    meeting = made["id"]
    item = await program.post(
        world.liwb, f"/meetings/{meeting}/agenda-items", secret | {"audience": [str(world.sfj.id)]}, status=201
    )
    await program.post(world.zhoumin, f"/agenda-items/{item['id']}/accept")
    await program.post(world.zhoumin, f"/meetings/{meeting}/hold")
    await program.post(
        world.liwb, f"/meetings/{meeting}/decisions", {"text": "另案办理", "agenda_item_id": item["id"]}, status=201
    )
    drafted = await program.post(world.zhoumin, f"/meetings/{meeting}/minutes", status=201)
    key = f"item-{item['id']}"
    seen = {one["key"]: one for one in drafted["sections"]}
    assert (seen[key]["hidden"], seen[key]["text"], seen[key]["title"]) == (True, None, None)
    assert "线索" not in str(drafted)
    theirs = await program.get(world.liwb, f"/meetings/{meeting}/minutes")
    assert {one["key"]: one["text"] for one in theirs["sections"]}[key] == "另案办理。"
    assert theirs["root"] == drafted["root"]
    opening = {"key": "opening", "title": "开头", "text": "会议召开。"}
    kept = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": [opening]})
    assert [(one["key"], one["hash"]) for one in kept["sections"]][1] == (key, seen[key]["hash"])
    forbidden = {"sections": [opening, {"key": key, "title": "x", "text": "x"}]}
    assert (await program.call(world.zhoumin, "PUT", f"/meetings/{meeting}/minutes", forbidden)).status_code == 403
    written = await program.put(
        world.liwb, f"/meetings/{meeting}/minutes", {"sections": [{"key": key, "text": "另案办理，由区司法局负责。"}]}
    )
    assert [one["key"] for one in written["sections"]] == ["opening", key]
    assert (await program.call(
        world.liwb, "PUT", f"/meetings/{meeting}/minutes", {"sections": [{"key": "opening", "text": "改"}]}
    )).status_code == 403  # fmt: skip


async def test_minutes_begun_by_their_text_keep_a_restricted_item_to_its_audience(play: Play, program: Program) -> None:
    world = play.world
    closed = {
        "title": "涉密线索会商",
        "purpose": "consult",
        "agency_id": str(world.jcy.id),
        "audience": [str(world.jcy.id)],
    }
    meeting = await held(play, program, items=[closed])
    (item,) = (await program.get(world.zhoumin, f"/meetings/{meeting}/agenda-items"))["items"]
    given = {"sections": [SECTIONS[0], {"key": f"item-{item['id']}", "title": "涉密线索会商", "text": "另案办理"}]}
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", given)
    assert [one["audience"] for one in made["sections"]] == [None, [str(world.jcy.id)]]
    await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    theirs = await program.get(world.liwb, f"/minutes/{made['id']}")
    assert [one["hidden"] for one in theirs["sections"]] == [False, True]
    assert "另案" not in str(theirs)


async def test_a_key_that_names_no_item_is_a_section_of_its_own(play: Play, program: Program) -> None:
    meeting = await held(play, program)
    keys = ["item-99999999999999999999999", "item-01", "item-"]
    given = {"sections": [{"key": key, "title": "其他", "text": "无"} for key in keys]}
    for _ in range(2):  # as they begin, and as they go on
        made = await program.put(play.world.zhoumin, f"/meetings/{meeting}/minutes", given)
        assert [one["key"] for one in made["sections"]] == keys


async def test_issued_minutes_are_corrected_by_new_ones_that_name_them(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program)
    for who in (world.zhoumin, world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    assert (
        await program.call(world.zhoumin, "POST", f"/minutes/{sent['id']}/correct", {"reason": "x"})
    ).status_code == 409
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue", {"doc_no": "1号"})
    new = await program.post(world.zhoumin, f"/minutes/{sent['id']}/correct", {"reason": "日期有误"}, status=201)
    assert (new["state"], new["corrects"]["doc_no"], new["corrects"]["root"]) == ("draft", "1号", sent["root"])
    still = await program.get(world.liwb, f"/meetings/{sent['meeting_id']}/minutes")
    assert (still["id"], still["state"]) == (sent["id"], "issued")


async def test_a_held_meeting_is_not_taken_back_once_its_minutes_were_circulated(play: Play, program: Program) -> None:
    sent = await circulated(play, program)
    refused = await program.call(play.world.zhoumin, "POST", f"/meetings/{sent['meeting_id']}/unhold", {"reason": "误"})
    assert refused.status_code == 409


async def test_a_draft_whose_hold_was_taken_back_is_neither_changed_nor_circulated(
    play: Play, program: Program
) -> None:
    world = play.world
    meeting = await held(play, program)
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    await program.post(world.zhoumin, f"/meetings/{meeting}/unhold", {"reason": "误操作"})
    for method, path, given in (
        ("PUT", f"/meetings/{meeting}/minutes", {"sections": [SECTIONS[0] | {"text": "改。"}]}),
        ("POST", f"/minutes/{made['id']}/circulate", {}),
    ):
        refused = await program.call(world.zhoumin, method, path, given)
        assert (refused.status_code, refused.json()["detail"]) == (409, "会议召开后才能起草纪要。"), path
    assert await play.delivered() == []


async def test_minutes_drafted_before_a_hold_was_taken_back_are_signed_and_issued_by_whom_the_meeting_names_now(
    play: Play, program: Program
) -> None:
    world = play.world
    meeting = await held(play, program)
    await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    await program.post(world.zhoumin, f"/meetings/{meeting}/unhold", {"reason": "承办单位有误"})
    named = {"host_agency_id": str(world.sfj.id), "authorised_by_id": str(world.zhenggq.id)}
    await program.patch(world.zhoumin, f"/meetings/{meeting}", named)
    await program.post(world.liwb, f"/meetings/{meeting}/hold")
    made = await program.put(world.liwb, f"/meetings/{meeting}/minutes", {"sections": SECTIONS})
    sent = await program.post(world.liwb, f"/minutes/{made['id']}/circulate")
    assert sent["issuing_agency_id"] == str(world.sfj.id)
    assert (await program.call(world.fanghua, "POST", f"/minutes/{sent['id']}/sign", {"root": sent["root"]})).is_error
    await program.post(world.zhenggq, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})


async def test_a_correction_leaves_the_day_on_which_the_step_was_done(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program)

    async def issued(version: Any) -> Any:
        for who in (world.zhoumin, world.liwb):
            await program.post(who, f"/minutes/{version['id']}/sign", {"root": version["root"]})
        await program.post(world.zhoumin, f"/minutes/{version['id']}/issue")
        steps = (await program.get(world.zhoumin, f"/meetings/{sent['meeting_id']}"))["deadlines"]
        return next(one["done_at"] for one in steps if one["step"] == "issue")

    first = await issued(sent)
    play.clock.as_of = play.clock.now() + timedelta(days=20)
    new = await program.post(world.zhoumin, f"/minutes/{sent['id']}/correct", {"reason": "日期有误"}, status=201)
    new = await program.post(world.zhoumin, f"/minutes/{new['id']}/circulate")
    assert await issued(new) == first


async def test_the_database_itself_keeps_issued_minutes(play: Play, program: Program) -> None:
    world = play.world
    sent = await circulated(play, program)
    for who in (world.zhoumin, world.liwb):
        await program.post(who, f"/minutes/{sent['id']}/sign", {"root": sent["root"]})
    await program.post(world.zhoumin, f"/minutes/{sent['id']}/issue", {"doc_no": "清检会纪〔2026〕4号"})
    for statement in (
        "UPDATE minutes SET doc_no = '9号'",
        "UPDATE minutes SET copy_to = '[1]'",
        "UPDATE minutes SET issued_at = NULL",
        "DELETE FROM minutes",
        "UPDATE document SET in_force_at = NULL",
        "UPDATE signer SET reason = 'x'",
        f"INSERT INTO signer (document_version_id, agency_id, agency_name, position) "
        f"VALUES ({sent['id']}, {world.rsj.id}, 'x', 9)",
        f"INSERT INTO sign_off (document_version_id, agency_id, state, root, at, via) "
        f"VALUES ({sent['id']}, {world.sfj.id}, 'agreed', 'x', '2026-11-23', 'web')",
    ):
        with pytest.raises(DBAPIError, match="never changed"):
            async with play.database.writing() as db:
                await AsyncSession.execute(db, text(statement))
