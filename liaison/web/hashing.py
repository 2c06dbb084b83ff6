"""Passwords are hashed in threads of their own, two at a time: each takes 20 ms and 19 MB, and the event loop must not wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from liaison.accounts import passwords

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


async def hash_password(password: str) -> str:
    """What is stored of a new password; call it before the first statement of a writing transaction."""
    return await asyncio.get_running_loop().run_in_executor(_threads, passwords.hash_password, password)


async def fits(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; as slow when nothing is stored."""
    return await asyncio.get_running_loop().run_in_executor(_threads, passwords.fits, password, stored)
