"""How soon a process is there, and how much memory it keeps: `liaison --help`, `liaison serve` until /healthz answers, page loads.

Bytecode is compiled beforehand, and every command is a process of its own on a migrated, empty site; resident memory is the serving
process's after 200 loads of a meeting's page (20 agenda items, 30 people asked).

    uv run python -m bench.starting
"""

import asyncio
import compileall
import os
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.site import free_port, meeting_with, officer_of, queries, row, site, timed
from liaison.accounts.sessions import open_session
from liaison.meetings import announcing

ROUNDS, LOADS = 7, 200
LIAISON = [sys.executable, "-m", "liaison"]


def answered(address: str, cookie: str = "") -> bool:
    """Whether the address answers with 200."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": cookie}), timeout=10) as answer:
            return bool(answer.read()) and answer.status == 200
    except urllib.error.URLError:
        return False


def resident(pid: int) -> float:
    """Resident memory in MB (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measured(
    directory: str, path: str, key: str, started: list[float], asked: list[float], memory: list[float]
) -> None:
    """One round."""
    environ = os.environ | {"LIAISON_DATA_DIR": directory, "LIAISON_SECRET_KEY": "b" * 40}
    with timed(asked):
        subprocess.run([*LIAISON, "--help"], env=environ, stdout=subprocess.DEVNULL, check=True)
    port = free_port()
    with timed(started):
        process = subprocess.Popen(
            [*LIAISON, "serve", "--port", str(port)],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not answered(f"http://127.0.0.1:{port}/healthz"):
            assert process.poll() is None
            time.sleep(0.005)
    try:
        for _ in range(LOADS):
            assert answered(f"http://127.0.0.1:{port}{path}", f"session={key}")
        memory.append(resident(process.pid))
    finally:
        process.terminate()
        process.wait()


async def main() -> None:
    for place in (sysconfig.get_path("purelib"), "liaison"):
        compileall.compile_dir(place, quiet=2)
    started: list[float] = []
    asked: list[float] = []
    memory: list[float] = []
    async with site() as database:
        meeting_id, officer_id = await meeting_with(database, 30, 20)
        async with database.writing() as db:
            viewer = await officer_of(database, db, officer_id)
            await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
            key = await open_session(db, officer_id, user_agent="bench", source="127.0.0.1", by_office=True)
        for _ in range(ROUNDS):
            await asyncio.to_thread(
                measured,
                str(database.settings.data_dir),
                f"/meetings/{meeting_id}",
                key,
                started,
                asked,
                memory,
            )
    print(f"| starting, {ROUNDS} rounds | median | least | most |\n|---|---|---|---|")
    print(row("`liaison --help`", asked))
    print(row("`liaison serve` until /healthz answers", started))
    print(row(f"resident memory after {LOADS} page loads", memory, "MB"))


if __name__ == "__main__":
    asyncio.run(main())
