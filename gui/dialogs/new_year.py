"""新建本年工作簿: unit, year, folder, and what is rolled forward from last year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QDialog, QLineEdit, QSpinBox, QWidget

from docgen.job.inputs import default_companion
from docgen.job.new_year import NewYear, new_year
from gui.dialogs.forms import MARGINS, PackField, PathField, buttons, fields
from gui.session import files
from gui.session.jobs import Jobs
from gui.style import theme
from gui.widgets.notice import Notice
from gui.widgets.parts import column, label
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts


class NewYearDialog(QDialog):
    """Asks, makes the files, and stays open with the reason when that fails."""

    def __init__(
        self, jobs: Jobs, folder: Path, last: Accounts | None = None, parent: QWidget | None = None, *, pack: str = ""
    ) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.made: NewYear | None = None
        self.made_with: Pack | None = None
        """The template pack it was made with."""
        self.setWindowTitle("新建本年工作簿")
        self.setMinimumWidth(560)
        self.unit = QLineEdit(self, placeholderText="与公章一致的全称")
        self.year = QSpinBox(self, minimum=2015, maximum=2099, suffix=" 年度", value=date.today().year - 1)  # noqa: DTZ011  # the user's calendar year
        self.pack = PackField(pack, self, automatic=False)
        self.folder = PathField("选择存放的文件夹", parent=self)
        self.folder.set_path(folder)
        self.last = PathField("选择上年的决算公开表", files.WORKBOOKS, self)
        self.companion = PathField("选择上年的底稿", "底稿 (*.xlsx)", self)
        self.problem = Notice(self)
        form = fields(
            ("单位名称(&N)", self.unit), ("决算年度(&Y)", self.year), ("模板包(&P)", self.pack), ("存放到(&D)", self.folder),
            ("上年工作簿(&L)", self.last), ("上年底稿(&C)", self.companion))
        hint = label(
            self, "上年两项可以不填。填了，就把单位信息、文字、上年决算数和名词解释结转到新底稿，上年的变动原因作为参考保留。", "muted", wraps=True)
        column(self, form, hint, self.problem, buttons(self, "新建"), margins=MARGINS, spacing=theme.GRID * 2)
        self.last.changed.connect(self._last_changed)
        if last is not None:
            self.unit.setText(last.unit_name)
            if last.year is not None:
                self.year.setValue(last.year + 1)
            self.last.set_path(last.path)

    def _last_changed(self) -> None:
        """Last year's 底稿 lies beside its workbook."""
        path = self.last.path
        if path is not None and path.is_file() and self.companion.path is None:
            self.companion.set_path(default_companion(path))

    def accept(self) -> None:
        unit, folder = self.unit.text().strip(), self.folder.path
        if not unit:
            self.problem.say("请填写单位名称。", "red")
            self.unit.setFocus()
        elif folder is None:
            self.problem.say("请选择存放的文件夹。", "red")
        elif (pack := self.pack.load()) is not None:
            last, companion, year = self.last.path, self.companion.path, self.year.value()
            self.made = self.problem.attempt(lambda: self.jobs.wait_for(
                lambda: new_year(folder, unit, year, pack, last_workbook=last, last_companion=companion)))
            self.made_with = pack
            if self.made is not None:
                super().accept()
