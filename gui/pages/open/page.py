"""The page 打开: three ways to begin, and what was open lately."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gui.pages.base import DONE, Page
from gui.session.files import open_outside
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from gui.style.theme import dress, pixmap
from gui.widgets.fit import ElidedLabel, scrolled
from gui.widgets.notice import Notice
from gui.widgets.parts import STRETCH, ContextMenu, button, column, label, row

if TYPE_CHECKING:
    from workbook.editing.kept import Recovered

_CHOICE, _WIDEST_NAME = 92, 400
"""Height of a choice, and pixels of a name."""


class WelcomePage(Page):
    """Where the work begins."""

    review_requested = Signal()
    sample_requested = Signal(str)
    """The sample of this pack."""
    path_requested = Signal(object)

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.settings = settings
        middle, gap = QWidget(self), theme.GRID * 2
        column(self, scrolled(middle, self, centred=True))
        words = "打开部门决算公开表，程序核对每个单元格和每项勾稽关系，提示变动原因，写出 Word 报告。文件只在本机处理。"
        hint = "也可以把工作簿，或存放各表的文件夹，拖到窗口里。支持 .xlsx .xlsm .xls .et .xlsb .ods。"
        self._unsaved, self._recent = column(None, spacing=0), column(None, spacing=0)
        self.notice = Notice(self).float_over(self)
        self._samples = row(None, spacing=theme.GRID)
        self._pictures: dict[str, QLabel] = {}
        column(
            middle, label(middle, "从决算公开表到公开报告", "title"), label(middle, words, "muted", wraps=True), gap // 2,
            self._unsaved, self._choices(middle), self._links(middle), self._samples, gap // 2,
            label(middle, "最近打开", "heading"), self._recent, STRETCH, label(middle, hint, "muted", wraps=True),
            margins=(0, theme.GRID, 0, 0))
        self.dress()
        self.activate()
        for signal in (session.opened, session.closed):
            signal.connect(self.badge_changed)
        session.warmed_up.connect(self._offer_samples)

    def _links(self, parent: QWidget) -> QHBoxLayout:
        """Ways that few need, one beside the other."""
        links = []
        for words, name, tip, do in (
            ("各表分开存放？打开文件夹…", "folder", "文件夹里一张公开表一个文件（Ctrl+Shift+O）", partial(self.commanded.emit, "open_folder")),
            ("批量处理（财政局、主管部门）…", "batch", "一次处理一个文件夹里的所有单位（Ctrl+Shift+B）", partial(self.commanded.emit, "batch")),
            ("只有报告？直接审校…", "review", "没有公开表也可以：Word 或 PDF 报告与它自己所附的表核对", self.review_requested.emit),
        ):
            links.append(button(parent, words, do, kind="link", tip=tip))
            dress(links[-1], name, "muted")
        return row(None, *links, STRETCH, spacing=theme.GRID * 3)

    def _choices(self, parent: QWidget) -> QHBoxLayout:
        choices = row(None, spacing=theme.GRID * 2)
        for name, title, words in (
            ("open", "打开工作簿…", "选择本年的决算公开表，Excel 和 WPS 的格式都可以"),
            ("new", "新建本年工作簿…", "生成空白公开表和底稿，可由上年结转"),
            ("sample", "打开示例", "用示例单位走一遍，不影响您的文件"),
        ):
            choice = button(parent, "", partial(self.commanded.emit, name), kind="choice")
            choice.setAccessibleName(title)
            choice.setAccessibleDescription(words)
            choice.setFixedHeight(_CHOICE)
            choice.setCursor(Qt.CursorShape.PointingHandCursor)
            picture = self._pictures[name] = label(choice)
            below = label(choice, words, "muted", wraps=True)
            below.setAlignment(Qt.AlignmentFlag.AlignTop)
            column(choice, row(None, picture, (label(choice, title, "heading"), 1)), (below, 1),
                   margins=(theme.GRID * 2, theme.GRID * 3 // 2, theme.GRID * 2, theme.GRID))
            choices.addWidget(choice, 1)
            self.first = self.first or choice
        return choices

    def dress(self) -> None:
        for name, picture in self._pictures.items():
            picture.setPixmap(pixmap(name, 26, theme.colours().accent, self.devicePixelRatioF()))

    def _offer_samples(self) -> None:
        """The samples of other forms, as soon as the engine tells which there are."""
        from docgen.job.samples import other_samples

        others = other_samples() if not self._samples.count() else {}
        if others:
            self._samples.addWidget(label(self, "其他表样的示例：", "muted"))
        for name, title in others.items():
            self._samples.addWidget(
                button(self, title, partial(self.sample_requested.emit, name), kind="link", tip="复制到“文档”后打开"))
        if others:
            self._samples.addStretch(1)

    def activate(self) -> None:
        """Show the recent files anew, and above them what was not saved when the program ended."""
        for lines in (self._unsaved, self._recent):
            while lines.count():
                widget = lines.takeAt(0).widget()
                widget.hide()
                widget.deleteLater()
        if waiting := self.session.recovery.waiting():
            self._unsaved.addWidget(label(self, "程序上次关闭时没有保存的修改", "heading"))
        for found in waiting:
            self._unsaved.addWidget(self._unsaved_line(found))
        recent = self.settings.recent
        for path in recent:
            self._recent.addWidget(self._recent_line(path))
        if not recent:
            self._recent.addWidget(label(self, "还没有打开过文件。第一次使用，可以先打开示例看看。", "muted"))
        self.badge_changed.emit()

    def _unsaved_line(self, found: Recovered) -> QWidget:
        line = QWidget(self)
        name = ElidedLabel(line, text=found.path.name, tip=str(found.path))
        when = label(line, f"{found.saved_at.astimezone():%m月%d日 %H:%M}　{found.words()}", "muted")
        restore = button(line, "恢复", lambda: self.path_requested.emit(found.path), kind="primary", tip="打开这个工作簿，把没有保存的修改放回去")
        drop = button(line, "放弃", lambda: self._drop(found))
        row(line, (name, 3), (when, 2), restore, drop, margins=(0, 2, 0, theme.GRID))
        return line

    def _drop(self, found: Recovered) -> None:
        self.notice.say(
            f"放弃“{found.path.name}”没有保存的修改（{found.words()}）？", "amber",
            ("放弃", lambda: self._discard(found)), ("留着", lambda: None))

    def _discard(self, found: Recovered) -> None:
        self.session.recovery.journal.discard(found.path)
        self.activate()

    def _recent_line(self, path: Path) -> QWidget:
        line = QWidget(self)
        words = self.fontMetrics().elidedText(path.name, Qt.TextElideMode.ElideMiddle, _WIDEST_NAME)
        name = button(line, words, lambda: self.path_requested.emit(path), kind="link", tip=str(path))
        name.setAccessibleName(path.name)
        dress(name, "folder" if not path.suffix else "file", "muted")
        where = ElidedLabel(line, text=str(path.parent), role="muted")
        forget = QToolButton(line, autoRaise=True)
        dress(forget, "close", "muted")
        forget.setToolTip("从列表中去掉")
        forget.setAccessibleName(f"从列表中去掉 {path.name}")
        forget.clicked.connect(lambda: self._forget(path))
        row(line, (name, 3), (where, 2), forget)
        ContextMenu(line, lambda _place: [
            ("打开", lambda: self.path_requested.emit(path)), ("打开所在文件夹", lambda: open_outside(path.parent)),
            ("复制路径", lambda: QGuiApplication.clipboard().setText(str(path))), ("从列表中去掉", lambda: self._forget(path))])
        return line

    def _forget(self, path: Path) -> None:
        self.settings.forget(path)
        self.activate()

    def badge(self) -> str:
        """Done once something is open."""
        return DONE if self.session.is_open else ""
