"""docs/import.md says every field and every heading."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from liaison.bundle.fields import BUNDLE, Field
from liaison.bundle.tables import AGENCY_HEADINGS, PEOPLE_HEADINGS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


def names(fields: Mapping[str, Field]) -> Iterator[str]:
    for name, field in fields.items():
        yield name
        yield from names(field.fields)


@pytest.mark.parametrize("name", sorted(set(names(BUNDLE))))
def test_a_field_is_documented(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("heading", [each[0] for each in (*AGENCY_HEADINGS.values(), *PEOPLE_HEADINGS.values())])
def test_a_heading_is_documented(heading: str) -> None:
    assert heading in TEXT
