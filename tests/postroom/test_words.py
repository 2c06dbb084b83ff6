"""What people mean who write back a word; the quoting of their programs is in tests/mail/replies."""

import pytest

from liaison.postroom.plain import answer_in, own_words, says_done


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("参加", ("ACCEPTED", "")),
        ("参加。", ("ACCEPTED", "")),
        ("【参加】", ("ACCEPTED", "")),
        ("参加 李文博", ("ACCEPTED", "李文博")),
        ("参加，共2人。", ("ACCEPTED", "共2人。")),
        ("请假\n当天出差", ("DECLINED", "当天出差")),
        ("（请假）", ("DECLINED", "")),
        ("不参加", ("DECLINED", "")),
        ("待定：等通知", ("TENTATIVE", "等通知")),
        ("Accept", ("ACCEPTED", "")),
        ("No.", ("DECLINED", "")),
        ("decline, away", ("DECLINED", "away")),
    ],
)
def test_a_first_line_that_is_an_answer_answers(text: str, answer: tuple[str, str]) -> None:
    assert answer_in(text) == answer


@pytest.mark.parametrize(
    "text",
    ["", "参加不了", "参加 不了", "参加？", "参加 ?", "参加吗", "参加与否待定", "No problem, see you", "Yes?", "accept nothing",
     "Nobody comes", "收到，参加", "明天请假", "> 参加"],
)  # fmt: skip
def test_any_other_first_line_does_not(text: str) -> None:
    assert answer_in(text) is None


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("办结", True),
        ("已完成。材料已送", True),
        ("done", True),
        ("完成 80%", False),
        ("完成了一半", False),
        ("done soon", False),
    ],
)
def test_a_part_of_it_is_not_done(text: str, done: bool) -> None:
    assert says_done(text) is done


@pytest.mark.parametrize(
    "quoted",
    [
        "> 参加",
        "On Mon, Nov 23, 2026 at 9:00 AM A <a@b.example> wrote:",
        "On Mon, Nov 23, 2026 at 9:00 AM A <\na@b.example> wrote:",
        "A <a@b.example> 于2026年11月23日周一\n09:00写道：",
        '在 2026-11-23 09:00:00，"A" <a@b.example> 写道：',
        "发件人： A",
        "*From:* A",
        "------------------ 原始邮件 ------------------",
        "------------------\N{NO-BREAK SPACE}原始邮件\N{NO-BREAK SPACE}------------------",
        "------------------ Original ------------------",
        "-----Original Message-----",
        "---- 回复的原邮件 ----",
        "________________________________",
        "-" * 66,
        "发自我的iPhone",
        "从我的华为手机发送",
        "Sent from my Galaxy",
        "获取 Outlook for iOS",
        "-- ",
    ],
)
def test_what_is_quoted_and_what_the_telephone_adds_is_cut_off(quoted: str) -> None:
    assert own_words(f"进度：已约谈。\n\n{quoted}\n以前的话") == "进度：已约谈。"


def test_what_the_sender_wrote_is_kept_whole() -> None:
    text = (
        "On Monday we met.\n"
        + "已发函并电话确认，" * 90
        + "\n\n- 第一项\n-- 第二项\n2026年12月完成\nhttps://x.example/?a=@b"
    )
    assert own_words(text) == text
