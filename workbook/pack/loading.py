"""Template packs: loading ``templates/<name>/`` into frozen values; a broken pack fails here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from workbook.errors import PackError
from workbook.numerals import chinese_numeral
from workbook.pack.catalogue import Catalogue
from workbook.pack.companion_form import CompanionForm
from workbook.pack.companion_loading import FILE as COMPANION
from workbook.pack.companion_loading import load_companion_form
from workbook.pack.drivers import DRIVERS, NOTES, BreakdownRecord, NoteRecord, load_drivers, load_notes
from workbook.pack.figures import FILE as FIGURES
from workbook.pack.figures import FigureForm, load_figures
from workbook.pack.formula import Formula
from workbook.pack.formula_parser import Vocabulary, load_formulas
from workbook.pack.layout import Printed, SheetCodes, SheetLayout
from workbook.pack.reasons import ReasonRules, load_reason_settings
from workbook.pack.report import FILE as REPORT
from workbook.pack.report import ReportForm, load_report_form
from workbook.pack.review import CHECKLIST, RELATIONS, ChecklistItem, Relation, load_checklist, load_relations
from workbook.pack.rules import Rule, load_rules
from workbook.pack.sentences import FILE as SENTENCES
from workbook.pack.sentences import Sentences, load_sentences
from workbook.pack.sheets import FormReader
from workbook.pack.words import FILE as WORDS
from workbook.pack.words import Words, load_words
from workbook.values import dataclass

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
DEFAULT_PACK = "neimenggu-2024"


@dataclass(frozen=True, eq=False)
class Pack:
    """Everything that changes by year or region, as frozen values."""

    folder: Path
    name: str
    title: str
    years: tuple[int, int]
    """First and last year that it serves."""
    catalogue_year: int
    """The year of the catalogues in use."""
    catalogue_years: tuple[int, ...]
    """The years that have catalogues; empty where the pack names one for all its years."""
    sheets: Mapping[str, SheetLayout]
    functional: Catalogue
    economic: Catalogue
    class_codes: tuple[str, ...]
    printed: Printed

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """The check formulas, parsed and resolved against the layouts."""
        return load_formulas(self.file("check-formulas.csv"), self.vocabulary)

    @cached_property
    def sentences(self) -> Sentences:
        """The comparisons and the forms of their sentences."""
        return load_sentences(self.file(SENTENCES))

    @cached_property
    def figures(self) -> FigureForm:
        """What the report may state, parsed and resolved against the layouts."""
        return load_figures(self.file(FIGURES), self.vocabulary, self.sentences)

    @cached_property
    def report(self) -> ReportForm:
        """The charts and the year at a glance."""
        return load_report_form(self.file(REPORT), self.figures)

    @cached_property
    def drivers(self) -> tuple[BreakdownRecord, ...]:
        """What explains the comparisons."""
        path = self.file(DRIVERS)
        return load_drivers(path, self.vocabulary, self.figures.comparison_ids, is_own=path.parent == self.folder)

    @cached_property
    def notes(self) -> tuple[NoteRecord, ...]:
        """What is said beside the comparisons."""
        path = self.file(NOTES)
        return load_notes(path, self.vocabulary, self.figures.comparison_ids, is_own=path.parent == self.folder)

    @cached_property
    def form_rules(self) -> dict[str, Rule]:
        """The rules of form by code."""
        return self.rules("form-rules.csv")

    @cached_property
    def reasons(self) -> ReasonRules:
        """What is asked of reasons for changes, and what they must not speak of."""
        return load_reason_settings(self, TEMPLATES / DEFAULT_PACK)

    @cached_property
    def words(self) -> Words:
        """The words by which statements and reasons are judged; what the pack does not say is as in the default pack."""
        return load_words(self.folder / WORDS, TEMPLATES / DEFAULT_PACK / WORDS)

    @cached_property
    def count_words(self) -> str:
        """How many sheets the form has: ``十一张``."""
        return f"{chinese_numeral(len(self.sheets))}张"

    @cached_property
    def codes(self) -> SheetCodes:
        """The codes of the sheets as people write them."""
        return SheetCodes(self.sheets.values())

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What sheet, row and column names the formulas may use."""
        return self._published.with_companion(self.companion)

    @cached_property
    def companion(self) -> CompanionForm:
        """What the 底稿 is: the pack's ``companion.toml``, or that of the default pack."""
        path = self.file(COMPANION)
        return load_companion_form(path, self._published, is_own=path.parent == self.folder)

    @cached_property
    def _published(self) -> Vocabulary:
        return Vocabulary.of(self.sheets.values(), self.functional, self.economic)

    @cached_property
    def companion_rules(self) -> dict[str, Rule]:
        """The rules for the 底稿, its performance tables and last year's workbook, by code."""
        return self.rules("companion-rules.csv")

    @cached_property
    def review_rules(self) -> dict[str, Rule]:
        """The rules of review by code."""
        return self.rules("review-rules.csv")

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """How the numbers that a report states must stand to each other."""
        return load_relations(self.file(RELATIONS))

    @cached_property
    def checklist(self) -> tuple[ChecklistItem, ...]:
        """The items of a bureau's checklist of a report."""
        return load_checklist(self.file(CHECKLIST))

    @cached_property
    def reason_rules(self) -> dict[str, Rule]:
        """The rules by which reasons for changes are judged, by code."""
        return self.rules("reason-rules.csv")

    def file(self, name: str) -> Path:
        """The pack's file of this *name*; the default pack's when it has none."""
        path = self.folder / name
        return path if path.is_file() else TEMPLATES / DEFAULT_PACK / name

    def rules(self, name: str) -> dict[str, Rule]:
        """The rules in the file of this *name*."""
        return load_rules(self.file(name), TEMPLATES / DEFAULT_PACK / name)

    def read_all(self) -> None:
        """Read every file of the pack now, so that what is broken is said at once.  Raises :class:`PackError`."""
        for name, attribute in vars(Pack).items():
            if isinstance(attribute, cached_property):
                getattr(self, name)

    def in_folder(self, folder: Path) -> Pack:
        """This pack as it lies in *folder*, with all that was read of it."""
        moved = replace(self, folder=folder)
        vars(moved).update({name: value for name, value in vars(self).items() if name not in vars(moved)})
        return moved

    def for_year(self, year: int | None) -> Pack:
        """This pack with the catalogues of *year*, or of the year nearest to it that has some."""
        if year is None or self.catalogue_year == year or len(self.catalogue_years) < 2:
            return self
        other = load_pack(self.folder, year=year)
        return self if other.catalogue_year == self.catalogue_year else other

    def layout(self, code: str) -> SheetLayout:
        """The layout of the sheet with this *code* (``公开02``)."""
        return self.sheets[code]


def pack_folder(name_or_folder: str | Path | None, user_packs: Path | None = None) -> Path:
    """Where the pack is: a folder, a built-in pack's name, or a name below *user_packs*."""
    if name_or_folder is None:
        return TEMPLATES / DEFAULT_PACK
    given = Path(name_or_folder)
    candidates = [given, TEMPLATES / given, *([user_packs / given] if user_packs else [])]
    for folder in candidates:
        if (folder / "sheets.toml").is_file():
            return folder.resolve()
    names = sorted(p.parent.name for p in TEMPLATES.glob("*/sheets.toml"))
    raise PackError(given, f"找不到这个模板包；可用的有：{'、'.join(names)}")


def available_packs(user_packs: Path | None = None) -> tuple[Path, ...]:
    """Folders of all packs, built-in first."""
    roots = [TEMPLATES, *([user_packs] if user_packs and user_packs.is_dir() else [])]
    return tuple(p.parent for root in roots for p in sorted(root.glob("*/sheets.toml")))


def load_pack(name_or_folder: str | Path | None = None, user_packs: Path | None = None, *, year: int | None = None) -> Pack:
    """Load a pack and its catalogues: a user's own whole, of a built-in one (which the tests have read) what is asked for.

    *year*: with the catalogues of that year; else of the last year that the pack serves.
    Raises :class:`PackError` naming file, line and cause.
    """
    folder = pack_folder(name_or_folder, user_packs)
    if folder.parent == TEMPLATES:
        from workbook.pack import compiled

        return compiled.load(folder, year)
    pack = read_pack(folder, year)
    pack.read_all()
    return pack


def read_pack(folder: Path, year: int | None = None) -> Pack:
    """Read the pack in *folder*: its sheets and catalogues (of *year*) now, the rest when it is asked for."""
    form = FormReader(folder / "sheets.toml", TEMPLATES / "catalogues", year)
    pack = Pack(
        folder, form.name, form.title, form.years, form.catalogue_year, form.catalogue_years, form.sheets(), form.functional, form.economic,
        form.class_codes, form.printed())
    form.file.finish()
    return pack
