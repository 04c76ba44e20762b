"""The user manual, offline, in a window of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QWidget

from gui.widgets.parts import column

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual.html"


class HelpWindow(QDialog):
    """Shows the manual; links go to its sections, never to the network."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("使用手册")
        room = self.screen().availableSize()
        self.resize(QSize(860, 660).boundedTo(QSize(room.width() - 40, room.height() - 60)))
        self.setModal(False)
        self.browser = _Browser(self)
        self.browser.setOpenLinks(True)
        self.browser.setOpenExternalLinks(False)
        column(self, self.browser)
        self.browser.setSearchPaths([str(MANUAL.parent)])
        self.browser.setSource(QUrl.fromLocalFile(str(MANUAL)), QTextDocument.ResourceType.HtmlResource)


class _Browser(QTextBrowser):
    """Pictures no wider than the window."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802  # Qt's name
        """Scale pictures down to the text's width."""
        found = super().loadResource(kind, name)
        if kind == QTextDocument.ResourceType.ImageResource.value:
            url = name if isinstance(name, QUrl) else QUrl(name)
            image = QImage(self.source().resolved(url).toLocalFile() if not url.isLocalFile() else url.toLocalFile())
            if image.width() > 800:
                return image.scaledToWidth(800, Qt.TransformationMode.SmoothTransformation)
            return image if not image.isNull() else found
        return found
