"""What may not be written down here, whichever field it is typed into (PRACTICE.md, "Never")."""

import pytest

from liaison.checks import Check
from liaison.private import holds_phone, not_kept_here

ID_CARD = "11010519491231002X"
BANK_CARD = "6222021234567890128"


@pytest.mark.parametrize(
    "text",
    [
        ID_CARD,
        "11010519491231002x",
        "440524188001010014",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "4111111111111111",
        BANK_CARD,
        "6222 0212 3456 7890 128",
        "秘密★",
        "机密★1年",
        "绝密 ★ 长期",
        "★机密",
    ],
)
def test_id_cards_bank_cards_and_secrecy_marks_are_refused(text: str) -> None:
    assert not_kept_here(f"当事人：{text}。") is not None


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong checksum
        "113402000030123455",  # 统一社会信用代码 of an agency: no day of birth in it
        "清检会〔2022〕3号，清司函〔2026〕11号",
        "0553-0000011 0553-0000012",
        "88886666 88887777 13800000000 13912345678",
        "13800000000、13912345678、18655301234、0553 4001 2345",
        "2026-03-18 14:30 至 2026-03-18 16:30",
        "https://meet.example/j/84512345678",
        "案件编号 340202-2026-000123-4567890",
        "商业秘密、国家机密和绝密事项不在本会讨论",
        "★ 重点议题",
    ],
)
def test_other_numbers_and_words_are_fine(text: str) -> None:
    assert not_kept_here(text) is None


def test_a_field_made_of_numbers_takes_every_number() -> None:
    check = Check()
    assert check.text("phone", BANK_CARD, most=60, numbers=True) == BANK_CARD
    assert check.errors == {}


@pytest.mark.parametrize(
    "text",
    [
        "电话13812345678。",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "０１３８１２３４５６７８"[1:],
        "0512-65123456",
        "(010) 65123456",
        "021 6512 3456".replace(" 3456", "3456"),
    ],
)
def test_a_phone_is_seen(text: str) -> None:
    assert holds_phone(text)


@pytest.mark.parametrize(
    "text", ["清检民支〔2026〕7号", "2026-11-30", "追回1380000000元", "编号320511199003071234", "12345678901", "共3600000000.00元", "A13812345678B"]
)  # fmt: skip
def test_a_date_an_amount_or_a_code_is_no_phone(text: str) -> None:
    assert not holds_phone(text)
