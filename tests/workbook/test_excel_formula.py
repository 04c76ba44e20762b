"""Spreadsheet formulas: what we compute equals what Excel computes; what we do not know is left alone."""

from decimal import Decimal

import pytest

from workbook.editing.excel_formula import Area, FormulaValueError, UnsupportedError, areas_in, parse_formula
from workbook.editing.recalc import Recalculator, sheet_formulas

CELLS = {
    (0, 0): Decimal("1.10"), (1, 0): Decimal("2.20"), (2, 0): "3", (3, 0): None, (0, 1): "205", (1, 1): "20502", (2, 1): "",
}


def read(area: Area):
    return [[CELLS.get((r, c)) for c in range(area.left, area.right + 1)] for r in range(area.top, area.bottom + 1)]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("A1+A2", "3.3"), ("SUM(A1:A4)", "3.3"), ("SUM(A1,A2,10)", "13.3"), ("A1*2-A2/2", "1.1"), ("-A1+3", "1.9"),
        ("2^3", "8"), ("50%", "0.5"), ("(A1+A2)*10", "33"), ("ROUND(A1/3,2)", "0.37"), ("ROUND(2.345,2)", "2.35"),
        ("IF(A1>1,A2,0)", "2.2"), ("IF(A4=0,5,6)", "5"), ("ABS(-A1)", "1.1"), ("MAX(A1:A3)", "2.2"), ("MIN(A1:A3)", "1.1"),
        ("SUMPRODUCT((LEN(B1:B3)=3)*A1:A3)", "1.1"), ("$A$1+'表 1'!A2", "3.3"), ("A3+0", "3"), ("COUNTA(A1:A4)", "3"),
        ("LEN(B2)", "5"), ("SUM()", "0"), ("1.5e2", "150"), ("A1=1.1", True), ("A1<>1.1", False), ("AND(A1>0,A2>0)", True),
        ('0=""', False), ('A4=""', True),
    ],
)
def test_values(formula, value):
    expected = value if isinstance(value, bool) else Decimal(value)
    assert parse_formula(formula)(read) == expected


@pytest.mark.parametrize(("formula", "value"), [('A1&"元"', "1.1元"), ('IF(SUM(A1:A2)=0,"无",B1)', "205"), ('"a""b"', 'a"b')])
def test_texts(formula, value):
    assert parse_formula(formula)(read) == value


@pytest.mark.parametrize("formula", ["1/0", '"无"+1', '"a">1'])
def test_errors_are_errors(formula):
    with pytest.raises(FormulaValueError):
        parse_formula(formula)(read)


@pytest.mark.parametrize(
    "formula", ["VLOOKUP(A1,B:C,2)", "SUM(A:A)", "A1++", "SUM(A1", "[1]Sheet1!A1", "名称+1", 'INDIRECT("A1")', "{1,2}", "A1:A2:A3", "", "SUM(A1 A2)", "SUM(A1,)", "SUM(A1;A2)", "#REF!+1", "ABS()", ")A1", '"无'])
def test_what_is_not_understood_is_refused(formula):
    with pytest.raises(UnsupportedError):
        parse_formula(formula)


@pytest.mark.parametrize(
    ("formula", "value"),
    [("{SUM(IF(A1:A2>2,A1:A2,0))}", "2.2"), ("{SUM(A1:A2*10)}", "33"), ("{MAX(IF(LEN(B1:B2)=3,A1:A2))}", "1.1"), ("{A1+A2}", "3.3")])
def test_array_formulas_of_one_cell(formula, value):
    assert parse_formula(formula)(read) == Decimal(value)


@pytest.mark.parametrize("formula", ["A1:A2", "A1:A2*2", "SUM(A1:A2*2)", "SUM(IF(A1:A2>2,A1:A2,0))", "{A1:A2*2}"])
def test_several_values_where_one_is_wanted_are_left_to_excel(formula):
    with pytest.raises(UnsupportedError):
        parse_formula(formula)(read)


def test_areas_are_found_without_parsing():
    found = list(areas_in("SUM(A1:B2)+'表 1'!$C$3*VLOOKUP(D4,1,2)"))
    assert found == [Area("", 0, 0, 1, 1), Area("表 1", 2, 2, 2, 2), Area("", 3, 3, 3, 3)]


@pytest.mark.parametrize(
    ("formula", "cell", "expected"),
    [("A1+$B$2", "D4", "B2+$B$2"), ("SUM(C7:C14)", "F3", "SUM(F7:F14)"), ('"A1"&amp;A1', "C5", '"A1"&A3'),
     ("'A1'!A1", "C4", "'A1'!A2"), ("LOG10(A1)", "C4", "LOG10(A2)")])
def test_filling_down_and_across(formula, cell, expected):
    number = cell[1:]
    rows = [f'<c r="C3"><f t="shared" ref="C3:{cell}" si="0">{formula}</f></c>', f'<c r="{cell}"><f t="shared" si="0"/></c>']
    found = sheet_formulas(f'<sheetData><row r="3">{rows[0]}</row><row r="{number}">{rows[1]}</row></sheetData>')
    assert list(found.values())[1] == expected


def test_shared_formulas_are_written_out():
    xml = (
        '<sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2" s="1"><f t="shared" si="0"/><v>4</v></c></row>'
        '<row r="3"><c r="A3"><f>SUM(A1,A2)&amp;""</f></c><c r="B3"><f t="dataTable" ref="B3"/></c></row></sheetData>')
    assert sheet_formulas(xml) == {(0, 0): "B1*2", (1, 0): "B2*2", (2, 0): 'SUM(A1,A2)&""', (2, 1): "?"}


def test_dependents_come_after_what_they_read():
    recalculator = Recalculator({("s", 0, 1): "A1*2", ("s", 0, 2): "B1+A1", ("s", 0, 3): "SUM(A1:C1)", ("t", 0, 0): "'s'!D1"})
    order = recalculator.dependents([("s", 0, 0)])
    assert set(order) == {("s", 0, 1), ("s", 0, 2), ("s", 0, 3), ("t", 0, 0)}
    assert order.index(("s", 0, 1)) < order.index(("s", 0, 2)) < order.index(("s", 0, 3)) < order.index(("t", 0, 0))


def test_a_circle_ends():
    recalculator = Recalculator({("s", 0, 0): "B1", ("s", 0, 1): "A1"})
    assert set(recalculator.dependents([("s", 0, 0)])) == {("s", 0, 0), ("s", 0, 1)}


def test_a_wide_area_is_watched_as_a_whole():
    recalculator = Recalculator({("s", 0, 9): "SUM(A1:A5000)"})
    assert recalculator.dependents([("s", 4999, 0)]) == [("s", 0, 9)]
    assert recalculator.dependents([("s", 5000, 0)]) == []
    assert not Recalculator({("s", 0, 0): "VLOOKUP(A1,B1:C2,2)"}).is_complete
