"""PySide6 windows over workbook and docgen: no arithmetic, no rules, no file formats."""

from __future__ import annotations

import sys
from types import ModuleType

import PySide6.QtCore  # noqa: F401  # loaded first, so that what follows holds for every module of ours

from gui.widgets import overrides


def _spare_source_search() -> None:
    """Let PySide know at once which modules use it.

    For every module that is imported it would otherwise look up the file and read the source for the word
    "PySide6" (for its snake_case feature, which we do not use): a third of the time to the first paint.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if feature is not None and hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = _is_ours  # type: ignore[attr-defined]  # noqa: SLF001  # there is no public way


def _is_ours(module: ModuleType) -> bool:
    return module.__name__.partition(".")[0] == "gui"


_spare_source_search()
overrides.install()
