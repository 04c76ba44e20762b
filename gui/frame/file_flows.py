"""Opening, saving and closing: every way through, each with its way out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.session import files
from gui.session.messages import sentence
from gui.session.packs import AUTOMATIC, STANDARD, load_chosen
from gui.widgets.notice import Notice, Tone
from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.session.jobs import Job
    from gui.session.session import Session
    from gui.session.settings import Settings
    from workbook.editing.journal import Recovered
    from workbook.editing.saving import Saved
    from workbook.pack.loading import Pack

_OPENING = "正在打开，文件较大或在网络位置上……"
PATIENCE_MS = 600
"""Opening that takes longer is mentioned, and can be cancelled."""


class FileFlows(QObject):
    """What the file menu does."""

    def __init__(self, session: Session, settings: Settings, bar: Notice, window: QWidget) -> None:
        super().__init__(window)
        self.session, self.settings, self.bar, self.window_ = session, settings, bar, window
        self._known_changes: tuple[Path, ...] = ()
        session.recovered.connect(self._recovered)
        session.saved.connect(self._saved)
        session.opened.connect(self._opened)
        session.companion_failed.connect(self._companion_failed)
        self._opening = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._job: Job | None = None
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
        """Read the open workbook by another template pack, after unsaved edits are settled; others are as before."""
        try:
            pack = load_chosen(key) if key != STANDARD else None
        except (JuesuanError, OSError) as error:
            self.bar.say(sentence(error), Tone.ERROR)
            return
        self.settle(lambda: self.session.choose_pack_here(pack))

    def set_year(self, year: int) -> None:
        """Note the year of the open workbook, after unsaved edits are settled."""
        self.settle(lambda: self.session.set_year(year))

    def open_with(self, path: Path, pack: Pack) -> None:
        """Open a workbook that was made with a template pack, by that pack."""

        def open_it() -> None:
            self.session.opener.choose_for(path, pack)
            self._open(path)

        self.settle(open_it)

    def _open(self, path: Path) -> None:
        self.bar.dismiss()
        self._job = self.session.open(path)
        self._job.ended.connect(self._opening.stop)
        self._opening.start()

    def _say_opening(self) -> None:
        """It takes a while: say so, and let the user stop it."""
        if self._job is not None and not self.bar.text:  # nothing that matters more
            self.bar.say(_OPENING, Tone.INFO, ("取消", self._job.cancel))

    def _opened(self) -> None:
        self._job = None
        if self.bar.text == _OPENING:
            self.bar.dismiss()
        self._known_changes = ()
        if self.session.path is not None:
            self.settings.note_opened(self.session.path.resolve())

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
        """Save; False when it did not work (the message says why and what helps)."""
        from workbook.editing.saving import NotEditableError

        if not self.session.is_dirty:
            return True
        try:
            self.session.save()
        except NotEditableError as error:
            self.bar.say(sentence(error), Tone.WARNING, ("另存为…", self.save_as))
            return False
        except (JuesuanError, OSError) as error:
            self.bar.say(
                sentence(error), Tone.ERROR,
                ("另存为…", self.save_as), ("重试", self.save), ("放弃修改，重新载入", self._drop_and_reload))
            return False
        return True

    def _saved(self, done: Saved) -> None:
        self._known_changes = ()
        words = "已保存。"
        if done.backups:
            words = f"已保存。修改前的文件已备份为“{done.backups[0].name}”。"
        if done.recalculates:
            words += "有的公式要等 Excel/WPS 打开文件时才重新计算。"
        self.bar.say(words, Tone.GOOD, seconds=8)

    def save_as(self) -> bool:
        """Ask for a name, save there and go on with that file."""
        path = self.session.path
        if path is None:
            return False
        proposal = path.with_name(f"{path.name if path.is_dir() else path.stem}（修改）.xlsx")
        target = files.ask_target(self.window_, "另存为", proposal, files.EXCEL)
        return target is not None and self.save_to(target)

    def save_to(self, target: Path) -> bool:
        """Save as *target* and go on with that file."""
        try:
            written = self.session.save_as(target)
        except (JuesuanError, OSError) as error:
            self.bar.say(sentence(error), Tone.ERROR, ("换个位置…", self.save_as))
            return False
        self.bar.say(f"已另存为“{written.name}”，现在编辑的是这个文件。", Tone.GOOD, seconds=8)
        return True

    def _drop_and_reload(self) -> None:
        self.session.forget_recovery()
        if self.session.path is not None:
            self._open(self.session.path)

    # ------------------------------------------------------------ unsaved edits
    def settle(self, go_on: Callable[[], object]) -> bool:
        """Ask about unsaved edits, then go on; False when the user would rather stay."""
        if self.session.is_dirty:
            answer = self.ask_unsaved()
            if answer == "cancel" or (answer == "save" and not self.save()):
                return False
            if answer == "drop":
                self.session.forget_recovery()
        go_on()
        return True

    def ask_unsaved(self) -> str:
        """``save``, ``drop`` or ``cancel``."""
        box = QMessageBox(self.window_)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("决算公开助手")
        name = self.session.path.name if self.session.path else ""
        count = len(self.session.editor.edits) if self.session.editor else 0
        box.setText(f"“{name}”有 {count} 个单元格改过而没有保存，要保存吗？")
        save = box.addButton("保存", QMessageBox.ButtonRole.AcceptRole)
        drop = box.addButton("不保存", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("取消", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.exec()
        return "save" if box.clickedButton() is save else "drop" if box.clickedButton() is drop else "cancel"

    def _recovered(self, found: Recovered) -> None:
        when = found.saved_at.astimezone().strftime("%m月%d日 %H:%M")
        words = f"上次（{when}）有 {len(found.changes)} 处修改没有保存，程序就关闭了"
        if self.session.is_dirty:
            self.bar.say(f"{words}。已经恢复，请核对后保存。", Tone.WARNING, ("不要这些修改", self._drop_recovered))
        else:
            self.bar.say(
                f"{words}。工作簿后来又被其他程序修改过，没有自动恢复。", Tone.WARNING,
                ("仍然恢复", lambda: self.session.recover(found)), ("放弃", self.session.forget_recovery))

    def _drop_recovered(self) -> None:
        self.session.undo_stack.setIndex(0)
        self.session.forget_recovery()

    # ------------------------------------------------------------ other programs
    def _companion_failed(self, words: str) -> None:
        self.bar.say(
            words, Tone.ERROR,
            ("重试", self.session.store.flush), ("放弃这里的，重新载入底稿", self.session.reload_companion))

    def _companion_on_disk(self) -> None:
        """Another program changed the 底稿: read it again, unless there are changes here that it would cost."""
        if self.session.store.is_dirty:
            self.session.store.flush()  # fails, and says so with both ways out
        else:
            self.session.reload_companion()
            self.bar.say("底稿已被其他程序修改，已重新读入。", Tone.INFO, seconds=8)

    def look_at_disk(self) -> None:
        """The window came to the front: did another program change the workbook or the 底稿 meanwhile?"""
        session = self.session
        if not session.is_open or session.jobs.is_busy:
            return
        session.jobs.start(lambda: (session.store.changed_on_disk(), session.disk_changes()), self._looked_at_disk)

    def _looked_at_disk(self, found: tuple[bool, tuple[Path, ...]]) -> None:
        if not self.session.is_open:
            return
        companion_changed, changed = found
        if companion_changed:
            self._companion_on_disk()
        if changed == self._known_changes:
            return
        self._known_changes = changed
        if not changed:
            return
        name = changed[0].name
        if not changed[0].exists():
            self.bar.say(f"“{name}”已不在原来的位置，可能被移动或删除。", Tone.WARNING, ("另存为…", self.save_as))
        elif self.session.is_dirty:
            self.bar.say(
                f"“{name}”已被其他程序修改，这里还有没保存的修改，两边不能合并。", Tone.WARNING,
                ("把这里的另存为…", self.save_as), ("放弃这里的，重新载入", self._drop_and_reload))
        else:
            self.bar.say(f"“{name}”已被其他程序修改。", Tone.INFO, ("重新载入", self._drop_and_reload))
