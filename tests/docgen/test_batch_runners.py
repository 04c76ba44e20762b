"""Many pieces of work in one process, in several, on a cluster: always the same results."""

import logging
import multiprocessing
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from docgen.batch import cluster, processes, run_batch
from docgen.batch.cluster import Cluster
from docgen.batch.processes import Processes
from docgen.batch.runners import Lost, OwnProcess, Runner
from tests.docgen import batch_tasks
from tests.docgen.batch_units import book, by_file, rows
from workbook.errors import JuesuanError


def never() -> bool:
    return False


def outcome(runner: Runner, task, items) -> dict[int, object]:
    with closing(runner):
        found = list(runner.run(task, items, never))
    assert len(found) == len(dict(found))  # each once
    return dict(found)


# ---------------------------------------------------------------- processes


def test_every_piece_comes_back_with_its_number():
    expected = {number: 2 * number for number in range(50)}
    assert outcome(OwnProcess(), batch_tasks.double, range(50)) == expected
    assert outcome(Processes(2), batch_tasks.double, range(50)) == expected


def test_nothing_to_do_starts_nothing():
    assert outcome(Processes(2), batch_tasks.double, []) == {}


def test_the_work_is_shared():
    used = set(outcome(Processes(2), batch_tasks.own_process, range(60)).values())
    assert len(used) == 2
    assert not multiprocessing.active_children()


def test_a_process_that_dies_loses_what_it_had_at_hand_only():
    found = outcome(Processes(2), batch_tasks.die, range(12))
    lost = {number: result.reason for number, result in found.items() if isinstance(result, Lost)}
    assert sorted(lost) == [3, 7]
    assert all("代码 9" in reason for reason in lost.values())
    assert {number: result for number, result in found.items() if number not in lost} == {
        number: number for number in range(12) if number not in (3, 7)}


def test_an_exception_loses_one_piece():
    found = outcome(Processes(1), batch_tasks.fail, [2, 0, 4])
    assert (found[0], found[2]) == (0.5, 0.25)
    assert isinstance(found[1], Lost)
    assert "ZeroDivisionError" in found[1].reason


def test_a_piece_that_takes_for_ever_is_given_up():
    found = outcome(Processes(1, limit=1), batch_tasks.sleep, [0.0, 60.0, 0.01])
    assert (found[0], found[2]) == (0.0, 0.01)
    assert isinstance(found[1], Lost)
    assert "已放弃" in found[1].reason


def test_processes_make_way_for_new_ones(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "_RECYCLE", 10)
    found = outcome(Processes(1), batch_tasks.grown, range(25))
    assert max(found.values()) == 10
    assert len(found) == 25


def test_two_rounds_use_the_same_processes():
    with closing(Processes(2)) as runner:
        first = {pid for _, pid in runner.run(batch_tasks.own_process, range(20), never)}
        second = {pid for _, pid in runner.run(batch_tasks.own_process, range(20), never)}
    assert first == second


def test_cancelling_finishes_what_is_under_way():
    done: list[int] = []
    with closing(Processes(2)) as runner:
        for number, _ in runner.run(batch_tasks.sleep, [0.02] * 100, lambda: len(done) >= 5):
            done.append(number)
    assert 5 <= len(done) <= 5 + 4


def test_closing_early_ends_the_processes():
    runner = Processes(2)
    started = time.monotonic()
    assert next(runner.run(batch_tasks.sleep, [0.0, 60.0, 60.0], never)) == (0, 0.0)
    runner.close()
    assert time.monotonic() - started < 20
    assert not multiprocessing.active_children()


def test_processes_that_cannot_start_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(3)\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(Processes(2)) as runner, pytest.raises(JuesuanError, match="--workers 1"):
        list(runner.run(batch_tasks.double, range(4), never))


# ---------------------------------------------------------------- a cluster


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A small cluster within this process."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own affairs
        from distributed import LocalCluster

        with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as made:
            yield made.scheduler_address


def test_a_cluster_does_the_same_work(scheduler: str):
    assert outcome(Cluster(scheduler), batch_tasks.double, range(50)) == {number: 2 * number for number in range(50)}


def test_a_piece_that_fails_on_a_cluster_costs_no_other(scheduler: str):
    found = outcome(Cluster(scheduler), batch_tasks.fail, [*range(-20, 20)])
    lost = [number for number, result in found.items() if isinstance(result, Lost)]
    assert lost == [20]
    assert "ZeroDivisionError" in found[20].reason
    assert found[21] == 1.0


def test_a_batch_on_a_cluster(scheduler: str, tmp_path: Path):
    for number in range(3):
        book(tmp_path / "单位" / f"{number}.xlsx", f"单位{number}", broken=number == 1)
    result = run_batch(tmp_path / "单位", tmp_path / "集群", scheduler=scheduler)
    here = run_batch(tmp_path / "单位", tmp_path / "本机", workers=1)
    assert {name: row["结果"] for name, row in by_file(result.summary).items()} == {
        "0.xlsx": "有提示", "1.xlsx": "有错误", "2.xlsx": "有提示"}
    assert rows(result.summary, "问题清单") == rows(here.summary, "问题清单")
    assert result.reports == 2


def test_a_cluster_that_does_not_see_the_folder_is_refused(scheduler: str, tmp_path: Path):
    with pytest.raises(JuesuanError, match=r"看不到文件夹 .*不在这里"):
        Cluster(scheduler, [tmp_path / "不在这里"])


def test_another_version_on_the_cluster_is_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "look_around", lambda folders: ("0.0.1", []))
    with pytest.raises(JuesuanError, match=r"程序是 0\.0\.1 版"):
        Cluster(scheduler)


def test_no_cluster_at_the_address(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "_ANSWER", 1)
    started = time.monotonic()
    with pytest.raises(JuesuanError, match=r"连不上集群 tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")
    assert time.monotonic() - started < 8
    with pytest.raises(JuesuanError, match="连不上集群"):
        Cluster("不是地址")


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(JuesuanError, match="没有安装集群组件 distributed"):
        Cluster("tcp://127.0.0.1:9")
