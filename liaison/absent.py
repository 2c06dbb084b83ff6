"""Packages that are installed for somebody else, and that a library of ours would load only because it finds them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def absent(package: str) -> Iterator[None]:
    """As if the package were not installed, for what meanwhile only asks whether it is. One that is loaded already stays."""
    missing: Any = None
    if package in sys.modules:
        yield
        return
    sys.modules[package] = missing
    try:
        yield
    finally:
        del sys.modules[package]
