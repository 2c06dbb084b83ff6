"""Whatever is changed in an archive is found by the program that lies in it, without a server, a network or a library."""

import ast
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from liaison.archive import verify
from liaison.archive.program import verifier
from liaison.audit import AuditLine
from tests.archive.kept import archive, verified, year_of_record
from tests.callers import Program
from tests.meetings.play import Play

MUTATIONS = 200
Members = dict[str, bytes]


def members_of(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return {name: made.read(name) for name in made.namelist()}


def packed(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in members.items():
            made.writestr(name, raw)
    return out.getvalue()


def flipped(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def bit(members: Members, chance: random.Random) -> None:
    name = chance.choice(sorted(members))
    members[name] = flipped(members[name], chance)


def removed(members: Members, chance: random.Random) -> None:
    del members[chance.choice(sorted(members))]


def added(members: Members, chance: random.Random) -> None:
    members[f"ledgers/{chance.random()}.csv"] = b"1"


def renamed(members: Members, chance: random.Random) -> None:
    name = chance.choice(sorted(members))
    members[f"{name}.bak"] = members.pop(name)


def swapped(members: Members, chance: random.Random) -> None:
    one, other = chance.sample(sorted({raw: name for name, raw in members.items()}.values()), 2)
    members[one], members[other] = members[other], members[one]


def remade(members: Members, chance: random.Random) -> None:
    """A file is changed, and the manifest made to fit it: only who knows its fingerprint finds out."""
    name = chance.choice(sorted(set(members) - {"manifest.json"}))
    members[name] = flipped(members[name], chance)
    fit(members, name)


def fit(members: Members, name: str) -> None:
    facts = json.loads(members["manifest.json"])
    facts["files"][name] = {"sha256": hashlib.sha256(members[name]).hexdigest(), "bytes": len(members[name])}
    members["manifest.json"] = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode()


def cut(members: Members, chance: random.Random) -> None:
    """The trail ends earlier, and everything is made to fit: only who knows a later head finds out."""
    start, *lines = members["audit/trail.jsonl"].splitlines(keepends=True)
    kept = lines[: chance.randrange(len(lines))]
    first = json.loads(start)
    head = (first["first"] - 1, first["previous"])
    for one in map(json.loads, kept):
        head = (one["n"], verify.link(head[1], one))
    first["head"] = {"number": head[0], "hash": head[1]}
    members["audit/trail.jsonl"] = json.dumps(first).encode() + b"\n" + b"".join(kept)
    facts = json.loads(members["manifest.json"])
    facts["head"] = f"{head[0]}:{head[1]}"
    members["manifest.json"] = json.dumps(facts).encode()
    fit(members, "audit/trail.jsonl")


def resigned(members: Members, chance: random.Random) -> None:
    """What an agency said of the minutes is changed, and the manifest made to fit."""
    name = next(name for name in members if name.endswith("signed.json") and name.startswith("meetings/"))
    text = json.loads(members[name])
    one = chance.choice(text["sign_offs"])
    match chance.randrange(5):
        case 0:
            one["root"] = hashlib.sha256(one["root"].encode()).hexdigest()
        case 1:
            one["state"] = "changes_requested"
        case 2:
            one["state"] = "deemed"
        case 3:
            one["agency_id"] = str(int(one["agency_id"]) + 1)
        case _:
            text["sections"][0]["text"] += "，另行通知"
    members[name] = json.dumps(text, ensure_ascii=False).encode()
    fit(members, name)


def told_otherwise(members: Members, chance: random.Random) -> None:
    """A line of the trail says something else, and the manifest is made to fit."""
    start, *lines = members["audit/trail.jsonl"].splitlines()
    known = [at for at, one in enumerate(lines) if b'"verb"' in one]
    at = chance.choice(known)
    line = json.loads(lines[at])
    line[chance.choice(["verb", "via", "object"])] += "x"
    lines[at] = json.dumps(line, ensure_ascii=False).encode()
    members["audit/trail.jsonl"] = b"\n".join([start, *lines]) + b"\n"
    fit(members, "audit/trail.jsonl")


def relinked(members: Members, lines: list[bytes]) -> None:
    members["audit/trail.jsonl"] = b"\n".join([members["audit/trail.jsonl"].splitlines()[0], *lines]) + b"\n"
    fit(members, "audit/trail.jsonl")


def hashes_of(members: Members) -> tuple[list[bytes], list[str]]:
    """The lines of the trail, and the real hash of each."""
    start, *lines = members["audit/trail.jsonl"].splitlines()
    hashes = [json.loads(start)["previous"]]
    for one in lines:
        hashes.append(verify.link(hashes[-1], json.loads(one)) or json.loads(one)["hash"])
    return lines, hashes[1:]


def forged(number: int, form: int) -> bytes:
    """A line that nobody wrote, with salts of its own."""
    salt, payload = "5" * 32, '{"because":"forged"}'
    line = {
        "n": number,
        "form": form,
        "at": "2026-11-20T08:00:00+00:00",
        "verb": "agree_minutes",
        "object": "minutes:1",
        "mechanism_id": 1,
        "person_id": 7,
        "via": "web",
        "payload": payload,
        "salt": salt,
        "payload_hash": verify.sha256(salt, payload),
    }
    return json.dumps({**line, "about_salt": verify.sha256("about", salt)[:32]} if form == 2 else line).encode()


def bridged(members: Members, chance: random.Random) -> None:
    """A line is another, the next is its own bare hash, and everything is made to fit: the head that is known stays right."""
    lines, hashes = hashes_of(members)
    at = chance.randrange(len(lines) - 1)
    first = json.loads(members["audit/trail.jsonl"].splitlines()[0])["first"]
    lines[at] = forged(first + at, chance.choice([1, 2]))
    if at == 0 and b'"form": 1' in lines[0]:  # or nothing newer stands before the bare hash: see the test of its own
        lines[0] = forged(first, 2)
    lines[at + 1] = json.dumps({"n": first + at + 1, "hash": hashes[at + 1]}).encode()
    relinked(members, lines)


UNKNOWN: list[Callable[[Members, random.Random], None]] = [
    bit,
    removed,
    added,
    renamed,
    swapped,
    resigned,
    told_otherwise,
]
"""Found by whoever has nothing but the archive."""
KNOWN: list[Callable[[Members, random.Random], None]] = [remade, cut, bridged]
"""Found by whoever noted the fingerprint, or the head."""


def caught(where: Path, content: bytes, capsys: Any, *arguments: str) -> bool:
    where.write_bytes(content)
    code = verify.main([str(where), *arguments])
    said = capsys.readouterr().out
    assert ("一致 RIGHT" in said.splitlines()) == (code == 0)
    return code == 1


async def test_a_changed_archive_is_caught_in_200_of_200_and_an_unchanged_one_passes(
    play: Play, program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await year_of_record(play, program)
    content, fingerprint = await archive(program, play.world.zhoumin, play.world.mechanism.id)
    where, whole = tmp_path / "archive.zip", members_of(content)
    head = json.loads(whole["manifest.json"])["head"]
    assert not caught(where, content, capsys)
    assert not caught(where, packed(whole), capsys, "--manifest", fingerprint, "--head", head)
    chance, missed = random.Random(41), []
    for n in range(MUTATIONS):
        members = dict(whole)
        if n % 11 == 10:  # the file itself, where what it holds lies
            with zipfile.ZipFile(io.BytesIO(content)) as made:  # of what is packed, a stray bit may change nothing
                one = chance.choice([info for info in made.infolist() if info.compress_type == zipfile.ZIP_STORED])
            at = one.header_offset + 30 + len(one.filename.encode()) + chance.randrange(one.compress_size)
            broken = content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
            found, name = caught(where, broken, capsys), "raw"
        else:
            mutation = (UNKNOWN + KNOWN)[n % 10]
            mutation(members, chance)
            known = {remade: ("--manifest", fingerprint), cut: ("--head", head), bridged: ("--head", head)}.get(
                mutation, ()
            )
            found, name = caught(where, packed(members), capsys, *known), mutation.__name__
        if not found:
            missed.append((n, name))
    assert missed == []


async def test_it_runs_alone_from_the_unpacked_folder_and_says_what_is_wrong_in_both_languages(
    play: Play, program: Program, tmp_path: Path
) -> None:
    await year_of_record(play, program)
    content, fingerprint = await archive(program, play.world.zhoumin, play.world.mechanism.id)
    folder = tmp_path / "归档"
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        made.extractall(folder)
    (folder / "Thumbs.db").write_bytes(b"of the system")
    code, said = verified(folder, "--manifest", fingerprint, program=folder / "verify.py")
    assert (code, said.splitlines()[-1]) == (0, "一致 RIGHT"), said
    assert (folder / "verify.py").read_bytes() == verifier()
    ledger = folder / "ledgers" / "落实台账.csv"
    ledger.write_bytes(ledger.read_bytes().replace("建立".encode(), "撤销".encode()))
    code, said = verified(folder, program=folder / "verify.py")
    assert code == 1
    assert "文件被改动 / a file was changed: ledgers/落实台账.csv" in said
    code, said = verified(folder, "--head", "no", program=folder / "verify.py")
    assert code == 2


async def test_lines_before_a_bare_hash_are_never_called_right_unless_the_manifest_is_known(
    play: Play, program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await year_of_record(play, program)
    content, _ = await archive(program, play.world.zhoumin, play.world.mechanism.id)
    members, where = members_of(content), tmp_path / "archive.zip"
    lines, hashes = hashes_of(members)
    head = json.loads(members["manifest.json"])["head"]
    first = json.loads(members["audit/trail.jsonl"].splitlines()[0])["first"]
    at = len(lines) // 2  # everything up to the bridge is made to look older than the form that can be computed
    for n in range(at + 2):
        lines[n] = json.dumps({"n": first + n, "hash": hashes[n]}).encode()
    lines[at] = forged(first + at, 1)
    relinked(members, lines)
    where.write_bytes(packed(members))
    for known in ([], ["--head", head]):
        assert verify.main([str(where), *known]) == 3
        said = capsys.readouterr().out
        assert "一致 RIGHT" not in said.splitlines()
        assert f"{at + 2} older lines, up to line {first + at + 1}, cannot be computed" in said
    manifest = hashlib.sha256(members["manifest.json"]).hexdigest()
    assert verify.main([str(where), "--manifest", manifest]) == 0, "who knows the manifest knows every byte"
    capsys.readouterr()
    lines[at + 1] = lines[at + 1][:-1] + b', "verb_": "told beside"}'
    relinked(members, lines)
    assert caught(where, packed(members), capsys), "nothing stands beside a bare hash"


async def test_a_line_that_is_missing_on_the_server_does_not_pass_for_the_beginning(
    play: Play, program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await year_of_record(play, program)
    content, _ = await archive(program, play.world.zhoumin, play.world.mechanism.id)
    first = json.loads(members_of(content)["audit/trail.jsonl"].splitlines()[0])["first"]
    async with play.database.writing() as db:
        if first == 1:
            pytest.fail("the world's trail begins before the mechanism's")
        await db.execute(delete(AuditLine).where(AuditLine.number == first - 1))
    content, _ = await archive(program, play.world.zhoumin, play.world.mechanism.id)
    where = tmp_path / "archive.zip"
    where.write_bytes(content)
    assert verify.main([str(where)]) == 1
    assert f"a line of the audit trail is missing: {first - 1}" in capsys.readouterr().out


async def test_lines_that_were_linked_in_the_open_are_followed_too(
    play: Play, program: Program, tmp_path: Path
) -> None:
    from liaison import audit

    world = play.world
    async with play.database.writing() as db:
        for who, mechanism_id in ((world.zhoumin, world.mechanism.id), (world.guyan, None)):
            audit.add(
                db, await world.viewer(db, who), "older", f"mechanism:{world.mechanism.id}", mechanism_id=mechanism_id
            )
        for line in db.info["audit_lines"]:
            line.form = audit.OPEN
    async with play.database.reading() as db:
        assert await audit.broken_at(db) is None
    content, fingerprint = await archive(program, world.zhoumin, world.mechanism.id, None)
    where = tmp_path / "a.zip"
    where.write_bytes(content)
    code, said = verified(where, "--manifest", fingerprint)
    assert code == 0, said
    assert "2 older lines, up to line 2, cannot be computed again here" in said, (
        "that of another, and what stands before it"
    )
    code, said = verified(where)
    assert code == 3, said


def test_the_verifier_asks_for_nothing_but_python_3_8_and_its_own_library() -> None:
    tree = ast.parse(verifier().decode(), feature_version=(3, 8))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= {"argparse", "datetime", "hashlib", "io", "json", "os", "sys", "unicodedata", "zipfile"}
    assert {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} == {"typing"}
