"""Tests that use the site as a person does, in a real browser: the machine's own Chromium, with axe-core from npm."""

import os
import shutil


def executable() -> str | None:
    """Where this machine has Chromium."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def left_out() -> str:
    """Why the browser tests do not run here: what this machine does not have. Empty when they run, as they always do in CI."""
    needed = {"Chromium": executable(), "npm": shutil.which("npm")}
    absent = [name for name, found in needed.items() if found is None]
    return "" if os.environ.get("CI") or not absent else f"this machine has no {' and no '.join(absent)}"
