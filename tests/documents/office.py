"""LibreOffice as the reader of our papers: what it lays out on which page. Who lacks it is told its name; nothing is skipped."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from PIL import Image


@dataclass(frozen=True)
class Line:
    """A line of text where it stands on its page: millimetres from the left and upper edge."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Laid:
    """A paper as it is printed: the text of each page, lines as they stand on it, and the size of each page in points."""

    pages: list[str]
    sizes: list[tuple[float, float]]
    pdf: Path

    def lines(self) -> list[list[Line]]:
        """The lines of each page, from top to bottom."""
        told = _run("pdftotext", "-bbox-layout", str(self.pdf), "-", package="poppler-utils")
        return [sorted(_lines(page), key=lambda one: one.top) for page in told.split("<page ")[1:]]

    def picture(self, page: int, *, dots_per_inch: int) -> Image.Image:
        """A page as it is printed."""
        out = self.pdf.with_suffix("")
        size = ["-r", str(dots_per_inch), "-f", str(page), "-l", str(page)]
        _run("pdftoppm", *size, "-singlefile", "-png", str(self.pdf), str(out), package="poppler-utils")
        with Image.open(out.with_suffix(".png")) as picture:
            return picture.convert("RGB")


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
    return Laid(text.removesuffix("\f").split("\f"), [(float(wide), float(high)) for wide, high in sizes], pdf)


def _lines(page: str) -> Iterator[Line]:
    for edges, words in re.findall(r"<line ([^>]*)>(.*?)</line>", page, re.DOTALL):
        left, top, right, bottom = (float(value) * 25.4 / 72 for value in re.findall(r'"([\d.]+)"', edges))
        yield Line(unescape("".join(re.findall(r"<word [^>]*>(.*?)</word>", words))), left, top, right, bottom)


def _run(command: str, *arguments: str, package: str) -> str:
    assert shutil.which(command), f"this machine has no {command} (Debian: {package})"
    return subprocess.run([command, *arguments], capture_output=True, check=True, timeout=240, text=True).stdout
