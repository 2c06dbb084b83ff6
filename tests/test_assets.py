"""What a browser downloads: small, unchanged from its makers, ours alone, and plain enough for older office browsers."""

import gzip
import re
from pathlib import Path

import pytest

from liaison.paths import data_dir
from liaison.web.assets import Assets
from tools import vendor

STATIC = data_dir("static")
TEMPLATES = data_dir("templates")
PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if "mail" not in path.relative_to(TEMPLATES).parts]


def test_all_that_a_page_loads_is_at_most_40_kb_gzipped() -> None:
    assets = Assets(STATIC)
    loaded = [
        "css/app.css",
        "css/print.css",
        "vendor/htmx.min.js",
        "js/app.js",
        "js/files.js",
        "icons/icons.svg",
        "icons/favicon.svg",
    ]
    sizes = [len(asset.gzipped) for name in loaded if (asset := assets.find(assets.url(name).removeprefix("/static/")))]
    assert len(sizes) == len(loaded)
    assert sum(sizes) <= 40_000


def test_vendored_files_are_those_of_the_lock() -> None:
    assert vendor.check() == []


def test_a_hashed_name_leads_to_the_file_and_changes_with_it(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    sheet = tmp_path / "css" / "app.css"
    sheet.write_text("a{}")
    (tmp_path / "vendor.lock.json").write_text("{}")
    before = Assets(tmp_path)
    sheet.write_text("b{}")
    after = Assets(tmp_path)
    url = before.url("css/app.css")
    assert re.fullmatch(r"/static/css/app\.[0-9a-f]{12}\.css", url)
    assert url != after.url("css/app.css")
    served = before.find(url.removeprefix("/static/"))
    assert served is not None
    assert (served.content, served.media_type) == (b"a{}", "text/css; charset=utf-8")
    assert gzip.decompress(served.gzipped) == b"a{}"
    assert before.find("css/app.css") is None
    assert before.find("../pyproject.toml") is None
    with pytest.raises(KeyError):
        before.url("vendor.lock.json")


@pytest.mark.parametrize("name", ["css/app.css", "css/print.css"])
def test_style_sheets_use_nothing_whose_loss_breaks_the_layout_on_chromium_78(name: str) -> None:
    css = re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(), flags=re.DOTALL).replace("@supports not (inset: 0)", "")
    css = re.sub(r":not\(:has\([^()]*:checked\)\)", "", css)  # without it the fields are always shown
    too_new = r"@layer|@container|:where\(|:is\(|:has\(|\bmin\(|\bmax\(|\bclamp\(|\binset(-[a-z]+)*:|(margin|padding|border|inset)-(inline|block):"
    assert re.findall(too_new, css) == []
    assert "url(http" not in css
    assert "data:" not in css


@pytest.mark.parametrize("name", ["js/app.js", "js/files.js"])
def test_our_scripts_use_no_syntax_that_stops_them_on_chromium_78(name: str) -> None:
    script = re.sub(r"//.*", "", (STATIC / name).read_text())
    assert re.findall(r"\?\.[a-z(\[]|\?\?|\.replaceAll\(|\.at\(|\beval\(|new Function|innerHTML", script) == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    names = set(re.findall(r'id="([a-z0-9-]+)"', (STATIC / "icons/icons.svg").read_text()))
    used = {name for path in PAGES for name in re.findall(r"icon\('([a-z0-9-]+)'", path.read_text())}
    assert used <= names


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_templates_have_no_inline_style_script_or_evaluated_attribute(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|hx-on|\bjs:|javascript:|hx-trigger=\"[^\"]*\[", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", text) == []


def test_every_file_field_is_an_area_to_drop_a_file_on() -> None:
    by_hand = [path.name for path in PAGES if path.name != "macros.html" and 'type="file"' in path.read_text()]
    assert by_hand == [], "ui.file_input makes it"
