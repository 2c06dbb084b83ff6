"""Sums of money are read exactly or refused, and written as papers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.results import yuan

TEN_THOUSAND = Decimal(10000)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("22450.00", "22450.00"),
        ("22450", "22450.00"),
        ("22,450.00", "22450.00"),
        ("22，450．00", "22450.00"),
        ("２２４５０", "22450.00"),
        ("¥22,450", "22450.00"),
        ("￥22450元", "22450.00"),
        ("人民币22450元", "22450.00"),
        ("2.245万元", "22450.00"),
        ("2.245万", "22450.00"),
        ("86.9万元", "869000.00"),
        ("1.2亿元", "120000000.00"),
        ("0", "0.00"),
        (" 8200.5 ", "8200.50"),
    ],
)
def test_a_sum_is_read_to_the_fen_however_it_is_written(text: str, amount: str) -> None:
    assert yuan.amount_in(text) == Decimal(amount)


def test_nothing_written_is_no_sum_and_not_nought() -> None:
    assert yuan.amount_in("  ") is None


@pytest.mark.parametrize(
    "text",
    [
        "约3万元", "三万元", "1,23", "12,34,567", "1,2345.00", "22.450,00", "1 234", "2.5千元", "-5", "+5", "1e5", "=1+1",
        "3万5千", "3万元整?", "22450.005", "0.0000001万元", "--", "无", "/", "1.", ".5", "2万万元", "$5", "99999999999999",
        "NaN", "Infinity", "22450¹", "①22450元", "²", "0" * 41 + "5", "1." + "0" * 41 + "5", "٣", "1_000",
    ],
)  # fmt: skip
def test_a_sum_that_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(yuan.Unclear):
        yuan.amount_in(text)


def test_a_bare_number_is_counted_in_the_unit_of_its_heading_and_a_named_unit_stands() -> None:
    assert yuan.unit_in("追回金额（万元）") == TEN_THOUSAND
    assert yuan.unit_in("追回金额（元）") == 1
    assert yuan.unit_in("追回金额（万 元）") == yuan.unit_in("追回金额（万\n元）") == TEN_THOUSAND
    assert yuan.amount_in("2.245", unit=TEN_THOUSAND) == Decimal("22450.00")
    assert yuan.amount_in("22450元", unit=TEN_THOUSAND) == Decimal("22450.00")
    assert yuan.amount_in("3万", unit=TEN_THOUSAND) == Decimal("30000.00")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("869000.00", "86.9万元"),
        ("22450.00", "2.24万余元"),
        ("24000.00", "2.4万元"),
        ("8200.00", "8200元"),
        ("8200.50", "8200.5元"),
        ("0.00", "0元"),
        ("10000.00", "1万元"),
        ("9999.99", "9999.99元"),
        ("100000.00", "10万元"),
        ("123456789.00", "1.23亿余元"),
    ],
)
def test_papers_never_say_more_than_was_recovered(amount: str, words: str) -> None:
    assert yuan.in_words(Decimal(amount)) == words


@given(st.decimals(min_value=0, max_value=10**11, places=2))
def test_what_is_written_out_reads_back_as_the_same_sum(amount: Decimal) -> None:
    assert yuan.amount_in(yuan.plain(amount)) == amount
    assert yuan.amount_in(yuan.grouped(amount)) == amount


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        amount = yuan.amount_in(text)
    except yuan.Unclear:
        return
    assert amount is None or 0 <= amount <= yuan.MOST
