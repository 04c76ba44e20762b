"""The user manual, offline, in a window of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

ROOT = Path(__file__).resolve().parents[2] / "docs"
_NAMES = ("manual.html", "manual.md", "手册.md")
_MISSING = """# 使用手册

手册文件不在程序目录中。常用操作：

1. **打开**：选择本年的决算公开表（Ctrl+O），或打开示例。
2. **校验**：F8 逐个查看问题，回车修改，Ctrl+Z 撤销，Ctrl+S 保存。
3. **变动原因**：逐条填写，Ctrl+Enter 接受并转到下一条。
4. **文字资料**：填写概况、所属单位、绩效自评等。
5. **预览与生成**：核对后生成 Word 报告（Ctrl+G）。
"""


def manual() -> Path | None:
    """The manual's file, if it is there."""
    return next((ROOT / name for name in _NAMES if (ROOT / name).is_file()), None)


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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
        path = manual()
        if path is None:
            self.browser.setMarkdown(_MISSING)
        else:
            kind = QTextDocument.ResourceType.HtmlResource if path.suffix == ".html" else (
                QTextDocument.ResourceType.MarkdownResource)
            self.browser.setSearchPaths([str(path.parent)])
            self.browser.setSource(QUrl.fromLocalFile(str(path)), kind)


class _Browser(QTextBrowser):
    """Pictures no wider than the window."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: N802  # Qt's name
        """Scale pictures down to the text's width."""
        found = super().loadResource(kind, name)
        if kind == QTextDocument.ResourceType.ImageResource.value:
            from PySide6.QtCore import Qt
            from PySide6.QtGui import QImage

            url = name if isinstance(name, QUrl) else QUrl(name)
            image = QImage(self.source().resolved(url).toLocalFile() if not url.isLocalFile() else url.toLocalFile())
            if image.width() > 800:
                return image.scaledToWidth(800, Qt.TransformationMode.SmoothTransformation)
            return image if not image.isNull() else found
        return found
