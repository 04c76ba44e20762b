"""Opening: which template packs can be chosen, and what the worker loads: the engine, the pack, workbooks."""

from __future__ import annotations

import importlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from workbook.errors import JuesuanError, sentence

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.findings.unit import Findings
    from docgen.job.inputs import Inputs
    from gui.session.settings import Settings
    from workbook.companion.model import Companion
    from workbook.editing.session import EditSession
    from workbook.formats.looks import BookLooks
    from workbook.pack.loading import Pack

    Loaded: TypeAlias = tuple[Inputs, EditSession, Findings, BookLooks]

STANDARD = ""
"""Key of what is done when no pack is chosen: each workbook's is found by its tables."""
AUTOMATIC = "按公开表的表样选用"


class PackChoice(NamedTuple):
    """A pack as a list shows it."""

    key: str
    """What the settings keep: empty for the one that fits, the name of a built-in one, the folder of an own one."""
    title: str
    problem: str = ""
    """Why it cannot be used: one sentence."""


def load_chosen(key: str) -> Pack:
    """The pack with this key, all of its rules read.  Raises :class:`~workbook.errors.PackError`."""
    from docgen.job.inputs import chosen_pack

    pack = chosen_pack(key or None)
    pack.read_all()
    return pack


def pack_choices(chosen: str = STANDARD, *, automatic: bool = True) -> tuple[PackChoice, ...]:
    """All packs, before them (where that can be: *automatic*) the choice by the tables of each workbook.

    *chosen* is among them even when it is not there any more.
    """
    from docgen.job.inputs import user_packs
    from workbook.pack.choice import key_of
    from workbook.pack.loading import TEMPLATES, available_packs

    found = [PackChoice(STANDARD, AUTOMATIC)] if automatic else []
    found += [
        _choice(key_of(folder), "" if folder.parent == TEMPLATES else f"（{folder.name}）")
        for folder in available_packs(user_packs())]
    if (chosen or automatic) and chosen not in [choice.key for choice in found]:
        found.append(_choice(chosen))
    return tuple(found)


def _choice(key: str, mark: str = "") -> PackChoice:
    try:
        return PackChoice(key, f"{load_chosen(key).title}{mark}")
    except (JuesuanError, OSError) as error:
        name = key.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return PackChoice(key, f"{name or '标准模板包'}（不能用）", sentence(error))


_REST = 0.003
"""Seconds that the worker leaves to the window after each slice of work."""
_LONG = 1000
"""Rows of a sheet whose look is found when it is shown: ahead of that, the search would hold up the window."""


class Opener:
    """Opens workbooks with the pack that the user chose for them, or for all, else with the one that they are of."""

    def __init__(self) -> None:
        self.key = STANDARD
        """The user's choice for all (:attr:`gui.session.opening.PackChoice.key`)."""
        self.pack: Pack | None = None
        """The pack in use; ``None`` until it is first needed."""
        self.problem = ""
        """Why the pack in use is not the one chosen: one sentence."""
        self.trusted: set[Path] = set()
        """Files outside their 底稿's folders that the user chose himself."""
        self._settings: Settings | None = None
        self._here: dict[Path, str] = {}
        """The user's choice for a workbook alone."""
        self._built_in: dict[Path, Pack] = {}

    def remember(self, settings: Settings) -> None:
        """Go by what the user chose before, and keep there what he chooses now."""
        self._settings, self.key, self.trusted, self._here = settings, settings.pack, set(settings.trusted), settings.packs

    def choose_for(self, path: Path, key: str | None) -> None:
        """Use a pack for the workbook at *path* alone, now and whenever it is opened; ``None``: the one that is for all."""
        self._here.pop(path.resolve(), None)
        if key is not None:
            self._here[path.resolve()] = key
        if self._settings is not None:
            self._settings.packs = self._here

    def chosen_for(self, path: Path) -> str | None:
        """The pack that the user chose for that workbook alone."""
        return self._here.get(path.resolve())

    def trust_chosen(self, companion: Companion, before: Companion | None) -> Companion:
        """*companion*, which may read the files that the user has just named in it."""
        chosen = {
            path for name in companion.entries
            if (path := companion.named_file(name)) and (before is None or before.named_file(name) != path)}
        if not chosen <= self.trusted:
            self.trusted |= chosen
            if self._settings is not None:
                self._settings.trusted = [*self.trusted]
        return replace(companion, trusted=frozenset(self.trusted))

    def warm_up(self) -> None:
        """Load the engine and the pack ahead of need."""
        for module in (
            "docgen.job.inputs", "docgen.findings.unit", "workbook.companion.read", "workbook.companion.prior",
            "workbook.editing.session", "workbook.editing.kept", "workbook.formats.looks", "workbook.formats.sheet_scan",
            "workbook.formats.xlsx", "workbook.formulas.outcomes", "platformdirs",
        ):
            importlib.import_module(module)
        self.ready_pack()

    def ready_pack(self) -> Pack:
        """The pack, loaded now when it was not needed before."""
        if self.pack is None:
            self.pack = self._chosen(self.key) or load_chosen(STANDARD)
        return self.pack

    def _chosen(self, key: str) -> Pack | None:
        """The pack with that key.

        ``None`` where the tables decide, also because it cannot be used (:attr:`problem` says why).
        """
        try:
            return load_chosen(key) if key != STANDARD else None
        except JuesuanError as error:
            self.problem = f"{sentence(error)}现在按公开表的表样选用模板包，可在“设置”中另选。"
            return None

    def _given(self, path: Path) -> Pack | None:
        """The pack that the user chose for this workbook, or for all."""
        from workbook.pack.choice import key_of

        key = self.chosen_for(path)
        key = self.key if key is None else key
        return self.pack if self.pack is not None and key != STANDARD and key_of(self.pack.folder) == key else self._chosen(key)

    def _of(self, folder: Path) -> Pack:
        """The pack in *folder*, all of it read; a built-in one once."""
        from workbook.pack.loading import TEMPLATES

        if folder.parent != TEMPLATES:
            return load_chosen(str(folder))
        if folder not in self._built_in:
            self._built_in[folder] = (
                self.pack if self.pack is not None and self.pack.folder == folder else load_chosen(folder.name))
        return self._built_in[folder]

    def load(self, path: Path) -> Loaded:
        """Read and check a workbook.  Raises :class:`~workbook.errors.JuesuanError`."""
        from docgen.findings.unit import Findings
        from docgen.job.inputs import accounts_in, default_companion, inputs_of
        from workbook.editing.session import EditSession
        from workbook.formats.looks import BookLooks
        from workbook.formats.ole import unlocked
        from workbook.formats.source import open_source

        inputs = inputs_of(
            accounts_in(open_source(path), self._given(path), load=self._of), default_companion(path),
            trusted=self.trusted)
        self.pack = inputs.pack
        editor = EditSession(inputs.accounts, inputs.view)
        looks = BookLooks(unlocked(path.read_bytes())[0] if path.is_file() else None)
        return inputs, editor, Findings(editor.check(), inputs.issues, notes=inputs.companion), looks


def work_ahead(editor: EditSession, looks: BookLooks) -> None:
    """Find what the first edit, other sheets, the preview and the report would otherwise wait for."""
    editor.prepare(lambda: time.sleep(_REST))
    for sheet in editor.accounts.source.sheets:
        if len(sheet.rows) <= _LONG:
            looks.of(sheet)
    for module in ("docgen.report.assembly", "docgen.report.yearly", "docgen.report.slots"):
        importlib.import_module(module)
