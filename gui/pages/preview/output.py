"""What the preview shows, computed off the GUI thread from one snapshot, and writing it.

Written are the Word file, PDF, all that is published.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from docgen.job.inputs import Inputs
from docgen.job.sources import SourceIndex
from docgen.model import FigureSpan, PromptSpan, ReasonSpan, Report, Span
from docgen.pdf import Suite
from docgen.pdf.export import NO_SUITE, Exported, export_pdf, find_suites, under_way
from docgen.publish.package import Package
from docgen.report.assembly import Readiness, build_report, default_name, readiness, write_word
from docgen.report.narrative import Narrative, narrative_of, template_of
from docgen.report.yearly import YearOverview, year_overview
from docgen.writing.plan import PagePlan, page_plan
from gui.paper.sources import figure_lines
from gui.session import files
from gui.session.files import FileWriter, follow
from gui.session.jobs import Jobs, Progress
from gui.widgets.notice import Action, Notice
from workbook.rules.check import CheckReport

CLEAN_SUFFIX = "（公开版）"


@dataclass(frozen=True)
class Preview:
    """A report with all that is said about it."""

    context: Inputs
    report: Report
    year: YearOverview
    readiness: Readiness
    sources: SourceIndex
    narrative: Narrative
    plan: PagePlan
    """Where its blocks stand on the pages of the Word file."""

    def is_reason(self, slot: str) -> bool:
        """Whether *slot* is a change reason (else it is another text)."""
        return slot in self.narrative.registry.changes

    def tip(self, span: Span) -> str:
        """What to say about a span, as rich text."""
        if isinstance(span, FigureSpan):
            return f"<p>{'<br>'.join(figure_lines(span.figure, self.sources.of(span.figure)))}</p>"
        if isinstance(span, PromptSpan):
            return f"<p style='white-space:pre'>{escape(span.text.strip('【】'))}<br>点击去填写</p>"
        if isinstance(span, ReasonSpan):
            return f"<p style='white-space:pre'>{'变动原因' if self.is_reason(span.slot) else '底稿中的文字'}，点击去修改</p>"
        return ""


def make_preview(context: Inputs, checked: CheckReport | None) -> Preview:
    """Everything the page shows.  Raises :class:`~workbook.errors.JuesuanError` when the template is broken."""
    narrative = narrative_of(context)
    report = build_report(context, narrative)
    return Preview(context, report, year_overview(narrative), readiness(report, checked), SourceIndex(context), narrative,
                   page_plan(report.blocks, template_of(context)))


class ReportWriter(FileWriter):
    """Writes the report."""

    prompts_asked = Signal()
    """The user wants to see what is missing."""

    def __init__(self, jobs: Jobs, notice: Notice, parent: QWidget) -> None:
        super().__init__(jobs, notice, parent)
        self._folder: Path | None = None
        """The one that the user chose last."""
        self.ask_path = self._ask_path
        self.ask_folder: Callable[[Path], Path | None] = partial(files.ask_source, parent, "公开文件放在哪个文件夹（在其中新建一个）")
        """Asks in which folder to put the new one: proposal."""
        self.find_suites: Callable[[], tuple[Suite, ...]] = find_suites

    # ------------------------------------------------------------ Word
    def word(self, preview: Preview, *, linked: bool, ready: bool = False) -> None:
        """Write the Word file; the version to publish only after a look at what is missing (*ready*: looked)."""
        if not linked and not ready and not preview.readiness.is_clean:
            self._warn("这样还不能公开", preview, lambda: self.word(preview, linked=linked, ready=True))
            return
        path = self.ask_path("生成报告", self._proposal(preview, linked=linked), files.WORD)
        if path is not None:
            self.notice.say(f"正在生成“{path.name}”", "blue", closable=False)
            self.jobs.start(
                lambda: write_word(preview.report, preview.context, path, linked=linked),
                lambda _: self._wrote(preview, path, linked=linked), self.failed)

    def _wrote(self, preview: Preview, path: Path, *, linked: bool) -> None:
        kind, words = "工作版，数字可刷新" if linked else "公开版", preview.readiness.words()
        left = f"注意：{words}，报告中已标出。" if words else ""
        instead: Action = ("打开报告", lambda: self.open_path(path))
        self.wrote(
            path, f"已生成“{path.name}”（{kind}）。{left}", "打开报告",
            ("导出 PDF…", lambda: self._export(lambda _: path, path.with_suffix(".pdf"), instead)),
            tone="amber" if words else "green")

    def _warn(self, words: str, preview: Preview, go_on: Callable[[], None]) -> None:
        self.notice.say(f"{words}：{preview.readiness.words()}。", "amber", ("查看", self.prompts_asked.emit), ("仍然生成", go_on))

    # ------------------------------------------------------------ all that is published
    def publish(self, inputs: Inputs) -> None:
        """Check everything and write the folder to publish."""
        parent = self.ask_folder(self._folder or inputs.accounts.path.parent)
        if parent is None:
            return
        self._folder, suites = parent, self.suites()

        def work(progress: Progress) -> Package:
            from docgen.publish.package import default_folder, publish

            return publish(
                inputs, default_folder(inputs, parent), suites=suites,
                say=lambda words: progress(0, words), stop=progress.check)

        follow(self.notice, self.jobs.start(work, self._published, self.failed, progress=True), "正在核对")

    def _published(self, package: Package) -> None:
        if package.is_done:
            self.wrote(package.folder, f"已写入“{package.folder.name}”：{'、'.join(package.files)}。{''.join(package.remarks)}",
                       tone="amber" if package.remarks else "green")
            return
        shown = "；".join(words.rstrip("。") for words in package.missing[:3])
        more = f"等 {len(package.missing)} 处" if len(package.missing) > 3 else ""
        self.notice.say(f"还不能公开，没有写出文件：{shown}{more}。", "amber", ("查看待填", self.prompts_asked.emit))

    # ------------------------------------------------------------ PDF
    def pdf(self, preview: Preview, *, first: str = "", ready: bool = False) -> None:
        """Write the version to publish as PDF, with the suite called *first* where there is a choice."""
        if not ready and not preview.readiness.is_clean and self.suites():
            self._warn("这样还不能公开", preview, lambda: self.pdf(preview, first=first, ready=True))
            return

        def write(folder: Path) -> Path:
            write_word(preview.report, preview.context, folder / "report.docx", linked=False)
            return folder / "report.docx"

        proposal = self._proposal(preview, linked=False).with_suffix(".pdf")
        self._export(write, proposal, ("生成 Word", lambda: self.word(preview, linked=False)), first)

    def suites(self, first: str = "") -> tuple[Suite, ...]:
        """In the order of trying: the one called *first*, then as usual."""
        return tuple(sorted(self.find_suites(), key=lambda suite: suite.name != first))

    def _export(self, word: Callable[[Path], Path], proposal: Path, instead: Action, first: str = "") -> None:
        """Ask where, and make a PDF of the file that *word* gives (or writes into the folder it is given)."""
        suites = self.suites(first)
        if not suites:
            self.notice.say(f"{NO_SUITE}。", "amber", instead)
            return
        target = self.ask_path(f"用 {suites[0].name} 导出 PDF", proposal, files.PDF)
        if target is None:
            return

        def work(progress: Progress) -> Exported:
            with tempfile.TemporaryDirectory(prefix="juesuan-") as folder:
                return export_pdf(word(Path(folder)), target, progress.check, suites, lambda words: progress(0, words))

        job = self.jobs.start(work, self._made_pdf, lambda error: self.failed(error, instead), progress=True)
        follow(self.notice, job, under_way(suites[0], target))

    def _made_pdf(self, made: Exported) -> None:
        others = f"（{'；'.join(made.failures)}）" if made.failures else ""
        self.wrote(made.path, f"已用 {made.suite} 导出“{made.path.name}”{others}。", "打开 PDF")

    # ------------------------------------------------------------ places
    def _proposal(self, preview: Preview, *, linked: bool) -> Path:
        path = default_name(preview.context, self._folder or preview.context.accounts.path.parent)
        return path if linked else path.with_name(f"{path.stem}{CLEAN_SUFFIX}{path.suffix}")

    def _ask_path(self, title: str, proposal: Path, kinds: str) -> Path | None:
        if not proposal.parent.is_dir():
            documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            proposal = Path(documents) / proposal.name
        path = files.ask_target(self.window, title, proposal, kinds)
        if path is not None:
            self._folder = path.parent
        return path
