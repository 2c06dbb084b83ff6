"""A year worth keeping: minutes that both agencies signed, a restricted item of 区检察院, notices and contacts of each, a paper, an action item."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from liaison.archive.program import verifier
from liaison.files.kinds import MEDIA_TYPES
from tests.callers import Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.minutes.held import held
from tests.notices.sent import sent
from tests.notices.test_contact_log import noted

CLOSED = "金丝雀限知"
"""Stands only in what 区检察院 alone may know of."""
OTHERS = "金丝雀单位"
"""Stands only in the contact log of 区司法局."""


async def brought(program: Program, who: Any, path: str, name: str, content: bytes, **fields: str) -> Any:
    """A paper brought by that person; its JSON."""
    await program.get(who, "/me")
    answer = await program.client.post(
        f"/api{path}",
        data=fields,
        files={"file": (name, content, MEDIA_TYPES[name.rpartition(".")[2]])},
        headers={"Authorization": f"Bearer {program.tokens[who.id]}"},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def year_of_record(play: Play, program: Program) -> dict[str, Any]:
    """All of it, on the record of 2026; the ids by name."""
    world = play.world
    only = {"audience": [str(world.jcy.id)], "agency_id": str(world.jcy.id)}
    items = [
        {"title": "研究农民工欠薪案件线索移送指引", "purpose": "study"},
        {"title": f"会商{CLOSED}", "purpose": "consult", **only},
    ]
    meeting = await held(play, program, items=items)
    listed = (await program.get(world.zhoumin, f"/meetings/{meeting}/agenda-items"))["items"]
    closed = {"agenda_item_id": listed[1]["id"]}
    await program.post(world.zhoumin, f"/meetings/{meeting}/decisions", {"text": f"议定{CLOSED}", **closed}, status=201)
    await brought(
        program, world.zhoumin, f"/meetings/{meeting}/papers", "限.txt", CLOSED.encode(), title=CLOSED, **closed
    )
    decision = await program.post(
        world.zhoumin,
        f"/meetings/{meeting}/decisions",
        {"text": "每月5日前交换线索清单。", "lead_agency_id": str(world.sfj.id)},
        status=201,
    )
    await brought(program, world.zhoumin, f"/meetings/{meeting}/papers", "工作情况.pdf", PDF + b"%x", title="工作情况")
    sections = [
        {"key": "1", "title": "研究线索移送指引", "text": "会议议定，3个工作日内完成移送。"},
        {"key": "2", "title": f"会商{CLOSED}", "text": f"会商{CLOSED}正文", "audience": [str(world.jcy.id)]},
    ]
    made = await program.put(world.zhoumin, f"/meetings/{meeting}/minutes", {"sections": sections})
    await program.post(world.zhoumin, f"/minutes/{made['id']}/circulate")
    for who in (world.liwb, world.zhoumin):
        await program.post(who, f"/minutes/{made['id']}/sign", {"root": made["root"]})
    await program.post(world.zhoumin, f"/minutes/{made['id']}/issue", {"doc_no": "清检会纪〔2026〕4号"})
    action = await program.post(
        world.zhoumin,
        f"/meetings/{meeting}/action-items",
        {"title": "建立线索台账", "lead_agency_id": str(world.sfj.id), "due_on": "2026-12-01"},
        status=201,
    )
    await program.post(world.liwb, f"/action-items/{action['id']}/progress", {"text": "已收到首批线索"}, status=201)
    await program.post(world.zhoumin, f"/mechanisms/{world.mechanism.id}/meetings", {
        "kind": "topical", "title": "草稿会议", "starts_at": "2026-12-20T14:30:00+08:00", "duration_minutes": 60,
    }, status=201)  # fmt: skip
    notice = await sent(play, program)
    await noted(play, program)
    await noted(play, program, by=world.liwb, subject=f"核实{OTHERS}", with_agency_id=str(world.jcy.id))
    return {
        "meeting": meeting,
        "minutes": made["id"],
        "decision": decision["id"],
        "action": action["id"],
        "notice": notice["id"],
    }


async def archive(program: Program, who: Any, mechanism_id: int, year: int | None = 2026) -> tuple[bytes, str]:
    """The ZIP as that person takes it along, and its fingerprint."""
    query = f"?year={year}" if year is not None else ""
    answer = await program.call(who, "GET", f"/mechanisms/{mechanism_id}/archive{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content, answer.headers["x-manifest-sha256"]


def verified(where: Path, *arguments: str, program: Path | None = None) -> tuple[int, str]:
    """What the verifier that lies in archives says: its exit code and words. It runs alone, without this environment."""
    script = program or where.parent / "verify.py"
    if program is None:
        script.write_bytes(verifier())
    command = [sys.executable, "-I", str(script), *([] if program else [str(where)]), *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"}, timeout=60)
    return done.returncode, done.stdout + done.stderr


def texts_in(content: bytes) -> str:
    """Everything that a ZIP says, with what its Office files say inside."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        for name in made.namelist():
            raw = made.read(name)
            found.append(name)
            found.append(texts_in(raw) if name.endswith((".docx", ".xlsx")) else raw.decode("utf-8", "replace"))
    return "\n".join(found)
