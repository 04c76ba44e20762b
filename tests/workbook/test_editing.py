"""The edit session: parsing, re-reading, formulas, undoing, saving losslessly, recovering."""

import hashlib
import io
import json
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread

import openpyxl
import pytest

from tests.units import nature_of, random_unit, standard_pack
from tests.variant_sheets import write_variant
from tests.variants import Variant
from workbook.amounts import MoneyUnit
from workbook.create.workbook import create_workbook
from workbook.editing.cells import CellState
from workbook.editing.kept import Journal, Texts
from workbook.editing.package_edit import edit_package
from workbook.editing.saving import NotEditableError, save, save_as
from workbook.editing.session import EditError, EditSession
from workbook.errors import InputError
from workbook.formats.package import Package, book_parts
from workbook.issues import CellRef, Severity
from workbook.pack.loading import TEMPLATES
from workbook.reading.accounts import read_workbook
from workbook.rules.check import check, view_of

TOTAL = ("公开01", "本年收入合计", "决算数")
ITEM = ("公开02", "2050299", "财政拨款收入")
"""A cell on which formulas of its sheet depend."""


def sample_file() -> Path:
    return next(p for p in sorted((TEMPLATES / "sample").glob("*2024*公开表.xlsx")))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample_file(), tmp_path / "示例 决算表.xlsx"))


def open_book(path: Path) -> EditSession:
    accounts = read_workbook(path, standard_pack())
    return EditSession(accounts, view_of(accounts))


def ref_of(session: EditSession, cell: tuple[str, str, str]) -> CellRef:
    found = session.accounts.tables[cell[0]].ref(cell[1], cell[2])
    assert found is not None
    return found


def type_into(session: EditSession, cell: tuple[str, str, str], text: str):
    """Type *text* into a cell; returns what takes it back."""
    edited = session.enter([(ref_of(session, cell), text)])
    return edited.before if edited else ()


def errors(session: EditSession) -> list[str]:
    return [i.code for i in session.check().issues if i.severity is Severity.ERROR]


# ---------------------------------------------------------------- typing


@pytest.mark.parametrize(
    ("text", "value"),
    [("1234.5", "1234.5"), ("１，２３４．５０", "1234.5"), ("1,234.50", "1234.5"), ("(12.30)", "-12.3"), ("￥3", "3"), ("", None), ("—", None)],
)
def test_amounts_are_read_as_cells_are(book, text, value):
    session = open_book(book)
    type_into(session, ITEM, text)
    assert session.accounts.value(*ITEM) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["abc", "12元3", "=A1+1", "#REF!", "1234567890123456789"])
def test_what_is_no_amount_is_refused_with_a_sentence(book, text):
    session = open_book(book)
    with pytest.raises(EditError) as error:
        session.enter([(ref_of(session, ITEM), text)])
    assert str(error.value).endswith("。")
    assert not session.is_dirty


def test_amounts_of_a_yuan_workbook_are_typed_in_yuan(tmp_path):
    path = tmp_path / "元.xlsx"
    amounts = random_unit(random.Random(5), funds=False)
    create_workbook(path, standard_pack(), unit_name="示例单位", year=2024, money_unit=MoneyUnit.YUAN, amounts=amounts)
    session = open_book(path)
    type_into(session, ("公开11", "其他用车", "数"), "3")
    type_into(session, ("公开01", "年初结转和结余", "决算数"), "12345.67")
    assert session.accounts.value("公开11", "其他用车", "数") == 3
    assert session.accounts.value("公开01", "年初结转和结余", "决算数") == Decimal("1.234567")


# ---------------------------------------------------------------- checking again, formulas, undo


def test_a_wrong_amount_is_found_at_once_and_gone_when_undone(book):
    session = open_book(book)
    assert errors(session) == []
    before = session.accounts.value(*TOTAL)
    undo = type_into(session, TOTAL, "600")
    assert "01-01" in errors(session)
    redo = session.restore(undo).before
    assert session.accounts.value(*TOTAL) == before
    assert errors(session) == []
    assert not session.is_dirty
    session.restore(redo)
    assert "01-01" in errors(session)


def test_formulas_that_depend_on_the_cell_are_recomputed(book):
    session = open_book(book)
    total = ("公开02", "2050299", "本年收入合计")
    row_total = ref_of(session, total)
    assert session.state(row_total).is_formula
    undo = type_into(session, ITEM, "999.5")
    assert session.accounts.value(*total) == Decimal("999.5")
    assert session.state(row_total).is_formula
    session.restore(undo)
    assert not session.is_dirty
    assert session.accounts.value(*total) != Decimal("999.5")


def test_recomputing_every_formula_of_the_sample_changes_nothing(book):
    session = open_book(book)
    recalculator = session.prepare()[book.name]
    assert recalculator.is_complete
    for code, table in session.accounts.tables.items():
        for row, column in table.sheet.marks.formulas:
            state = CellState.of(table.sheet, row, column)
            value = recalculator.compute((table.sheet.name, row, column), lambda place: session.state(CellRef(book.name, *place)).content)
            assert value == (state.content if state.content != "" else None), (code, row, column)


def split_sample(folder: Path) -> Path:
    """The sample as a folder with one file per table: formulas, and the values that Excel kept beside them."""
    folder.mkdir()
    source = read_workbook(sample_file(), standard_pack())
    for code, table in source.tables.items():
        book = openpyxl.load_workbook(sample_file())
        for name in book.sheetnames:
            if name != table.sheet.name:
                del book[name]
        written = io.BytesIO()
        book.save(written)
        kept = {place: CellState.of(table.sheet, *place) for place in table.sheet.marks.formulas}
        (folder / f"{code}.xlsx").write_bytes(edit_package(written.getvalue(), {table.sheet.name: kept}))
    return folder


def test_formulas_of_a_folder_are_recomputed_in_their_own_files(tmp_path):
    folder = split_sample(tmp_path / "单位")
    session = open_book(folder)
    total = ("公开02", "2050299", "本年收入合计")
    assert session.state(ref_of(session, total)).is_formula
    undo = type_into(session, ITEM, "999.5")
    assert session.accounts.value(*total) == Decimal("999.5")
    assert {ref.file for ref in session.edits} == {"公开02.xlsx"}
    done = save(session)
    assert [p.name for p in done.files] == ["公开02.xlsx"]
    assert not done.recalculates
    assert open_book(folder).accounts.value(*total) == Decimal("999.5")
    session.restore(undo)
    assert session.accounts.value(*total) == read_workbook(sample_file(), standard_pack()).value(*total)


def with_formula(file: Path, sheet: str, ref: CellRef, formula: str) -> None:
    """Write a formula, shown as 2.25, into a cell."""
    package = Package(file.read_bytes())
    part = book_parts(package).worksheets[sheet]
    xml = re.sub(rf'(<c r="{ref.a1}"(?: s="\d+")?)[^>]*>.*?</c>', rf"\1><f>{formula}</f><v>2.25</v></c>", package.read(part).decode())
    package.write(part, xml.encode())
    file.write_bytes(package.to_bytes())


def test_a_formula_that_reads_another_file_waits_for_excel(tmp_path):
    folder = split_sample(tmp_path / "单位")
    table = open_book(folder).accounts.tables["公开02"]
    total, item = table.ref("2050299", "本年收入合计"), table.ref("2050299", "财政拨款收入")
    file = folder / "公开02.xlsx"
    with_formula(file, table.sheet.name, total, f"{item.a1}+[1]Sheet1!C7")
    session = open_book(folder)
    type_into(session, ITEM, "999.5")
    assert session.stale == {ref_of(session, ("公开02", "2050299", "本年收入合计"))}
    assert save(session).recalculates


def test_a_label_can_be_corrected_and_the_table_is_read_anew(book):
    session = open_book(book)
    place = session.accounts.tables["公开02"].label_cells["2050299"]
    ref = session.ref("公开02", *place)
    undo = session.enter([(ref, "2050298")]).before
    assert "2050298" in session.accounts.tables["公开02"].rows
    assert errors(session) != [] or any(i.code == "规范-11" for i in session.check().issues)
    session.restore(undo)
    assert "2050299" in session.accounts.tables["公开02"].rows
    assert errors(session) == []


def test_an_error_value_can_be_replaced_and_comes_back_when_undone(tmp_path, book):
    import openpyxl

    workbook = openpyxl.load_workbook(book)
    sheet = next(s for s in workbook if "公开02" in s.title)
    session = open_book(book)
    ref = ref_of(session, ITEM)
    sheet.cell(ref.row + 1, ref.column + 1).value = "#REF!"
    path = tmp_path / "错.xlsx"
    workbook.save(path)
    session = open_book(path)
    ref = ref_of(session, ITEM)
    assert session.accounts.value(*ITEM) is None
    assert session.state(ref).error == "#REF!"
    undo = type_into(session, ITEM, "2.25")
    assert session.accounts.value(*ITEM) == Decimal("2.25")
    session.restore(undo)
    assert session.state(ref).error == "#REF!"


def test_accounts_held_by_others_are_out_of_reach_of_later_edits(book):
    session = open_book(book)
    kept, report = session.accounts, session.check()
    position, code = kept.tables["公开02"].position(*ITEM[1:]), kept.tables["公开02"].label_cells["2050299"]
    contents = [[*row] for row in kept.tables["公开02"].sheet.rows]
    session.enter([(session.ref("公开02", *position), "600"), (session.ref("公开02", *code), "2050298")])
    assert session.accounts.value("公开02", "2050298", ITEM[2]) == 600
    assert kept.value(*ITEM) != 600
    assert [[*row] for row in kept.tables["公开02"].sheet.rows] == contents
    assert check(kept, report.view).issues == report.issues


@pytest.mark.parametrize("text", ["0.1", "1234567.89", "0.12345678901234", "123456789012.345", "-0.30", "1e3"])
def test_what_was_typed_is_what_the_table_and_the_file_hold(book, text):
    session = open_book(book)
    position = session.accounts.tables["公开02"].position(*ITEM[1:])
    type_into(session, ITEM, text)
    assert session.accounts.value(*ITEM) == Decimal(text)
    save(session)
    with zipfile.ZipFile(book) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    cell = CellRef("", "", *position).a1.encode()
    written = [m[1].decode() for xml in sheets if (m := re.search(rb'<c r="' + cell + rb'"[^>]*><v>([^<]*)</v>', xml))]
    assert f"{Decimal(text).normalize():f}" in written
    assert open_book(book).accounts.value(*ITEM) == Decimal(text)
    assert not session.enter([(ref_of(session, ITEM), text)])


def test_a_refused_text_changes_none_of_the_cells_pasted_with_it(book):
    session = open_book(book)
    before = session.accounts
    with pytest.raises(EditError):
        session.enter([(ref_of(session, ITEM), "1"), (ref_of(session, TOTAL), "约三万")])
    assert session.accounts is before


@pytest.mark.parametrize("seed", range(6))
def test_edits_show_what_the_saved_file_says_and_leave_no_trace_when_undone(tmp_path, seed):
    def seen(accounts):
        return {code: ({c: dict(v) for c, v in t.columns.items()}, dict(t.faults), set(t.rows)) for code, t in accounts.tables.items()}

    rng = random.Random(seed)
    amounts = random_unit(rng, funds=seed % 2 == 0)
    path = tmp_path / "单位.xlsx"
    unit = rng.choice(list(MoneyUnit))
    create_workbook(path, standard_pack(), unit_name="示例单位", year=2024, money_unit=unit, amounts=amounts)
    session = open_book(path)
    first = session.look_at(view_of(session.accounts, nature=nature_of(amounts)))
    opened, undo = seen(session.accounts), []
    for _ in range(10):
        table = rng.choice(list(session.accounts.tables.values()))
        row = rng.choice(list(table.rows))
        column = rng.choice(list(table.rows[row][1]))
        texts = [(table.ref(row, column), rng.choice([str(rng.randint(0, 10**6)), "1,234.5678", "(3.5)", "", "—"]))]
        if rng.random() < 0.2 and row in table.label_cells:
            texts.append((session.ref(table.code, *table.label_cells[row]), rng.choice(["2050298", "30199", "新项目"])))
        if edited := session.enter(texts):
            undo.append(edited.before)
    save(session)
    again = read_workbook(path, standard_pack())
    assert seen(again) == seen(session.accounts)
    for step in reversed(undo):
        session.restore(step)
    assert seen(session.accounts) == opened
    assert [(i.code, i.message) for i in session.check().issues] == [(i.code, i.message) for i in first.issues]


# ---------------------------------------------------------------- saving


def test_saving_changes_only_the_edited_sheets_and_keeps_a_backup(book):
    original = book.read_bytes()
    session = open_book(book)
    type_into(session, ITEM, "999.5")
    done = save(session)
    assert not session.is_dirty
    assert [p.read_bytes() for p in done.backups] == [original]
    with zipfile.ZipFile(done.backups[0]) as old, zipfile.ZipFile(book) as new:
        assert old.namelist() == new.namelist()
        changed = [n for n in old.namelist() if old.read(n) != new.read(n)]
    assert len(changed) == 1
    assert changed[0].startswith("xl/worksheets/")
    again = open_book(book)
    assert again.accounts.value(*ITEM) == Decimal("999.5")
    assert again.accounts.value("公开02", "2050299", "本年收入合计") == Decimal("999.5")
    assert again.state(ref_of(again, ("公开02", "2050299", "本年收入合计"))).is_formula


def test_a_second_save_needs_no_second_backup(book):
    session = open_book(book)
    type_into(session, ITEM, "1")
    assert len(save(session).backups) == 1
    type_into(session, ITEM, "2")
    assert save(session).backups == ()
    assert open_book(book).accounts.value(*ITEM) == 2


def test_a_file_changed_meanwhile_is_left_alone(book):
    session = open_book(book)
    type_into(session, ITEM, "1")
    other = open_book(book)
    type_into(other, TOTAL, "7")
    save(other)
    theirs = book.read_bytes()
    with pytest.raises(InputError, match="修改过"):
        save(session)
    assert book.read_bytes() == theirs
    assert session.is_dirty


def test_a_file_open_in_excel_is_left_alone(book):
    session = open_book(book)
    type_into(session, ITEM, "1")
    (book.parent / f"~${book.name}").write_bytes(b"owner")
    with pytest.raises(InputError, match="打开"):
        save(session)
    assert session.is_dirty


def test_a_format_that_cannot_be_edited_is_saved_as_xlsx(tmp_path, book):
    text = "".join(
        f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>"
        for row in open_book(book).accounts.tables["公开02"].sheet.rows)
    path = tmp_path / "网页.xls"
    path.write_text(f"<html><meta charset='utf-8'><table>{text}</table></html>", encoding="utf-8")
    session = open_book(path)
    type_into(session, ITEM, "999.5")
    with pytest.raises(NotEditableError, match="另存为"):
        save(session)
    target = save_as(session, tmp_path / "新.xlsx")
    saved = open_book(target)
    assert saved.accounts.value(*ITEM) == Decimal("999.5")
    before, after = session.accounts.tables["公开02"], saved.accounts.tables["公开02"]
    assert after.columns == before.columns


def test_save_as_leaves_the_original(book, tmp_path):
    original = book.read_bytes()
    session = open_book(book)
    type_into(session, ITEM, "999.5")
    (tmp_path / "别处").mkdir()
    target = save_as(session, tmp_path / "别处" / "新表.xlsx")
    assert book.read_bytes() == original
    assert open_book(target).accounts.value(*ITEM) == Decimal("999.5")


def test_a_folder_of_files_is_saved_file_by_file(tmp_path):
    path = tmp_path / "单位"
    amounts = random_unit(random.Random(3), funds=False)
    write_variant(path, standard_pack(), amounts, Variant(folder=True), MoneyUnit.WAN)
    session = open_book(path)
    hashes = {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in session.hashes}
    assert hashes == session.hashes
    type_into(session, TOTAL, "77")
    done = save(session)
    changed = [p for p, h in hashes.items() if hashlib.sha256(p.read_bytes()).hexdigest() != h]
    assert list(done.files) == changed
    assert len(changed) == 1
    assert open_book(path).accounts.value(*TOTAL) == 77


# ---------------------------------------------------------------- the recovery journal


def test_edits_come_back_from_the_journal(book, tmp_path):
    journal = Journal(tmp_path / "恢复")
    session = open_book(book)
    type_into(session, ITEM, "999.5")
    type_into(session, TOTAL, "")
    journal.write(session)
    again = open_book(book)
    found = journal.read(book)
    assert found is not None
    assert found.sha256 == again.accounts.source.sha256
    again.apply(found.changes)
    assert dict(again.edits) == dict(session.edits)


def test_the_journal_goes_when_nothing_is_pending(book, tmp_path):
    journal = Journal(tmp_path / "恢复")
    session = open_book(book)
    undo = type_into(session, ITEM, "1")
    journal.write(session)
    assert journal.all()[0].path == book
    session.restore(undo)
    journal.write(session)
    assert journal.read(book) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": 2}', b"[]", b'{"version":1,"workbook":"x","sha256":"y","time":"z","cells":[]}'])
def test_a_damaged_journal_is_no_journal(book, tmp_path, content):
    journal = Journal(tmp_path)
    journal.file(book).write_bytes(content)
    assert journal.read(book) is None


@pytest.mark.parametrize("left", [b"", b"\0" * 400, None])
def test_what_a_power_failure_leaves_of_a_journal_does_no_harm_to_its_copy(book, tmp_path, left):
    journal = Journal(tmp_path / "恢复")
    session = open_book(book)
    type_into(session, ITEM, "999.5")
    journal.write(session)
    journal.keep_texts(book, Texts("", (["entries"],)))
    journal.make_last(book)
    for file in (journal.file(book), journal.file(book, ".texts.json")):
        file.write_bytes(left) if left is not None else file.unlink()
    found = journal.read(book)
    assert found is not None
    assert (len(found.changes), found.texts) == (1, Texts("", (["entries"],)))
    assert journal.all() == (found,)
    journal.discard(book)
    journal.make_last(book)
    assert list(journal.folder.iterdir()) == []


def test_what_is_given_up_while_it_is_copied_does_not_come_back(book, tmp_path):
    journal = Journal(tmp_path / "恢复")
    session = open_book(book)
    type_into(session, ITEM, "999.5")
    is_over = Event()

    def copy() -> None:
        while not is_over.is_set():
            journal.make_last(book)

    worker = Thread(target=copy)
    worker.start()
    try:
        for _ in range(20):
            journal.write(session)
            time.sleep(0.002)  # somewhere in the middle of a copy
            journal.discard(book)
            assert not any(journal.read(book) for _ in range(20))
    finally:
        is_over.set()
        worker.join()
    assert list(journal.folder.iterdir()) == []


def test_a_journal_of_an_earlier_file_is_put_aside_not_overwritten(book, tmp_path):
    journal = Journal(tmp_path / "恢复")
    first = open_book(book)
    type_into(first, ITEM, "1")
    journal.write(first)
    other = open_book(book)
    type_into(other, TOTAL, "7")
    save(other)
    second = open_book(book)
    type_into(second, ITEM, "2")
    journal.write(second)
    kept = json.loads(journal.file(book).with_suffix(".old").read_text("utf-8"))
    assert [c["number"] for c in kept["cells"]] == ["1"]


def test_a_killed_process_loses_no_edit(book, tmp_path):
    script = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from tests.workbook.test_editing import open_book, type_into, ITEM\n"
        "from workbook.editing.kept import Journal\n"
        "s = open_book(Path(sys.argv[1])); type_into(s, ITEM, '999.5'); Journal(Path(sys.argv[2])).write(s)\n"
        "os.kill(os.getpid(), 9 if os.name != 'nt' else signal.SIGTERM)\n")
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(book), str(tmp_path / "r")], cwd=root, check=False)
    assert done.returncode != 0
    found = Journal(tmp_path / "r").read(book)
    assert found is not None
    session = open_book(book)
    session.apply(found.changes)
    assert session.accounts.value(*ITEM) == Decimal("999.5")
