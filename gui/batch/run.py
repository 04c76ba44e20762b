"""A batch that runs beside everything else the window does: how far it is, and what came out."""

from __future__ import annotations

import gc
import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from docgen.batch.model import BatchResult, Phase, Progress, UnitRow
from gui.batch.unit_list import UnitList
from gui.session.jobs import Jobs
from gui.widgets.fit import ElidedLabel
from gui.widgets.notice import Notice
from gui.widgets.parts import column, label, row
from workbook.errors import JuesuanError, sentence
from workbook.log import LOGGER

_TICK_MS, _TIDY_MS = 150, 10_000
_SURE_AFTER, _SURE_SECONDS = 5, 2.0
"""Units, and seconds of work, after which the time that is left is worth telling."""
_SEARCHING = "正在查找单位"
_FAULT = "批量处理没有完成。已经写好的结果都在结果文件夹里；请把日志发给维护人员（菜单“帮助 → 打开日志所在文件夹”）。"


@dataclass(slots=True)
class Order:
    """A batch: what the user asked for, and what the worker tells of it.

    The window reads that meanwhile: every step is one operation of Python, so no lock is needed.
    """

    folder: Path
    out: Path
    workers: int | None
    """``None``: as many as the machine has cores, none at all for a few units."""
    pack: str = ""
    restart: bool = False
    """Whether units are done again of which nothing has changed since an earlier batch."""
    stop: Event = field(default_factory=Event)
    rows: deque[UnitRow] = field(default_factory=deque)
    progress: Progress | None = None
    faults: int = 0
    result: BatchResult | None = None
    problem: str = ""
    """Why there is no result: one sentence."""

    def __call__(self) -> None:
        """Do the batch; never raises."""
        try:
            from docgen.batch.run import run_batch

            self.result = run_batch(
                self.folder, self.out, workers=self.workers, pack=self.pack,
                restart=self.restart, progress=partial(setattr, self, "progress"),
                cancelled=self.stop.is_set, on_fault=self._fault, on_unit=self.rows.append)
        except (JuesuanError, OSError) as error:
            self.problem = sentence(error)
        except Exception as error:  # noqa: BLE001  # logged, and told
            LOGGER.exception("批量处理")
            self.problem = f"程序出现意外错误（{type(error).__name__}），{_FAULT}"

    def _fault(self, fault: Exception) -> None:
        self.faults += 1
        LOGGER.error("批量处理：%s", fault)


class BatchRun(QWidget):
    """The second page of the dialog.  One batch at a time, on a worker of its own: it may take hours."""

    ended = Signal()
    """There is a result, or a problem."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self)
        self.order: Order | None = None
        """The batch under way, or the last one."""
        self.is_running = False
        self._started = 0.0
        self._pace = (0.0, 0)
        """When the pace began to be taken, and how many units were done then."""
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._show_news)
        # Python's collector rests while a worker works (see gui.session.jobs), here perhaps for hours: tidy up by hand, on this
        # thread, and only among what is new, so that nobody notices.
        self._tidy = QTimer(self, interval=_TIDY_MS)
        self._tidy.timeout.connect(lambda: gc.collect(1))
        if (application := QCoreApplication.instance()) is not None:
            application.aboutToQuit.connect(self.finish)
        self.where = ElidedLabel(self)
        self.where.setProperty("role", "muted")
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedHeight(6)
        self.done, self.times = label(self, role="heading"), label(self, role="muted")
        self.times.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.notice = Notice(self)
        self.units = UnitList(self)
        line = row(None, (self.done, 3), (self.times, 2))  # fixed shares: the words change several times a second
        column(self, self.where, line, self.bar, self.notice, (self.units, 1))

    # ------------------------------------------------------------ the batch
    @property
    def result(self) -> BatchResult | None:
        return self.order.result if self.order else None

    @property
    def is_stopping(self) -> bool:
        return self.is_running and self.order is not None and self.order.stop.is_set()

    def start(self, order: Order) -> None:
        """Begin; :attr:`ended` follows."""
        self.order, self.is_running, self._started, self._pace = order, True, time.monotonic(), (0.0, 0)
        self.where.set_whole(f"{order.folder}　→　{order.out}", f"单位：{order.folder}\n结果：{order.out}")
        self.notice.hide()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.done.setText(_SEARCHING)
        self.times.setText("")
        self.units.reset(_SEARCHING)
        self._jobs.start(order, lambda _: self._end(order), quiet=True)
        self._tick.start()
        self._tidy.start()

    def stop(self) -> None:
        """End after the units at hand; the summary is still written."""
        if self.is_running and self.order is not None:
            self.order.stop.set()
            self.notice.say("正在停止：做完手头的单位，写好汇总表就结束。", "blue", closable=False)

    def finish(self) -> None:
        """Stop, and wait until all is written: the program ends."""
        self.stop()
        self._jobs.finish()

    def _end(self, order: Order) -> None:
        self._tick.stop()
        self._tidy.stop()
        self._show_news()
        self.is_running = False
        if (result := order.result) is not None:
            units = {unit.path: unit for unit in self.units.model.records}  # some were told of again
            self.units.show_units(sorted(units.values(), key=lambda unit: Path(unit.path).parts))
            self.units.wait("没有处理任何单位。")
            self.bar.hide()
            self.done.setText("已取消" if result.cancelled else "处理完毕")
            self.times.setText(times(time.monotonic() - self._started))
            words, tone = result.words(), "blue" if result.cancelled else "green"
            if order.faults:
                words += f"。程序意外错误 {order.faults} 次，已记入日志（菜单“帮助 → 打开日志所在文件夹”），请发给维护人员"
            self.notice.say(f"{words}。", tone if result.is_clean and not order.faults else "amber", closable=False)
        self.ended.emit()

    # ------------------------------------------------------------ how far it is
    def _show_news(self) -> None:
        if (order := self.order) is None:
            return
        self.units.append([order.rows.popleft() for _ in range(len(order.rows))])
        progress, left = order.progress, None
        if progress is not None and progress.phase is Phase.SEARCH:
            self.units.wait(f"查看了 {progress.done:,} / {progress.total:,} 个文件" if progress.total else _SEARCHING)
        elif progress is not None:
            is_work = progress.phase is Phase.WORK
            self.done.setText(f"已完成 {progress.done:,} / {progress.total:,}" if is_work else "正在写汇总表")
            self.units.wait("正在处理第一个单位")
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
            left = self._remaining(progress)
        self.times.setText(times(time.monotonic() - self._started, None if self.is_stopping else left))

    def _remaining(self, progress: Progress) -> float | None:
        """About how many seconds are left; ``None`` while that is anybody's guess."""
        now = time.monotonic()
        if not self._pace[0] and progress.name:  # looking for units, and processes that start, say nothing of the pace
            self._pace = now, progress.done
        spent, done = now - self._pace[0], progress.done - self._pace[1]
        if progress.done < _SURE_AFTER or spent < _SURE_SECONDS or not done or progress.done >= progress.total:
            return None
        return spent / done * (progress.total - progress.done)


def times(elapsed: float, remaining: float | None = None) -> str:
    """``已用 1 分 20 秒　还要约 2 分钟``."""
    words = f"已用 {_duration(elapsed)}" if elapsed >= 1 else "已用不到 1 秒"
    return words if remaining is None else f"{words}　还要约 {_duration(max(remaining, 1))}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"
