"""导出 PDF: through which program, what is said when one fails, cancelling, and what the page shows."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from docgen.pdf import Suite, SuiteError
from docgen.pdf import export as pdf_export
from docgen.pdf.export import NO_SUITE, Exported, LibreOffice, NoOfficeError, export_pdf, find_libreoffice, find_suites
from gui.pages.preview.page import PreviewPage
from gui.session.jobs import CancelledError
from gui.session.settings import Settings
from workbook.errors import InputError

PDF = b"%PDF-1.7\n...\n%%EOF\n"


class Office:
    """A suite that writes, refuses, or waits until it is stopped."""

    def __init__(self, name: str, *, failure: str = "", content: bytes = PDF, waits: bool = False) -> None:
        self.name, self.failure, self.content, self.waits = name, failure, content, waits
        self.sources: list[bytes] = []
        self.is_waiting = False

    def convert(self, source: Path, target: Path, check: Callable[[], None]) -> None:
        self.sources.append(source.read_bytes())
        source.write_bytes(b"changed by the suite")
        while self.waits:
            self.is_waiting = True
            check()
            time.sleep(0.01)
        if self.failure:
            raise SuiteError(self.failure)
        target.write_bytes(self.content)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "报告.docx"
    path.write_bytes(b"PK the report")
    return path


def export(report: Path, *suites: Suite, said: list[str] | None = None) -> Exported:
    return export_pdf(report, report.with_suffix(".pdf"), lambda: None, suites, [].append if said is None else said.append)


# ---------------------------------------------------------------- which program
def test_the_first_that_can_makes_it_from_a_copy(report: Path) -> None:
    word, wps = Office("Word"), Office("WPS")
    assert export(report, word, wps) == Exported(report.with_suffix(".pdf"), "Word")
    assert report.with_suffix(".pdf").read_bytes() == PDF
    assert (word.sources, wps.sources) == ([b"PK the report"], [])
    assert report.read_bytes() == b"PK the report"


def test_when_one_fails_the_next_gets_a_fresh_copy(report: Path) -> None:
    wps, said = Office("WPS"), []
    made = export(report, Office("Word", failure="启动失败（没有激活）"), wps, said=said)
    assert (made.suite, made.failures) == ("WPS", ("Word：启动失败（没有激活）",))
    assert wps.sources == [b"PK the report"]
    assert said == ["正在用 Word 导出“报告.pdf”，约需半分钟……", "Word：启动失败（没有激活）。正在改用 WPS 导出“报告.pdf”……"]


def test_when_all_fail_each_says_why_and_the_reader_learns_what_to_do(report: Path) -> None:
    report.with_suffix(".pdf").write_bytes(b"the last one")
    with pytest.raises(InputError) as caught:
        export(report, Office("Word", failure="启动失败"), Office("LibreOffice", content=b"%PDF-1.7 half of"))
    words = str(caught.value)
    assert words.startswith("报告.pdf：没有导出成功（Word：启动失败；LibreOffice：生成的文件不是完整的 PDF），")
    assert "另存为（输出为）PDF" in words
    assert "激活" in words
    assert report.with_suffix(".pdf").read_bytes() == b"the last one"


def test_without_any_the_reader_learns_what_to_do(report: Path) -> None:
    with pytest.raises(NoOfficeError, match=r"没有找到.*先生成 Word 报告.*另存为（输出为）PDF。$"):
        export(report)


def test_a_pdf_that_cannot_be_written_is_found_before_the_suite_is_started(report: Path) -> None:
    report.with_suffix(".pdf").mkdir()  # cannot be opened, as a file that a reader holds
    word = Office("Word")
    with pytest.raises(InputError, match=r"报告\.pdf：无法写入"):
        export(report, word)
    assert word.sources == []


def test_a_folder_that_is_gone_is_named(report: Path) -> None:
    with pytest.raises(InputError, match=r"报告\.pdf：要写入的文件夹不存在"):
        export_pdf(report, report.parent / "没有" / "报告.pdf", lambda: None, [Office("Word")])


def test_cancelling_tries_no_other(report: Path) -> None:
    def check() -> None:
        raise CancelledError

    wps = Office("WPS")
    with pytest.raises(CancelledError):
        export_pdf(report, report.with_suffix(".pdf"), check, [Office("Word", waits=True), wps])
    assert wps.sources == []


def test_libreoffice_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.pdf.windows import Server

    servers = (Server("Word", "Word.Application", r"C:\WINWORD.EXE"), Server("WPS", "KWPS.Application", r"C:\wps.exe"))
    monkeypatch.setattr(pdf_export, "find_servers", lambda: servers)
    monkeypatch.setattr(pdf_export, "find_libreoffice", lambda: LibreOffice(Path("soffice")))
    assert [suite.name for suite in find_suites()] == ["Word", "WPS", "LibreOffice"]


# ---------------------------------------------------------------- LibreOffice
def soffice(folder: Path, script: str) -> LibreOffice:
    """A program that stands for LibreOffice: it is given the real command line."""
    program = folder / "soffice"
    program.write_text(f"#!{sys.executable}\nimport sys, time, pathlib\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return LibreOffice(program)


WRITES = f'folder = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1]); (folder / "report.pdf").write_bytes({PDF!r})'


def test_libreoffice_is_run_as_a_command(report: Path, tmp_path: Path) -> None:
    assert export(report, soffice(tmp_path, WRITES)).suite == "LibreOffice"
    assert report.with_suffix(".pdf").read_bytes() == PDF


@pytest.mark.parametrize(
    ("script", "timeout", "words"),
    [("sys.exit(1)", 60, "LibreOffice：没有生成 PDF"), ("time.sleep(60)", 0.5, "LibreOffice：0 秒没有完成转换，已停止")],
)
def test_a_libreoffice_that_fails(report: Path, tmp_path: Path, script: str, timeout: float, words: str) -> None:
    program = soffice(tmp_path, script).program
    with pytest.raises(InputError, match=words):
        export(report, LibreOffice(program, timeout=timeout))


def test_a_libreoffice_that_does_not_start(report: Path, tmp_path: Path) -> None:
    (tmp_path / "soffice").write_bytes(b"\x7fELF no program")
    (tmp_path / "soffice").chmod(0o755)
    with pytest.raises(InputError, match="LibreOffice：启动失败"):
        export(report, LibreOffice(tmp_path / "soffice"))


def test_finding_libreoffice(tmp_path: Path) -> None:
    suite = soffice(tmp_path, "")
    assert find_libreoffice([tmp_path / "nothing", suite.program]) == suite
    assert find_libreoffice([]) is None
    command = suite.command(Path("a.docx"), tmp_path, tmp_path / "profile")
    assert subprocess.run(command, check=True, capture_output=True).returncode == 0


# ---------------------------------------------------------------- the page
@pytest.fixture
def page(qtbot: QtBot, open_sample, tmp_path: Path) -> PreviewPage:
    found = PreviewPage(open_sample(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(found)
    found.writer.ask_path = lambda title, proposal, kinds: tmp_path / "公开.pdf"
    with qtbot.waitSignal(found.shown, timeout=10_000):
        found.show()
    return found


@pytest.mark.qt_log_ignore("grabbing the keyboard")  # by the menu: the offscreen platform has none
def test_the_button_says_which_program_will_do_it(page: PreviewPage) -> None:
    page.writer.find_suites = lambda: (Office("Word"), Office("WPS"), Office("LibreOffice"))
    place = QPoint(3, 3)
    QApplication.sendEvent(page.pdf_button, QHelpEvent(QEvent.Type.ToolTip, place, page.pdf_button.mapToGlobal(place)))
    assert page.pdf_button.toolTip().endswith("用 Word、WPS 或 LibreOffice 导出公开版的 PDF")
    page.pdf_button.click()
    assert [action.text() for action in page.pdf_button.choice.actions()] == ["用 Word 导出", "用 WPS 导出", "用 LibreOffice 导出"]
    page.pdf_button.choice.close()


def test_with_one_program_a_click_is_enough(page: PreviewPage) -> None:
    page.writer.find_suites = lambda: (Office("WPS"),)
    assert page.pdf_button.words() == "用 WPS 导出公开版的 PDF"


def test_pdf_of_the_version_to_publish(qtbot: QtBot, page: PreviewPage, tmp_path: Path) -> None:
    word, asked = Office("Word"), []
    page.writer.find_suites = lambda: (word,)
    page.writer.ask_path = lambda title, proposal, kinds: asked.append((title, proposal.name)) or tmp_path / "公开.pdf"
    with qtbot.waitSignal(page.writer.written, timeout=10_000):
        page.pdf_button.click()
    assert (tmp_path / "公开.pdf").read_bytes() == PDF
    assert word.sources[0].startswith(b"PK")
    assert asked == [("用 Word 导出 PDF", "2024年度示例市电化教育馆决算公开报告（公开版）.pdf")]
    assert page.notice.text == "已用 Word 导出“公开.pdf”。"


@pytest.mark.qt_log_ignore("grabbing the keyboard")  # by the menu: the offscreen platform has none
def test_the_program_chosen_from_the_menu_is_tried_first(qtbot: QtBot, page: PreviewPage) -> None:
    suites = (Office("Word"), Office("WPS", failure="启动失败"))
    page.writer.find_suites = lambda: suites
    page.pdf_button.click()
    with qtbot.waitSignal(page.writer.written, timeout=10_000):
        page.pdf_button.choice.actions()[1].trigger()
    page.pdf_button.choice.close()
    assert page.notice.text == "已用 Word 导出“公开.pdf”（WPS：启动失败）。"


def test_when_all_fail_the_word_file_is_one_click_away(qtbot: QtBot, page: PreviewPage) -> None:
    page.writer.find_suites = lambda: (Office("Word", failure="启动失败"),)
    page.export_pdf()
    qtbot.waitUntil(lambda: "没有导出成功（Word：启动失败）" in page.notice.text, timeout=10_000)
    assert set(page.notice.buttons) == {"生成 Word"}


def test_pdf_of_a_report_that_was_just_written(qtbot: QtBot, page: PreviewPage, tmp_path: Path) -> None:
    word, target = Office("Word"), tmp_path / "报告.docx"
    page.writer.find_suites = lambda: (word,)
    page.writer.ask_path = lambda title, proposal, kinds: target if target.suffix in kinds else target.with_suffix(".pdf")
    with qtbot.waitSignal(page.writer.written, timeout=10_000):
        page.generate(linked=True)
    with qtbot.waitSignal(page.writer.written, timeout=10_000):
        page.notice.buttons["导出 PDF…"].click()
    assert word.sources == [target.read_bytes()]
    assert target.with_suffix(".pdf").read_bytes() == PDF


def test_without_a_suite_the_page_says_what_to_do(page: PreviewPage) -> None:
    page.writer.find_suites = lambda: ()
    page.pdf_button.click()
    assert page.notice.text == f"{NO_SUITE}。" == page.pdf_button.words()
    assert set(page.notice.buttons) == {"生成 Word"}


def test_cancelling_stops_the_suite(qtbot: QtBot, page: PreviewPage, tmp_path: Path) -> None:
    word, wps = Office("Word", waits=True), Office("WPS")
    page.writer.find_suites = lambda: (word, wps)
    page.export_pdf()
    qtbot.waitUntil(lambda: word.is_waiting, timeout=10_000)
    qtbot.waitUntil(lambda: "正在用 Word 导出" in page.notice.text)
    page.notice.buttons["取消"].click()
    qtbot.waitUntil(lambda: not page.session.jobs.is_busy, timeout=10_000)
    assert not (tmp_path / "公开.pdf").exists()
    assert (wps.sources, page.notice.text) == ([], "")


def test_one_button_writes_everything_to_publish_into_a_new_folder(qtbot: QtBot, page: PreviewPage, tmp_path: Path) -> None:
    page.writer.find_suites = lambda: (Office("Word"),)
    page.writer.ask_folder = lambda proposal: tmp_path
    for name in ("2024年度示例市电化教育馆决算公开", "2024年度示例市电化教育馆决算公开（2）"):
        with qtbot.waitSignal(page.writer.written, timeout=20_000) as written:
            page.publish_button.click()
        assert written.args == [tmp_path / name]
        assert {file.suffix for file in (tmp_path / name).iterdir()} == {".docx", ".pdf", ".xlsx"}
        assert page.notice.text.startswith(f"已写入“{name}”")


def test_what_is_not_saved_is_not_published(page: PreviewPage, tmp_path: Path) -> None:
    page.writer.ask_folder = lambda proposal: tmp_path
    table = page.session.accounts.tables[next(iter(page.session.accounts.tables))]
    row, column = next(place for row in table.rows if (place := table.position(row, next(iter(table.columns)))) is not None)
    page.session.edit_cell(table.code, row, column, "12.34")
    page.publish_button.click()
    assert "还没有保存" in page.notice.text
    assert [entry for entry in tmp_path.iterdir() if "决算公开" in entry.name and entry.is_dir()] == []
