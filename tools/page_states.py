"""States of the window's pages for the pictures of the manual.

``STATES`` maps a picture's name to a function that brings an opened window (on a copy of the sample) into that state;
it gives the dialog to take a picture of, where that is not the window.
Run as a script, it makes these pictures: ``python tools/page_states.py docs/images``.  ``MORE`` are states to look at,
made when they are named: ``python tools/page_states.py build/states 审校-空``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from gui.pages.base import PageName

if TYPE_CHECKING:
    from gui.frame.main_window import MainWindow

MISTAKES = (
    ("收入决算总计", "550.07", "555.07"), ("1．本年收入决算合计", "减少", "增加"), ("教育支出（类）决算数", "71.24", "7.24"),
    ("示例市电化教育馆 2024 年度本年支出决算合计", "万元，其中：", "万元，，其中："),
)
"""What somebody wrote wrong: how the paragraph begins, what was right, what is wrong."""
WRONG, OPEN = "收支.本年支出.比上年", ("财拨.总计.比上年", "一般公共.2080502.比年初", "三公.决算.比预算", "运行.经费.比上年")


def wait(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Let the window work until *condition* holds."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    QApplication.processEvents()


def _unfinished(window: MainWindow) -> None:
    """Some reasons open, one doubtful: as in the middle of the work."""
    session = window.session
    companion = session.companion_or_new()
    texts = {WRONG: "本年项目支出增加", **dict.fromkeys(OPEN, "")}
    session.set_companion(replace(companion, reasons=tuple(
        replace(r, text=r.text.with_text(texts[r.slot])) if r.slot in texts else r for r in companion.reasons)))


def checking(window: MainWindow) -> None:
    """A broken total, its finding chosen."""
    session = window.session
    ref = session.accounts.tables["公开02"].ref("合计", "本年收入合计")
    window.pages.show(PageName.CHECK)
    if ref is not None:
        session.edit_cell("公开02", ref.row, ref.column, "550.17")
        session.cell_requested.emit(ref)
    wait(lambda: False, 0.3)


def welcome(window: MainWindow) -> None:
    """Where the work begins."""
    window.pages.show(PageName.OPEN)


def reasons(window: MainWindow) -> None:
    """One doubtful reason chosen."""
    _unfinished(window)
    window.pages.show(PageName.REASONS)
    window.pages.reasons.go_to(WRONG)
    wait(lambda: False, 0.3)


def _tab(title: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.pages.show(PageName.TEXTS)
        page = window.pages.texts
        page.tabs.setCurrentWidget(page.tab(title))
        if title == "概况文字":
            page.tab(title).choose("主要工作完成情况")
        if title == "绩效自评":
            page.tab(title).projects.setCurrentRow(1)
            page.tab("绩效自评").editor.tabs.setCurrentIndex(2)
        wait(lambda: False, 0.3)

    return show


def preview(window: MainWindow) -> None:
    """Part two, with prompts."""
    _unfinished(window)
    window.pages.show(PageName.PREVIEW)
    page = window.pages.preview
    wait(lambda: page.preview is not None and bool(page.preview.report.prompts) and bool(page.paper.headings))
    titles = [h.text for h in page.paper.headings]
    page.paper.go_to_heading(titles.index("四、财政拨款收入支出决算总体情况说明"))
    wait(lambda: all(s.document is not None for s in page.paper.sheets))


def _reviewed(window: MainWindow, *mistakes: tuple[str, str, str]) -> Any:
    """The page with a report of the sample, in which somebody made mistakes."""
    import docx
    from docx.oxml.ns import qn

    from docgen.report.assembly import build_report, default_name, write_word

    session = window.session
    context = session.context
    path = default_name(context, session.accounts.path.parent)
    write_word(build_report(context), context, path, linked=True)
    document = docx.Document(str(path))
    for begins, old, new in mistakes:
        for paragraph in document.element.body.iter(qn("w:p")):
            texts = list(paragraph.iter(qn("w:t")))
            if "".join(t.text or "" for t in texts).replace("\u00a0", " ").startswith(begins):
                wrong = next(t for t in texts if old in (t.text or ""))
                wrong.text = (wrong.text or "").replace(old, new, 1)
                break
    document.save(str(path))
    window.pages.review(path)
    page = window.pages.reviewing
    wait(lambda: page.reviewed is not None)
    return page


def review(window: MainWindow) -> None:
    """A report with mistakes, one chosen."""
    page = _reviewed(window, *MISTAKES)
    page.step(-1)


def batch(window: MainWindow) -> QWidget:
    """A folder of units worked through; the dialog is the picture."""
    from gui.batch.run import Order

    folder = Path(window.session.accounts.path.parent) / "各单位"
    _units(folder)
    dialog = window.tools.made_batch()
    dialog.resize(911, 512)
    dialog.show()
    dialog.form.ordered.emit(Order(folder, folder.with_name("各单位_结果"), 1))
    wait(lambda: not dialog.run.is_running, 60)
    dialog.run.where.set_whole(r"D:\2024年度决算公开　→　D:\2024年度决算公开_结果")
    return dialog


def _units(folder: Path) -> None:
    """Ten units: two with an error, one that is only half there."""
    from tools.build_sample import amounts_of, load_figures
    from workbook.create.workbook import create_workbook
    from workbook.pack.loading import TEMPLATES, load_pack

    amounts = amounts_of(load_figures(), "2024")
    shutil.copytree(TEMPLATES / "sample", folder / "电化教育馆")
    for name in ("财政局", "教育局", "第一中学", "民政局", "水利局", "文化馆", "图书馆", "信访局", "统计局"):
        values = dict(amounts)
        if name in ("教育局", "文化馆"):
            values["公开02", "合计", "本年收入合计"] += 10
        path = folder / name / f"示例市{name}_2024年度决算公开表.xlsx"
        path.parent.mkdir()
        create_workbook(path, load_pack(), unit_name=f"示例市{name}", year=2024, amounts=values)
        if name == "水利局":
            path.write_bytes(path.read_bytes()[:9000])


STATES: dict[str, Callable[[MainWindow], QWidget | None]] = {
    "打开": welcome, "校验": checking, "变动原因": reasons, "概况文字": _tab("概况文字"), "年初预算": _tab("年初预算"),
    "绩效自评": _tab("绩效自评"), "预览": preview, "审校": review, "批量处理": batch,
}
MORE: dict[str, Callable[[MainWindow], QWidget | None]] = {
    "审校-空": lambda window: window.pages.show(PageName.REVIEW), "审校-没有问题": _reviewed,
}


def picture(name: str, target: Path, width: int = 1366, height: int = 768) -> None:
    """Make the picture *name* of a window of this size, on a copy of the sample."""
    from docgen.job.samples import copy_sample
    from gui.frame.app import make_window
    from gui.session.settings import Settings
    from gui.style.theme import Mode

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "settings.json")
        settings.mode = Mode.LIGHT
        window = make_window(settings)
        window.showNormal()  # maximised, it would be as small as the screen that is not there
        window.resize(width, height)
        if name != "打开":
            window.session.open_now(copy_sample(Path(folder)))
        wait(lambda: not window.session.jobs.is_busy and window.session.pack is not None)
        shown = (STATES | MORE)[name](window) or window
        window.session.store.flush()
        wait(lambda: False, 0.3)
        shown.grab().save(str(target / f"{name}.png"))
        window.session.close()
        window.session.jobs.finish()
        window.close()


def main(arguments: list[str]) -> int:
    """Make all pictures, or those that are named, in the folder named."""
    target = Path(arguments[0]) if arguments else Path("docs/images")
    target.mkdir(parents=True, exist_ok=True)
    home = tempfile.mkdtemp()
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = home
    for name in arguments[1:] or STATES:
        picture(name, target)
        sys.stdout.write(f"{name}.png\n")
    shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
