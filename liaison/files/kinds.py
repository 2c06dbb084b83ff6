"""Which kinds of file are taken, how each is called outside, and what is refused. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from liaison.i18n import N_

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ofd": "application/ofd",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""The kinds that are taken, by the ending that their content calls for."""
SAME: Final[Mapping[str, str]] = {"jpeg": "jpg"}
LONGEST_NAME: Final = 120

REFUSED: Final[Mapping[str, str]] = {
    "empty": N_("This file is empty."),
    "too_large": N_("The file is larger than %(most)s MB."),
    "kind": N_("Files of this kind are not taken. Possible are: %(kinds)s."),
    "content": N_("The file is not what its name says (.%(kind)s). Please save it anew in the program that made it."),
    "encrypted": N_("This file is protected by a password. Please save it without one."),
    "macros": N_("This file holds macros. Please save it without them."),
    "too_much_inside": N_("This file unpacks to more than is taken."),
}


class NotTaken(ValueError):
    """A file that is not taken; `code` is a key of REFUSED."""

    def __init__(self, code: str, kind: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.kind = kind


def kind_named(file_name: str) -> str:
    """The kind that the ending of a name claims. Raises NotTaken for one that is not taken."""
    ending = file_name.rpartition(".")[2].lower() if "." in file_name else ""
    kind = SAME.get(ending, ending)
    if kind not in MEDIA_TYPES:
        raise NotTaken("kind")
    return kind


def shown_name(file_name: str) -> str:
    """A file's name as it is shown and offered: the last part of a path, without what cannot be seen, turns the order of reading or
    means something to a shell or a disk; its ending is kept when it is too long."""
    name = unicodedata.normalize("NFC", file_name.replace("\\", "/").rpartition("/")[2])
    name = "".join(one for one in name if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = stem[: LONGEST_NAME - len(ending) - 1].rstrip() + dot + ending if len(ending) < 10 else ""
    return name
