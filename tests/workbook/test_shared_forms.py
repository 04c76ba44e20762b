"""What is found out about a form is kept for the next workbook of the same form; that must never show."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.units import random_unit, standard_pack, write_variant
from tests.variants import Variant
from workbook.amounts import MoneyUnit
from workbook.create.workbook import workbook_bytes
from workbook.formats.source import source_of_bytes
from workbook.pack.loading import load_pack
from workbook.reading.accounts import accounts_of, read_workbook
from workbook.reading.economic import code_panels
from workbook.reading.fixed import placed_panels
from workbook.reading.header import find_columns, header_of
from workbook.reading.tables import Table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    for found in (find_columns, placed_panels, code_panels):
        found.cache_clear()


def official(seed: int = 1) -> bytes:
    amounts = random_unit(random.Random(seed), funds=True)
    return workbook_bytes(standard_pack(), unit_name=f"第{seed}单位", year=2024, amounts=amounts)


def tables(data: bytes) -> dict[str, Table]:
    return dict(accounts_of(source_of_bytes(Path("单位.xlsx"), data), standard_pack()).tables)


def seen(table: Table) -> tuple[object, ...]:
    """Everything that reading finds in a sheet."""
    return (
        [(row, place, dict(columns)) for row, (place, columns) in table.rows.items()], table.columns, table.label_cells,
        table.names, table.first_data_row, table.faults, table.structure.columns, table.structure.value_columns, table.structure.size,
        table.structure.top, dict(table.structure.superiors), dict(table.structure.children))


def changed(data: bytes, code: str, change: object) -> bytes:
    """The workbook with one sheet changed by *change*."""
    title = standard_pack().sheets[code].title
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert callable(change)
    change(next(sheet for sheet in book.worksheets if sheet["A1"].value == title))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_order_of_reading_does_not_matter(tmp_path: Path) -> None:
    files = []
    for seed in range(24):
        rng = random.Random(seed)
        variant, amounts = Variant.random(rng), random_unit(rng, funds=seed % 2 == 0)
        path = tmp_path / (f"{seed}" if variant.folder else f"{seed}.xlsx")
        write_variant(path, standard_pack(), amounts, variant, rng.choice(list(MoneyUnit)))
        files.append(path)

    def read(path: Path) -> dict[str, object]:
        return {code: seen(table) for code, table in read_workbook(path, standard_pack()).tables.items()}

    known = {path: read(path) for path in files}
    assert {path: read(path) for path in reversed(files)} == known
    for path in files:
        forget()
        assert read(path) == known[path]


def test_a_second_unit_of_the_same_form_shares_its_structure() -> None:
    first, second = tables(official(1)), tables(official(2))
    assert all(first[code].structure is second[code].structure for code in ("公开01", "公开06", "公开07"))


@pytest.mark.parametrize("first", [True, False])
def test_an_odd_number_among_the_codes(first: bool) -> None:
    """A number that no economic code looks like stands where a code should: whether or not the plain form is known."""

    def put(sheet: Worksheet) -> None:
        cell = next(c for c in sheet["A"] if c.value == "30103")
        cell.value = 99_999_999

    plain = official()
    if first:
        tables(plain)
    table = tables(changed(plain, "公开06", put))["公开06"]
    assert "99999999" in table.rows
    assert "30103" not in table.rows
    again = tables(plain)["公开06"]
    assert "30103" in again.rows
    assert "99999999" not in again.rows


def test_other_merged_cells_are_noticed() -> None:
    """The same header texts name another column when the cell over it is merged with the one at its left."""
    layout = standard_pack().sheets["公开05"]
    texts = [["", "项目支出", ""], ["", "", ""]]
    for _ in range(2):
        assert find_columns(layout, header_of(layout, texts, [], 0, 2), 2, 2).positions == {}
        assert find_columns(layout, header_of(layout, texts, [(0, 1, 1, 2)], 0, 2), 2, 2).positions == {"项目支出": 2}


def test_a_moved_column_is_noticed() -> None:
    """The same texts, but one more column before the amounts."""

    def insert(sheet: Worksheet) -> None:
        sheet.insert_cols(2)

    for code in ("公开01", "公开11"):
        before = tables(official())[code].rows
        after = tables(changed(official(), code, insert))[code].rows
        row = next(iter(before))
        (column,) = before[row][1]
        assert after[row][1][column] == before[row][1][column] + 1


def test_a_renamed_code_and_a_moved_row_are_noticed() -> None:
    def rename(sheet: Worksheet) -> None:
        next(c for c in sheet["B"] if c.value == "奖金").value = "年终奖金"

    def move(sheet: Worksheet) -> None:
        sheet.insert_rows(next(c.row for c in sheet["A"] if c.value == "30103"))

    plain = tables(official())["公开06"]
    renamed = tables(changed(official(), "公开06", rename))["公开06"]
    moved = tables(changed(official(), "公开06", move))["公开06"]
    assert (plain.names["30103"], renamed.names["30103"]) == ("奖金", "年终奖金")
    assert moved.rows["30103"][0] == plain.rows["30103"][0] + 1
    assert moved.label_cells["30103"][0] == plain.label_cells["30103"][0] + 1


def test_two_packs_of_the_same_words_keep_apart() -> None:
    """Finders belong to a layout, not to what it says."""
    other = load_pack()
    first, second = standard_pack().sheets["公开06"], other.sheets["公开06"]
    assert first is not second
    amounts = {("公开06", "30101", "决算数"): Decimal(5)}
    data = workbook_bytes(other, unit_name="单位", year=2024, amounts=amounts)
    accounts = accounts_of(source_of_bytes(Path("单位.xlsx"), data), other)
    assert accounts.value("公开06", "30101") == 5
