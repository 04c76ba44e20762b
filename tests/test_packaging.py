"""What packaging/ decides, without building anything: names, lists, resources, installer script, archives."""

import ast
import gzip
import hashlib
import importlib
import importlib.util
import io
import re
import struct
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from workbook import __version__

ROOT = Path(__file__).parents[1]
PACKAGING = ROOT / "packaging"
SCRIPT, SHELL = PACKAGING / "installer.nsi", PACKAGING / "installer_shell.nsh"


@pytest.fixture(autouse=True)
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGING))


def load(name):
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", PACKAGING / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def project(tmp_path, version='__version__ = "1.2.3"'):
    (tmp_path / "workbook").mkdir()
    (tmp_path / "workbook" / "__init__.py").write_text(f'"""A package."""\n\n{version}\n', "utf-8")
    return tmp_path


# ---------------------------------------------------------------- version and names


def test_the_version_is_the_programs():
    import product

    assert product.version() == __version__
    assert __version__ in product.artifact("setup")


def test_windows_sees_releases_in_order(tmp_path):
    import product

    numbers = []
    for version in ("1.2.3.dev4", "1.2.3a1", "1.2.3b1", "1.2.3rc1", "1.2.3rc2", "1.2.3", "1.3.0"):
        folder = tmp_path / version
        folder.mkdir()
        numbers.append(product.version_numbers(project(folder, f'__version__ = "{version}"')))
    assert numbers == sorted(set(numbers))
    assert all(0 <= part <= 65535 for quadruple in numbers for part in quadruple)


@pytest.mark.parametrize("line", ["", '__version__ = "1.2"', '__version__ = "v1.2.3"', "__version__ = version()"])
def test_a_version_that_windows_cannot_hold_is_refused(tmp_path, line):
    import product

    with pytest.raises(ValueError, match="版本号"):
        product.version(project(tmp_path, line))


def test_published_names_are_ascii():
    import product

    assert all(product.artifact(kind).isascii() for kind in ("setup", "portable", "linux"))


def test_the_version_resource_is_what_pyinstaller_evaluates():
    import product
    from version_resource import version_info

    def node(name):
        return lambda *args, **more: (name, args, more)

    kinds = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct", "VarFileInfo", "VarStruct")
    _, _, parts = eval(version_info("决算公开助手.exe", "一个'程序'"), {kind: node(kind) for kind in kinds})
    assert parts["ffi"][2]["filevers"] == product.version_numbers()
    table = parts["kids"][0][1][0][0][1]
    assert table[0] == "080404b0"  # Simplified Chinese, Unicode
    strings = dict(entry[1] for entry in table[1])
    assert strings["ProductName"] == "决算公开助手"
    assert strings["FileDescription"] == "一个'程序'"
    assert strings["ProductVersion"] == __version__
    assert parts["kids"][1][1][0][0][1] == ("Translation", [0x0804, 1200])


# ---------------------------------------------------------------- what goes into the bundle


def test_every_command_is_a_hidden_import():
    import bundle

    commands = re.findall(r'^    "(\w+)": \(', (ROOT / "cli" / "main.py").read_text("utf-8"), re.MULTILINE)
    assert len(commands) > 5
    modules = {f"cli.{path.stem}" for path in (ROOT / "cli").glob("*.py") if path.stem != "__init__"}
    assert modules <= set(bundle.our_modules())
    for name in commands:
        assert any(hasattr(importlib.import_module(module), name) for module in modules), name
    assert {"workbook", "docgen", "gui", "workbook.pack.loading"} <= set(bundle.our_modules())


def test_data_keeps_its_place_beside_the_modules():
    import bundle

    from workbook.pack.loading import TEMPLATES

    data = dict(bundle.our_data())
    for file in (TEMPLATES / "neimenggu-2024" / "sheets.toml", *(TEMPLATES / "sample").glob("*.xlsx"), ROOT / "LICENSE"):
        assert data[str(file)] == file.relative_to(ROOT).parent.as_posix()
    assert all(Path(file).is_file() for file in data)
    assert not [file for file in data if file.endswith((".py", ".pyc")) or "__pycache__" in file]


def test_the_compiled_packs_lie_where_the_program_looks(tmp_path):
    import bundle

    from docgen.template import shell as templates
    from workbook.pack import loading as packs

    data = bundle.compiled_packs(tmp_path)
    assert {Path(file).parent for file, _folder in data} == {tmp_path}
    assert {Path(file).suffix: folder for file, folder in data} == {
        store.ending: store.folder.relative_to(ROOT).as_posix() for store in (templates.STORE, packs.STORE)}


def test_the_manual_goes_in_and_the_developers_pages_do_not(tmp_path):
    import bundle

    for name in ("docs/手册.md", "docs/图/校验.png", "docs/发布.md", "docs/screens.py", "templates/~$打开的.xlsx", "gui/icons/open.svg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    data = {Path(file).relative_to(tmp_path).as_posix(): folder for file, folder in bundle.our_data(tmp_path)}
    assert data["docs/图/校验.png"] == "docs/图"
    assert data["gui/icons/open.svg"] == "gui/icons"
    others = {"LICENSE", "CHANGELOG.md", "packaging/juesuan.png"}
    assert data.keys() == {"docs/手册.md", "docs/图/校验.png", "gui/icons/open.svg", *others}


def test_nothing_that_we_import_is_excluded():
    import bundle

    imported = set()
    for package in bundle.PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    assert "PySide6.QtWidgets" in imported
    lost = {name for name in imported for excluded in bundle.EXCLUDED_MODULES if f"{name}.".startswith(f"{excluded}.")}
    lost = {name for name in lost if name.partition(".")[0] != "distributed"}  # only for --scheduler, which the packaged program says it cannot do
    assert lost == set()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/plugins/platforms/qwindows.dll", True),
        (r"PySide6\plugins\styles\qmodernwindowsstyle.dll", True),
        ("PySide6/plugins/iconengines/qsvgicon.dll", True),
        ("PySide6/MSVCP140.dll", True),
        ("VCRUNTIME140_1.dll", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so", True),
        ("PySide6/opengl32sw.dll", False),
        (r"PySide6\Qt6Network.dll", False),
        (r"PySide6\plugins\platforms\qdirect2d.dll", False),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/plugins/imageformats/libqwebp.so", False),
        ("ucrtbase.dll", False),
        ("api-ms-win-crt-heap-l1-1-0.dll", False),
        ("libsystemd.so.0", False),
    ],
)
def test_binaries(name, wanted):
    import bundle

    assert bundle.wanted_binary(name) is wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/translations/qtbase_zh_CN.qm", True),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/translations/qt_help_zh_CN.qm", False),
        ("templates/neimenggu-2024/sheets.toml", True),
        ("lxml/isoschematron/resources/rng/iso-schematron.rng", False),
        ("lxml/etree.h", False),
        ("openpyxl-3.1.5.dist-info/METADATA", True),
    ],
)
def test_data(name, wanted):
    import bundle

    assert bundle.wanted_data(name) is wanted


def test_libraries_of_what_is_left_out_are_left_out():
    import bundle

    links = {
        "qxcb": ["libQt6Core.so.6", "libxcb.so.1"],
        "libQt6Core.so.6": ["libicu.so.73"],
        "qgtk3": ["libgtk-3.so.0", "libQt6Core.so.6"],
        "QtGui": ["libQt6Gui.so.6"],
    }
    entries = [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "qxcb", "BINARY"),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "qgtk3", "BINARY"),
        ("PySide6/QtGui.abi3.so", "QtGui", "EXTENSION"),
        ("libpython3.11.so.1.0", "libpython", "BINARY"),
        *((name, name, "BINARY") for name in ("libxcb.so.1", "libgtk-3.so.0", "libicu.so.73")),
        ("PySide6/Qt/lib/libQt6Core.so.6", "libQt6Core.so.6", "BINARY"),
        ("PySide6/Qt/lib/libQt6Gui.so.6", "libQt6Gui.so.6", "BINARY"),
    ]
    kept = bundle.needed_binaries(entries, lambda file: links.get(file, []))
    assert set(entries) - set(kept) == {entries[1], ("libgtk-3.so.0", "libgtk-3.so.0", "BINARY")}


def test_libraries_bring_their_licences_and_versions():
    import bundle
    import workshop

    data = bundle.library_data(workshop.dependencies())
    folders = {folder for _file, folder in data}
    for library in ("openpyxl", "lxml", "jinja2", "xlsxwriter", "python_docx", "python-calamine", "markupsafe"):
        name = library.replace("-", "_")
        assert [folder for folder in folders if re.fullmatch(rf"licences/{name}-[\d.]+", folder.replace("-", "_", folder.count("-") - 1), re.IGNORECASE)], library
        assert [file for file, folder in data if re.fullmatch(rf"{name}-[\d.]+\.dist-info", folder) and file.endswith("METADATA")], library
    assert not [folder for folder in folders if "pytest" in folder or "docxtpl" in folder]
    names = {path.name for path in (PACKAGING / "licences").iterdir()}
    assert {"LGPL-3.0.txt", "GPL-3.0.txt", "CPython.txt", "说明.md"} == names


def test_a_changed_source_asks_for_a_new_build(tmp_path):
    import bundle
    from workshop import BuildError

    root = project(tmp_path)
    (root / "packaging").mkdir()
    for name in ("LICENSE", "CHANGELOG.md", "packaging/juesuan.png"):
        (root / name).touch()
    before = bundle.fingerprint(root)
    assert bundle.fingerprint(root) == before
    (root / "workbook" / "new.py").write_text("x = 1\n", "utf-8")
    assert bundle.fingerprint(root) != before
    with pytest.raises(BuildError, match="重新构建"):
        bundle.require_same_sources(tmp_path / "no stamp")


def test_the_spec_is_python_and_names_both_programs():
    source = (ROOT / "build.spec").read_text("utf-8")
    compile(source, "build.spec", "exec")
    for script in re.findall(r'"(entry_\w+)"', source):
        compile((PACKAGING / f"{script}.py").read_text("utf-8"), script, "exec")
    assert "upx=True" not in source


def test_build_tools_are_pinned():
    lines = [line for line in (PACKAGING / "requirements-build.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.match(r"^[A-Za-z0-9-]+==[\d.]+(;|$)", line)] == []


def test_every_folder_keeps_its_own_copy_of_a_library():
    import bundle

    names = ("VCRUNTIME140.dll", "PySide6/VCRUNTIME140.dll", "shiboken6/VCRUNTIME140.dll")
    entries = [("_socket.pyd", "socket", "EXTENSION"), *((name, name, "BINARY") for name in names)]
    assert bundle.needed_binaries(entries, lambda file: ["VCRUNTIME140.dll"] if file == "socket" else []) == entries


# ---------------------------------------------------------------- entry of the windowed program


@pytest.mark.parametrize(
    ("argv", "workbook", "smoke"),
    [
        ([], None, None),
        (["C:\\决算 公开\\表.xlsx"], "C:\\决算 公开\\表.xlsx", None),
        (["--smoke", "out 文件夹"], None, "out 文件夹"),
        (["表.xlsx", "--smoke", "out"], "表.xlsx", "out"),
    ],
)
def test_the_window_takes_a_workbook_or_a_smoke_test(argv, workbook, smoke):
    arguments = load("entry_window").arguments_of(argv)
    assert (arguments.workbook, arguments.smoke) == (workbook, smoke)


def test_what_a_windowed_program_prints_goes_to_the_log(monkeypatch, capfd):
    entry = load("entry_window")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        patch.setattr(sys, "stderr", None)
        patch.setattr(entry.faulthandler, "enable", lambda stream: None)
        entry.give_streams()
        print("某个库的提示")  # noqa: T201  # what a library would do
        sys.stdout.close()
    assert "某个库的提示" in entry.output_path().read_text("utf-8")


@pytest.mark.parametrize("smoke", [False, True])
def test_a_window_that_does_not_open_says_why(monkeypatch, tmp_path, smoke):
    import gui.frame
    from workbook.log import log_file

    entry, told = load("entry_window"), []
    monkeypatch.setitem(sys.modules, "gui.frame.app", None)  # its import fails
    monkeypatch.delattr(gui.frame, "app", raising=False)  # also where an earlier test has imported it
    monkeypatch.setattr(entry, "tell", told.append)
    assert entry.main(["--smoke", str(tmp_path)] if smoke else []) == 2
    assert "Error" in log_file().read_text("utf-8")
    assert len(told) == (0 if smoke else 1)  # nobody is there to press the button of a test
    assert smoke or str(log_file()) in told[0]


@pytest.mark.parametrize(
    ("given", "chosen"), [({"QT_IM_MODULE": "fcitx5"}, "ibus"), ({"QT_IM_MODULE": "fcitx"}, "ibus"), ({"QT_IM_MODULE": "compose"}, "compose"), ({}, None)]
)
def test_chinese_input_where_fcitx_is_used(given, chosen):
    environment = dict(given)
    load("entry_window").choose_input_method(environment)
    assert environment.get("QT_IM_MODULE") == chosen


# ---------------------------------------------------------------- icon


def test_the_icon_has_every_size():
    import make_icon

    data = (PACKAGING / "juesuan.ico").read_bytes()
    assert struct.unpack_from("<HHH", data) == (0, 1, len(make_icon.SIZES))
    for index, size in enumerate(make_icon.SIZES):
        width, height, _, _, _, bits, length, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * index)
        assert (width or 256, height or 256, bits) == (size, size, 32)
        part = data[offset : offset + length]
        if size >= 256:
            assert part.startswith(b"\x89PNG")
        else:
            assert struct.unpack_from("<Iii", part) == (40, size, 2 * size)
            assert len(part) == 40 + size * size * 4 + (size + 31) // 32 * 4 * size
            assert any(part[40:])


@pytest.mark.parametrize("name", ["juesuan.svg", "juesuan-small.svg"])
def test_the_drawings_are_svg(name):
    assert ET.parse(PACKAGING / name).getroot().tag == "{http://www.w3.org/2000/svg}svg"


# ---------------------------------------------------------------- installer


def nsis(path):
    """The script's lines without comments."""
    lines = path.read_text("utf-8-sig").splitlines()
    return [line for line in (re.sub(r"(^|\s);.*", "", line).strip() for line in lines) if line]


def defines():
    return dict(re.findall(r'^!define (\w+) "?([^"]*)"?$', "\n".join(nsis(SCRIPT)), re.MULTILINE))


@pytest.mark.parametrize("path", [SCRIPT, SHELL], ids=lambda path: path.name)
def test_makensis_reads_the_script_as_utf8(path):
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_installer_names_what_the_build_makes():
    import product

    names = defines()
    assert (names["ID"], names["NAME"], names["PUBLISHER"]) == (product.ID, product.NAME, product.PUBLISHER)
    assert names["WINDOWED"].replace("${NAME}", product.NAME) == f"{product.WINDOWED}.exe"
    assert names["CONSOLE"] == f"{product.CONSOLE}.exe"


def test_the_installer_needs_no_administrator():
    lines = nsis(SCRIPT) + nsis(SHELL)
    assert "RequestExecutionLevel user" in lines
    assert "Unicode true" in lines
    assert 'InstallDir "$LOCALAPPDATA\\Programs\\${ID}"' in lines
    assert not [line for line in lines if "HKLM" in line or "$PROGRAMFILES" in line or "SetShellVarContext all" in line]


def test_the_uninstaller_takes_back_every_registry_key():
    text = "\n".join(nsis(SHELL) + nsis(SCRIPT))
    written = set(re.findall(r'WriteReg\w+ HKCU "([^"]+)" ', text))
    removed = set(re.findall(r'DeleteRegKey HKCU "([^"]+)"', text)) | set(re.findall(r'DeleteRegValue HKCU "([^"]+)"', text))
    assert len(written) >= 5
    left = [key for key in written if not any(key == gone or key.startswith(f"{gone}\\") for gone in removed)]
    assert left == []


def test_the_default_program_of_workbooks_is_left_alone():
    """Only OpenWithProgids is written below a file type; its default value would make us the default program."""
    types = [line for line in nsis(SHELL) if re.search(r'"Software\\Classes\\\$\{TYPE\}', line) and line.startswith("WriteReg")]
    assert types
    assert all("OpenWithProgids" in line for line in types)


def test_the_uninstaller_deletes_nothing_of_the_users():
    text = "\n".join(nsis(SCRIPT) + nsis(SHELL))
    whole = re.findall(r'RMDir /r "([^"]+)"', text)
    allowed = {r"$INSTDIR\_internal", r"$INSTDIR\_internal.old", r"$LOCALAPPDATA\${ID}\Logs", r"$LOCALAPPDATA\${ID}\Cache"}
    assert set(whole) == allowed


def test_shortcuts_and_files_are_taken_back():
    text = "\n".join(nsis(SCRIPT) + nsis(SHELL))
    for link in re.findall(r'CreateShortcut "([^"]+)"', text):
        assert f'Delete "{link}"' in text
    for file in (r"$INSTDIR\${WINDOWED}", r"$INSTDIR\${CONSOLE}", r"$INSTDIR\uninstall.exe"):
        assert f'Delete "{file}"' in text


def test_makensis_is_called_for_both_systems(tmp_path):
    from build_windows import makensis_command

    numbers = (1, 2, 3, 65535)
    here = makensis_command(tmp_path, tmp_path / "setup.exe", "1.2.3", numbers, "makensis", on_windows=False)
    there = makensis_command(tmp_path, tmp_path / "setup.exe", "1.2.3", numbers, "makensis.exe", on_windows=True)
    assert "-DNUMBERS=1.2.3.65535" in here
    assert "-DTARGET=amd64-unicode" in here
    assert "/DVERSION=1.2.3" in there
    assert not [word for word in there if "TARGET" in word]
    used = set(re.findall(r"\$\{(VERSION|NUMBERS|FILES|OUTPUT|WIZARD|TARGET)\}", SCRIPT.read_text("utf-8-sig")))
    assert used == {re.match(r"-D(\w+)=", word).group(1) for word in here if word.startswith("-D")}


# ---------------------------------------------------------------- published files


@pytest.fixture
def built(tmp_path):
    folder = tmp_path / "程序"
    (folder / "_internal").mkdir(parents=True)
    (folder / "决算公开助手").write_bytes(b"\x7fELF")
    (folder / "决算公开助手").chmod(0o755)
    (folder / "_internal" / "数据.txt").write_bytes(b"1" * 100)
    return folder


def test_the_zip_has_one_folder_and_utf8_names(built, tmp_path):
    import archives

    for name in ("a.zip", "b.zip"):
        archives.write_zip(built, tmp_path / name, "决算公开助手")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert {info.filename for info in archive.infolist()} == {"决算公开助手/决算公开助手", "决算公开助手/_internal/数据.txt"}
        assert all(info.flag_bits & 0x800 for info in archive.infolist())  # else Windows guesses the code page


def test_the_tar_keeps_what_may_be_executed(built, tmp_path):
    import archives

    for name in ("a.tar.gz", "b.tar.gz"):
        archives.write_tar(built, tmp_path / name, "juesuan-1")
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress((tmp_path / "a.tar.gz").read_bytes()))) as archive:
        modes = {member.name: member.mode for member in archive}
    assert modes == {"juesuan-1/决算公开助手": 0o755, "juesuan-1/_internal/数据.txt": 0o644}


def test_checksums_are_of_what_is_published(tmp_path):
    import archives

    (tmp_path / "juesuan-1-windows-x64-setup.exe").write_bytes(b"setup")
    (tmp_path / "windows").mkdir()
    (tmp_path / "other.txt").touch()
    lines = archives.write_checksums(tmp_path).read_text("utf-8").splitlines()
    assert lines == [f"{hashlib.sha256(b'setup').hexdigest()}  juesuan-1-windows-x64-setup.exe"]


# ---------------------------------------------------------------- Linux


def test_the_linux_script_installs_and_removes(tmp_path):
    package, home = tmp_path / "解压 出来的", tmp_path / "home 张三"
    home.mkdir()
    package.mkdir()
    for name in ("决算公开助手", "juesuan", "juesuan.png"):
        (package / name).write_text("#!/bin/sh\necho 运行\n", "utf-8")
        (package / name).chmod(0o755)
    for path in (PACKAGING / "linux").iterdir():
        (package / path.name).write_bytes(path.read_bytes())
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    for _again in range(2):  # the second is an upgrade
        subprocess.run(["sh", package / "install.sh"], env=env, check=True, capture_output=True)
    assert subprocess.run([home / ".local/bin/juesuan"], env=env, check=True, capture_output=True).stdout.decode() == "运行\n"
    entry = (home / ".local/share/applications/juesuan.desktop").read_text("utf-8")
    assert f'Exec="{home}/.local/opt/juesuan/决算公开助手" %f\n' in entry
    assert "@" not in entry
    subprocess.run(["sh", package / "install.sh", "--remove"], env=env, check=True, capture_output=True)
    assert [path for path in home.rglob("*") if path.is_symlink() or path.is_file()] == []


def test_the_needed_c_library_is_the_newest_asked_for(tmp_path):
    from build_linux import needed_glibc

    (tmp_path / "a.so").write_bytes(b"\x7fELF..GLIBC_2.9\0GLIBC_2.31\0GLIBC_2.4\0GLIBCXX_3.4.32\0")
    (tmp_path / "b.txt").write_bytes(b"GLIBC_2.99\0")
    assert needed_glibc(tmp_path) == "2.31"


# ---------------------------------------------------------------- smoke test, workflow


@pytest.mark.parametrize(
    ("listing", "value"),
    [
        ("HKEY_CURRENT_USER\\Software\\Classes\\.xlsx\\OpenWithProgids\n    juesuan.Workbook    REG_SZ    \n", ""),
        ("HKEY_CURRENT_USER\\Software\\Classes\\.xlsx\n    (Default)    REG_SZ    juesuan.Workbook\n", "juesuan.Workbook"),
        ("HKEY_CURRENT_USER\\Software\\Classes\\.xlsx\n    (默认)    REG_SZ    Excel.Sheet.12\n", "Excel.Sheet.12"),
    ],
)
def test_the_smoke_test_sees_a_changed_default(listing, value):
    from smoke_windows import default_value

    assert default_value(listing) == value


def test_the_workflow_calls_scripts_that_exist():
    text = (ROOT / ".github" / "workflows" / "windows.yml").read_text("utf-8")
    called = re.findall(r"python (packaging/\w+\.py)", text)
    assert set(called) == {"packaging/build_windows.py", "packaging/smoke_windows.py", "packaging/smoke_office.py"}
    assert all((ROOT / name).is_file() for name in called)
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"].removeprefix(">=")
    wanted = re.search(r'python-version: "([\d.]+)"', text).group(1)
    assert tuple(map(int, wanted.split(".")))[:2] >= tuple(map(int, oldest.split(".")))
