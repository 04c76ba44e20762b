"""The main window: rail, header, message bar, pages, status; it wires them and does nothing itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QWidget,
)

from gui.frame.actions import Actions
from gui.frame.edges import HeaderLine, Rail, StatusLine
from gui.frame.file_flows import FileFlows
from gui.frame.page_set import PageSet
from gui.frame.tools_flows import ToolsFlows
from gui.pages.base import PageName
from gui.session.files import FileDrop, is_report, is_workbook
from gui.session.jobs import Pause
from gui.session.session import Session
from gui.session.settings import Settings, documents
from gui.style import theme
from gui.style.theme import redress
from gui.widgets.notice import Notice, Tone
from gui.widgets.parts import column, row

_SIZE = QSize(1280, 760)
_SMALLEST = QSize(880, 440)
"""What is left of 1366×768 at 150 % between the title bar and the task bar."""
SMALL_SCREEN = 1440
"""On a screen that is narrower the window starts maximised."""
PATIENCE_MS = 250
"""Work that takes longer is mentioned in the status line."""

_SAMPLES = "决算公开助手示例"
"""Folder below the user's documents that the samples are copied to."""


class MainWindow(QMainWindow):
    """One window, one unit."""

    session: Session
    files: FileFlows
    pages: PageSet
    tools: ToolsFlows

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session, self.settings = session, settings
        session.setParent(self)
        self.setWindowTitle("决算公开助手")
        self.setMinimumSize(_SMALLEST)
        self.rail, self.bar = Rail(self), Notice(self)
        self.header, self.status = HeaderLine(session, self), StatusLine(session, self)
        self.stack = QStackedWidget(self)
        self.bar.float_over(self.stack)
        self.files = FileFlows(session, settings, self.bar, self)
        self.pages = PageSet(session, settings, self.stack, self.rail, self)
        self.tools = ToolsFlows(session, settings, self.files, self.bar, self)
        self.actions_ = Actions(self)
        self._sample: Path | None = None
        """The sample, while it is being opened."""
        self._shown: tuple[str, int | None] | None = None
        """Unit and year that the pages show; another one is begun where its work begins."""
        self._report: Path | None = None
        """To review as soon as its workbook is open."""
        session.opener.remember(settings)
        self._patience = Pause(self, PATIENCE_MS, lambda: self.status.busy.setText("正在处理"))
        centre = QWidget(self)
        row(centre, self.rail, (column(None, self.header, (self.stack, 1), self.status, spacing=0), 1), spacing=0)
        self.setCentralWidget(centre)
        FileDrop(
            self, lambda path: is_workbook(path) or is_report(path),
            lambda path: QTimer.singleShot(0, self, lambda: self._take(path)))
        self._connect()
        self._restore()
        self.pages.show(PageName.OPEN)
        QTimer.singleShot(0, self, session.warm_up)

    # ------------------------------------------------------------ wiring
    def _connect(self) -> None:
        session, files, pages, tools = self.session, self.files, self.pages, self.tools
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)
        session.dirty_changed.connect(self.setWindowModified)
        session.cell_requested.connect(lambda _: pages.show(PageName.CHECK))
        session.jobs.busy_changed.connect(self._busy)
        self.header.pack_requested.connect(files.reload)
        self.header.year_requested.connect(tools.set_year)
        self.status.severity_requested.connect(pages.show_severity)
        self.status.reasons_requested.connect(lambda: pages.show(PageName.REASONS))
        self.status.saving_requested.connect(files.show_failures)
        pages.badges_changed.connect(lambda: self.status.set_left(pages.left))
        pages.status_changed.connect(self.status.selection.setText)
        pages.welcome.review_requested.connect(pages.review)
        pages.welcome.sample_requested.connect(self.open_sample)
        pages.welcome.path_requested.connect(files.open)
        for part in (pages, self.header, self.status):
            part.commanded.connect(lambda name: self.actions_[name].trigger())
        recent = QMenu(self)
        recent.aboutToShow.connect(partial(self._fill_recent, recent))
        self.actions_["recent"].setMenu(recent)
        self.rail.add("settings", "设置…", self.show_settings)
        self.rail.add("help", "帮助", tools.show_help)
        self.actions_.set_open(False)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.dress)

    def _opened(self) -> None:
        self.actions_.set_open(True)
        self.setWindowTitle(f"{self.session.path.name if self.session.path else ''}[*] - 决算公开助手")
        sample, self._sample = self._sample, None
        if sample is not None and self.session.path == sample:
            self.bar.say(
                f"示例已复制到“{sample.parent}”，可以随便改。左边从上到下就是步骤；F8 逐个看问题，双击金额可以修改。", Tone.INFO,
                ("使用手册", self.tools.show_help))
        report, self._report = self._report, None
        unit = self.session.accounts.unit_name, self.session.accounts.year
        if report is not None:
            QTimer.singleShot(0, self, lambda: self.pages.review(report))  # when every page knows the new workbook
        elif self.pages.current is PageName.OPEN or unit != self._shown:
            self.pages.show(PageName.CHECK)
            tables = self.session.accounts.tables.values()
            amounts = (v for table in tables for values in table.columns.values() for v in values.values())
            if not self.bar.text and not any(amounts):
                self.bar.say(
                    "公开表还是空的：从“01”起逐张填入金额，也可以从 Excel、WPS 复制一块粘贴进来；填完看下面的问题清单，再写变动原因。", Tone.INFO)
        self._shown = unit

    def _closed(self) -> None:
        self.actions_.set_open(False)
        self.setWindowTitle("决算公开助手")
        self.pages.show(PageName.OPEN)

    def _busy(self, busy: bool) -> None:
        if busy:
            self._patience.start()
        else:
            self._patience.stop()
            self.status.busy.clear()

    # ------------------------------------------------------------ things to do
    def open_sample(self, pack: str = "") -> None:
        """Copy the sample (of *pack*, else of the default one) to the user's documents and open it."""
        from docgen.job.samples import copy_sample
        from workbook.pack.loading import DEFAULT_PACK

        folder = documents() / _SAMPLES / pack
        self._sample = self.bar.attempt(
            lambda: self.session.jobs.wait_for(lambda: copy_sample(folder, pack or DEFAULT_PACK, keep=True)))
        if self._sample is not None:
            self.files.open(self._sample)

    def show_settings(self) -> None:
        """The dialog 设置; colours change at once."""
        from gui.dialogs.asking import SettingsDialog

        dialog = SettingsDialog(self.settings, self.session, self)
        if dialog.exec():
            self.dress()
            self.session.checked.emit()
            if dialog.new_pack is not None:
                self.files.use_pack(dialog.pack.key, dialog.new_pack)

    def dress(self) -> None:
        """Take the colours that the settings (or the system) ask for."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, self.settings.mode)
        self._draw_icons()

    def _draw_icons(self) -> None:
        redress()
        self.pages.dress()

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.settings.recent:
            menu.addAction(str(path), lambda p=path: self.files.open(p))
        if menu.isEmpty():
            menu.addAction("（没有）").setEnabled(False)

    # ------------------------------------------------------------ the window itself
    def _restore(self) -> None:
        geometry = self.settings.layout("窗口")
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            screen = QGuiApplication.primaryScreen()
            room = screen.availableSize()
            self.resize(_SIZE.boundedTo(QSize(room.width() - 40, room.height() - 60)))
            if room.width() < SMALL_SCREEN:
                self.setWindowState(Qt.WindowState.WindowMaximized)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Settle unsaved edits, write what is pending, remember the layout."""
        batch = self.tools.batch  # one under way is asked about, once, and may close the window later
        if (batch is not None and not batch.may_close(self.close)) or not self.files.settle(lambda: None):
            event.ignore()
            return
        self.settings.keep_layout("窗口", self.saveGeometry())
        self.pages.keep_layout()
        self.session.jobs.finish()
        self.session.claim.release()
        if batch is not None:
            batch.put_away()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """The window came to the front: look whether the file changed meanwhile."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            QTimer.singleShot(0, self, self.session.disk.look)

    def event(self, event: QEvent) -> bool:
        """The window is on a screen that is finer or coarser than the one before: icons follow."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            QTimer.singleShot(0, self, self._draw_icons)
        return super().event(event)

    def _take(self, path: Path) -> None:
        """Open what was dropped, review a report; without a workbook say what is needed first, and do it then."""
        if not is_report(path):
            self.files.open(path)
        elif self.session.is_open:
            self.pages.review(path)
        else:
            self._report = path
            self.bar.say(
                f"审校要对照决算公开表：请先打开“{path.name}”对应的公开表，打开后自动开始审校。", Tone.INFO,
                ("打开工作簿…", self.files.choose), ("没有公开表，与报告自己的表核对", lambda: self.pages.review(path, alone=True)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Esc takes the message away; Enter presses the button that has the focus."""
        focus = QApplication.focusWidget()
        if event.key() == Qt.Key.Key_Escape and self.bar.isVisible():
            self.bar.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
        else:
            super().keyPressEvent(event)

