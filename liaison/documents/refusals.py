"""Which files are taken as templates; apart from filling.py, so that saying no does not load python-docx."""

from typing import Final

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a template as it is uploaded."""


class NotATemplate(ValueError):
    """A file that is not taken; `code` is too_large, not_docx, too_much_inside, macros, points_outside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
