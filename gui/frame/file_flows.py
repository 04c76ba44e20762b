"""Opening, saving and closing: every way through, each with its way out."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMessageBox, QWidget

from gui.session import files
from gui.session.files import follow
from gui.session.opening import AUTOMATIC, STANDARD
from gui.widgets.notice import Action, Notice, Tone
from workbook.errors import JuesuanError, sentence
from workbook.safe_save import ChangedError, ReadOnlyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gui.session.disk import DiskState
    from gui.session.session import Session
    from gui.session.settings import Settings
    from workbook.editing.kept import Recovered
    from workbook.editing.saving import Saved
    from workbook.errors import PasswordError
    from workbook.pack.loading import Pack

PATIENCE_MS = 600
"""Opening that takes longer is mentioned, and can be cancelled."""


class FileFlows(QObject):
    """What the file menu does."""

    def __init__(self, session: Session, settings: Settings, bar: Notice, window: QWidget) -> None:
        super().__init__(window)
        self.session, self.settings, self.bar, self.window_ = session, settings, bar, window
        self._said: dict[str, str] = {}
        """The message shown for each cause, so that it goes with the cause."""
        self._locked: Path | None = None
        """The file whose password was asked for last."""
        self._reload: Action = ("重新载入", self._drop_and_reload)
        self._keep: Action = ("保留这里的改动", self._keep_edits)
        self._save_as: Action = ("另存为…", self.save_as)
        session.recovery.recovered.connect(partial(self._tell_lost, is_back=True))
        session.recovery.left_over.connect(partial(self._tell_lost, is_back=False))
        session.saving.saved.connect(self._saved)
        session.saving.changed.connect(self._show_failures)
        session.disk.changed.connect(self._disk_changed)
        session.locked.connect(self._ask_password)
        session.failed.connect(lambda text: self._say("edit", text, Tone.ERROR))
        session.noticed.connect(lambda text: self._say("edit", text, Tone.INFO, seconds=10))
        session.undo_stack.indexChanged.connect(lambda _: self._unsay("edit"))
        session.opened.connect(self._opened)
        session.closed.connect(bar.dismiss)

    def _say(self, cause: str, text: str, tone: Tone, *actions: Action, seconds: float = 0) -> None:
        """Show a message that belongs to a cause."""
        self._said[cause] = text
        self.bar.say(text, tone, *actions, seconds=seconds)

    def _unsay(self, cause: str) -> None:
        """The cause is gone, and with it its message."""
        if (text := self._said.pop(cause, "")) and self.bar.text == text:
            self.bar.dismiss()

    # ------------------------------------------------------------ opening
    def choose(self, *, folder: bool = False) -> None:
        """Ask for a workbook, or a *folder* with one file per table, and open it."""
        title, kinds = ("打开存放各表的文件夹", "") if folder else ("打开决算公开表", files.WORKBOOKS)
        if (path := files.ask_source(self.window_, title, self.settings.folder, kinds)) is not None:
            self.open(path)

    def open(self, path: Path, by: str | None = None) -> None:
        """Open a workbook or folder after unsaved edits are settled; *by* the template pack with this key, now and later."""

        def go_on() -> None:
            if by is not None:
                self.session.opener.choose_for(path, by)
            self._open(path)

        self.settle(go_on)

    def reload(self, by: str | None = None) -> None:
        if self.session.path is not None:
            self.open(self.session.path, by)

    def use_pack(self, key: str, pack: Pack) -> None:
        """Use another template pack for all; an open workbook is read anew, after unsaved edits are settled."""

        def use() -> None:
            self.settings.pack = key
            self.session.choose_pack(key, pack)
            words = f"现在按模板包“{pack.title}”办理。" if key != STANDARD else f"现在{AUTOMATIC}模板包。"
            self.bar.say(words, Tone.GOOD, seconds=8)

        self.settle(use)

    def _open(self, path: Path) -> None:
        self.bar.dismiss()
        follow(self.bar, self.session.open(path), "正在打开，文件较大或在网络位置上", PATIENCE_MS)

    def _ask_password(self, error: PasswordError, path: Path) -> None:
        """The workbook, last year's or the 底稿 is encrypted: ask for the password, and open the workbook again."""
        again, self._locked = "密码不对，请再输入一次。\n" if self._locked == error.path else "", error.path

        def try_again(password: str) -> None:
            from workbook.formats.ole import give_password

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

    def _opened(self) -> None:
        self._locked = None
        self._said.clear()
        if self.session.path is not None:
            self.settings.note_opened(self.session.path.resolve())
        if not self.session.claim.is_ours:
            self._say("claim", f"“{self._name}”已在另一个窗口打开{self.session.claim.other and '：'}{self.session.claim.other}。"
                      "两边都可以看；都改的话，后保存的一边会被问到要留哪一边的改动。", Tone.WARNING)

    @property
    def _name(self) -> str:
        return self.session.path.name if self.session.path is not None else ""

    def close(self) -> None:
        self.settle(self.session.close)

    # ------------------------------------------------------------ saving
    def _try(self, save: Callable[[], object]) -> bool:
        """Save in some way; False when it did not work, and the message says why and what helps."""
        self._said.pop("saving", None)
        with suppress(JuesuanError, OSError):
            save()
        self._show_failures()
        return not self.session.saving.failures

    def save(self) -> bool:
        """Save workbook and 底稿; whether both are on the disk."""
        return self._try(self.session.saving.save_all)

    def save_as(self, target: Path | None = None) -> bool:
        """Save as *target*, or under a name that is asked for, and go on with that file."""
        if (path := self.session.path) is None:
            return False
        target = target or files.ask_target(self.window_, "另存为", files.beside(path, "（修改）.xlsx"), files.EXCEL)
        if target is None:
            self.show_failures()
        elif self._try(partial(self.session.saving.save_as, target)):
            self.bar.say(f"已另存为“{self._name}”，底稿一并存好，现在编辑的是这个文件。", Tone.GOOD, seconds=8)
            return True
        return False

    def _keep_texts(self) -> None:
        """Write the 底稿 over what another program made of it; that stays as a backup."""
        if self._try(lambda: self.session.store.flush(over=True)):
            self.bar.say("底稿已按这里的内容写入；别处的那一份已备份为 .bak 文件。", Tone.GOOD, seconds=10)

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
        if self._try(lambda: None):
            self._disk_changed(self.session.disk.now)

    def _show_failures(self) -> None:
        """What could not be saved is said until it is."""
        failures = self.session.saving.failures
        words = "".join(sentence(problem) for problem in failures)
        if not failures:
            self._unsay("saving")
        elif words != self._said.get("saving"):
            self._say("saving", words, Tone.ERROR, *self._ways_out(failures), self._save_as)

    def _ways_out(self, failures: tuple[Exception, ...]) -> tuple[Action, ...]:
        """What helps against a failed save, besides 另存为."""
        from workbook.editing.saving import NotEditableError

        (problem, *others), saving = failures, self.session.saving
        is_workbook = problem is saving.problem
        if not others and isinstance(problem, NotEditableError):
            return ()
        if not others and isinstance(problem, ChangedError):
            texts: tuple[Action, ...] = (("重新载入底稿", self.session.reload_companion), (self._keep[0], self._keep_texts))
            return (self._reload, self._keep) if is_workbook else texts
        over: Action = ("仍然覆盖", partial(self._try, lambda: saving.save(over_read_only=True)))
        is_read_only = not others and is_workbook and isinstance(problem, ReadOnlyError)
        return (*((over,) if is_read_only else ()), ("重试", self.save))

    def _drop_and_reload(self) -> None:
        self.session.recovery.forget()
        if self.session.path is not None:
            self._open(self.session.path)

    def _keep_edits(self) -> None:
        """Another program changed the workbook: make the edits of this window in what it wrote."""
        try:
            self.session.recovery.carry_over()
        except (JuesuanError, OSError) as error:
            self._say("disk", sentence(error), Tone.ERROR, self._save_as, self._reload)
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
        saving, role = self.session.saving, QMessageBox.ButtonRole
        box = QMessageBox(QMessageBox.Icon.Question, "决算公开助手", f"“{self._name}”{saving.state}", parent=self.window_)
        box.setInformativeText("；\n".join(saving.unsaved()) + "。\n要保存吗？")
        answers = {box.addButton("重试" if saving.failures else "保存", role.AcceptRole): "save"}
        if saving.failures:
            answers[box.addButton(self._save_as[0], role.AcceptRole)] = "save_as"
        answers[box.addButton("不保存", role.DestructiveRole)] = "drop"
        box.addButton("取消", role.RejectRole)
        box.setDefaultButton(next(iter(answers)))
        box.exec()
        clicked = box.clickedButton()
        return next((answer for button, answer in answers.items() if button is clicked), "cancel")

    # ------------------------------------------------------------ recovery
    def _tell_lost(self, found: Recovered, *, is_back: bool) -> None:
        """An earlier session was cut off; whether what it left was done again."""
        recovery, words = self.session.recovery, f"上次（{found.saved_at.astimezone():%m月%d日 %H:%M}）没有保存就关闭了"
        ways: tuple[Action, ...] = (("放弃", self._drop_recovered),) if found.changes else ()
        if is_back:
            words += f"，已经恢复：{found.words()}。请核对后保存。"
        else:
            words += f"：{found.words()}。文件后来又被其他程序修改过，没有自动恢复。"
            ways = ("仍然恢复", lambda: recovery.redo(found)), ("放弃", recovery.forget)
        self._say("recovery", words, Tone.WARNING, *ways)

    def _drop_recovered(self) -> None:
        self.session.undo_stack.setIndex(0)
        self.session.recovery.forget()

    # ------------------------------------------------------------ other programs
    def _disk_changed(self, state: DiskState) -> None:
        if state.companion and self.session.store.is_dirty:
            self.session.store.flush()  # fails, and says so with both ways out
        elif state.companion:
            self.session.reload_companion()
            what = "" if state.workbook or not state.words() else f"（{state.words()}）"
            self.bar.say(f"底稿已在别处改动，已重新读入{what}。", Tone.INFO, seconds=10)
        if not state.workbook:
            self._unsay("disk")
            return
        what = f"：{state.words()}" if state.words() else ""
        ways: tuple[Action, ...] = (self._reload,)
        if state.is_gone:
            words, ways = f"“{state.workbook[0].name}”已不在原来的位置，可能被移动或删除。", (self._save_as,)
        elif self.session.is_dirty:
            words, ways = f"表格已在别处改动，这里也有没保存的修改{what}。", (self._reload, self._keep, self._save_as)
        else:
            words = f"表格已在别处改动{what}。"
        self._say("disk", words, Tone.WARNING, *ways)
