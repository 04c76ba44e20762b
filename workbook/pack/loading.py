"""Template packs: loading ``templates/<name>/`` into frozen values; a broken pack fails here.

The built-in packs are read and resolved when the program is set up or packaged (see :mod:`workbook.compiled`).
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from workbook.compiled import Store
from workbook.errors import PackError
from workbook.numerals import chinese_numeral
from workbook.pack.companion_loading import load_companion_form
from workbook.pack.figures import load_figures
from workbook.pack.formula_parser import Vocabulary, load_formulas
from workbook.pack.layout import Printed, SheetCodes, SheetLayout
from workbook.pack.reasons import load_drivers, load_notes, load_reason_settings
from workbook.pack.report import load_checklist, load_relations, load_report_form
from workbook.pack.rules import Rule, load_rules
from workbook.pack.sheets import Catalogue, FormReader
from workbook.pack.words import load_sentences, load_words
from workbook.values import dataclass

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
DEFAULT_PACK = "neimenggu-2024"
STORE = Store(Path(__file__).parent / "__pycache__", ".pack", ("workbook/pack", "workbook"))
_TEXTS = frozenset({".csv", ".toml"})


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

    # What is read when it is asked for.
    formulas = cached_property(lambda pack: load_formulas(pack.file("check-formulas.csv"), pack.vocabulary))
    """The check formulas, parsed and resolved against the layouts."""
    sentences = cached_property(lambda pack: load_sentences(pack.file("sentences.csv")))
    """The comparisons and the forms of their sentences."""
    figures = cached_property(lambda pack: load_figures(pack.file("figures.csv"), pack.vocabulary, pack.sentences, pack.sheets))
    """What the report may state, parsed and resolved against the layouts."""
    report = cached_property(lambda pack: load_report_form(
        pack.file("report.toml"), pack.figures, pack.companion.entries if pack.has("report.toml") else None))
    """The charts and the year at a glance."""
    drivers = cached_property(load_drivers)
    """What explains the comparisons."""
    notes = cached_property(load_notes)
    """What is said beside the comparisons."""
    reasons = cached_property(lambda pack: load_reason_settings(pack, TEMPLATES / DEFAULT_PACK))
    """What is asked of reasons for changes, and what they must not speak of."""
    words = cached_property(lambda pack: load_words(pack.folder / "words.toml", TEMPLATES / DEFAULT_PACK / "words.toml"))
    """The words by which statements and reasons are judged; what the pack does not say is as in the default pack."""
    companion = cached_property(
        lambda pack: load_companion_form(pack.file("companion.toml"), pack.published, is_own=pack.has("companion.toml")))
    """What the 底稿 is: the pack's ``companion.toml``, or that of the default pack."""
    relations = cached_property(lambda pack: load_relations(pack.file("stated-relations.csv")))
    """How the numbers that a report states must stand to each other."""
    checklist = cached_property(lambda pack: load_checklist(pack.file("checklist.csv")))
    """The items of a bureau's checklist of a report."""
    form_rules = cached_property[dict[str, Rule]](lambda pack: pack.rules("form-rules.csv"))
    """The rules of form by code."""
    companion_rules = cached_property[dict[str, Rule]](lambda pack: pack.rules("companion-rules.csv"))
    """The rules for the 底稿, its performance tables and last year's workbook, by code."""
    review_rules = cached_property[dict[str, Rule]](lambda pack: pack.rules("review-rules.csv"))
    """The rules of review by code."""
    reason_rules = cached_property[dict[str, Rule]](lambda pack: pack.rules("reason-rules.csv"))
    """The rules by which reasons for changes are judged, by code."""
    published = cached_property(lambda pack: Vocabulary.of(pack.sheets.values(), pack.functional, pack.economic))
    """What sheet, row and column names of the published tables formulas may use."""
    vocabulary = cached_property[Vocabulary](lambda pack: pack.companion.vocabulary(pack.published))
    """The same with what the 底稿 states."""
    codes = cached_property(lambda pack: SheetCodes(pack.sheets.values()))
    """The codes of the sheets as people write them."""
    count_words = cached_property(lambda pack: f"{chinese_numeral(len(pack.sheets))}张")
    """How many sheets the form has: ``十一张``."""

    def has(self, name: str) -> bool:
        """Whether the pack has a file of its own of this *name*."""
        return (self.folder / name).is_file()

    def file(self, name: str) -> Path:
        """The pack's file of this *name*; the default pack's when it has none."""
        return self.folder / name if self.has(name) else TEMPLATES / DEFAULT_PACK / name

    def rules(self, name: str) -> dict[str, Rule]:
        return load_rules(self.file(name), TEMPLATES / DEFAULT_PACK / name)

    def read_all(self) -> None:
        """Read every file of the pack now, so that what is broken is said at once.  Raises :class:`PackError`."""
        try:
            for name, attribute in vars(Pack).items():
                if isinstance(attribute, cached_property):
                    getattr(self, name)
        except PackError as error:
            if error.path.parent == self.folder or self.has(name := error.path.name):
                raise
            raise PackError(
                self.folder / name, f"不存在，用的是默认模板包的，它与这个表样不符（{error.cause.partition('；')[0]}），请写一份自己的") from error

    def for_year(self, year: int | None) -> Pack:
        """This pack with the catalogues of *year*, or of the year nearest to it that has some."""
        if year is None or self.catalogue_year == year or len(self.catalogue_years) < 2:
            return self
        other = load_pack(self.folder, year=year)
        return self if other.catalogue_year == self.catalogue_year else other


def pack_folder(name_or_folder: str | Path | None, user_packs: Path | None = None) -> Path:
    """Where the pack is: a folder, a built-in pack's name, or a name below *user_packs*."""
    if name_or_folder is None:
        return TEMPLATES / DEFAULT_PACK
    given = Path(name_or_folder)
    candidates = [given, TEMPLATES / given, *([user_packs / given] if user_packs else [])]
    for folder in candidates:
        if (folder / "sheets.toml").is_file():
            return folder.resolve()
    if there := [folder for folder in candidates if folder.is_dir()]:
        raise PackError(there[0] / "sheets.toml", "不存在，模板包的文件夹里必须有它")
    raise PackError(given, f"找不到这个模板包；可用的有：{'、'.join(path.name for path in available_packs(user_packs))}")


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
    if folder.parent != TEMPLATES:
        pack = read_pack(folder, year)
        pack.read_all()
    elif (data := STORE.fetch(_content(folder, year))) is None:
        pack = read_pack(folder, year)
    else:
        pack = pickle.loads(data)  # noqa: S301  # beside our bytecode, and trusted like it
        vars(pack)["folder"] = folder  # it may have been compiled elsewhere
    return pack


def read_pack(folder: Path, year: int | None = None) -> Pack:
    """Read the pack in *folder*: its sheets and catalogues (of *year*) now, the rest when it is asked for."""
    form = FormReader(folder / "sheets.toml", TEMPLATES / "catalogues", year)
    pack = Pack(
        folder, form.name, form.title, form.years, form.catalogue_year, form.catalogue_years,
        form.sheets(), form.functional, form.economic,
        form.class_codes, form.printed())
    form.file.finish()
    return pack


def compile_packs(folder: Path | None = None, *, frozen: bool = False) -> list[Path]:
    """Read the built-in packs whole, and what their tables are known by, and keep them in *folder*; the files.

    Raises :class:`PackError`.
    """
    from workbook.pack.choice import compiled_signs

    made = dict([compiled_signs()])
    for pack_folder in available_packs():
        years = read_pack(pack_folder).catalogue_years
        for year in (None, *(years if len(years) > 1 else ())):
            pack = read_pack(pack_folder, year)
            pack.read_all()
            made[_content(pack_folder, year)] = pickle.dumps(pack, protocol=pickle.HIGHEST_PROTOCOL)
    return STORE.keep(made, folder=folder, frozen=frozen)


def _content(folder: Path, year: int | None = None) -> bytes:
    """All that the pack says: its files, the default pack's, the catalogues."""
    texts = [b"" if year is None else f"{year}".encode()]
    for place in dict.fromkeys((folder, TEMPLATES / DEFAULT_PACK, TEMPLATES / "catalogues")):
        texts += [f"{path.name}\n".encode() + path.read_bytes() for path in sorted(place.iterdir()) if path.suffix in _TEXTS]
    return b"\0".join(texts)
