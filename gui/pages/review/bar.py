"""The line above a reviewed report: what can be done with it, and what came out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.pages.review.model import Reviewed
from gui.widgets.fit import ElidedLabel, FoldingButton, FoldingRow
from gui.widgets.parts import label, set_state

Do = Callable[[Reviewed], object]
_NARROW = 980
"""Below this width (pixels) the report's name is left out."""
_REFRESH_TIP = "把报告中的数字换成公开表现在的数，人工改过的地方都保留"


class ReviewBar(FoldingRow):
    """Buttons, result and name of the report."""

    def __init__(self, choose: Callable[[], object], again: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reviewed: Reviewed | None = None
        self.choose = self.offer("选择报告…", "open", choose, "审校另一份报告，也可以把报告拖到窗口里")
        self.again = self.offer("重新审校", "check", again, "公开表或报告改过以后，再核对一遍")
        self.summary, self.name = label(self), ElidedLabel(self)
        self.name.setProperty("role", "muted")
        self.add(self.summary)
        self.add(self.name, 100)
        self.row.addStretch(1)

    def offer_outputs(self, open_: Do, refresh: Do, listing: Do, checklist: Do, comments: Do) -> None:
        """What can be made of the review."""
        self.open = self._offer("打开报告", "goto", open_, "用系统中的程序打开，如 Word、WPS")
        self.refresh = self._offer("刷新数字…", "refresh", refresh, _REFRESH_TIP)
        self.list = self._offer("导出清单…", "export", listing, "把问题写成 Excel 清单")
        self.checklist = self._offer("导出检查表…", "export", checklist, "财政部门检查表的样子：每部分、每节、每张表是否符合要求，问题写成文字")
        self.comments = self._offer("导出批注版…", "report", comments, "在每个问题处加批注，另存为一份 Word 或 PDF 文件，原报告不变")

    def _offer(self, words: str, icon: str, do: Do, tip: str) -> FoldingButton:
        return self.offer(words, icon, lambda: do(self._reviewed) if self._reviewed is not None else None, tip)

    def show_review(self, reviewed: Reviewed) -> None:
        """Show the result of a review."""
        self._reviewed = reviewed
        is_clean = not reviewed.findings and not reviewed.review.coverage.is_too_little
        self.summary.setText(f"✓ {reviewed.summary()}" if is_clean else reviewed.summary())
        self.summary.setToolTip(f"{reviewed.review.coverage.words()}\n{reviewed.path}")
        set_state(self.summary, "green" if is_clean else "")
        self.name.set_whole(reviewed.path.name, str(reviewed.path))
        self.refresh.setEnabled(not reviewed.unlinked)
        self.refresh.set_tip(reviewed.unlinked or _REFRESH_TIP)
        self.refit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen the name of the report has no room."""
        self.name.setVisible(self.width() >= _NARROW)
        super().resizeEvent(event)
