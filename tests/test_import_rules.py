"""The architecture as a test: who may import whom, no cycles, short modules, documented names."""

import ast
import graphlib
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("workbook", "docgen", "cli", "gui")

# What a package may import besides itself and the standard library.
MAY_IMPORT = {
    "workbook": {"lxml", "msoffcrypto", "olefile", "openpyxl", "python_calamine", "xlsxwriter"},
    "docgen": {"workbook", "pebble", "docx", "jinja2", "lxml", "markupsafe", "platformdirs", "pypdfium2"},
    "cli": {"workbook", "docgen", "rich", "platformdirs"},
    "gui": {"workbook", "docgen", "PySide6", "platformdirs"},
}
# What it may import only inside a function: the window is loaded by nothing but the command that opens it,
# distributed is an optional dependency, comtypes one of Windows; where
# the log lies is asked when something goes wrong.
MAY_IMPORT_LATE = {"cli": {"gui"}, "docgen": {"distributed", "comtypes"}, "workbook": {"platformdirs"}}

PAGES = ("open", "check", "reasons", "texts", "preview", "review", "library")
# The rooms of each package, and which other rooms of it each may import.  Every module lies in a room; those in LOOSE
# lie beside the rooms: all rooms may import them, and they import only each other.
ROOMS: dict[str, dict[str, set[str]]] = {
    "workbook": {
        "pack": set(),
        "formats": set(),
        "reading": {"pack", "formats"},
        "formulas": {"pack", "reading"},
        "rules": {"pack", "formats", "reading", "formulas", "create"},
        "editing": {"formats", "reading", "formulas", "rules", "create"},
        "create": {"pack", "formats"},
        "performance": {"pack", "formats", "reading", "editing", "create"},
        "companion": {"pack", "formats", "reading", "editing", "create", "performance"},
    },
    "docgen": {
        "job": set(),
        "figures": {"job"},
        "docx": set(),
        "imports": {"docx", "pdf"},
        "template": {"docx"},
        "writing": {"docx", "template"},
        "reasons": {"job", "figures"},
        "report": {"job", "figures", "reasons", "imports", "template", "writing"},
        "review": {"job", "docx", "pdf", "imports", "template", "report", "reasons"},
        "refresh": {"job", "docx", "writing", "reasons", "report"},
        "findings": {"job", "reasons", "report"},
        "batch": {"job", "docx", "imports", "report", "findings", "review"},
        "pdf": {"docx"},
        "publish": {"job", "docx", "pdf", "writing", "report", "findings", "review"},
    },
    "cli": {},
    "gui": {
        "style": set(),
        "widgets": {"style"},
        "session": {"style", "widgets"},
        "paper": {"style", "widgets", "session"},
        "pages": {"widgets", "session"},
        **{
            f"pages.{name}": {"style", "widgets", "session", "paper", "pages"}
            for name in PAGES
        },
        "dialogs": {"style", "widgets", "session"},
        "batch": {"style", "widgets", "session", "dialogs"},
        "frame": {"style", "widgets", "session", "dialogs", "batch", "pages", *(f"pages.{name}" for name in PAGES)},
    },
}
LOOSE = {
    "workbook": {"amounts", "issues", "errors", "entries", "values", "safe_save", "paths", "numerals", "compiled", "log"},
    "docgen": {"model", "sequences"},
    "cli": {path.stem for path in (ROOT / "cli").glob("*.py")} - {"__init__"},  # thin commands: no rooms
    "gui": set(),
}
# Imports that are against the rules for a time, with the reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}

LONGEST = 350  # lines that are not blank
# Longer modules, each with the reason why it is not two.
LONG_MODULES: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, and how."""

    module: str  # dotted, absolute
    names: tuple[str, ...]  # of a from-import
    line: int
    at_load: bool  # at module level, so that it runs when the module is imported
    for_types: bool  # under TYPE_CHECKING, so that it never runs

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module of our packages: dotted name to file."""
    return {module_name(path, root): path for name in PACKAGES for path in sorted((root / name).rglob("*.py"))}


def imports_in(path: Path, root: Path = ROOT) -> Iterator[Import]:
    module = module_name(path, root)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]

    def walk(node: ast.AST, *, at_load: bool, for_types: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(alias.name, (), child.lineno, at_load, for_types)
            elif isinstance(child, ast.ImportFrom):
                base = package.split(".")[: len(package.split(".")) - child.level + 1] if child.level else []
                source = ".".join([*base, *filter(None, [child.module])])
                yield Import(source, tuple(alias.name for alias in child.names), child.lineno, at_load, for_types)
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                for part in child.body:
                    yield from walk(ast.Module([part], []), at_load=at_load, for_types=True)
                for part in child.orelse:
                    yield from walk(ast.Module([part], []), at_load=at_load, for_types=for_types)
            else:
                if dynamic := dynamic_import(child):
                    yield Import(dynamic, (), child.lineno, at_load, for_types)  # type: ignore[attr-defined]
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, at_load=at_load and not inside, for_types=for_types)

    yield from walk(ast.parse(path.read_text("utf-8"), str(path)), at_load=True, for_types=False)


def dynamic_import(node: ast.AST) -> str | None:
    """The module that import_module("…") or __import__("…") names."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = ast.unparse(node.func).rpartition(".")[2]
        if called in {"import_module", "__import__"}:
            return str(node.args[0].value)
    return None


def forbidden_imports(root: Path = ROOT) -> list[str]:
    found = []
    for module, path in package_modules(root).items():
        package = module.partition(".")[0]
        allowed = {package, *MAY_IMPORT[package], *sys.stdlib_module_names}
        late = MAY_IMPORT_LATE.get(package, set())
        found += [
            f"{path.relative_to(root)}:{item.line} imports {item.module}"
            for item in imports_in(path, root)
            if item.top not in allowed and not (item.top in late and not item.at_load)
        ]
    return found


def room_of(module: str, rooms: dict[str, dict[str, set[str]]]) -> str | None:
    """The room that a module lies in (``pages.check``), ``""`` for a loose one, ``None`` when it is in neither."""
    package, _, rest = module.partition(".")
    if not rest or rest in LOOSE[package]:
        return ""
    parts = rest.split(".")
    return next((room for room in (".".join(parts[:2]), parts[0]) if room in rooms[package]), None)


def wrong_rooms(root: Path = ROOT, rooms: dict[str, dict[str, set[str]]] = ROOMS) -> set[str]:
    """Modules outside the rooms, and imports from room to room that the tables do not allow."""
    modules = package_modules(root)
    found = set()
    for module, path in modules.items():
        package = module.partition(".")[0]
        room = room_of(module, rooms)
        if room is None:
            found.add(f"{module} lies in no room")
        if not room and module == package:
            continue  # what a package does when it is loaded
        for item in imports_in(path, root):
            if item.top != package:
                continue
            for name in {f"{item.module}.{name}" for name in item.names} & modules.keys() or {item.module}:
                other = room_of(name, rooms)
                if other and other != room and other not in rooms[package].get(room or "", ()):
                    found.add(f"{package}.{room or module.rpartition('.')[2]} imports {package}.{other}")
    return found


def load_order(root: Path = ROOT) -> list[str]:
    """Our modules, each after those it needs while it is loaded; a cycle raises."""
    modules = package_modules(root)
    needs: dict[str, set[str]] = {}
    for module, path in modules.items():
        needed = set()
        for item in imports_in(path, root):
            if item.at_load and not item.for_types:
                parts = {f"{item.module}.{name}" for name in item.names} & modules.keys()
                from_itself = not item.names or len(parts) < len(item.names)
                needed |= parts | ({item.module} & modules.keys() if from_itself else set())
        needs[module] = needed - {module}
    return list(graphlib.TopologicalSorter(needs).static_order())


def undocumented(path: Path) -> list[str]:
    """Public functions and classes at module level, and the module itself, without a docstring."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    nodes = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]
    missing = [] if ast.get_docstring(tree) else [f"{path.name}: the module"]
    return missing + [f"{path.name}:{node.lineno} {node.name}" for node in nodes if not ast.get_docstring(node)]


def code_lines(path: Path) -> int:
    return sum(1 for line in path.read_text("utf-8").splitlines() if line.strip())


# ---------------------------------------------------------------- the project


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_scanned(package):
    assert [name for name in package_modules() if name.partition(".")[0] == package]


def test_the_scan_sees_imports():
    assert any(item.top == "workbook" for path in package_modules().values() for item in imports_in(path))


def test_imports_run_one_way():
    assert forbidden_imports() == []


def test_every_module_lies_in_a_room_and_imports_run_one_way_between_rooms():
    allowed = {f"{room} imports {other}" for room, other in EXCEPTIONS}
    found = wrong_rooms()
    assert found - allowed == set()
    assert allowed - found == set(), "no longer needed: take it off the list"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_rooms_have_an_order(package):
    order = list(graphlib.TopologicalSorter(ROOMS[package]).static_order())
    assert set(order) == ROOMS[package].keys()
    assert {room for room in ROOMS[package] if not list((ROOT / package / room.replace(".", "/")).glob("*.py"))} == set()


def test_no_import_cycles():
    assert sorted(load_order()) == sorted(package_modules())


def test_modules_are_short():
    lengths = {path.relative_to(ROOT).as_posix(): code_lines(path) for path in package_modules().values()}
    too_long = {name: lines for name, lines in lengths.items() if lines > LONGEST}
    assert too_long.keys() - LONG_MODULES.keys() == set(), too_long
    assert LONG_MODULES.keys() - too_long.keys() == set(), "no longer long: take it off the list"


def test_public_names_have_docstrings():
    assert [line for path in package_modules().values() for line in undocumented(path)] == []


def test_third_party_names_are_declared_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = " ".join(project["dependencies"]).lower().replace("-", "_")
    provided_by = {"docx": "python_docx", "PySide6": "pyside6_essentials", "markupsafe": "jinja2"}
    third_party = set().union(*MAY_IMPORT.values()) - set(PACKAGES)
    assert [name for name in sorted(third_party) if provided_by.get(name, name).lower() not in declared] == []


# ---------------------------------------------------------------- the rules themselves


def make_modules(root: Path, **sources: str) -> None:
    for name in PACKAGES:
        (root / name).mkdir()
        (root / name / "__init__.py").write_text('"""A package."""\n', "utf-8")
    for name, source in sources.items():
        (root / f"{name.replace('__', '/')}.py").write_text(source, "utf-8")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("workbook__a", "import docgen"),
        ("workbook__a", "from docgen.figures import Figure"),
        ("workbook__a", "def f():\n    import jinja2"),
        ("workbook__a", "import platformdirs"),
        ("docgen__a", "from PySide6.QtCore import QObject"),
        ("docgen__a", "import docxtpl"),
        ("docgen__a", "try:\n    import openpyxl\nexcept ImportError:\n    pass"),
        ("docgen__a", "if TYPE_CHECKING:\n    import gui"),
        ("docgen__a", "import_module('cli.main')"),
        ("cli__a", "import gui.frame.app"),
        ("cli__a", "class C:\n    from gui import app"),
        ("cli__a", "def f():\n    import docx"),
        ("gui__a", "def f():\n    import cli"),
        ("gui__a", "import rich"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path, module, source):
    make_modules(tmp_path, **{module: source})
    assert len(forbidden_imports(tmp_path)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("workbook__a", "import decimal\nfrom . import b\nfrom .b import c\nimport workbook.b"),
        ("docgen__a", "from workbook.reading.accounts import Accounts\nfrom lxml import etree"),
        ("cli__a", "def f():\n    from gui.frame.app import main"),
        ("gui__a", "from PySide6 import QtCore\nfrom docgen import figures"),
    ],
)
def test_an_allowed_import_passes(tmp_path, module, source):
    make_modules(tmp_path, **{module: source})
    assert forbidden_imports(tmp_path) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("import workbook.b", "import workbook.a"),
        ("from workbook import b", "from workbook.a import X"),
        ("from .b import Y", "from . import a"),
        ("if True:\n    from .b import Y", "class C:\n    from .a import X"),
    ],
)
def test_a_cycle_is_found(tmp_path, first, second):
    make_modules(tmp_path, workbook__a=first, workbook__b=second)
    with pytest.raises(graphlib.CycleError):
        load_order(tmp_path)


@pytest.mark.parametrize(
    "second", ["def f():\n    import workbook.a", "if TYPE_CHECKING:\n    from workbook.a import X"]
)
def test_late_and_type_imports_make_no_cycle(tmp_path, second):
    make_modules(tmp_path, workbook__a="import workbook.b", workbook__b=second)
    assert load_order(tmp_path).index("workbook.b") < load_order(tmp_path).index("workbook.a")


@pytest.mark.parametrize(
    ("sources", "wrong"),
    [
        ({"workbook/reading/a.py": "import workbook.pack.b", "workbook/pack/b.py": "import workbook.issues"}, set()),
        ({"workbook/pack/a.py": "from workbook.reading import b", "workbook/reading/b.py": ""}, {"workbook.pack imports workbook.reading"}),
        ({"workbook/issues.py": "def f():\n    import workbook.pack"}, {"workbook.issues imports workbook.pack"}),
        ({"gui/pages/check/a.py": "from gui.pages.base import Page", "gui/pages/base.py": ""}, set()),
        ({"gui/pages/check/a.py": "from gui.pages.open.page import Page"}, {"gui.pages.check imports gui.pages.open"}),
        ({"docgen/words.py": ""}, {"docgen.words lies in no room"}),
        ({"gui/elsewhere/a.py": ""}, {"gui.elsewhere.a lies in no room"}),
    ],
)
def test_a_wrong_room_is_found(tmp_path, sources, wrong):
    make_modules(tmp_path)
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source, "utf-8")
    assert wrong_rooms(tmp_path) == wrong


def test_an_undocumented_name_is_found(tmp_path):
    path = tmp_path / "a.py"
    path.write_text('"""A module."""\n\n\ndef shown():\n    pass\n\n\ndef _hidden():\n    pass\n', "utf-8")
    assert undocumented(path) == ["a.py:4 shown"]
