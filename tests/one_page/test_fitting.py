"""Whatever there is to say fits one page, and nothing is left out unsaid."""

from hypothesis import given
from hypothesis import strategies as st

from liaison.one_page.fitting import LINES, WIDTH, Part, clipped, fitted, width_of

words = st.text(st.sampled_from("会议纪要abc 1、；"), max_size=120)
parts = st.lists(
    st.builds(Part, st.just("标题"), st.lists(words, max_size=60), st.integers(1, 9)), min_size=5, max_size=5
)


def more(n: int) -> str:
    return f"另有{n}项"


@given(parts)
def test_no_content_takes_more_than_the_lines_of_the_page(given_parts: list[Part]) -> None:
    if sum(min(len(one.lines), one.least) for one in given_parts) + 5 > LINES:
        return
    found = fitted(given_parts, more)
    assert sum(1 + len(one.lines) for one in found) <= LINES
    assert all(width_of(line) <= WIDTH for one in found for line in one.lines)
    for before, after in zip(given_parts, found, strict=True):
        left = len(before.lines) - len(after.lines)
        assert (left == 0) == (after.lines == [clipped(one) for one in before.lines])
        if left:
            assert after.lines[-1] == more(left + 1)


def test_a_part_keeps_its_lines_and_what_others_leave_over_goes_to_the_first_that_needs_it() -> None:
    many = [str(n) for n in range(50)]
    found = fitted([Part("a", many, 2), Part("b", ["x"], 9), Part("c", many, 3)], more, lines=20)
    assert [len(one.lines) for one in found] == [13, 1, 3]
    assert found[0].lines[-1] == "另有38项"


def test_a_long_line_ends_in_an_ellipsis_within_its_width() -> None:
    line = clipped("会" * 60)
    assert (line[-1], width_of(line) <= WIDTH, len(line)) == ("…", True, 37)
