"""Forms with files as nobody should send them: each ends in a refusal, and leaves nothing on the disk; and the same one sent twice."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from liaison.config import Settings
from tests.callers import Program
from tests.files.making import PDF
from tests.meetings.play import Play
from tests.meetings.test_papers import brought, meeting, sent, titles

__all__ = ["meeting"]


def multipart(*parts: tuple[str, bytes], boundary: str = "b", end: bool = True) -> bytes:
    """A body whose parts have these headers."""
    made = b"".join(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    return made + (f"--{boundary}--\r\n".encode() if end else b"")


FILE = 'Content-Disposition: form-data; name="file"; filename="a.pdf"'
HOSTILE = {
    "nothing": b"",
    "no end": multipart((FILE, PDF), end=False),
    "another boundary": multipart((FILE, PDF), boundary="other"),
    "two files": multipart((FILE, PDF), (FILE, PDF)),
    "a large field": multipart(('Content-Disposition: form-data; name="title"', b"x" * 100_000)),
    "many fields": multipart(*[('Content-Disposition: form-data; name="audience"', b"1")] * 300),
    "a long header": b"--b\r\nContent-Disposition: " + b"x" * 100_000,
    "no name": multipart(("Content-Type: text/plain", b"x")),
    "no text": multipart(('Content-Disposition: form-data; name="title"', b"\xff\xfe")),
    "preamble": b"x" * 3_000_000 + multipart((FILE, PDF)),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_body_ends_in_a_refusal_and_leaves_nothing(
    program: Program, play: Play, meeting: int, settings: Settings, what: str
) -> None:
    await program.get(play.world.zhoumin, "/me")
    headers = {
        "Authorization": f"Bearer {program.tokens[play.world.zhoumin.id]}",
        "Content-Type": "multipart/form-data; boundary=b",
    }

    async def body() -> Any:
        for at in range(0, len(HOSTILE[what]), 65_536):
            yield HOSTILE[what][at : at + 65_536]

    async with asyncio.timeout(30):
        answer = await program.client.post(f"/api/meetings/{meeting}/papers", content=body(), headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert leftovers(settings) == []


@pytest.mark.parametrize(
    "header",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\xff", "text/plain"],
)
async def test_a_form_without_a_boundary_is_refused(program: Program, play: Play, meeting: int, header: str) -> None:
    await program.get(play.world.zhoumin, "/me")
    headers = {
        "Authorization": f"Bearer {program.tokens[play.world.zhoumin.id]}",
        "Content-Type": header.encode("latin-1"),
    }
    answer = await program.client.post(f"/api/meetings/{meeting}/papers", content=b"--b\r\n", headers=headers)
    assert answer.status_code in (400, 422), answer.text


async def test_a_file_that_is_too_large_is_refused_in_words_and_one_without_end_is_cut_off(
    program: Program, play: Play, meeting: int, settings: Settings
) -> None:
    large = await sent(program, play.world.zhoumin, f"/meetings/{meeting}/papers", "a.pdf", PDF + bytes(21 << 20))
    assert large.status_code == 422
    assert "20" in large.json()["errors"][0]["message"]
    headers = {
        "Authorization": f"Bearer {program.tokens[play.world.zhoumin.id]}",
        "Content-Type": "multipart/form-data; boundary=b",
    }
    read = 0

    async def endless() -> Any:
        nonlocal read
        yield multipart((FILE, b""), end=False)
        while True:
            read += 1 << 20
            yield bytes(1 << 20)

    answer = await program.client.post(f"/api/meetings/{meeting}/papers", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert read < 130 << 20
    assert leftovers(settings) == []


def leftovers(settings: Settings) -> list[Path]:
    places = (settings.papers_dir, settings.data_dir / "uploads")
    return [path for place in places if place.exists() for path in place.iterdir()]


async def test_the_same_file_sent_twice_is_one_paper(program: Program, play: Play, meeting: int) -> None:
    first = await brought(program, play.world.zhoumin, meeting)
    again = await brought(program, play.world.zhoumin, meeting)
    assert first["id"] == again["id"]
    assert await titles(program, play.world.zhoumin, meeting) == ["议程"]


async def test_an_idempotency_key_is_one_upload_and_no_other(
    program: Program, play: Play, meeting: int, settings: Settings
) -> None:
    who, path = play.world.zhoumin, f"/meetings/{meeting}/papers"
    await program.get(who, "/me")
    headers = {"Authorization": f"Bearer {program.tokens[who.id]}", "Idempotency-Key": "k1"}

    async def upload(path: str, *, title: str = "议程", name: str = "议程.pdf", content: bytes = PDF) -> httpx.Response:
        file = {"file": (name, content)}
        return await program.client.post(f"/api{path}", data={"title": title}, files=file, headers=headers)

    first = await upload(path)
    await program.patch(who, f"/papers/{first.json()['id']}", {"title": "会议议程"})
    again = await upload(path)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert await titles(program, who, meeting) == ["会议议程"]
    others = (
        await upload(path, title="另"),
        await upload(path, name="另.pdf"),
        await upload(path, content=PDF + b"\n"),
    )
    for refused in (*others, await upload(f"/papers/{first.json()['id']}/versions")):
        assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, ["Idempotency-Key"])
    assert len(list(settings.papers_dir.iterdir())) == 1, "what is refused or was there leaves no file"
