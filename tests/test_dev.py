"""dev.py without network: what it decides, and what it says."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def dev():
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(dev, tmp_path, monkeypatch):
    """Point dev.py at a project of its own."""
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text(f"# {name}\n", "utf-8")
    venv = tmp_path / ".venv"
    places = {
        "ROOT": tmp_path,
        "VENV": venv,
        "STAMP": venv / dev.STAMP.name,
        "COMPILED": venv / dev.COMPILED.name,
        "LOG": venv / dev.LOG.name,
        "LOCK_FILE": tmp_path / dev.LOCK_FILE.name,
    }
    for name, value in places.items():
        monkeypatch.setattr(dev, name, value)
    return tmp_path


def make_venv(dev, root):
    """The outline of a virtual environment, without any program in it."""
    path = dev.program_in(root / ".venv")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


@pytest.fixture
def steps(dev, project, monkeypatch):
    """Record what would be run, and do nothing but make the environment's outline."""
    titles = []

    def pretend(title, command, log):
        titles.append(title)
        if "venv" in command:
            make_venv(dev, project)
        return 0

    monkeypatch.setattr(dev, "run_logged", pretend)
    return titles


# ---------------------------------------------------------------- old interpreters


def test_an_old_python_can_read_the_script():
    ast.parse((ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 6))


def test_only_the_standard_library_is_imported():
    tree = ast.parse((ROOT / "dev.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert len(names) > 5
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_oldest_python_is_the_one_the_project_names(dev):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">={}.{}".format(*dev.OLDEST)


# ---------------------------------------------------------------- the stamp


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_what_is_wanted_follows_the_files_and_the_place(dev, project, name, monkeypatch):
    place, pins = dev.wanted()
    assert dev.wanted() == (place, pins)
    (project / name).write_text("changed", "utf-8")
    assert dev.wanted()[0] == place
    assert dev.wanted()[1] != pins
    monkeypatch.setattr(dev, "ROOT", project.parent)
    assert dev.wanted()[0] != place


def test_text_moved_between_the_files_changes_the_fingerprint(dev, project):
    names = ("requirements.lock", "pyproject.toml")
    (project / names[0]).write_text("ab", "utf-8")
    (project / names[1]).write_text("c", "utf-8")
    before = dev.fingerprint(project, *names)
    (project / names[0]).write_text("a", "utf-8")
    (project / names[1]).write_text("bc", "utf-8")
    assert dev.fingerprint(project, *names) != before


# ---------------------------------------------------------------- making and renewing


@pytest.mark.parametrize("what", ["python", "place", "nothing"])
def test_an_environment_that_does_not_serve_is_rebuilt(dev, project, steps, monkeypatch, what):
    dev.prepare(dev=True)
    left_over = project / ".venv" / "kept.txt"
    left_over.touch()
    if what == "python":
        dev.program_in(project / ".venv").unlink()
    elif what == "place":
        monkeypatch.setattr(dev.sys, "version_info", (3, 99, 0))
    dev.prepare(dev=True)
    assert left_over.exists() == (what == "nothing")
    assert len(steps) == (4 if what == "nothing" else 8)


def test_the_first_set_up_does_everything_and_the_second_nothing(dev, project, steps):
    dev.prepare(dev=True)
    assert len(steps) == 4
    dev.prepare(dev=True)
    dev.prepare(dev=False)
    assert len(steps) == 4


def test_what_is_compiled_is_renewed_when_its_source_changes(dev, project, steps):
    dev.prepare(dev=False)
    for name in ("templates/甲/report.docx", "docgen/template/line.py"):
        (project / name).parent.mkdir(parents=True)
        (project / name).write_text("changed", "utf-8")
        steps.clear()
        dev.prepare(dev=False)
        assert steps == ["编译程序和模板包"]


def test_the_dev_tools_are_added_and_stay(dev, project, steps):
    dev.prepare(dev=False)
    dev.prepare(dev=True)
    assert len(steps) == 4 + 2  # the environment itself and what is compiled are kept
    (project / "requirements.lock").write_text("changed", "utf-8")
    dev.prepare(dev=False)
    assert dev.STAMP.read_text("utf-8").startswith("dev ")


def test_a_killed_set_up_starts_afresh(dev, project, steps, monkeypatch, capsys):
    def killed(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(dev, "install_project", killed)
        with pytest.raises(KeyboardInterrupt):
            dev.prepare(dev=False)
    left_over = project / ".venv" / "half.txt"
    left_over.touch()
    dev.prepare(dev=False)
    assert "没有装完" in capsys.readouterr().out
    assert not left_over.exists()


def test_a_refused_installation_keeps_the_environment(dev, project, steps, monkeypatch):
    dev.prepare(dev=False)
    (project / "requirements.lock").write_text("changed", "utf-8")
    kept = project / ".venv" / "kept.txt"
    kept.touch()
    monkeypatch.setattr(dev, "run_logged", lambda *_: 1)
    for _ in range(2):
        with pytest.raises(dev.SetupError):
            dev.prepare(dev=False)
    assert kept.exists()
    assert not dev.is_ready(dev=False)


def test_nobody_else_gets_the_lock(dev, tmp_path):
    path = tmp_path / "lock"
    with dev.exclusive(path), path.open("a+b") as other:
        assert not dev.try_lock(other.fileno())
    with path.open("a+b") as other:
        assert dev.try_lock(other.fileno())


# ---------------------------------------------------------------- running and explaining


def test_a_step_logs_its_output_and_tells_its_exit_code(dev, project, capsys):
    log = project / "a.log"
    assert dev.run_logged("试一步", [sys.executable, "-c", "print('out'); raise SystemExit(3)"], log) == 3
    assert "out" in log.read_text("utf-8")
    assert capsys.readouterr().out == "试一步……\n"


def test_a_long_step_shows_that_it_is_alive(dev, project, monkeypatch, capsys):
    monkeypatch.setattr(dev, "HEARTBEAT", 0.05)
    dev.run_logged("慢", [sys.executable, "-c", "import time; time.sleep(0.5)"], project / "a.log")
    assert "仍在进行" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution\nNo matching distribution", "网络"),
        ("E: Failed to fetch http://x  Could not connect", "网络"),
        ("ERROR: No matching distribution found for PySide6", "安装包"),
        ("OSError: [Errno 28] No space left on device", "磁盘"),
        ("E: Unable to locate package xvfb", "软件源里没有"),
        ("ERROR: ResolutionImpossible: for help visit", "Python 版本"),
        ("something else", "原因见下"),
    ],
)
def test_a_failure_is_explained(dev, log, cause):
    text = dev.failure_text("安装依赖", f"\n$ pip earlier\nSSLError\n\n$ pip install\n{log}\n", ".venv/setup.log")
    first, *tail = text.splitlines()
    assert "安装依赖" in first
    assert cause in first
    assert ".venv/setup.log" in first
    assert tail == [f"  | {line}" for line in log.splitlines()]


def test_only_the_end_of_a_long_log_is_shown(dev):
    text = dev.failure_text("x", "\n$ pip\n" + "\n".join(map(str, range(100))) + "\nINFO: pip looks", "log", lines=3)
    assert text.splitlines()[1:] == ["  | 97", "  | 98", "  | 99"]


def test_installations_are_not_sent_elsewhere(dev, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PIP_TARGET", "/somewhere")
    environment = dev.child_environment()
    assert not {"PYTHONPATH", "PIP_TARGET"} & environment.keys()
    assert environment["PIP_USER"] == "0"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to die of")
def test_a_killed_command_has_the_shells_exit_code(dev):
    assert dev.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 137


# ---------------------------------------------------------------- system packages


def test_missing_packages_are_found_by_state_name_and_what_others_provide(dev):
    answer = (
        "installed\tlibgl1\t\n"
        "installed\tlibglib2.0-0t64\tlibgio-2.0-0 (= 2.84), libglib2.0-0 (= 2.84)\n"
        "config-files\txvfb\txserver\n"
    )
    assert dev.missing_packages(answer, ("libgl1", "libglib2.0-0", "xvfb", "libegl1")) == ["xvfb", "libegl1"]
    assert dev.missing_packages("") == list(dev.SYSTEM_PACKAGES)


def test_without_rights_the_packages_are_named(dev, project, monkeypatch, capsys):
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "root_prefix", lambda: None)
    empty = subprocess.CompletedProcess([], 0, stdout="")
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: empty)
    dev.ensure_system_packages()
    [line] = capsys.readouterr().out.splitlines()
    assert "sudo apt-get install" in line
    assert "libreoffice-writer" in line


def test_a_python_without_venv_says_what_to_install(dev, project, monkeypatch):
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(dev, "root_prefix", lambda: None)
    with pytest.raises(dev.SetupError, match=r"apt-get install python3\.\d+-venv"):
        dev.prepare(dev=False)
    assert not dev.VENV.exists()


# ---------------------------------------------------------------- commands


@pytest.mark.parametrize(("argv", "code"), [([], 2), (["--help"], 0), (["nonsense"], 2)])
def test_help_names_every_command(dev, capsys, argv, code):
    assert dev.main(argv) == code
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in dev.COMMANDS)


@pytest.mark.parametrize("code", [0, 1, 2])
def test_demo_passes_the_exit_code_on(dev, monkeypatch, code):
    commands = []
    monkeypatch.setattr(dev, "prepare", lambda **_: None)
    monkeypatch.setattr(dev, "run", lambda command: commands.append(command) or code)
    assert dev.main(["demo"]) == code
    assert commands[0][1:] == ["demo", "-o", "demo-output"]


@pytest.mark.parametrize(("failing", "ran"), [("ruff", 1), ("mypy", 2), ("pytest", 3)])
def test_the_first_failing_check_ends_the_run(dev, monkeypatch, failing, ran):
    commands = []
    monkeypatch.setattr(dev, "prepare", lambda **_: None)
    monkeypatch.setattr(dev, "ensure_system_packages", lambda: None)
    monkeypatch.setattr(dev, "run", lambda command: commands.append(command) or (7 if failing in command else 0))
    assert dev.main(["test", "-x"]) == 7
    assert len(commands) == ran
    assert ("-x" in commands[-1]) is (failing == "pytest")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "中断"),
        (PermissionError(13, "denied", "juesuan.exe"), 1, "juesuan.exe"),
        (OSError(28, "No space left"), 1, "No space"),
    ],
)
def test_trouble_gets_one_line(dev, monkeypatch, capsys, error, code, said):
    def fail(**_):
        raise error

    monkeypatch.setattr(dev, "prepare", fail)
    assert dev.main(["setup"]) == code
    [line] = capsys.readouterr().out.splitlines()
    assert said in line


def test_clean_keeps_sources_and_results(dev, project):
    for name in (".venv/lib", "build", "demo-output", "workbook/__pycache__"):
        (project / name).mkdir(parents=True)
    (project / "workbook" / "a.py").touch()
    assert dev.main(["clean"]) == 0
    assert sorted(path.relative_to(project).as_posix() for path in project.rglob("*")) == [
        "demo-output",
        "pyproject.toml",
        "requirements.lock",
        "workbook",
        "workbook/a.py",
    ]


# ---------------------------------------------------------------- the lock


def test_the_lock_is_plain_pins():
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 20
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+(; \w+ [<>=]+ \"[\w.]+\")?", line)] == []


def test_what_is_installed_is_what_is_pinned():
    """A dependency's dependency that is missing from the lock would come in at any version."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pinned = [Requirement(line) for line in lines if not line.startswith("#")]
    pins = {canonicalize_name(pin.name): pin for pin in pinned if pin.marker is None or pin.marker.evaluate()}
    todo, seen = [("juesuan", "dev")], set()
    while todo:
        name, extra = todo.pop()
        for line in distribution(name).requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                key = canonicalize_name(needed.name)
                todo += [(key, "")] * (key not in seen)
                seen.add(key)
    assert "lxml" in seen
    assert sorted(seen - pins.keys()) == []
    installed = {name: distribution(name).version for name in seen}
    assert {name: version for name, version in installed.items() if not pins[name].specifier.contains(version)} == {}
