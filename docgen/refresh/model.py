"""What a refresh did, and what it could not do."""

from __future__ import annotations

from pathlib import Path

from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Something that changed in the workbook or the 底稿 and could not be placed in the report."""

    paragraph: int | None
    """Number of the paragraph in the report as written (``None``: it is not there)."""
    text: str
    """The paragraph, shortened."""
    stated: str
    """What stands there (empty: nothing does any more)."""
    expected: str
    """What it should be (empty: nothing should stand there)."""
    why: str
    """Why it was left, as a clause."""


@dataclass(frozen=True)
class Refreshed:
    """The outcome of one refresh."""

    path: Path
    numbers: int = 0
    """Figures whose value was replaced, in the text and in tables."""
    sentences: int = 0
    """Paragraphs and tables whose wording changed, that were added or removed."""
    charts: int = 0
    kept: int = 0
    """Paragraphs, tables and charts that people changed, added or removed, all kept."""
    unplaced: tuple[Unplaced, ...] = ()
    prompts: tuple[str, ...] = ()
    """Prompts (``【请填写…】``) that still stand in the report."""
    backup: Path | None = None
    """The report as it was, when the new one was written in its place."""
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything in the report is different now."""
        return bool(self.numbers or self.sentences or self.charts)

    @property
    def complete(self) -> bool:
        """Whether everything was placed and nothing remains to be filled in."""
        return not self.unplaced and not self.prompts
