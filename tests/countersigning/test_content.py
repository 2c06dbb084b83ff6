"""What agencies sign has one form, and whoever may not read a part still signs the same root."""

import hashlib
import json

import pytest

from liaison.countersigning.content import Attachment, NotCanonical, Section, canonical, root, salted


def test_the_canonical_form_is_sorted_nfc_utf8_json_without_spaces() -> None:
    decomposed = "caf\u0065\u0301"
    assert canonical({"b": [1, None, True], "a": decomposed}) == '{"a":"caf\u00e9","b":[1,null,true]}'.encode()
    assert canonical({"纪要": "会议议定"}) == '{"纪要":"会议议定"}'.encode()


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": {2}}, {"é": 1, "e\u0301": 2}, b"bytes", float("nan")])
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_a_section_is_hashed_with_its_salt_its_audience_and_the_hashes_of_its_files() -> None:
    one = Section("item-1", "议题", "会议议定。", frozenset({2, 1}), (Attachment("附件", "ab" * 32),), "00" * 16)
    said = {
        "schema": 1,
        "salt": "00" * 16,
        "key": "item-1",
        "title": "议题",
        "text": "会议议定。",
        "audience": [1, 2],
        "attachments": [{"title": "附件", "sha256": "ab" * 32}],
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert one.hash == hashlib.sha256(text).hexdigest()


def test_the_root_changes_with_the_head_any_section_and_their_order() -> None:
    a, b = salted([Section("a", "一", "甲"), Section("b", "二", "乙")], {})
    same = root({"title": "纪要"}, [a.hash, b.hash])
    assert root({"title": "纪要"}, [a.hash, b.hash]) == same
    assert len({same, root({"title": "纪要二"}, [a.hash, b.hash]), root({"title": "纪要"}, [b.hash, a.hash])}) == 3


def test_a_section_that_says_what_it_said_keeps_its_hash_and_any_other_gets_a_new_salt() -> None:
    (before,) = salted([Section("a", "一", "甲")], {})
    same, other = salted([Section("a", "一", "甲"), Section("b", "一", "甲")], {"a": before})
    assert same == before
    assert other.salt not in ("", before.salt)
    (changed,) = salted([Section("a", "一", "乙")], {"a": before})
    assert changed.salt != before.salt
