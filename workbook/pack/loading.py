"""Template packs: loading ``templates/<name>/`` into frozen values; a broken pack fails here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any

from workbook.errors import PackError
from workbook.numerals import chinese_numeral
from workbook.pack.catalogue import Catalogue, load_aliases, load_catalogue
from workbook.pack.formula import Formula
from workbook.pack.formula_parser import Vocabulary, load_formulas
from workbook.pack.layout import Column, Panel, Row, SheetKind, SheetLayout, Sum
from workbook.pack.rules import FormRule, load_form_rules
from workbook.pack.words import FILE as WORDS
from workbook.pack.words import Words, load_words
from workbook.values import dataclass

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
DEFAULT_PACK = "neimenggu-2024"
_COUNT_UNITS = frozenset({"个", "人", "辆", "台（套）"})


@dataclass(frozen=True, eq=False)
class Pack:
    """Everything that changes by year or region, as frozen values."""

    folder: Path
    name: str
    title: str
    year: int
    sheets: Mapping[str, SheetLayout]
    functional: Catalogue
    economic: Catalogue
    class_codes: tuple[str, ...]
    companion_rows: tuple[str, ...] = ()
    """Amounts of the 底稿 that check formulas may name."""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """The check formulas, parsed and resolved against the layouts."""
        return load_formulas(self.folder / "check-formulas.csv", self.vocabulary)

    @cached_property
    def form_rules(self) -> dict[str, FormRule]:
        """The rules of form by code."""
        return load_form_rules(self.folder / "form-rules.csv")

    @cached_property
    def words(self) -> Words:
        """The words by which statements and reasons are judged; what the pack does not say is as in the default pack."""
        return load_words(self.folder / WORDS, TEMPLATES / DEFAULT_PACK / WORDS)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What sheet, row and column names the formulas may use."""
        return Vocabulary.of(self.sheets.values(), self.functional, self.economic, self.companion_rows)

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


def load_pack(name_or_folder: str | Path | None = None, user_packs: Path | None = None) -> Pack:
    """Load a pack and its catalogues.  Raises :class:`PackError` naming file, line and cause."""
    folder = pack_folder(name_or_folder, user_packs)
    path = folder / "sheets.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(path, f"无法读取（{error}）") from error
    loader = _Loader(path, data)
    return Pack(
        folder=folder,
        name=loader.text(data, "pack"),
        title=loader.text(data, "name"),
        year=int(data.get("year", 0)),
        sheets=loader.sheets(),
        functional=loader.functional,
        economic=loader.economic,
        class_codes=loader.class_codes,
        companion_rows=tuple(data.get("companion_rows", ())),
        settings=_settings(folder / "settings.toml"),
    )


def _settings(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(path, f"无法读取（{error}）") from error


class _Loader:
    """Turns the parsed TOML into layouts, naming file and sheet when something is wrong."""

    def __init__(self, path: Path, data: dict[str, Any]) -> None:
        self.path = path
        self.data = data
        catalogues = next((p for p in (path.parent, path.parents[1] / "catalogues", TEMPLATES / "catalogues")
                           if (p / self.text(data, "functional_catalogue")).is_file()), path.parent)
        aliases = catalogues / "aliases.csv"
        self.functional = load_catalogue(
            catalogues / self.text(data, "functional_catalogue"), (3, 5, 7), load_aliases(aliases, "功能"))
        self.economic = load_catalogue(
            catalogues / self.text(data, "economic_catalogue"), (3, 5), load_aliases(aliases, "经济"))
        self.class_codes = tuple(str(c) for c in data.get("class_codes", ()))
        if unknown := [c for c in self.class_codes if c not in self.functional.names]:
            raise PackError(path, f"class_codes 中的“{'、'.join(unknown)}”不在功能分类目录中")

    def text(self, record: Mapping[str, Any], key: str) -> str:
        value = record.get(key)
        if not isinstance(value, str) or not value:
            raise PackError(self.path, f"缺少文字项“{key}”")
        return value

    def sheets(self) -> dict[str, SheetLayout]:
        sheets: dict[str, SheetLayout] = {}
        for record in self.data.get("sheet", ()):
            try:
                layout = self.sheet(record)
            except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
                raise PackError(self.path, f"表“{record.get('code', '?')}”的写法不对（{error}）") from error
            if layout.code in sheets:
                raise PackError(self.path, f"表“{layout.code}”重复")
            sheets[layout.code] = layout
        if not sheets:
            raise PackError(self.path, "没有任何表样（[[sheet]]）")
        return sheets

    def sheet(self, record: Mapping[str, Any]) -> SheetLayout:
        optional = frozenset(record.get("optional", ()))
        kind = SheetKind(self.text(record, "kind"))
        rows = tuple(self.row(r) for r in record.get("rows", ()))
        if kind is SheetKind.SINGLE:
            rows = tuple(Row(r[0], 0, r[1][0], tuple(r[1][1:])) for r in record["row_headers"])
        layout = SheetLayout(
            code=self.text(record, "code"),
            title=self.text(record, "title"),
            titles=tuple(record["titles"]),
            kind=kind,
            panels=tuple(self.panel(p) for p in record.get("panel", ())),
            columns=tuple(_column(c, optional) for c in record.get("columns", ())),
            rows=rows,
            sums=_sums(record.get("sums", ())),
            economic_panels=tuple(tuple(p) for p in record.get("economic_panels", ())),
            panel_headers=tuple(record.get("panel_headers", ())),
            total_panels=tuple(record.get("total_panels", ())),
            notes=tuple(record.get("notes", ())),
            empty_statement=record.get("empty_statement", ""),
        )
        self.verify(layout)
        return layout

    def panel(self, record: Mapping[str, Any]) -> Panel:
        rows = [self.row(r) for r in record["rows"]]
        if "classes" in record:
            first = int(record["classes"])
            rows += [
                Row(code, first + i, f"{chinese_numeral(i + 1)}、{name}", self.former_names(code))
                for i, code in enumerate(self.class_codes) if (name := self.functional.names[code])
            ]
            rows.sort(key=lambda r: r.line)
        return Panel(
            id=self.text(record, "id"),
            header=record.get("header", ""),
            label_width=float(record.get("label_width", 30)),
            first_line=int(record["first_line"]),
            columns=tuple(_column(c, frozenset()) for c in record["columns"]),
            rows=tuple(rows),
            sums=_sums(record.get("sums", ()), self.class_codes),
            column_sums=_sums(record.get("column_sums", ())),
            units=bool(record.get("units", False)),
        )

    def former_names(self, code: str) -> tuple[str, ...]:
        return tuple(a.old_name for a in self.functional.aliases if a.new_code == code and a.old_name)

    @staticmethod
    def row(fields: list[Any]) -> Row:
        row_id, line, label, *aliases = fields
        unit = aliases.pop() if aliases and aliases[-1] in _COUNT_UNITS else ""
        return Row(str(row_id), int(line), str(label), tuple(aliases), unit)

    def verify(self, layout: SheetLayout) -> None:
        rows = [r.id for p in layout.panels for r in p.rows if r.id] or [r.id for r in layout.rows]
        for ids, what in ((rows, "行"), ([c.id for c in layout.columns], "列")):
            if twice := sorted({i for i in ids if ids.count(i) > 1}):
                raise PackError(self.path, f"表“{layout.code}”的{what}“{'、'.join(twice)}”重复")
        known = {*layout.row_ids(), *layout.column_ids(), *self.economic.names}
        totals = [*layout.sums, *(s for p in layout.panels for s in (*p.sums, *p.column_sums))]
        for total in totals:
            if unknown := [i for i in (total.total, *total.parts) if i not in known]:
                raise PackError(self.path, f"表“{layout.code}”的合计“{total.total}”用到未知的行或列“{unknown[0]}”")
        for code in (c for panel in layout.economic_panels for c in panel):
            if code not in self.economic.names:
                raise PackError(self.path, f"表“{layout.code}”用到未知的经济分类“{code}”")


def _column(fields: list[Any], optional: frozenset[str]) -> Column:
    column_id, paths, width = fields
    return Column(column_id, tuple(tuple(p.split("/")) for p in paths), float(width), column_id in optional)


def _sums(records: Any, classes: tuple[str, ...] = ()) -> tuple[Sum, ...]:
    return tuple(Sum(total, classes if parts == ["各类"] else tuple(parts)) for total, parts in records)
