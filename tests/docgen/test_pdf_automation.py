"""Word and WPS: which there are, the conversation with them, the call of a member, and that none is left running."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from docgen.pdf import SuiteError
from docgen.pdf.automated import Automated
from docgen.pdf.automation import EXPORT, MISSING, OPEN, START, ComError, make_pdf, trouble
from docgen.pdf.windows import Process, Server, WindowsProcesses, find_servers, launched
from tests.docgen import pdf_workers

UNKNOWN_NAME, BAD_COUNT, FAILED, LOST = 0x80020006, 0x8002000E, 0x800A11FD, 0x800706BA
WORD = r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE"
WPS = r"C:\Users\张三\AppData\Local\Kingsoft\WPS Office\12.1.0\office6\wps.exe"


# ---------------------------------------------------------------- which programs there are
def registry(**programs: str) -> Callable[[str], str | None]:
    """A registry in which each program identity has a class of its own, and that class a command."""
    values = {}
    for name, command in programs.items():
        values[rf"{name}.Application\CLSID"] = f"{{{name}}}"
        values[rf"CLSID\{{{name}}}\LocalServer32"] = command
    return values.get


def names(read: Callable[[str], str | None], missing: Sequence[str] = ()) -> list[tuple[str, str]]:
    return [(server.name, server.program_id) for server in find_servers(read, lambda path: path not in missing)]


def test_word_comes_before_wps() -> None:
    read = registry(KWPS=f'"{WPS}" /Automation', Word=f"{WORD} /Automation")
    assert names(read) == [("Word", "Word.Application"), ("WPS", "KWPS.Application")]
    assert [server.program for server in find_servers(read, lambda _: True)] == [WORD, WPS]
    assert [server.image for server in find_servers(read, lambda _: True)] == ["winword.exe", "wps.exe"]


def test_wps_that_answers_in_the_name_of_word_is_called_wps_and_asked_once() -> None:
    assert names(registry(Word=f'"{WPS}" /Automation', KWPS=f'"{WPS}" /Automation')) == [("WPS", "Word.Application")]


def test_an_old_wps_is_found() -> None:
    assert names(registry(WPS=WPS)) == [("WPS", "WPS.Application")]


def test_what_an_uninstalled_word_left_in_the_registry_is_no_word() -> None:
    assert names(registry(Word=WORD, KWPS=WPS), missing=[WORD]) == [("WPS", "KWPS.Application")]
    assert names({r"Word.Application\CLSID": "{1}"}.get) == []
    assert names({}.get) == []


def test_a_newer_identity_is_followed() -> None:
    values = {
        r"KWPS.Application\CurVer": "KWPS.Application.9", r"KWPS.Application.9\CLSID": "{1}", r"CLSID\{1}\LocalServer32": f'"{WPS}"',
    }  # fmt: skip
    assert names(values.get) == [("WPS", "KWPS.Application")]


# ---------------------------------------------------------------- the conversation
class Thing:
    """An object of Word's: methods are functions, properties values; whatever else is asked for it does not know."""

    def __init__(self, name: str, record: list[tuple[object, ...]], **members: object) -> None:
        self.name, self.record, self.members = name, record, members

    def call(self, name: str, *arguments: object) -> Any:
        if name not in self.members:
            raise ComError(name, UNKNOWN_NAME)
        member = self.members[name]
        if callable(member):
            self.record.append((name, *arguments))
            return member(*arguments)
        return member

    def put(self, name: str, value: object) -> None:
        if name not in self.members:
            raise ComError(name, UNKNOWN_NAME)
        self.record.append((f"{name}=", value))
        self.members[name] = value


class Word:
    """A Word, or what answers in its name, with the faults that a test asks for."""

    def __init__(self, *lacks: str, others: int = 0, visible: bool = False, faults: dict[str, ComError] | None = None) -> None:
        self.record: list[tuple[object, ...]] = []
        self.others, self.faults, self.lacks = others, faults or {}, lacks
        self.ours = 0
        self.documents = Thing("Documents", self.record, Open=self._open)
        members = {"Visible": visible, "DisplayAlerts": -1, "AutomationSecurity": 1, "Quit": lambda *_: None}
        self.application = Thing("Application", self.record, **{k: v for k, v in members.items() if k not in lacks})
        self._count()
        self.application.members["Documents"] = self.documents

    def _count(self) -> None:
        self.documents.members["Count"] = self.others + self.ours

    def _fail(self, name: str) -> None:
        if name in self.faults:
            raise self.faults[name]

    def _open(self, path: str, *_: object) -> Thing:
        self._fail("Open")
        self.ours = 1
        self._count()
        pages = Thing("Contents", self.record, UpdatePageNumbers=lambda: self._fail("UpdatePageNumbers"))
        tables = Thing("Tables", self.record, Count=1, Item=lambda number: pages)
        members = {
            "TablesOfContents": tables, "Repaginate": lambda: None, "Close": self._close,
            **{name: self._writer(name) for name in ("ExportAsFixedFormat", "SaveAs2", "SaveAs")},
        }  # fmt: skip
        return Thing("Document", self.record, **{k: v for k, v in members.items() if k not in self.lacks})

    def _close(self, saving: int) -> None:
        self.ours = 0
        self._count()

    def _writer(self, name: str) -> Callable[..., None]:
        def write(path: str, kind: int, *more: object) -> None:
            self._fail(f"{name}+" if more else name)
            Path(path).write_bytes(pdf_workers.PDF)

        return write

    def called(self) -> list[object]:
        return [name for name, *_ in self.record]


def convert(word: Word, folder: Path, *, is_new: bool = True, step: Callable[[str], None] = lambda _: None) -> Path:
    target = folder / "out.pdf"
    make_pdf(word.application, str(folder / "report.docx"), str(target), step, is_new=is_new)
    return target


def test_word_opens_the_copy_read_only_renews_the_contents_and_leaves(tmp_path: Path) -> None:
    word, steps = Word(), []
    target = convert(word, tmp_path, step=steps.append)
    assert target.read_bytes() == pdf_workers.PDF
    assert steps == ["open", "renew", "export", "close"]
    source = str(tmp_path / "report.docx")
    everything = (str(target), 17, False, 0, 0, 1, 1, 0, False, True, 1, True, True, False)
    assert word.record == [
        ("DisplayAlerts=", 0), ("AutomationSecurity=", 3), ("Visible=", False), ("Open", source, False, True, False),
        ("Repaginate",), ("Item", 1), ("UpdatePageNumbers",), ("ExportAsFixedFormat", *everything), ("Close", 0), ("Quit", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lacks", "faults", "way"),
    [
        ((), {"ExportAsFixedFormat+": ComError("x", BAD_COUNT)}, "ExportAsFixedFormat"),
        (("ExportAsFixedFormat",), {}, "SaveAs2"),
        (("ExportAsFixedFormat", "SaveAs2"), {}, "SaveAs"),
        (("ExportAsFixedFormat", "SaveAs2", "TablesOfContents", "Repaginate", "AutomationSecurity"), {}, "SaveAs"),
    ],
)
def test_older_versions_are_asked_in_their_own_way(
    tmp_path: Path, lacks: tuple[str, ...], faults: dict[str, ComError], way: str,
) -> None:  # fmt: skip
    word = Word(*lacks, faults=faults)
    target = convert(word, tmp_path)
    assert target.is_file()
    assert (way, str(target), 17) in word.record
    assert word.called()[-2:] == ["Close", "Quit"]


def test_an_instance_with_the_users_documents_stays_as_it_is(tmp_path: Path) -> None:
    word = Word(others=2, visible=True)
    assert convert(word, tmp_path, is_new=False).is_file()
    called = ["Open", "Repaginate", "Item", "UpdatePageNumbers", "ExportAsFixedFormat", "Close"]  # and nothing is set
    assert word.called() == called
    assert word.record[0] == ("Open", str(tmp_path / "report.docx"), False, True, False, *[MISSING] * 7, False)


@pytest.mark.parametrize(("visible", "quits"), [(True, False), (False, True)])
def test_an_instance_that_runs_without_documents_is_the_users_when_it_is_shown(tmp_path: Path, visible: bool, quits: bool) -> None:
    word = Word(visible=visible)
    convert(word, tmp_path, is_new=False)
    assert ("Quit" in word.called()) is quits


def test_a_file_that_the_user_opens_meanwhile_is_shown_not_closed(tmp_path: Path) -> None:
    word = Word()

    def step(name: str) -> None:
        if name == EXPORT:
            word.others = 1

    convert(word, tmp_path, step=step)
    assert "Quit" not in word.called()
    assert word.record[-3:] == [("DisplayAlerts=", -1), ("AutomationSecurity=", 1), ("Visible=", True)]


@pytest.mark.parametrize("failing", ["Open", "ExportAsFixedFormat"])
def test_after_a_failure_nothing_is_left_open(tmp_path: Path, failing: str) -> None:
    fault = ComError("x", LOST if failing != "Open" else FAILED)
    word = Word(faults={failing: fault, f"{failing}+": fault})
    with pytest.raises(ComError):
        convert(word, tmp_path)
    assert word.ours == 0
    assert word.called()[-1] == "Quit"
    assert "SaveAs" not in word.called()


def test_stopping_leaves_nothing_open(tmp_path: Path) -> None:
    word = Word()

    def step(name: str) -> None:
        if name == EXPORT:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        convert(word, tmp_path, step=step)
    assert word.called()[-2:] == ["Close", "Quit"]
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    ("error", "step", "words"),
    [
        (ComError("Open", FAILED, "文件可能已经损坏。"), OPEN, "打不开报告（文件可能已经损坏）"),
        (ComError("x", 0x80080005), START, "启动失败（系统没能运行它）"),
        (ComError("x", 0x80040154), START, "启动失败（没有正确安装）"),
        (ComError("x", LOST), EXPORT, "不能导出（它中途退出了）"),
        (ComError("x", 0x80010001), OPEN, "打不开报告（一直没有空闲，可能有对话框在等待）"),
        (ComError("x", 0x8004ABCD), EXPORT, "不能导出（错误代码 8004ABCD）"),
    ],
)
def test_failures_are_told_in_the_users_words(error: ComError, step: str, words: str) -> None:
    assert str(trouble(error, step)) == words


# ---------------------------------------------------------------- processes
def test_only_what_windows_started_for_us_counts_as_ours() -> None:
    desktop, services, worker, old = (Process(1, 0, "explorer.exe"), Process(2, 0, "svchost.exe"), Process(3, 9, "juesuan.exe"),
                                      Process(4, 2, "winword.exe"))
    users = Process(5, 1, "winword.exe")
    ours, child, other = Process(6, 2, "winword.exe"), Process(7, 6, "wps.exe"), Process(8, 2, "excel.exe")
    launcher, its = Process(9, 3, "ksolaunch.exe"), Process(10, 9, "wps.exe")
    now = [its, child, desktop, services, worker, old, users, ours, other, launcher]
    assert {p.number for p in launched({1, 2, 3, 4}, now, "ksolaunch.exe", starter=3)} == {6, 7, 9, 10}
    assert launched({p.number for p in now}, now, "winword.exe", starter=3) == []


class Table:
    """A list of processes in which a suite appears as soon as it is asked for."""

    def __init__(self, *, leaves: bool = False, window: bool = False) -> None:
        self.looked, self.leaves, self.window = 0, leaves, window
        self.ended: list[int] = []

    def running(self) -> list[Process]:
        self.looked += 1
        services, suite = Process(2, 0, "svchost.exe"), Process(77, 2, "winword.exe")
        is_there = self.looked > 1 and 77 not in self.ended and not (self.leaves and self.looked > 2)
        return [services, suite] if is_there else [services]

    def has_window(self, number: int) -> bool:
        return self.window

    def end(self, number: int) -> None:
        self.ended.append(number)


def suite(work: Callable[..., None], table: Table, seconds: float = 30.0) -> Automated:
    server = Server("Word", "Word.Application", WORD)
    return Automated(server, lambda: table, work, dict.fromkeys(("start", "open", "renew", "export", "close"), seconds))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "report.docx"
    path.write_bytes(b"PK the report")
    return path


def test_the_worker_makes_the_pdf_and_the_program_has_gone(source: Path) -> None:
    table = Table(leaves=True)
    suite(pdf_workers.makes, table).convert(source, source.with_suffix(".pdf"), lambda: None)
    assert b"PK the report" in source.with_suffix(".pdf").read_bytes()
    assert table.ended == []
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (pdf_workers.refuses, "启动失败（系统没能运行它）"),
        (pdf_workers.ends, "转换进程意外退出"),
        (pdf_workers.lies, "没有生成 PDF"),
    ],
)
def test_the_worker_that_makes_none_says_why(source: Path, work: Callable[..., None], words: str) -> None:
    with pytest.raises(SuiteError) as caught:
        suite(work, Table(leaves=True)).convert(source, source.with_suffix(".pdf"), lambda: None)
    assert str(caught.value) == words
    assert multiprocessing.active_children() == []


def test_a_program_that_does_not_answer_is_ended_with_its_worker(source: Path) -> None:
    table, started = Table(), time.monotonic()
    with pytest.raises(SuiteError, match=r"^2 秒没有反应，已停止$"):
        suite(pdf_workers.hangs, table, seconds=2).convert(source, source.with_suffix(".pdf"), lambda: None)
    assert table.ended == [77]
    assert multiprocessing.active_children() == []
    assert time.monotonic() - started < 20


def test_a_program_that_shows_the_user_a_window_is_never_ended(source: Path) -> None:
    table = Table(window=True)
    with pytest.raises(SuiteError, match="没有反应"):
        suite(pdf_workers.hangs, table, seconds=1).convert(source, source.with_suffix(".pdf"), lambda: None)
    assert table.ended == []


def test_a_program_that_hangs_after_the_pdf_is_made_costs_no_pdf(source: Path) -> None:
    table = Table()
    suite(pdf_workers.hangs_at_the_end, table, seconds=1).convert(source, source.with_suffix(".pdf"), lambda: None)
    assert source.with_suffix(".pdf").read_bytes() == pdf_workers.PDF
    assert table.ended == [77]


@pytest.mark.parametrize(("work", "was_let_go"), [(pdf_workers.stops_when_asked, True), (pdf_workers.hangs, False)])
def test_cancelling_first_asks_then_ends(
    source: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[..., None], was_let_go: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("docgen.pdf.automated._GRACE_S", 20 if was_let_go else 0.5)
    table = Table(leaves=was_let_go)

    def check() -> None:
        if source.with_name("hanging").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        suite(work, table).convert(source, source.with_suffix(".pdf"), check)
    assert source.with_name("left").exists() is was_let_go
    assert table.ended == ([] if was_let_go else [77])
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(sys.platform == "win32", reason="there it can be asked")
def test_elsewhere_than_on_windows_there_is_nothing_to_ask() -> None:
    with pytest.raises(OSError, match="Windows"):
        WindowsProcesses()
    assert find_servers() == ()
