"""An accountant opens the sample for the first time and goes to the finished report: by keyboard only, by mouse only."""

from pathlib import Path

import docx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from docgen.report.slots import with_reason
from gui.frame.actions import MENUS
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from tests.gui.opened import type_text
from tests.gui.seen import button, menu_actions

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SLOT = "收支.本年支出.比上年"
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def started(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MainWindow:
    """The program just started; its documents folder is the test's."""
    monkeypatch.setattr("gui.frame.main_window.documents", lambda: tmp_path)
    window.activateWindow()
    window.pages.show(PageName.OPEN)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    return window


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, as the widget with the focus gets it."""
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key, modifier)
    QApplication.processEvents()


def shortcut(window: MainWindow, keys: str) -> None:
    """A shortcut of the menus (the offscreen platform does not deliver them by itself)."""
    action = next(a for a in menu_actions(window) if any(k.toString() == keys for k in a.shortcuts()))
    assert action.isEnabled()
    action.trigger()
    window.session.jobs.finish()
    QApplication.processEvents()


def tab_to(qtbot: QtBot, widget: QWidget, most: int = 40) -> None:
    """Press Tab until a widget has the focus."""
    for _ in range(most):
        if QApplication.focusWidget() is widget:
            return
        press(qtbot, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not lead to {widget}")


def open_a_reason(window: MainWindow) -> None:
    """Something is left to write."""
    session = window.session
    session.set_companion(with_reason(session.companion_or_new(), SLOT, ""))
    session.jobs.finish()


def texts_of(report: Path) -> str:
    """Every word of a report, in content controls too; the space before a unit as people type it."""
    words = docx.Document(str(report)).element.body.iter(f"{{{W}}}t")
    return "".join(w.text or "" for w in words).replace("\u00a0", " ")


def test_by_keyboard_only(started: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window, target = started, tmp_path / "报告.docx"
    # 打开
    tab_to(qtbot, button(window.pages.welcome, "打开示例"))
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        press(qtbot, Qt.Key.Key_Return)
    window.session.jobs.finish()
    assert "示例已复制到" in window.bar.text
    page = window.pages.checking
    assert window.pages.current == "check"
    assert QApplication.focusWidget() is page.view
    press(qtbot, Qt.Key.Key_Escape)
    assert window.bar.text == ""

    # 校验: break a cell, find it with F8, mend it
    ref = window.session.accounts.tables["公开02"].ref("2050299", "财政拨款收入")
    shortcut(window, "Ctrl+F")
    assert QApplication.focusWidget() is page.find_box
    qtbot.keyClicks(page.find_box, f"02!{ref.a1}")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is page.view
    qtbot.keyClicks(page.view, "9")
    press(qtbot, Qt.Key.Key_Return)
    assert page.badge() == "2/0"
    shortcut(window, "F8")
    assert page.issues.table.currentIndex().row() == 0
    shortcut(window, "Ctrl+Z")
    assert page.badge() == "✓"

    # 变动原因: write one, on to the next
    open_a_reason(window)
    shortcut(window, "Ctrl+3")
    reasons = window.pages.reasons
    assert QApplication.focusWidget() is reasons.list
    reasons.list.choose(SLOT)
    press(qtbot, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is reasons.editor.edit
    type_text(reasons.editor.edit, "上年一次性项目已完成，项目支出减少")
    press(qtbot, Qt.Key.Key_Return, CONTROL)
    assert reasons.badge() == "✓"
    assert "接着填写文字资料" in reasons.notice.buttons

    # 文字资料
    tab_to(qtbot, reasons.notice.buttons["接着填写文字资料"])
    press(qtbot, Qt.Key.Key_Return)
    assert window.pages.current == "texts"
    texts = window.pages.texts
    shortcut(window, "Ctrl+PgDown")
    assert texts.tabs.currentIndex() == 1
    assert texts.badge() == "2", "two projects with hints to look at"

    # 预览与生成
    shortcut(window, "Ctrl+5")
    preview = window.pages.preview
    qtbot.waitUntil(lambda: preview.preview is not None)
    preview.writer.ask_path = lambda *_: target
    with qtbot.waitSignal(preview.writer.written, timeout=10_000):
        shortcut(window, "Ctrl+Shift+G")
    assert "上年一次性项目已完成" in texts_of(target)
    opened: list[Path] = []
    preview.writer.open_path = opened.append
    tab_to(qtbot, preview.notice.buttons["打开报告"])
    press(qtbot, Qt.Key.Key_Space)
    assert opened == [target]


def test_by_mouse_only(started: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window, target = started, tmp_path / "报告.docx"

    def click(widget: QWidget) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
        window.session.jobs.finish()
        QApplication.processEvents()

    def rail(title: str) -> QAbstractButton:
        return button(window.rail, title)

    # 打开
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        click(button(window.pages.welcome, "打开示例"))
    window.session.jobs.finish()
    click(next(b for b in window.bar.findChildren(QAbstractButton) if b.accessibleName() == "关闭提示"))

    # 校验: type into a cell, see the finding, take it back
    page = window.pages.checking
    ref = window.session.accounts.tables["公开02"].ref("2050299", "财政拨款收入")
    qtbot.mouseClick(page.tabs, Qt.MouseButton.LeftButton, pos=page.tabs.tabRect(1).center())
    index = page.view.model().index(ref.row, ref.column)
    page.view.scrollTo(index)
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=page.view.visualRect(index).center())
    qtbot.mouseDClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=page.view.visualRect(index).center())
    editor = page.view.findChild(QLineEdit)
    assert editor is not None
    editor.setText("9")
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=page.view.visualRect(index.siblingAtRow(index.row() + 1)).center())
    assert page.badge() == "2/0"
    click(button(window.status, "错误"))
    assert page.issues.filter.rowCount() == 2
    window.actions_["undo"].trigger()
    assert page.badge() == "✓"

    # 变动原因: take a suggestion, accept it
    open_a_reason(window)
    click(rail("变动原因"))
    reasons = window.pages.reasons
    place = reasons.list.visualItemRect(reasons.list.item_of(SLOT))
    qtbot.mouseClick(reasons.list.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    suggestions = reasons.editor.suggestions
    first = suggestions.model().index(0, 1)
    qtbot.mouseClick(suggestions.viewport(), Qt.MouseButton.LeftButton, pos=suggestions.visualRect(first).center())
    assert reasons.editor.text == first.data()
    click(reasons.editor.accept_button)
    window.session.jobs.finish()

    # 文字资料 and the report
    click(reasons.notice.buttons.get("接着填写文字资料") or rail("文字资料"))
    assert window.pages.current == "texts"
    click(rail("预览与生成"))
    preview = window.pages.preview
    qtbot.waitUntil(lambda: preview.preview is not None)
    preview.writer.ask_path = lambda *_: target
    with qtbot.waitSignal(preview.writer.written, timeout=10_000):
        click(window.header.generate)
    assert reasons.editor.text in texts_of(target)


def test_tab_reaches_everything_on_every_page(opened: MainWindow, qtbot: QtBot) -> None:
    opened.activateWindow()
    for name in PageName:
        opened.pages.show(name)
        opened.session.jobs.finish()
        QApplication.processEvents()
        page = opened.pages.page(name)
        wanted = {
            w for w in page.findChildren(QWidget)
            if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not _has_group(w) and w.focusProxy() is None and w.visibleRegion().boundingRect().isValid()
        }
        reached: set[QWidget] = set()
        for _ in range(120):
            focus = QApplication.focusWidget()
            if focus is None or focus in reached:
                break
            reached.add(focus)
            opened.focusNextChild()
        missed = [f"{type(w).__name__} {w.accessibleName()}" for w in wanted - reached]
        assert missed == [], name
        assert any(w is page or not page.isAncestorOf(w) for w in reached), f"{name}: no way out"


def _has_group(widget: QWidget) -> bool:
    """Buttons of a group are one stop; the arrow keys go on from there."""
    return isinstance(widget, QAbstractButton) and widget.group() is not None


def test_everything_has_a_name_for_screen_readers(opened: MainWindow, qtbot: QtBot) -> None:
    fields = (QLineEdit, QComboBox, QPlainTextEdit, QTextEdit, QAbstractItemView)
    unnamed = []
    for name in PageName:
        opened.pages.show(name)
        opened.session.jobs.finish()
        QApplication.processEvents()
        for widget in opened.findChildren(QWidget):
            if not widget.isVisible() or isinstance(widget.parentWidget(), QLineEdit | QTabBar | QComboBox | QAbstractItemView):
                continue
            is_mute = isinstance(widget, QAbstractButton) and not widget.text().strip()
            if (is_mute or isinstance(widget, fields)) and not widget.accessibleName():
                unnamed.append(f"{name}: {type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    assert unnamed == []


def test_every_menu_entry_has_a_letter_of_its_own(window: MainWindow) -> None:
    for title, entries in MENUS:
        letters = [e.title.partition("&")[2][:1] for e in entries if e.name]
        assert all(letters), title
        assert len(set(letters)) == len(letters), title


def test_without_findings_the_list_leads_on(opened: MainWindow, qtbot: QtBot) -> None:
    opened.settings.shows_tails = False
    opened.tools.check_again()
    issues = opened.pages.checking.issues
    opened.pages.show(PageName.CHECK)
    issues.set_issues([], {}, with_tails=True)
    qtbot.mouseClick(button(issues, "填写变动原因"), Qt.MouseButton.LeftButton)
    assert opened.pages.current == "reasons"


def test_the_arrow_keys_lead_from_page_to_page_in_the_rail(opened: MainWindow, qtbot: QtBot) -> None:
    opened.activateWindow()
    opened.pages.show(PageName.CHECK)
    button = opened.rail.group.checkedButton()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    for expected in ("reasons", "texts"):
        press(qtbot, Qt.Key.Key_Down)
        assert opened.pages.current == expected
