"""Another program, run beside the server with a limit of time and without what the server knows: its settings and secrets."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "HOME")


async def run(argv: Sequence[str], *, given: bytes = b"", seconds: float) -> int | None:
    """Its exit status; None where it could not be started or did not end in time. What it says is not read."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    nothing = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=nothing,
            stderr=nothing,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError):
        return None
    try:
        async with asyncio.timeout(seconds):
            with suppress(BrokenPipeError, ConnectionResetError):
                await process.communicate(given)
            return await process.wait()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)  # those that it started, too
            await process.wait()
