"""Reading, rounding and printing amounts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.amounts import Fault, MoneyUnit, decimal_of, format_amount, parse_amount, place_of, round_half_up, to_wan

D = Decimal


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (550.07, D("550.07")), (0.1 + 0.2, D("0.3")), (550.0675000001, D("550.0675000001")), (5286751.0, D(5286751)),
        ("1,234.56", D("1234.56")), ("１２３．４５", D("123.45")), ("１，２３４．５６", D("1234.56")), (" 12.30 ", D("12.30")),
        ("(12.30)", D("-12.30")), ("（12.30）", D("-12.30")), ("-12.30", D("-12.30")), ("－12.30", D("-12.30")),
        ("- 12.30", D("-12.30")), ("( 12.30 )", D("-12.30")), ("12.30 万元", D("12.30")), ("\u200b12.30\n", D("12.30")), ("￥1,000.00", D("1000.00")), ("12.30万元", D("12.30")), ("1.5E2", D(150)), (".5", D("0.5")),
        ("", None), (" ", None), ("　", None), ("—", None), ("——", None), ("-", None), ("－", None), (None, None),
        ("#REF!", Fault.ERROR_VALUE), ("#DIV/0!", Fault.ERROR_VALUE), ("待定", Fault.TEXT), ("12.3.4", Fault.TEXT),
        ("1,23.45", Fault.TEXT), ("12 元整", Fault.TEXT), (dt.date(2024, 1, 1), Fault.DATE), (True, Fault.BOOLEAN),
        ("无", Fault.TEXT), ("一", Fault.TEXT), (1e308, Fault.HUGE), ("1e99", Fault.HUGE), (0.1 + 0.2 - 0.3, D(0)), (0.000001, D("0.000001")),
        (float("inf"), Fault.ERROR_VALUE), (float("nan"), Fault.ERROR_VALUE),
    ],
)
def test_cell_contents_are_understood_or_named(content: object, expected: object) -> None:
    assert parse_amount(content) == expected


def test_text_that_is_no_amount_is_never_zero() -> None:
    for content in (
        "#N/A", "约12万", "十二", "12/30", "a", "877.48①", "49.42²", "49.42₂", "(-207.89)", "（＋1）", "12.30-", "--12", "+-12", "—12.30", "12\n30",
        "12 30", "1 234.56", "12.30 45.60", "12.30、", "٣", "12.30 注", "Ⅻ", "½",
    ):
        assert isinstance(parse_amount(content), Fault)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("2.345", "2.35"), ("2.344", "2.34"), ("-2.345", "-2.35"), ("0.005", "0.01"), ("2.675", "2.68"), ("94.025", "94.03")],
)
def test_rounding_is_half_up_never_bankers(value: str, rounded: str) -> None:
    assert round_half_up(D(value)) == D(rounded)


def test_zero_prints_as_zero_and_a_tiny_amount_does_not_pretend_to_be_nothing() -> None:
    assert format_amount(D(0)) == "0"
    assert format_amount(D("0.004")) == "0.00"
    assert format_amount(D("-0.004")) == "0.00"
    assert format_amount(D("1234.5"), grouping=True) == "1,234.50"


def test_place_is_the_units_or_what_the_cell_carries() -> None:
    assert place_of(D("550.07"), MoneyUnit.WAN) == D("0.01")
    assert place_of(D(550), MoneyUnit.WAN) == D("0.01")
    assert place_of(D("550.0675"), MoneyUnit.WAN) == D("0.0001")
    assert place_of(D("550.0700"), MoneyUnit.WAN) == D("0.01")
    assert place_of(to_wan(D("23507.50"), MoneyUnit.YUAN), MoneyUnit.YUAN) == D("0.000001")


@given(st.decimals(min_value=-10**9, max_value=10**9, places=2))
def test_what_is_printed_reads_back(value: Decimal) -> None:
    assert (parse_amount(format_amount(value, grouping=True)) or 0) == value
    assert (parse_amount(float(value)) or 0) == value
    assert decimal_of(float(value)) == value


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_yuan_becomes_wan_exactly(value: Decimal) -> None:
    assert to_wan(value, MoneyUnit.YUAN) * 10000 == value
