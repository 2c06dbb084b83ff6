"""What the documents name exists."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from liaison.paths import data_dir

ROOT = data_dir("templates").parent


@pytest.mark.parametrize("document", ["asvs.md", "promises.md"])
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|liaison|templates|static)/[^`]*)`", text)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


def words_on_screen(language: str) -> set[str]:
    """Every text of the pages, as it reads in that language."""
    with data_dir("locale").joinpath("zh_CN/LC_MESSAGES/liaison.po").open("rb") as file:
        texts = [(one.id, one.string) for one in read_po(file, locale="zh_CN") if one.id]
    chosen = [said if language == "zh" else id for id, said in texts]
    return {str(one) if isinstance(one, str) else str(one[0]) for one in chosen}


@pytest.mark.parametrize("guide", ["officers", "contact"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_officers_guides_name_what_stands_on_the_pages(guide: str, language: str) -> None:
    text = (ROOT / "docs" / f"{guide}.{language}.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\*\*([^*]+)\*\*", text)) - {"粗体", "bold", "时间还定不下来？", "No time yet?"}
    assert len(named) > 20
    assert named - words_on_screen(language) == set()


def test_the_officers_guides_show_the_same_small_pictures() -> None:
    def shown(language: str) -> list[Path]:
        text = (ROOT / "docs" / f"officers.{language}.md").read_text(encoding="utf-8")
        return [ROOT / "docs" / one for one in re.findall(rf"\((pictures/{language}/[^)]+)\)", text)]

    assert [one.name for one in shown("zh")] == [one.name for one in shown("en")]
    for language in ("zh", "en"):
        assert sorted((ROOT / "docs" / "pictures" / language).iterdir()) == sorted(shown(language))
        assert all(one.stat().st_size < 60_000 for one in shown(language))
