"""Unexpected errors: written to the log, told in one sentence; the window stays."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from workbook.errors import JuesuanError, sentence
from workbook.log import LOGGER, log_file


class ErrorDialog(QMessageBox):
    """What happened; where the program is at fault, that nothing is lost, where the log is, and the traceback behind 详细信息."""

    def __init__(self, error: BaseException, details: str) -> None:
        super().__init__(QMessageBox.Icon.Warning, "决算公开助手", sentence(error), parent=QApplication.activeWindow())
        if not isinstance(error, JuesuanError):
            self.setInformativeText(f"刚才的操作没有完成，窗口可以继续使用。如果再次出现，请把日志文件发给维护人员：\n{log_file()}")
            self.setDetailedText(details)
        self.addButton("知道了", QMessageBox.ButtonRole.AcceptRole)
        for button in self.buttons():
            if self.buttonRole(button) is QMessageBox.ButtonRole.ActionRole:
                button.setText("详细信息")


class Guard:
    """Stands in for ``sys.excepthook`` while the window is open."""

    def __init__(self) -> None:
        self._is_showing = False

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        LOGGER.error("%s", details)
        if self._is_showing or QApplication.instance() is None:
            return
        self._is_showing = True
        try:
            self.show(error, details)
        finally:
            self._is_showing = False

    def show(self, error: BaseException, details: str) -> None:
        """Tell the user."""
        ErrorDialog(error, details).exec()

    def install(self) -> None:
        """Take over unexpected errors and Qt's own messages."""
        sys.excepthook = self
        qInstallMessageHandler(_qt_message)


def _qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        LOGGER.error("Qt: %s", text)
    elif kind is QtMsgType.QtWarningMsg:
        LOGGER.warning("Qt: %s", text)
