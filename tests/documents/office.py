"""LibreOffice as the reader of our papers: what it lays out on which page. Who lacks it is told its name; nothing is skipped."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Laid:
    """A paper as it is printed: the text of each page, lines as they stand on it, and the size of each page in points."""

    pages: list[str]
    sizes: list[tuple[float, float]]


def laid_out(papers: Mapping[str, bytes], directory: Path) -> dict[str, Laid]:
    """Every paper by its name; all of them in one start of LibreOffice, which takes some seconds."""
    for name, content in papers.items():
        (directory / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(directory / 'profile').as_uri()}"
    files = [str(directory / f"{name}.docx") for name in papers]
    convert = ["--headless", "--convert-to", "pdf", "--outdir", str(directory)]
    _run("soffice", profile, *convert, *files, package="libreoffice-writer-nogui")
    return {name: _read(directory / f"{name}.pdf") for name in papers}


def _read(pdf: Path) -> Laid:
    text = _run("pdftotext", "-layout", str(pdf), "-", package="poppler-utils")
    told = _run("pdfinfo", "-f", "1", "-l", "999", str(pdf), package="poppler-utils")
    sizes = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", told)
    return Laid(text.removesuffix("\f").split("\f"), [(float(wide), float(high)) for wide, high in sizes])


def _run(command: str, *arguments: str, package: str) -> str:
    assert shutil.which(command), f"this machine has no {command} (Debian: {package})"
    return subprocess.run([command, *arguments], capture_output=True, check=True, timeout=240, text=True).stdout
