"""Menus and shortcuts: everything the window can do, with its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from gui.frame.page_set import STEPS
from gui.pages.base import PageName
from gui.style.theme import dress

if TYPE_CHECKING:
    from gui.frame.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry; an empty title is a separator."""

    name: str = ""
    title: str = ""
    do: Callable[[MainWindow], object] | None = None
    """What it does; ``None``: undoing and redoing know that themselves."""
    keys: str = ""
    """Its shortcuts, with spaces between them."""
    icon: str = ""
    is_always: bool = False
    """Also while no workbook is open."""


def _shows(name: PageName) -> Callable[[MainWindow], object]:
    return lambda w: w.pages.show(name)


LINE = Entry()
MENUS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("文件(&F)", (
        Entry("open", "打开工作簿(&O)…", lambda w: w.files.choose(), "Ctrl+O", "open", is_always=True),
        Entry("open_folder", "打开文件夹(&D)…", lambda w: w.files.choose(folder=True), "Ctrl+Shift+O", "folder", is_always=True),
        Entry("new", "新建本年工作簿(&N)…", lambda w: w.tools.new_year(), "Ctrl+N", "new", is_always=True),
        Entry("sample", "打开示例(&E)", lambda w: w.open_sample(), "", "sample", is_always=True),
        Entry("recent", "最近打开(&R)", is_always=True),
        LINE,
        Entry("save", "保存(&S)", lambda w: w.files.save(), "Ctrl+S", "save"),
        Entry("save_as", "另存为(&A)…", lambda w: w.files.save_as(), "Ctrl+Shift+S"),
        Entry("reload", "重新载入(&L)", lambda w: w.files.reload()),
        Entry("history", "历史版本(&H)…", lambda w: w.tools.dialog("lists", "HistoryDialog", w.session).exec()),
        Entry("reveal", "打开所在文件夹(&P)", lambda w: w.tools.reveal()),
        Entry("close", "关闭工作簿(&C)", lambda w: w.files.close(), "Ctrl+W"),
        LINE,
        Entry("quit", "退出(&X)", lambda w: w.close(), "Ctrl+Q", is_always=True),
    )),
    ("编辑(&E)", (
        Entry("undo", "撤销(&U)", None, "Ctrl+Z", "undo", is_always=True),
        Entry("redo", "重做(&R)", None, "Ctrl+Y Ctrl+Shift+Z", "redo", is_always=True),
        LINE,
        Entry("cut", "剪切(&T)\tCtrl+X", lambda w: w.pages.sheets().view.do("cut")),
        Entry("copy", "复制(&C)\tCtrl+C", lambda w: w.pages.sheets().view.do("copy")),
        Entry("paste", "粘贴(&V)\tCtrl+V", lambda w: w.pages.sheets().view.do("paste")),
        Entry("clear", "清除金额(&D)\tDelete", lambda w: w.pages.sheets().view.do("clear")),
        Entry("fill_down", "向下填充(&W)\tCtrl+D", lambda w: w.pages.sheets().view.do("fill_down")),
        Entry("fill_right", "向右填充(&G)\tCtrl+R", lambda w: w.pages.sheets().view.do("fill_right")),
        LINE,
        Entry("find", "查找单元格(&F)", lambda w: w.pages.sheets().find_box.setFocus(), "Ctrl+F", "search"),
        Entry("replace", "查找和替换(&H)…", lambda w: w.tools.replace(w.pages.show), "Ctrl+H"),
        Entry("find_issue", "查找问题(&I)", lambda w: w.pages.findings().search_findings(), "Ctrl+Shift+F"),
    )),
    ("查看(&V)", (
        *(Entry(f"page_{n - 1}", f"{title}(&{n})", _shows(name), f"Ctrl+{n}", is_always=name is PageName.OPEN)
          for n, (name, title) in enumerate(STEPS.items(), 1)),
        LINE,
        Entry("next_issue", "下一个问题(&N)", lambda w: w.pages.findings().step(1), "F8"),
        Entry("previous_issue", "上一个问题(&P)", lambda w: w.pages.findings().step(-1), "Shift+F8"),
        Entry("next_sheet", "下一张表(&S)", lambda w: w.pages.turn(1), "Ctrl+PgDown"),
        Entry("previous_sheet", "上一张表(&T)", lambda w: w.pages.turn(-1), "Ctrl+PgUp"),
        LINE,
        Entry("zoom_in", "放大表格(&I)", lambda w: w.pages.findings().magnify(1), "Ctrl+= Ctrl++"),
        Entry("zoom_out", "缩小表格(&O)", lambda w: w.pages.findings().magnify(-1), "Ctrl+-"),
        Entry("zoom_reset", "原始大小(&Z)", lambda w: w.pages.findings().magnify(0), "Ctrl+0"),
    )),
    ("工具(&T)", (
        Entry("check_again", "重新校验(&C)", lambda w: w.tools.check_again(), "F5", "check"),
        Entry("export_issues", "导出审核结果(&E)…", lambda w: w.tools.export_issues(), "Ctrl+E", "export"),
        LINE,
        Entry("generate", "生成工作版(&G)…", lambda w: w.pages.generate(True), "Ctrl+G", "report"),
        Entry("generate_clean", "生成公开版(&P)…", lambda w: w.pages.generate(False), "Ctrl+Shift+G"),
        LINE,
        Entry("review", "审校报告(&R)…", lambda w: w.pages.review(), "Ctrl+Shift+R", "review"),
        Entry("batch", "批量处理(&B)…", lambda w: w.tools.show_batch(), "Ctrl+Shift+B", "batch", is_always=True),
        LINE,
        Entry("link_prior", "关联上年工作簿(&L)…", lambda w: w.tools.link_prior()),
        Entry("compare", "比较两份公开表(&D)…", lambda w: w.tools.dialog("lists", "CompareDialog", w.session).show()),
        Entry("library", "公式库(&F)", _shows(PageName.LIBRARY), "Ctrl+L", "library", is_always=True),
        Entry("settings", "设置(&S)…", lambda w: w.show_settings(), "Ctrl+,", "settings", is_always=True),
    )),
    ("帮助(&H)", (
        Entry("help", "使用手册(&H)", lambda w: w.tools.show_help(), "F1", "help", is_always=True),
        Entry("log", "打开日志所在文件夹(&L)", lambda w: w.tools.show_log(), is_always=True),
        LINE,
        Entry("about", "关于决算公开助手(&A)", lambda w: w.tools.dialog("about", "AboutDialog").exec(), is_always=True),
    )),
)


class Actions(dict[str, QAction]):
    """The window's actions by name, as its menus."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        stack = window.session.undo_stack
        made = {"undo": stack.createUndoAction, "redo": stack.createRedoAction}
        for title, entries in MENUS:
            menu = window.menuBar().addMenu(title)
            for entry in entries:
                make = made.get(entry.name, lambda window, title: QAction(title, window))
                action = self[entry.name] = make(window, entry.title)
                action.setSeparator(not entry.name)
                action.setObjectName(entry.name)
                if entry.icon:
                    dress(action, entry.icon)
                action.setShortcuts([QKeySequence(key) for key in entry.keys.split()])
                if entry.do is not None:
                    action.triggered.connect(lambda _=False, do=entry.do: do(window))
                menu.addAction(action)

    def set_open(self, is_open: bool) -> None:
        for entry in (entry for _, entries in MENUS for entry in entries if entry.name and not entry.is_always):
            self[entry.name].setEnabled(is_open)
