"""Menus and shortcuts: everything the window can do, with its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMainWindow, QMenu

from gui.style.icon import dress


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry; an empty title is a separator."""

    name: str = ""
    title: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    is_open_only: bool = False
    """Only while a workbook is open."""


LINE = Entry()
MENUS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("文件(&F)", (
        Entry("open", "打开工作簿(&O)…", ("Ctrl+O",), "open"),
        Entry("open_folder", "打开文件夹(&D)…", ("Ctrl+Shift+O",), "folder"),
        Entry("new", "新建本年工作簿(&N)…", ("Ctrl+N",), "new"),
        Entry("sample", "打开示例(&E)", (), "sample"),
        Entry("recent", "最近打开(&R)"),
        LINE,
        Entry("save", "保存(&S)", ("Ctrl+S",), "save", is_open_only=True),
        Entry("save_as", "另存为(&A)…", ("Ctrl+Shift+S",), is_open_only=True),
        Entry("reload", "重新载入(&L)", (), is_open_only=True),
        Entry("history", "历史版本(&H)…", (), is_open_only=True),
        Entry("reveal", "打开所在文件夹(&P)", (), is_open_only=True),
        Entry("close", "关闭工作簿(&C)", ("Ctrl+W",), is_open_only=True),
        LINE,
        Entry("quit", "退出(&X)", ("Ctrl+Q",)),
    )),
    ("编辑(&E)", (
        Entry("undo", "撤销(&U)", ("Ctrl+Z",), "undo"),
        Entry("redo", "重做(&R)", ("Ctrl+Y", "Ctrl+Shift+Z"), "redo"),
        LINE,
        Entry("cut", "剪切(&T)\tCtrl+X", (), is_open_only=True),
        Entry("copy", "复制(&C)\tCtrl+C", (), is_open_only=True),
        Entry("paste", "粘贴(&V)\tCtrl+V", (), is_open_only=True),
        Entry("clear", "清除金额(&D)\tDelete", (), is_open_only=True),
        Entry("fill_down", "向下填充(&W)\tCtrl+D", (), is_open_only=True),
        Entry("fill_right", "向右填充(&G)\tCtrl+R", (), is_open_only=True),
        LINE,
        Entry("find", "查找单元格(&F)", ("Ctrl+F",), "search", is_open_only=True),
        Entry("replace", "查找和替换(&H)…", ("Ctrl+H",), is_open_only=True),
        Entry("find_issue", "查找问题(&I)", ("Ctrl+Shift+F",), is_open_only=True),
    )),
    ("查看(&V)", (
        Entry("page_0", "打开(&1)", ("Ctrl+1",)),
        Entry("page_1", "校验(&2)", ("Ctrl+2",), is_open_only=True),
        Entry("page_2", "变动原因(&3)", ("Ctrl+3",), is_open_only=True),
        Entry("page_3", "文字资料(&4)", ("Ctrl+4",), is_open_only=True),
        Entry("page_4", "预览与生成(&5)", ("Ctrl+5",), is_open_only=True),
        Entry("page_5", "审校(&6)", ("Ctrl+6",), is_open_only=True),
        LINE,
        Entry("next_issue", "下一个问题(&N)", ("F8",), is_open_only=True),
        Entry("previous_issue", "上一个问题(&P)", ("Shift+F8",), is_open_only=True),
        Entry("next_sheet", "下一张表(&S)", ("Ctrl+PgDown",), is_open_only=True),
        Entry("previous_sheet", "上一张表(&T)", ("Ctrl+PgUp",), is_open_only=True),
        LINE,
        Entry("zoom_in", "放大表格(&I)", ("Ctrl+=", "Ctrl++"), is_open_only=True),
        Entry("zoom_out", "缩小表格(&O)", ("Ctrl+-",), is_open_only=True),
        Entry("zoom_reset", "原始大小(&Z)", ("Ctrl+0",), is_open_only=True),
    )),
    ("工具(&T)", (
        Entry("check_again", "重新校验(&C)", ("F5",), "check", is_open_only=True),
        Entry("export_issues", "导出审核结果(&E)…", ("Ctrl+E",), "export", is_open_only=True),
        LINE,
        Entry("generate", "生成工作版(&G)…", ("Ctrl+G",), "report", is_open_only=True),
        Entry("generate_clean", "生成公开版(&P)…", ("Ctrl+Shift+G",), is_open_only=True),
        LINE,
        Entry("review", "审校报告(&R)…", ("Ctrl+Shift+R",), "review", is_open_only=True),
        Entry("batch", "批量处理(&B)…", ("Ctrl+Shift+B",), "batch"),
        LINE,
        Entry("link_prior", "关联上年工作簿(&L)…", (), is_open_only=True),
        Entry("compare", "比较两份公开表(&D)…", (), is_open_only=True),
        Entry("library", "公式库(&F)", ("Ctrl+L",), "library"),
        Entry("settings", "设置(&S)…", ("Ctrl+,",), "settings"),
    )),
    ("帮助(&H)", (
        Entry("help", "使用手册(&H)", ("F1",), "help"),
        Entry("log", "打开日志所在文件夹(&L)"),
        LINE,
        Entry("about", "关于决算公开助手(&A)"),
    )),
)


class Actions:
    """The window's actions by name."""

    def __init__(self, window: QMainWindow, undo_stack: QUndoStack) -> None:
        self._window = window
        self._made = {"undo": undo_stack.createUndoAction, "redo": undo_stack.createRedoAction}
        self._all: dict[str, QAction] = {}
        self._open_only: list[QAction] = []
        self.recent = QMenu("最近打开(&R)", window)
        for title, entries in MENUS:
            menu = window.menuBar().addMenu(title)
            for entry in entries:
                self._add(menu, entry)

    def _add(self, menu: QMenu, entry: Entry) -> None:
        if not entry.name:
            menu.addSeparator()
            return
        if entry.name == "recent":
            menu.addMenu(self.recent)
            return
        action = self._made.get(entry.name, lambda window, title: QAction(title, window))(self._window, entry.title)
        action.setObjectName(entry.name)
        if entry.icon:
            dress(action, entry.icon)
        if entry.keys:
            action.setShortcuts([QKeySequence(key) for key in entry.keys])
        menu.addAction(action)
        self._all[entry.name] = action
        if entry.is_open_only:
            self._open_only.append(action)

    def __getitem__(self, name: str) -> QAction:
        return self._all[name]

    def on(self, name: str, do: Callable[[], object]) -> None:
        """What an action does."""
        self._all[name].triggered.connect(lambda _=False: do())

    def set_open(self, is_open: bool) -> None:
        """Whether a workbook is open."""
        for action in self._open_only:
            action.setEnabled(is_open)
