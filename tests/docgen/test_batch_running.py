"""Many pieces of work in one process, in several, on a cluster: always the same results."""

import logging
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from docgen.batch import running
from docgen.batch.run import run_batch
from docgen.batch.running import Cluster, Lost, Processes, Runner
from tests.docgen.batch_tasks import piece
from tests.docgen.batch_units import book, by_file, rows, sample_unit
from workbook.errors import JuesuanError


def never() -> bool:
    return False


def outcome(runner: Runner, *items: object) -> list[object]:
    """The results in the order of the pieces; each comes once, and no process is left."""
    before = {process.pid for process in multiprocessing.active_children()}  # a cluster's
    with closing(runner):
        found = list(runner.run(piece, items, never))
    assert sorted(number for number, _ in found) == list(range(len(items)))
    assert {process.pid for process in multiprocessing.active_children()} <= before
    return [result for _, result in sorted(found, key=lambda pair: pair[0])]


# ---------------------------------------------------------------- processes


def test_what_dies_hangs_or_fails_costs_no_other_piece():
    pieces = [1, "die", 2, "hang", 3, "fail", 4, "abort", *range(5, 30)]
    found = outcome(Processes(2, limit=2), *pieces)
    lost = {pieces[number]: result.reason for number, result in enumerate(found) if isinstance(result, Lost)}
    assert lost.keys() == {"die", "hang", "fail", "abort"}
    assert "异常退出（代码 9" in lost["die"]
    assert "异常退出（代码 -6" in lost["abort"]
    assert lost["hang"] == "处理超过 2 秒，已放弃"
    assert lost["fail"] == "程序意外错误（ZeroDivisionError）"
    assert [result for result in found if not isinstance(result, Lost)] == [2 * n for n in range(1, 30)]


def test_the_work_is_shared_by_processes_that_make_way_for_new_ones():
    with closing(Processes(2, recycle=10)) as runner:
        first = [pid for _, pid in runner.run(piece, ["process"] * 15, never)]
        second = [pid for _, pid in runner.run(piece, ["process"] * 15, never)]
    assert len(set(first)) in (2, 3)
    assert set(first) & set(second)  # the same, as long as they last
    assert max(first.count(pid) + second.count(pid) for pid in first) <= 10


def test_few_pieces_and_none():
    assert outcome(Processes(4)) == outcome(Runner()) == []
    assert outcome(Runner(), 1, 2) == [2, 4]


def test_cancelled_what_is_under_way_is_finished():
    done: list[int] = []
    with closing(Processes(2)) as runner:
        for number, _ in runner.run(piece, ["process"] * 100, lambda: len(done) >= 5):
            done.append(number)
    assert 5 <= len(done) <= 5 + 4


def test_closed_early_the_processes_end():
    runner = Processes(2)
    started = time.monotonic()
    assert next(runner.run(piece, [1, "hang", "hang"], never)) == (0, 2)
    runner.close()
    assert time.monotonic() - started < 20
    assert not multiprocessing.active_children()


def test_processes_that_cannot_start_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    resource_tracker.ensure_running()  # Python's own helper, which would die of this too and make every later test warn
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(3)\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(Processes(2)) as runner, pytest.raises(JuesuanError, match="--workers 1"):
        list(runner.run(piece, range(4), never))


def test_two_processes_do_what_one_does_and_lose_one_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    units, poison = tmp_path / "各单位", tmp_path / "毒"
    sample_unit(units / "样例")
    for number in range(4):
        book(units / f"{number}" / f"{number}.xlsx", f"单位{number}", broken=number == 1)
    poison.mkdir()
    (poison / "sitecustomize.py").write_text(  # in the workers only: what a crash below Python does
        "import os, workbook.formats.source as s\n"
        "old = s.open_source\n"
        "def opened(path):\n"
        "    if '毒' in path.name: os.abort()\n"
        "    return old(path)\n"
        "s.open_source = opened\n", "utf-8")
    one = run_batch(units, tmp_path / "结果1", workers=1).summary
    book(units / "终" / "毒.xlsx", "毒")
    monkeypatch.setenv("PYTHONPATH", str(poison))
    result = run_batch(units, tmp_path / "结果2", workers=2)
    found = {file: row for file, row in by_file(result.summary).items() if file != "终/毒.xlsx"}
    assert found == by_file(one)
    for sheet in ("问题清单", "跳过的文件"):
        assert rows(result.summary, sheet) == rows(one, sheet)
    lost = by_file(result.summary)["终/毒.xlsx"]
    assert (lost["结果"], result.finished) == ("未完成", 6)
    assert lost["说明"].startswith("程序意外错误：处理它的进程异常退出")


# ---------------------------------------------------------------- a cluster


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A small cluster: two workers, each a process of its own."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own affairs
        from distributed import LocalCluster

        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL) as made:
            yield made.scheduler_address


def test_a_cluster_does_the_same_work(scheduler: str):
    found = outcome(Cluster(scheduler), *range(20), "fail", *range(20))
    assert isinstance(found[20], Lost)
    assert "ZeroDivisionError" in found[20].reason
    assert found[:20] == found[21:] == [2 * n for n in range(20)]


def test_a_batch_on_a_cluster_of_which_a_worker_is_killed(scheduler: str, tmp_path: Path):
    from distributed import Client

    units = tmp_path / "单位"
    book(units / "错.xlsx", "有错的单位", broken=True)
    first = book(units / "0" / "公开表.xlsx", "没错的单位")
    for number in range(1, 12):
        (units / f"{number}").mkdir()
        os.link(first, units / f"{number}" / "公开表.xlsx")
    with Client(scheduler, set_as_default=False) as client:
        workers = client.run(os.getpid)
    killed: list[int] = []

    def kill(_: object) -> None:
        if not killed:
            killed.append(min(workers.values()))
            os.kill(killed[0], signal.SIGKILL)

    started = time.monotonic()
    result = run_batch(units, tmp_path / "集群", scheduler=scheduler, on_unit=kill)
    assert time.monotonic() - started < 180
    assert killed
    found = {name: row["结果"] for name, row in by_file(result.summary).items()}
    assert found == {"错.xlsx": "有错误", **{f"{number}/公开表.xlsx": "有提示" for number in range(12)}}
    assert result.reports == len(list((tmp_path / "集群").rglob("*.docx"))) == 12


def test_a_cluster_that_cannot_be_used_is_refused(scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(JuesuanError, match=r"看不到文件夹 .*不在这里"):
        Cluster(scheduler, [tmp_path / "不在这里"])
    monkeypatch.setattr(running, "look_around", lambda folders: ("0.0.1", []))
    with pytest.raises(JuesuanError, match=r"程序是 0\.0\.1 版"):
        Cluster(scheduler)
    started = time.monotonic()
    with pytest.raises(JuesuanError, match=r"连不上集群 tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9", answer=1)
    assert time.monotonic() - started < 8
    with pytest.raises(JuesuanError, match="连不上集群"):
        Cluster("不是地址")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(JuesuanError, match="没有安装集群组件 distributed"):
        Cluster(scheduler)
