"""Papers: how much memory the server takes while 20 MB are brought and fetched, and how long a pack of 300 pages is bound.

`liaison serve` on SQLite, asked as a program by the host's liaison. Memory is the largest resident set since the start of the process, before and
after: ten files of 20 MB brought one after the other, four at once, and each fetched. The pack holds ten PDFs of 30 pages with 40 lines each;
what is timed is the whole request, its program's start among it.

    uv run python -m bench.papers
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from statistics import median

import httpx
from reportlab.pdfgen.canvas import Canvas

from bench.site import free_port, meeting_with, site
from liaison.accounts.tokens import create_token
from liaison.accounts.viewer import COMMAND_LINE
from liaison.config import Settings

MEGABYTE = 1 << 20
PAGES, PAPERS, ROUNDS = 30, 10, 5


def large(number: int) -> bytes:
    """A PDF of nearly 20 MB, each another one."""
    return b"%PDF-1.4\n" + str(number).encode() + os.urandom(MEGABYTE) * 19 + b"\n%%EOF\n"


def printed() -> bytes:
    """A PDF as an office program makes it."""
    out = BytesIO()
    canvas = Canvas(out)
    for page in range(PAGES):
        for line in range(40):
            canvas.drawString(
                72, 800 - line * 18, f"Page {page}, line {line}, as long as lines of a paper are: {os.urandom(8).hex()}"
            )
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def peak(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


async def bring(client: httpx.AsyncClient, path: str, title: str, content: bytes) -> str:
    answer = await client.post(f"{path}/papers", data={"title": title}, files={"file": ("a.pdf", content)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["href"]).removeprefix("/api")


async def measured_memory(client: httpx.AsyncClient, pid: int, large_in: str) -> None:
    await bring(client, large_in, "first", printed())
    await client.get(f"{large_in}/papers")
    before = peak(pid)
    hrefs = [await bring(client, large_in, f"large {n}", large(n)) for n in range(10)]
    one_by_one = peak(pid)
    hrefs += await asyncio.gather(*(bring(client, large_in, f"four {n}", large(n + 10)) for n in range(4)))
    at_once = peak(pid)
    for href in hrefs:
        answer = await client.get(href)
        assert len(answer.content) > 19 * MEGABYTE
    print(f"| memory before | {before:.0f} MB |")
    print(f"| after ten files of 19 MB, one by one | + {one_by_one - before:.0f} MB |")
    print(f"| after four at once | + {at_once - before:.0f} MB |")
    print(f"| after all were fetched | + {peak(pid) - before:.0f} MB |")


async def measured_pack(client: httpx.AsyncClient, pack_of: str) -> None:
    for n in range(PAPERS):
        await bring(client, pack_of, f"paper {n}", printed())
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = await client.get(f"{pack_of}/pack.pdf")
        assert answer.status_code == 200, answer.text
        taken.append(time.perf_counter() - begun)
    print(f"| pack of {PAGES * PAPERS} pages | {median(taken):.1f} s ({min(taken):.1f} to {max(taken):.1f}) |")


def served(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "LIAISON_DATA_DIR": str(settings.data_dir),
        "LIAISON_SECRET_KEY": settings.secret_key,
        "LIAISON_BASE_URL": f"http://127.0.0.1:{port}",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "liaison", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def main() -> None:
    async with site() as database:
        large_in, officer = await meeting_with(database, 5)
        pack_of, other = await meeting_with(database, 5, name="汇编")
        async with database.writing() as db:
            tokens = [await create_token(db, COMMAND_LINE, who) for who in (officer, other)]
        port = free_port()
        server = served(database.settings, port)
        try:
            base = f"http://127.0.0.1:{port}/api"
            async with httpx.AsyncClient(base_url=base, timeout=90, trust_env=False) as client:
                for _ in range(100):
                    try:
                        await client.get(f"http://127.0.0.1:{port}/healthz")
                        break
                    except httpx.HTTPError:
                        await asyncio.sleep(0.2)
                print("| what | measured |\n|---|---|")
                client.headers["Authorization"] = f"Bearer {tokens[0]}"
                await measured_memory(client, server.pid, f"/meetings/{large_in}")
                client.headers["Authorization"] = f"Bearer {tokens[1]}"
                await measured_pack(client, f"/meetings/{pack_of}")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


if __name__ == "__main__":
    asyncio.run(main())
