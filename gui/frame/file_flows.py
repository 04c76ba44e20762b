"""Opening, saving and closing: every way through, each with its way out."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget

from gui.session import files
from gui.session.opening import AUTOMATIC, STANDARD
from gui.widgets.notice import Action, Notice, Tone
from workbook.errors import JuesuanError, sentence
from workbook.safe_save import ChangedError, ReadOnlyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.session.disk import DiskState
    from gui.session.jobs import Job
    from gui.session.session import Session
    from gui.session.settings import Settings
    from workbook.editing.journal import Recovered
    from workbook.editing.saving import Saved
    from workbook.errors import PasswordError
    from workbook.pack.loading import Pack

_OPENING = "正在打开，文件较大或在网络位置上"
PATIENCE_MS = 600
"""Opening that takes longer is mentioned, and can be cancelled."""


class FileFlows(QObject):
    """What the file menu does."""

    def __init__(self, session: Session, settings: Settings, bar: Notice, window: QWidget) -> None:
        super().__init__(window)
        self.session, self.settings, self.bar, self.window_ = session, settings, bar, window
        self._said: dict[str, str] = {}
        """The message shown for each cause, so that it goes with the cause."""
        session.recovery.recovered.connect(self._recovered)
        session.recovery.left_over.connect(self._left_over)
        session.saving.saved.connect(self._saved)
        session.saving.changed.connect(self._show_failures)
        session.disk.changed.connect(self._disk_changed)
        session.locked.connect(self._ask_password)
        session.failed.connect(lambda text: self._say("edit", text, Tone.ERROR))
        session.noticed.connect(lambda text: self._say("edit", text, Tone.INFO, seconds=10))
        session.undo_stack.indexChanged.connect(lambda _: self._unsay("edit"))
        session.opened.connect(self._opened)
        session.closed.connect(bar.dismiss)
        self._opening = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._job: Job | None = None
        self._locked: Path | None = None
        """The file whose password was asked for last."""
        self._opening.timeout.connect(self._say_opening)

    # ------------------------------------------------------------ opening
    def choose_file(self) -> None:
        """Ask for a workbook and open it."""
        name, _ = QFileDialog.getOpenFileName(self.window_, "打开决算公开表", str(self.settings.folder), files.WORKBOOKS)
        if name:
            self.open(Path(name))

    def choose_folder(self) -> None:
        """Ask for a folder with one file per table and open it."""
        name = QFileDialog.getExistingDirectory(self.window_, "打开存放各表的文件夹", str(self.settings.folder))
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a workbook or folder, after unsaved edits are settled."""
        self.settle(lambda: self._open(path))

    def use_pack(self, key: str, pack: Pack) -> None:
        """Use another template pack; an open workbook is read anew, after unsaved edits are settled."""

        def use() -> None:
            self.settings.pack = key
            self.session.choose_pack(key, pack)
            words = f"现在按模板包“{pack.title}”办理。" if key != STANDARD else f"现在{AUTOMATIC}模板包。"
            self.bar.say(words, Tone.GOOD, seconds=8)

        self.settle(use)

    def use_pack_here(self, key: str) -> None:
        """Read the open workbook by another template pack, now and later, after unsaved edits are settled; others are as before."""
        if (path := self.session.path) is not None:
            self.settle(lambda: self._open_by(path, key))

    def set_year(self, year: int) -> None:
        """Note in the 底稿 which year the open workbook is of, which states none, and read it anew, after unsaved edits are settled."""
        from workbook.pack.companion_form import YEAR

        def note() -> None:
            companion = self.session.companion_or_new()
            self.session.set_companion(companion.with_text(YEAR, companion.text(YEAR).with_value(Decimal(year))))
            self.session.reload()

        self.settle(note)

    def open_with(self, path: Path, pack: Pack) -> None:
        """Open a workbook that was made with a template pack, by that pack."""
        from workbook.pack.choice import key_of

        self.settle(lambda: self._open_by(path, key_of(pack.folder)))

    def _open_by(self, path: Path, key: str) -> None:
        self.session.opener.choose_for(path, key)
        self._open(path)

    def _open(self, path: Path) -> None:
        self.bar.dismiss()
        self._job = self.session.open(path)
        self._job.ended.connect(self._opening.stop)
        self._opening.start()

    def _ask_password(self, error: PasswordError, path: Path) -> None:
        """The workbook, last year's or the 底稿 is encrypted: ask for the password, and open the workbook again."""
        again, self._locked = "密码不对，请再输入一次。\n" if self._locked == error.path else "", error.path

        def try_again(password: str) -> None:
            from workbook.formats.encrypted import give_password

            give_password(password)
            self._open(path)

        asked = QInputDialog(self.window_)
        asked.setWindowTitle("需要密码")
        asked.setTextEchoMode(QLineEdit.EchoMode.Password)
        asked.setLabelText(f"{again}“{error.path.name}”已加密，请输入打开它的密码：")
        asked.setOkButtonText("打开")
        asked.setCancelButtonText("取消")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.textValueSelected.connect(try_again)
        asked.rejected.connect(lambda: self._say("edit", sentence(error), Tone.ERROR))
        asked.open()

    def _say_opening(self) -> None:
        """It takes a while: say so, and let the user stop it."""
        if self._job is not None and not self.bar.text:  # nothing that matters more
            self.bar.say(_OPENING, Tone.INFO, ("取消", self._job.cancel))

    @property
    def _name(self) -> str:
        return self.session.path.name if self.session.path is not None else ""

    def _say(self, cause: str, text: str, tone: Tone, *actions: Action, seconds: float = 0) -> None:
        """Show a message that belongs to a cause."""
        self._said[cause] = text
        self.bar.say(text, tone, *actions, seconds=seconds)

    def _unsay(self, cause: str) -> None:
        """The cause is gone, and with it its message."""
        if (text := self._said.pop(cause, "")) and self.bar.text == text:
            self.bar.dismiss()

    def _opened(self) -> None:
        self._job = self._locked = None
        if self.bar.text == _OPENING:
            self.bar.dismiss()
        self._said.clear()
        if self.session.path is not None:
            self.settings.note_opened(self.session.path.resolve())
        if not self.session.claim.is_ours:
            self._say("claim", f"“{self._name}”已在另一个窗口打开{self.session.claim.other and '：'}{self.session.claim.other}。"
                      "两边都可以看；都改的话，后保存的一边会被问到要留哪一边的改动。", Tone.WARNING)

    def reload(self) -> None:
        """Read the workbook again; unsaved edits are asked about."""
        if self.session.path is not None:
            self.open(self.session.path)

    def reveal(self) -> None:
        """Show the workbook in the system's file manager."""
        path = self.session.path
        if path is not None:
            files.open_outside(path if path.is_dir() else path.parent)

    def close(self) -> None:
        """Close the workbook."""
        self.settle(self.session.close)

    # ------------------------------------------------------------ saving
    def save(self) -> bool:
        """Save workbook and 底稿; False when it did not work (the message says why and what helps)."""
        self._said.pop("saving", None)
        return self.session.saving.save_all()

    def _saved(self, done: Saved) -> None:
        words = "已保存。"
        if done.backups:
            words = f"已保存。修改前的文件已备份为“{done.backups[0].name}”。"
        if done.recalculates:
            words += "有的公式要等 Excel/WPS 打开文件时才重新计算。"
        if done.unlinked:
            words += f"“{done.unlinked[0].name}”还有别的文件名（硬链接），那些仍是修改前的内容。"
        self.bar.say(words, Tone.GOOD, seconds=8)

    def show_failures(self) -> None:
        """Say once more what could not be saved, with the ways out."""
        self._said.pop("saving", None)
        self._show_failures()
        if not self.session.saving.failures:
            self._disk_changed(self.session.disk.now)

    def _show_failures(self) -> None:
        """What could not be saved is said until it is."""
        failures = self.session.saving.failures
        words = "".join(sentence(problem) for problem in failures)
        if not failures:
            self._unsay("saving")
        elif words != self._said.get("saving"):
            self._say("saving", words, Tone.ERROR, *self._ways_out(failures), ("另存为…", self.save_as))

    def _ways_out(self, failures: tuple[Exception, ...]) -> tuple[Action, ...]:
        """What helps against a failed save, besides 另存为."""
        from workbook.editing.saving import NotEditableError

        problem, saving = failures[0], self.session.saving
        if len(failures) > 1:
            return (("重试", self.save),)
        if isinstance(problem, NotEditableError):
            return ()
        if isinstance(problem, ReadOnlyError) and problem is saving.problem:
            return (("仍然覆盖", self._save_over), ("重试", self.save))
        if isinstance(problem, ChangedError):
            if problem is saving.problem:
                return (("重新载入", self._drop_and_reload), ("保留这里的改动", self._keep_edits))
            return (("重新载入底稿", self.session.reload_companion), ("保留这里的改动", self._keep_texts))
        return (("重试", self.save),)

    def _save_over(self) -> None:
        """The user wants a read-only file replaced."""
        self._said.pop("saving", None)
        with suppress(JuesuanError, OSError):
            self.session.saving.save(over_read_only=True)

    def _keep_texts(self) -> None:
        """Write the 底稿 over what another program made of it; that stays as a backup."""
        self._said.pop("saving", None)
        if self.session.store.flush(over=True):
            self.bar.say("底稿已按这里的内容写入；别处的那一份已备份为 .bak 文件。", Tone.GOOD, seconds=10)

    def save_as(self) -> bool:
        """Ask for a name, save there and go on with that file."""
        path = self.session.path
        if path is None:
            return False
        proposal = path.with_name(f"{path.name if path.is_dir() else path.stem}（修改）.xlsx")
        target = files.ask_target(self.window_, "另存为", proposal, files.EXCEL)
        if target is None:
            self.show_failures()
        return target is not None and self.save_to(target)

    def save_to(self, target: Path) -> bool:
        """Save as *target* and go on with that file."""
        self._said.pop("saving", None)
        try:
            written = self.session.saving.save_as(target)
        except (JuesuanError, OSError):
            self.show_failures()
            return False
        self.bar.say(f"已另存为“{written.name}”，底稿一并存好，现在编辑的是这个文件。", Tone.GOOD, seconds=8)
        return True

    def _drop_and_reload(self) -> None:
        self.session.recovery.forget()
        if self.session.path is not None:
            self._open(self.session.path)

    def _keep_edits(self) -> None:
        """Another program changed the workbook: make the edits of this window in what it wrote."""
        try:
            self.session.recovery.carry_over()
        except (JuesuanError, OSError) as error:
            self._say("disk", sentence(error), Tone.ERROR, ("另存为…", self.save_as), ("重新载入", self._drop_and_reload))
            return
        self.bar.say("已载入别处的改动，并保留了这里的改动，请核对后保存；可以撤销（Ctrl+Z）。", Tone.WARNING)

    # ------------------------------------------------------------ what is not saved
    def settle(self, go_on: Callable[[], object], *, stays: bool = False) -> bool:
        """Ask about what is not saved, then go on; False when the user would rather stay.

        With *stays* the unit stays open, and what is not saved with it.
        """
        if self.session.is_open:
            self.session.store.flush()
        if self.session.saving.unsaved():
            answer = self.ask_unsaved()
            if answer == "cancel" or (answer == "save" and not self.save()) or (answer == "save_as" and not self.save_as()):
                return False
            if answer == "drop" and not stays:
                self.session.recovery.forget()
        go_on()
        return True

    def ask_unsaved(self) -> str:
        """``save``, ``save_as``, ``drop`` or ``cancel``."""
        saving = self.session.saving
        box = QMessageBox(self.window_)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("决算公开助手")
        box.setText(f"“{self._name}”{saving.state}")
        box.setInformativeText("；\n".join(saving.unsaved()) + "。\n要保存吗？")
        role = QMessageBox.ButtonRole
        answers = {box.addButton("重试" if saving.failures else "保存", role.AcceptRole): "save"}
        if saving.failures:
            answers[box.addButton("另存为…", role.AcceptRole)] = "save_as"
        answers[box.addButton("不保存", role.DestructiveRole)] = "drop"
        box.addButton("取消", role.RejectRole)
        box.setDefaultButton(next(iter(answers)))
        box.exec()
        clicked = box.clickedButton()
        return next((answer for button, answer in answers.items() if button is clicked), "cancel")

    # ------------------------------------------------------------ recovery
    def _recovered(self, found: Recovered) -> None:
        undo = () if not found.changes else (("放弃", self._drop_recovered),)
        self._say("recovery", f"上次（{_when(found)}）没有保存就关闭了，已经恢复：{found.words()}。请核对后保存。", Tone.WARNING, *undo)

    def _left_over(self, found: Recovered) -> None:
        self._say(
            "recovery", f"上次（{_when(found)}）没有保存就关闭了：{found.words()}。文件后来又被其他程序修改过，没有自动恢复。", Tone.WARNING,
            ("仍然恢复", lambda: self.session.recovery.redo(found)), ("放弃", self.session.recovery.forget))

    def _drop_recovered(self) -> None:
        self.session.undo_stack.setIndex(0)
        self.session.recovery.forget()

    # ------------------------------------------------------------ other programs
    def _disk_changed(self, state: DiskState) -> None:
        if state.companion:
            self._companion_on_disk(state)
        if not state.workbook:
            self._unsay("disk")
            return
        name, what = state.workbook[0].name, f"：{state.words()}" if state.words() else ""
        if state.is_gone:
            self._say("disk", f"“{name}”已不在原来的位置，可能被移动或删除。", Tone.WARNING, ("另存为…", self.save_as))
        elif self.session.is_dirty:
            self._say("disk", f"表格已在别处改动，这里也有没保存的修改{what}。", Tone.WARNING,
                      ("重新载入", self._drop_and_reload), ("保留这里的改动", self._keep_edits), ("另存为…", self.save_as))
        else:
            self._say("disk", f"表格已在别处改动{what}。", Tone.WARNING, ("重新载入", self._drop_and_reload))

    def _companion_on_disk(self, state: DiskState) -> None:
        """Another program changed the 底稿: read it again, unless there are changes here that it would cost."""
        if self.session.store.is_dirty:
            self.session.store.flush()  # fails, and says so with both ways out
        else:
            self.session.reload_companion()
            what = "" if state.workbook or not state.words() else f"（{state.words()}）"
            self.bar.say(f"底稿已在别处改动，已重新读入{what}。", Tone.INFO, seconds=10)


def _when(found: Recovered) -> str:
    return found.saved_at.astimezone().strftime("%m月%d日 %H:%M")
