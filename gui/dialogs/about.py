"""Help: the manual in a window of its own, and versions and licences."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, qVersion
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QWidget

from gui.dialogs.forms import MARGINS, buttons
from gui.widgets.parts import column, label
from workbook import __version__

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual.html"


class HelpWindow(QDialog):
    """Shows the manual; links go to its sections, never to the network."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("使用手册")
        room = self.screen().availableSize()
        self.resize(QSize(860, 660).boundedTo(QSize(room.width() - 40, room.height() - 60)))
        self.setModal(False)
        self.browser = _Browser(self, openLinks=True, openExternalLinks=False, searchPaths=[str(MANUAL.parent)])
        column(self, self.browser)
        self.browser.setSource(QUrl.fromLocalFile(str(MANUAL)), QTextDocument.ResourceType.HtmlResource)


class _Browser(QTextBrowser):
    """Pictures no wider than the window."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802  # Qt's name
        found = super().loadResource(kind, name)
        if kind == QTextDocument.ResourceType.ImageResource.value:
            url = name if isinstance(name, QUrl) else QUrl(name)
            image = QImage(self.source().resolved(url).toLocalFile() if not url.isLocalFile() else url.toLocalFile())
            if image.width() > 800:
                return image.scaledToWidth(800, Qt.TransformationMode.SmoothTransformation)
            return image if not image.isNull() else found
        return found


COMPONENTS = (
    ("Qt / PySide6", "PySide6-Essentials", "LGPL-3.0"), ("python-calamine", "python-calamine", "MIT"),
    ("openpyxl", "openpyxl", "MIT"), ("XlsxWriter", "XlsxWriter", "BSD-2-Clause"), ("lxml", "lxml", "BSD-3-Clause"),
    ("python-docx", "python-docx", "MIT"), ("Jinja2", "Jinja2", "BSD-3-Clause"), ("MarkupSafe", "MarkupSafe", "BSD-3-Clause"),
    ("pypdfium2", "pypdfium2", "Apache-2.0/BSD-3-Clause"), ("Rich", "rich", "MIT"),
    ("Pebble", "pebble", "LGPL-3.0"), ("platformdirs", "platformdirs", "MIT"),
    ("comtypes", "comtypes", "MIT"), ("msoffcrypto-tool", "msoffcrypto-tool", "MIT"), ("olefile", "olefile", "BSD-2-Clause"),
    ("cryptography", "cryptography", "Apache-2.0/BSD-3-Clause"),
)


class AboutDialog(QDialog):
    """Versions and licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("关于决算公开助手")
        self.setMinimumSize(480, 300)
        self.resize(520, 420)
        title = label(self, f"决算公开助手 {__version__}", "title")
        words = label(self, "校验部门决算公开表，提示变动原因，生成和复核公开报告。全部在本机完成，不连接网络。", wraps=True)
        text = QTextBrowser(self, openExternalLinks=False)
        text.setHtml(self._html())
        column(self, title, words, (text, 1), buttons(self, "关闭", ""), margins=MARGINS)

    @staticmethod
    def _html() -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td>{version}</td><td>{licence}</td></tr>"
            for name, package, licence in COMPONENTS if (version := _version(package)))
        return (
            "<p>本程序按 MIT 许可证发布。图标为本程序自绘，同一许可证。</p>"
            f"<p>Python {platform.python_version()}　Qt {qVersion()}　{platform.system()} {platform.release()}</p>"
            "<table cellspacing='0' cellpadding='4'><tr><th align='left'>所用组件</th><th align='left'>版本</th>"
            f"<th align='left'>许可证</th></tr>{rows}</table>"
            "<p>Qt 和 Pebble 以可替换的文件使用（LGPL-3.0），可自行替换程序目录中的 Qt 库文件和 pebble 文件夹。</p>")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""  # of another system
