"""What stands in one cell of a table of past meetings: items and decisions are cut where their writer set them apart, and nowhere else."""

from datetime import date

import pytest

from liaison.meetings import past_table


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("一、通报工作情况\n二、研究移送指引", ("通报工作情况", "研究移送指引")),
        ("1.通报工作情况\n2．研究移送指引", ("通报工作情况", "研究移送指引")),
        ("通报工作情况、研究移送指引", ("通报工作情况", "研究移送指引")),
        ("一、二季度工作情况", ("一、二季度工作情况",)),
        ("2025年工作情况", ("2025年工作情况",)),
        ("一、研究支持起诉；二、通报工作情况", ("研究支持起诉", "通报工作情况")),
        ("1.研究案件、线索移送；2、通报情况", ("研究案件、线索移送", "通报情况")),
        ("1、研究案件、线索移送 2、通报情况", ("研究案件、线索移送", "通报情况")),
        ("（一）研究案件、线索移送（二）通报情况", ("研究案件、线索移送", "通报情况")),
        ("①研究案件、线索移送②通报情况", ("研究案件、线索移送", "通报情况")),
        ("1.研究案件、线索移送", ("研究案件、线索移送",)),
        ("一、二季度情况；二、研究衔接办法", ("二季度情况", "研究衔接办法")),
        ("1.2024年情况\n2.研究1.5万元以上案件", ("2024年情况", "研究1.5万元以上案件")),
        ("九、研究指引；十、通报情况；十一、其他", ("研究指引", "通报情况", "其他")),
        ("一、研究支持起诉\n衔接办法\n二、通报情况", ("研究支持起诉 衔接办法", "通报情况")),
        ("研究案件、线索移送；通报情况", ("研究案件、线索移送", "通报情况")),
        ("研究支持起诉案件、行政检察案件\n通报", ("研究支持起诉案件、行政检察案件", "通报")),
        ("研究第一、二季度移送情况", ("研究第一、二季度移送情况",)),
        ("研究案件（支持起诉、行政检察）移送", ("研究案件（支持起诉、行政检察）移送",)),
        ("1.研究：1、移送；2、衔接\n2.通报情况", ("研究：1、移送；2、衔接", "通报情况")),
        ("1、研究附件1、附件2、附件3", ("研究附件1、附件2、附件3",)),
        ("一、研究方案一、方案二、方案三；二、通报情况", ("研究方案一、方案二、方案三", "通报情况")),
    ],
)
def test_items_stand_one_a_line_or_between_marks_and_lose_their_numbers(said: str, items: tuple[str, ...]) -> None:
    rows = [["日期", "会议名称", "类别", "议题"], ["2024-06-20", "联席会议", "例会", said]]
    (one,) = past_table.read(rows, today=date(2026, 11, 23))
    assert isinstance(one, past_table.Past)
    assert one.items == items


@pytest.mark.parametrize(
    ("said", "decisions"),
    [
        ("一、每月5日前交换清单、名册。二、确定联络员；三、建立台账。", ("每月5日前交换清单、名册。", "确定联络员", "建立台账。")),
        ("每月5日前交换清单；确定联络员", ("每月5日前交换清单", "确定联络员")),
        ("每月交换清单；遇节假日顺延。\n确定联络员。", ("每月交换清单；遇节假日顺延。", "确定联络员。")),
        ("建立案件清单、线索清单", ("建立案件清单、线索清单",)),
    ],
)  # fmt: skip
def test_decisions_are_cut_before_numbers_or_between_clauses_and_never_at_enumeration_commas(
    said: str, decisions: tuple[str, ...]
) -> None:
    rows = [["日期", "会议名称", "类别", "议定事项"], ["2024-06-20", "联席会议", "例会", said]]
    (one,) = past_table.read(rows, today=date(2026, 11, 23))
    assert isinstance(one, past_table.Past)
    assert one.decisions == decisions
