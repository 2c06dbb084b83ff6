"""What the documents name exists."""

import re

import pytest

from liaison.paths import data_dir

ROOT = data_dir("templates").parent


@pytest.mark.parametrize("document", ["asvs.md", "promises.md"])
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:tests|liaison|templates|static)/[^`]*)`", text)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
