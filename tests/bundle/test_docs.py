"""docs/import.md and its Chinese companion say every field and every heading."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from liaison.bundle.fields import BUNDLE, Field
from liaison.bundle.tables import AGENCY_HEADINGS, PEOPLE_HEADINGS

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("import.md", "import.zh.md")}


def names(fields: Mapping[str, Field]) -> Iterator[str]:
    for name, field in fields.items():
        yield name
        yield from names(field.fields)


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("name", sorted(set(names(BUNDLE))))
def test_a_field_is_documented(name: str, language: str) -> None:
    assert f"`{name}`" in TEXTS[language]


@pytest.mark.parametrize("heading", [each[0] for each in (*AGENCY_HEADINGS.values(), *PEOPLE_HEADINGS.values())])
def test_a_heading_is_documented(heading: str) -> None:
    assert all(heading in text for text in TEXTS.values())
