"""From text to tokens and from what is typed to what is looked for: which words find which texts, and where they stand."""

import pytest

from liaison.search.words import GROUP, LONGEST, tokens_of, wanted


def finds(typed: str, text: str) -> bool:
    """Whether a text is found by what was typed: by its tokens, and where it is looked at again."""
    words = wanted(typed)
    assert words is not None, typed
    found = set(words.tokens) <= tokens_of([text])
    if words.is_in([text]):
        assert found, "what stands there has the tokens, else the index would not give it"
    return found and words.is_in([text])


@pytest.mark.parametrize("typed", ["支持", "持起", "起诉", "诉协", "作会", "会议", "支持起诉协作会议", "持起诉协作会"])
def test_a_chinese_text_is_found_by_any_two_characters_or_more_that_stand_side_by_side(typed: str) -> None:
    assert finds(typed, "支持起诉协作会议")


@pytest.mark.parametrize("typed", ["持诉", "议支", "协作 联席", "会议室"])
def test_it_is_not_found_by_what_does_not_stand_there(typed: str) -> None:
    assert not finds(typed, "支持起诉协作会议")


def test_characters_on_both_sides_of_a_mark_do_not_stand_side_by_side() -> None:
    assert not finds("诉支", "起诉，支持")
    assert not finds("诉支", "起诉\n支持")


def test_all_words_have_to_be_there_in_whatever_order_and_column() -> None:
    words = wanted("王敏 会议")
    assert words is not None
    assert words.is_in(["会议记录", None, "主持人：王敏"])
    assert not words.is_in(["会议记录", "主持人：王某"])


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("２０２６年", "2026年工作要点"),
        ("2026年", "２０２６年工作要点"),
        ("MEETING", "the joint meeting"),
        ("ｍｅｅｔｉｎｇ", "Meeting"),
        ("人民", "⼈民"),
        ("straße", "STRASSE"),
        ("café", "cafe\u0301"),
        ("cafe\u0301", "CAFÉ"),
        ("ガイド", "ｶﾞｲﾄﾞ"),
        ("联席", "联\u200b席"),
        ("がぎ", "か\u3099き\u3099"),
    ],
)
def test_another_form_of_the_same_characters_is_the_same(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("mee", "Joint meeting", True),
        ("eeting", "Joint meeting", False),
        ("administrations", "administration", False),
        ("administrat", "Administration", True),
        ("2026", "2026年", True),
        ("202", "2026年", False),
        ("026", "2026年", False),
        ("4次", "第4次会议", True),
        ("4次", "第14次会议", False),
        ("第4", "第40次会议", False),
        ("11号", "议定〔2026〕11号", True),
        ("议定〔2026〕11号", "议定[2026]11号", True),
        ("LD-2026-014", "线索 ld—2026—014", True),
        ("使用oa系统", "请使用OA系统报送", True),
        ("用oa", "请使用OA系统报送", True),
        ("a组", "由A组负责", True),
        ("检察B", "检察B2楼", True),
        ("检察B", "检察Building", True),
        ("检察B", "检察B楼", True),
        ("室b", "会议室B", True),
        ("检察B", "检察AB楼", False),
        ("检察B", "检察2B楼", False),
    ],
)
def test_latin_words_are_found_by_their_beginning_and_numbers_as_a_whole(typed: str, text: str, found: bool) -> None:
    assert finds(typed, text) is found


@pytest.mark.parametrize(
    "typed", ["", " ", "会", "a", "5", "王 敏", "会议 的", "*", "”", "NEAR", "——", "()\"'", "\0", "\ue000"]
)
def test_too_little_is_not_looked_for(typed: str) -> None:
    assert (wanted(typed) is None) is (typed != "NEAR")


@pytest.mark.parametrize("typed", ['"', '" OR "', "a* OR b*", "NEAR(联席 会议)", "x'; DROP TABLE search_row;--", "' & !'m1", "\ue000m1 会议", "\\ 会议", "联席\0会议", "x" * LONGEST])  # fmt: skip
def test_no_token_has_a_sign_that_the_databases_language_knows(typed: str) -> None:
    words = wanted(typed)
    for token in words.tokens if words is not None else ():
        assert token.removeprefix("\ue000").isalnum(), token
        assert not token.startswith(GROUP), "groups cannot be typed"


def test_the_places_are_marked_in_the_text_as_it_was_written() -> None:
    words = wanted("2026年 会议")
    assert words is not None
    parts = words.marked("关于２０２６年联席会议（会议室）")
    assert [(part.text, part.marked) for part in parts] == [
        ("关于", False),
        ("２０２６年", True),
        ("联席", False),
        ("会议", True),
        ("（", False),
        ("会议", True),
        ("室）", False),
    ]


def test_places_that_overlap_are_one() -> None:
    words = wanted("联席 席会")
    assert words is not None
    assert [part.text for part in words.marked("联席会议") if part.marked] == ["联席会"]


def test_an_excerpt_is_around_the_first_place_and_says_what_was_left_out() -> None:
    words = wanted("工资")
    assert words is not None
    parts = words.excerpt([None, "没有的", f"{'前' * 100}工资{'后' * 300}", "工资"])
    assert [part.text for part in parts][0::4] == ["…", "…"]
    assert "".join(part.text for part in parts) == f"…{'前' * 30}工资{'后' * 88}…"
    assert words.excerpt(["没有"]) == []


def test_one_word_alone_between_others_is_a_token_so_that_several_words_find_it() -> None:
    assert "第" in tokens_of(["第 4 次"])
    assert finds("4 会议", "会议 4")
