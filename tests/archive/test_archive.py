"""An archive holds what its owner may see of a year, and no more, under names that every system takes; the trail says who took it along."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from liaison.actions.models import ActionItem
from liaison.audit import AuditLine
from liaison.documents import spreadsheet
from liaison.mechanisms.models import Agreement
from liaison.meetings.models import Attendee
from liaison.minutes.models import Minutes
from tests.archive.kept import CLOSED, OTHERS, archive, texts_in, verified, year_of_record
from tests.callers import Program
from tests.meetings.play import Play
from tests.proposals.put import agreed, circulated, version
from tests.rights_meetings import RESTRICTED, meetings
from tests.rights_proposals import PROPOSED

REMARK = "备注金丝雀"


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return made.namelist()


def read(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return made.read(name)


def manifest_of(content: bytes) -> Any:
    return json.loads(read(content, "manifest.json"))


async def test_a_year_holds_minutes_papers_ledgers_notices_agreement_and_the_list_of_them(
    play: Play, program: Program
) -> None:
    world = play.world
    await year_of_record(play, program)
    content, fingerprint = await archive(program, world.zhoumin, world.mechanism.id)
    found = names(content)
    for wanted in (
        r"index\.html", r"verify\.py", r"manifest\.json", r"audit/trail\.jsonl", r"归档文件目录\.xlsx", r"归档文件目录\.csv",
        r"agreement/agreement\.json", r"meetings/2026-11-19 2026年第四季度联席会议/会议纪要.*\.docx",
        r"meetings/2026-11-19 .*/会签单.*\.docx", r"meetings/.*/signed\.json", r"meetings/.*/工作情况\.pdf", r"meetings/.*/record\.json",
        r"ledgers/落实台账\.xlsx", r"ledgers/日常联络记录\.csv", r"ledgers/联络员变更记录\.xlsx", r"notices/2026-11-23 .*/信息通报\.docx",
    ):  # fmt: skip
        assert any(re.fullmatch(wanted, name) for name in found), (wanted, found)
    table = spreadsheet.tables_of(read(content, "归档文件目录.xlsx"))[0]
    assert table[0] == ["件号", "责任者", "文号", "题名", "日期", "页数", "保管期限", "文件"]
    rows = {row[7]: row for row in table[1:]}
    assert [row[0] for row in table[1:]] == [str(n) for n in range(1, len(table))]
    minutes = next(row for path, row in rows.items() if "会议纪要" in path)
    assert (minutes[1:3], minutes[4], minutes[6]) == (["清沚区人民检察院", "清检会纪〔2026〕4号"], "20261123", "永久")
    assert minutes[5] == "", "the pages of a .docx are not guessed"
    assert set(rows) <= set(found)
    ledger = list(csv.reader(io.StringIO(read(content, "ledgers/落实台账.csv").decode("utf-8-sig"))))
    assert [row[0] for row in ledger] == ["落实事项", "建立线索台账"]
    (item,) = json.loads(read(content, "ledgers/actions.json"))["items"]
    assert [one["text"] for one in item["progress"]] == ["已收到首批线索"]
    facts = manifest_of(content)
    assert facts["left_out"]["drafts"] == 1
    assert facts["copy_of"] == {"agency": "区检察院", "person": "周敏"}
    assert facts["counts"]["meetings"] == 1
    assert set(facts["files"]) == set(found) - {"manifest.json"}
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint)


async def test_each_agency_takes_along_its_own_view_and_nothing_that_is_kept_from_it(
    play: Play, program: Program
) -> None:
    world = play.world
    await year_of_record(play, program)
    async with play.database.writing() as db:
        await db.execute(update(Attendee).where(Attendee.person_id == world.liwb.id).values(comment=REMARK))
    seen = {}
    for who in (world.zhoumin, world.chenzy, world.maolin, world.liwb):
        seen[who.name] = texts_in((await archive(program, who, world.mechanism.id))[0])
    for name in ("李文博", "毛琳"):
        assert CLOSED not in seen[name], name
    for name in ("周敏", "陈志远"):
        assert CLOSED in seen[name], name
    for name in ("周敏", "陈志远", "毛琳"):
        assert OTHERS not in seen[name], name
        assert REMARK not in seen[name], name
    assert OTHERS in seen["李文博"]
    assert REMARK in seen["李文博"], "an agency keeps its own remarks"
    assert "近期受理支持起诉申请三件" in seen["李文博"], "the notice that it was sent"
    for name in ("陈志远", "毛琳"):
        assert "近期受理支持起诉申请三件" not in seen[name], "notices are read by officers and deputies"
    assert "0553-0000021" not in seen["周敏"], "no phone number of another agency's people"


async def test_the_archive_of_another_year_or_of_a_former_member_holds_nothing_of_this_one(
    play: Play, program: Program
) -> None:
    world = play.world
    await year_of_record(play, program)
    content, _ = await archive(program, world.zhoumin, world.mechanism.id, 2024)
    assert not [name for name in names(content) if name.startswith(("meetings/", "notices/"))]
    former, _ = await archive(program, world.songhp, world.mechanism.id, None)
    text = texts_in(former)
    assert "联席会议" not in "".join(name for name in names(former) if name.startswith("meetings/"))
    assert "每月5日前交换线索清单" not in text
    assert "建立线索台账" not in text
    for who in (world.sunl, world.guyan):
        answer = await program.call(who, "GET", f"/mechanisms/{world.mechanism.id}/archive")
        assert answer.status_code == (404 if who is world.sunl else 403)
    assert (await program.refused(world.zhoumin, "GET", f"/mechanisms/{world.mechanism.id}/archive?year=9"))[0] == 422


async def test_the_extract_of_the_trail_says_nothing_of_what_its_owner_may_not_read(
    play: Play, program: Program
) -> None:
    world = play.world
    await year_of_record(play, program)
    content, _ = await archive(program, world.zhoumin, world.mechanism.id)
    lines = [json.loads(one) for one in read(content, "audit/trail.jsonl").splitlines()]
    start, lines = lines[0], lines[1:]
    assert [one["n"] for one in lines] == list(range(start["first"], start["head"]["number"] + 1))
    async with play.database.reading() as db:
        stored = {one.number: one for one in await db.scalars(select(AuditLine))}
        contact_lines = [
            one.number for one in stored.values() if one.verb == "log_contact" and one.person_id == world.liwb.id
        ]
    opaque = {one["n"]: one for one in lines if "verb" not in one}
    assert set(contact_lines) <= set(opaque)
    for number, one in opaque.items():
        assert set(one) == {"n", "about"}
        assert one["about"] not in (stored[number].payload_hash, stored[number].salt)
    for one in lines:
        row = stored[one["n"]]
        if "verb" in one:
            assert row.mechanism_id == world.mechanism.id
            assert ("salt" in one) == ("payload" in one), "a salt without its payload would let the payload be guessed"
    said = {one["verb"] for one in lines if "verb" in one}
    assert {"hold", "circulate_minutes", "send_notice"} & said


async def test_of_a_line_that_is_read_in_part_neither_the_rest_nor_what_would_let_it_be_guessed_goes_out(
    play: Play, program: Program
) -> None:
    world = play.world
    await year_of_record(play, program)
    content, _ = await archive(program, world.maolin, world.mechanism.id)
    lines = [json.loads(one) for one in read(content, "audit/trail.jsonl").splitlines()[1:]]
    in_part = [one for one in lines if "facts" in one]
    assert in_part
    for one in in_part:
        assert {"salt", "payload"}.isdisjoint(one), one


async def test_names_are_safe_on_every_system_and_never_twice(play: Play, program: Program) -> None:
    world = play.world
    title = 'a:b?c*"<>|/\\..' + "很长的标题" * 20
    for _ in range(2):
        made = await program.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/meetings", {
            "kind": "topical", "title": title, "starts_at": "2026-11-20T14:30:00+08:00", "duration_minutes": 60,
        }, status=201)  # fmt: skip
        await program.post(world.zhoumin, f"/meetings/{made['id']}/hold")
    content, _ = await archive(program, world.zhoumin, world.mechanism.id)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        infos = opened.infolist()
    found = [one.filename for one in infos]
    assert len({name.casefold() for name in found}) == len(found)
    for name in found:
        assert not re.search(r'[:?*"<>|\\\x00-\x1f]', name), name
        assert not any(part in ("", ".", "..") or part.endswith((" ", ".")) for part in name.split("/")), name
        assert len(name) < 150
    for one in infos:
        assert one.filename.isascii() or one.flag_bits & 0x800, "Chinese names are marked as UTF-8"


async def test_whatever_stands_in_a_title_an_archive_is_made(play: Play, program: Program) -> None:
    world = play.world
    await year_of_record(play, program)
    async with play.database.writing() as db:
        await db.execute(update(Agreement).values(title="关于[支持起诉]的意见: 试行*?/\\ufffe"))
        await db.execute(update(ActionItem).values(title="建立\uffff线索台账"))
    content, _ = await archive(program, world.zhoumin, world.mechanism.id)
    (name,) = [one for one in names(content) if re.fullmatch(r"agreement/.*\.xlsx", one)]
    assert spreadsheet.tables_of(read(content, name))
    (_, item) = spreadsheet.tables_of(read(content, "ledgers/落实台账.xlsx"))[0]
    assert item[0] == "建立线索台账"


async def test_the_same_record_gives_the_same_bytes_and_each_making_is_a_line_of_the_trail(
    play: Play, program: Program
) -> None:
    world = play.world
    await year_of_record(play, program)
    first, fingerprint = await archive(program, world.zhoumin, world.mechanism.id, 2025)
    again, _ = await archive(program, world.zhoumin, world.mechanism.id, 2025)
    assert [name for name in names(first) if read(first, name) != read(again, name)] == [
        "audit/trail.jsonl", "index.html", "manifest.json"
    ], "only the trail went on, since the first was noted"  # fmt: skip
    async with play.database.reading() as db:
        made = list(
            await db.scalars(select(AuditLine).where(AuditLine.verb == "make_archive").order_by(AuditLine.number))
        )
    assert [one.person_id for one in made] == [world.zhoumin.id] * 2
    assert json.loads(made[0].payload or "{}")["manifest"] == fingerprint


async def test_the_head_printed_on_issued_minutes_fits_the_trail_of_the_archive(
    play: Play, program: Program, tmp_path: Path
) -> None:
    world = play.world
    await year_of_record(play, program)
    content, fingerprint = await archive(program, world.zhoumin, world.mechanism.id)
    where = tmp_path / "a.zip"
    where.write_bytes(content)
    async with play.database.reading() as db:
        printed = (await db.scalars(select(Minutes.issued_as))).one()["head"]
    code, said = verified(where, "--manifest", fingerprint, "--head", printed)
    assert (code, "一致 RIGHT" in said) == (0, True), said
    number, _, hash_ = printed.partition(":")
    code, said = verified(where, "--head", f"{number}:{hash_[::-1]}")
    assert code == 1
    assert "已知的日志头" in said


async def test_versions_of_the_agreement_go_along_as_far_as_each_may_read_them_with_sheets_signed_on_paper(
    play: Play, program: Program, tmp_path: Path
) -> None:
    world = play.world
    async with play.database.writing() as db:
        await meetings(db, world)
    for who, reads_version, reads_closed in (
        (world.zhoumin, True, False),
        (world.liwb, True, True),
        (world.maolin, False, False),
    ):
        content, fingerprint = await archive(program, who, world.mechanism.id, None)
        where = tmp_path / f"{who.key}.zip"
        where.write_bytes(content)
        code, said = verified(where, "--manifest", fingerprint)
        assert code == 0, said
        text, found = texts_in(content), [name for name in names(content) if name.startswith("agreement/")]
        assert (RESTRICTED in text) is reads_closed, who.name
        assert PROPOSED not in text, "nobody takes a draft along"
        assert any(name.endswith("signed.json") for name in found) is reads_version
        assert any("会签单" in name for name in found) is reads_version
        facts = manifest_of(content)
        assert ("proposals" in facts["left_out"]) is (who is world.zhoumin)


async def test_an_agreement_that_was_countersigned_here_verifies_with_every_sign_off(
    play: Play, program: Program, tmp_path: Path
) -> None:
    world = play.world
    one = await agreed(play, program, await circulated(play, program, await version(play, program)))
    await program.post(world.zhoumin, f"/proposals/{one['id']}/put-in-force", {"signed_on": "2026-11-23"})
    content, fingerprint = await archive(program, world.liwb, world.mechanism.id, None)
    (name,) = [one for one in names(content) if one.startswith("agreement/") and one.endswith("signed.json")]
    text = json.loads(read(content, name))
    assert {one["state"] for one in text["sign_offs"]} == {"agreed"}
    where = tmp_path / "a.zip"
    where.write_bytes(content)
    code, said = verified(where, "--manifest", fingerprint)
    assert code == 0, said
