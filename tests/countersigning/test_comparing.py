"""What differs between two versions of minutes, as one viewer may know it."""

from dataclasses import replace

from liaison.countersigning.comparing import Piece, compared, pieces
from liaison.countersigning.content import SectionShown

FIRST = SectionShown("1", "移送", "会议议定，3个工作日内移送。", None, "a", hidden=False, may_edit=False)
SECOND = SectionShown("2", "其他", "会议召开。", None, "b", hidden=False, may_edit=False)
HIDDEN = SectionShown("3", "To be notified separately", None, None, "c", hidden=True, may_edit=False)


def test_clauses_that_went_and_came_stand_side_by_side_and_the_rest_once() -> None:
    assert pieces("会议议定，3日内移送。按月交换。", "会议议定，5日内移送。按月交换。") == (
        Piece("same", "会议议定，"),
        Piece("gone", "3日内移送。"),
        Piece("new", "5日内移送。"),
        Piece("same", "按月交换。"),
    )


def test_sections_are_told_to_be_changed_added_taken_out_or_moved_and_equal_ones_not_at_all() -> None:
    changed = replace(FIRST, text="会议议定，5个工作日内移送。", hash="d")
    added = replace(SECOND, key="4", title="下次会议", hash="e")
    found = compared([FIRST, SECOND], [changed, added])
    assert [(one.key, one.kind) for one in found] == [("1", "changed"), ("4", "added"), ("2", "removed")]
    assert compared([FIRST, SECOND], [FIRST, SECOND]) == []
    moved = compared([FIRST, SECOND, added], [SECOND, added, FIRST])
    assert [(one.key, one.kind) for one in moved] == [("1", "moved")]


def test_of_a_section_that_one_may_not_know_of_only_that_it_changed_is_told() -> None:
    (found,) = compared([HIDDEN], [replace(HIDDEN, hash="x")])
    assert (found.kind, found.hidden, found.pieces) == ("changed", True, ())
    known = replace(HIDDEN, hidden=False, title="另案", text="另案办理。", hash="y")
    (found,) = compared([known], [HIDDEN])
    assert (found.title, found.pieces) == (HIDDEN.title, ())
    assert [one.pieces for one in compared([HIDDEN], []) + compared([], [HIDDEN])] == [(), ()]


def test_another_title_or_audience_is_told_without_words_of_the_text() -> None:
    (found,) = compared([FIRST], [replace(FIRST, title="线索移送", audience=frozenset({1}), hash="x")])
    assert (found.title_before, found.audience_changed, found.pieces) == ("移送", True, ())


def test_a_mail_lists_the_paragraphs_that_went_and_came_and_none_of_what_its_reader_may_not_know() -> None:
    first = replace(FIRST, text="会议议定，3日内移送。\n按月交换。")
    (found,) = compared([first], [replace(first, title="线索移送", text="会议议定，5日内移送。\n按月交换。", hash="x")])
    assert found.paragraphs == (["移送", "会议议定，3日内移送。"], ["线索移送", "会议议定，5日内移送。"])
    for one in compared([first, HIDDEN], [SECOND, replace(HIDDEN, hash="x")]):
        assert one.paragraphs == ([], [])
