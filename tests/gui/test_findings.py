"""One list of a unit's findings: the window, ``check`` and a batch say the same of the same unit."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from cli.main import main
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from tests.gui.test_window import messages, press, type_into
from workbook.issues import Severity

SLOT = "运行.经费.比上年"


def rows_of(path: Path) -> list[tuple[object, ...]]:
    """An issue list as its reader sees it: the heading with the counts, then every row."""
    return list(load_workbook(path).active.iter_rows(values_only=True))


def checked(workbook: Path) -> list[tuple[object, ...]]:
    target = workbook.parent / "命令行.xlsx"
    main(["check", str(workbook), "--format", "xlsx", "-o", str(target)])
    return rows_of(target)


def exported(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, target: Path) -> list[tuple[object, ...]]:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), ""))
    press(qtbot, window, "export_issues")
    window.session.jobs.finish()
    assert "已写入" in messages(window)
    return rows_of(target)


def take_reason_away(window: MainWindow) -> None:
    window.pages.show(PageName.REASONS)
    page = window.pages.reasons
    page.go_to(SLOT)
    page.editor.edit.clear()


def test_window_command_line_and_batch_list_the_same(opened, sample, qtbot, monkeypatch, tmp_path):
    assert exported(opened, qtbot, monkeypatch, tmp_path / "一.xlsx") == checked(sample)
    type_into(qtbot, opened, "公开02", ("2050299", "财政拨款收入"), "999")
    press(qtbot, opened, "save")
    take_reason_away(opened)
    window_rows = exported(opened, qtbot, monkeypatch, tmp_path / "二.xlsx")
    assert {"原因-01", "绩效-08"} < {row[3] for row in window_rows}
    assert "错误 3" in str(window_rows[0][0])
    assert window_rows == checked(sample)
    assert main(["batch", str(sample.parent), "-o", str(tmp_path / "批量"), "--workers", "1"]) == 1
    (batch_list,) = (tmp_path / "批量").rglob("*2024*审核结果.xlsx")
    assert rows_of(batch_list) == window_rows


def test_a_missing_reason_is_listed_after_a_pause_and_leads_to_its_place(opened, qtbot):
    page, status = opened.pages.checking, opened.status
    take_reason_away(opened)
    opened.pages.show(PageName.CHECK)
    issues = page.issues
    qtbot.waitUntil(lambda: any(i.code == "原因-01" for i in opened.session.findings.issues))
    assert page.badge() == "✓"  # of the tables
    opened.pages.show_severity(Severity.ERROR)
    assert issues.filter.rowCount() == 1
    assert any(b.text() == "错误 1" for b in status.findChildren(type(status.reasons)))
    qtbot.mouseClick(issues.table.viewport(), Qt.MouseButton.LeftButton, pos=issues.table.visualRect(issues.filter.index(0, 4)).center())
    assert opened.pages.current == "reasons"
    assert opened.pages.reasons.editor.slot.id == SLOT
