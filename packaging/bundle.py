"""What goes into the program's folder and what stays out, as plain lists; build.spec and the tests read it.

Names of bundled files are compared with forward slashes, relative to the folder that PyInstaller collects
(``PySide6/plugins/platforms/qwindows.dll``), on every system.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from product import ROOT
from workshop import BuildError

Entry = tuple[str, str, str]
"""What PyInstaller collects: name in the bundle, file, kind."""

PACKAGES = ("workbook", "docgen", "cli", "gui")

# Python modules that nothing of ours needs, though a library would take them when it finds them.
EXCLUDED_MODULES = (
    *("tkinter", "turtle", "idlelib", "lib2to3", "pydoc", "doctest", "unittest", "test", "ensurepip", "venv"),
    *("distutils", "setuptools", "pkg_resources", "pip", "wheel", "packaging"),
    *("numpy", "pandas", "PIL", "matplotlib", "IPython", "typer", "docxtpl", "pytest", "hypothesis", "bs4", "html5lib"),
    *("lxml.isoschematron", "lxml.html", "lxml.objectify", "cssselect"),
    *("distributed", "dask", "tornado", "msgpack", "psutil", "cloudpickle", "fsspec"),
    # The program is offline: no TLS. hashlib falls back to CPython's own digests.
    *("ssl", "_ssl", "_hashlib", "sqlite3", "_sqlite3", "xmlrpc", "ftplib", "imaplib", "poplib", "smtplib"),
    # Of Qt we use QtCore, QtGui, QtWidgets, QtSvg, QtPrintSupport.
    *(f"PySide6.Qt{name}" for name in ("Network", "Qml", "Quick", "QuickWidgets", "QuickControls2", "Pdf", "Sql")),
    *(f"PySide6.Qt{name}" for name in ("OpenGL", "OpenGLWidgets", "DBus", "Test", "Designer", "Help", "UiTools")),
)

# Collected libraries and plugins that are left out again: file names, or parts of paths.
_UNWANTED_BINARIES = (
    "*/opengl32sw.dll",  # 20 MB of software OpenGL; widgets are painted by Qt's raster engine
    "*/d3dcompiler_*.dll",
    *("*/qt6pdf*", "*/qt6network*", "*/qt6qml*", "*/qt6quick*", "*/qt6opengl*", "*/qt6virtualkeyboard*"),
    *("*/libqt6pdf*", "*/libqt6network*", "*/libqt6qml*", "*/libqt6quick*", "*/libqt6virtualkeyboard*"),
    *("*/plugins/platforms/qdirect2d*", "*/plugins/platforms/qminimal*"),
    *(f"*/plugins/platforms/libq{name}*" for name in ("eglfs", "linuxfb", "vnc", "vkkhrdisplay", "minimal")),
    "*/plugins/platformthemes/*gtk3*",  # the bundle would carry all of GTK
    *("*/plugins/generic/*", "*/plugins/tls/*", "*/plugins/networkinformation/*", "*/plugins/egldeviceintegrations/*"),
    *("*/plugins/platforminputcontexts/*virtualkeyboard*", "*/plugins/xcbglintegrations/*", "*/plugins/sqldrivers/*"),
    *(f"*/plugins/imageformats/*q{name}.*" for name in ("icns", "tga", "tiff", "wbmp", "webp", "pdf")),
    # Every Linux desktop has its own, and they talk to its own services.
    *("libcups.so*", "libdbus-1.so*", "libsystemd.so*"),
    # Part of Windows 10 and 11, which Qt needs anyway, and preferred by them to copies beside a program.
    *("api-ms-win-*.dll", "*/api-ms-win-*.dll", "ucrtbase.dll", "*/ucrtbase.dll"),
)

# Of Qt's own translations only those of the dialogs, in the program's language.
_WANTED_TRANSLATIONS = ("qtbase_zh_cn.qm",)
_UNWANTED_DATA = ("*.pyi", "*.pyx", "*.pxd", "*.h", "lxml/isoschematron/*", "*/py.typed")

_LICENCE = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)

_DEVELOPERS_DOCS = ("发布.md",)


def our_modules(root: Path = ROOT) -> list[str]:
    """Every module of our packages by dotted name; commands are imported by name, so no import statement tells."""
    found = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def our_data(root: Path = ROOT) -> list[tuple[str, str]]:
    """Our data files as (file, folder in the bundle): templates, sample, manual, icons, licence."""
    files = [path for path in _files(root / "templates") if not path.name.startswith("~$")]
    files += [path for path in _files(root / "docs") if _is_manual(path, root)]
    files += [path for package in PACKAGES for path in _files(root / package) if path.suffix not in {".py", ".pyc"}]
    files += [root / "LICENSE", root / "CHANGELOG.md", root / "packaging" / "juesuan.png"]
    data = [(str(path), path.relative_to(root).parent.as_posix()) for path in files]
    return data + [(str(path), "licences") for path in _files(root / "packaging" / "licences")]


def compiled_packs(folder: Path, root: Path = ROOT) -> list[tuple[str, str]]:
    """The built-in packs and their templates, compiled into *folder* by the Python that is packaged: (file, folder in the bundle)."""
    from docgen.template import shell as templates
    from workbook.compiled import PROGRAM
    from workbook.pack import loading as packs

    made = {
        templates.STORE: templates.compile_templates(sorted((root / "templates").glob("*/report.docx")), folder, frozen=True),
        packs.STORE: packs.compile_packs(folder, frozen=True),
    }
    return [(str(file), store.folder.relative_to(PROGRAM).as_posix()) for store, files in made.items() for file in files]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield path


def _is_manual(path: Path, root: Path) -> bool:
    return path.suffix in {".md", ".html", ".css", ".png", ".svg"} and (
        path.relative_to(root / "docs").as_posix() not in _DEVELOPERS_DOCS
    )


def fingerprint(root: Path = ROOT) -> str:
    """A hash over our modules and data files: whether something built is still what the source says."""
    files = {Path(file) for file, _folder in our_data(root)}
    files |= {path for package in PACKAGES for path in (root / package).rglob("*.py")}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def require_same_sources(stamp: Path) -> None:
    """Raise ``BuildError`` when the source is not the one that *stamp* was written for."""
    if not stamp.is_file() or stamp.read_text("utf-8") != fingerprint():
        raise BuildError("源码在构建之后改过，请重新构建再试")


def library_data(requirements: Iterable[str]) -> list[tuple[str, str]]:
    """Metadata and licences of the installed *requirements* and of what they need, as (file, folder in the bundle).

    The metadata lets the window name the versions of its libraries; the licences must travel with what they cover.
    """
    found: list[tuple[str, str]] = []
    for distribution in _closure(requirements):
        name = f"{distribution.metadata['Name']}-{distribution.version}"
        for file in distribution.files or []:
            path = Path(str(distribution.locate_file(file)))
            if not file.parts[0].endswith(".dist-info") or not path.is_file():
                continue
            if file.name == "METADATA":
                found.append((str(path), file.parts[0]))
            elif _LICENCE.match(file.name) or "licenses" in file.parts:
                found.append((str(path), f"licences/{name}"))
    return found


def _closure(requirements: Iterable[str]) -> list[metadata.Distribution]:
    """The distributions that *requirements* name, and those they need in turn, by name."""
    found: dict[str, metadata.Distribution] = {}
    todo = [requirement for requirement in requirements if "extra ==" not in requirement]
    while todo:
        name = re.split(r"[^A-Za-z0-9._-]", todo.pop().strip(), maxsplit=1)[0]
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key not in found:
            try:
                found[key] = metadata.distribution(name)
            except metadata.PackageNotFoundError:
                continue  # for another system or an older Python
            todo += [line for line in found[key].requires or [] if "extra ==" not in line]
    return [found[key] for key in sorted(found)]


def wanted_binary(name: str) -> bool:
    """Whether the library or plugin with this bundled *name* is needed."""
    return not _matches(name, _UNWANTED_BINARIES)


def needed_binaries(entries: Iterable[Entry], imports: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Of PyInstaller's binaries (name, file, kind) those that are wanted, and the libraries that these are linked to.

    *imports* gives the names of the libraries that a file is linked to. What was collected only for something unwanted,
    such as the GTK libraries of a plugin that is left out, goes with it.
    """
    wanted = [entry for entry in entries if wanted_binary(entry[0])]
    libraries: dict[str, list[Entry]] = {}  # several folders may hold the same, each for its neighbours
    for entry in wanted:
        if not _is_loaded_by_name(entry):
            libraries.setdefault(_file_name(entry[0]), []).append(entry)
    kept = {entry[0]: entry for entry in wanted if _is_loaded_by_name(entry)}
    todo = list(kept.values())
    while todo:
        for name in imports(todo.pop()[1]):
            for entry in libraries.pop(_file_name(name), []):
                kept[entry[0]] = entry
                todo.append(entry)
    return [entry for entry in wanted if entry[0] in kept]


def _is_loaded_by_name(entry: Entry) -> bool:
    """Extension modules, plugins, pdfium and Python itself are opened by name; all other libraries because something needs them."""
    name = entry[0].replace("\\", "/").lower()
    return entry[2] == "EXTENSION" or "/plugins/" in name or _file_name(name).startswith(("python3", "libpython3", "pdfium", "libpdfium"))


def _file_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].lower()


def wanted_data(name: str) -> bool:
    """Whether the data file with this bundled *name* is needed."""
    path = PurePosixPath(name.replace("\\", "/").lower())
    if path.suffix == ".qm" and "translations" in path.parts:
        return path.name in _WANTED_TRANSLATIONS
    return not _matches(name, _UNWANTED_DATA)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    text = name.replace("\\", "/").lower()
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)
