"""``juesuan batch`` as its users see it: exit codes, progress, Ctrl+C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.main import main
from tests.docgen.batch_units import book, encrypted, other_sheet, rows
from workbook.log import log_file


@pytest.fixture
def units(tmp_path: Path) -> Path:
    folder = tmp_path / "单位"
    folder.mkdir()
    return folder


def start(units: Path, out: Path, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli.main", "batch", str(units), "-o", str(out), "--workers", "2"]
    return subprocess.Popen(command, text=True, encoding="utf-8", **options)  # type: ignore[call-overload,no-any-return]


def test_clean_units_end_with_0(units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book(units / "甲.xlsx", "甲局")
    book(units / "乙" / "乙.xlsx", "甲局")
    assert main(["batch", str(units), "-o", str(tmp_path / "结果"), "--workers", "1"]) == 0
    printed = capsys.readouterr()
    assert "2 个单位：有提示 2；生成报告 2 份，跳过文件 0 个。" in printed.out
    assert f"汇总：{tmp_path / '结果' / 'summary.xlsx'}" in printed.out
    assert "2/2 个单位" in printed.err
    assert "\r" not in printed.err  # a pipe gets plain lines


@pytest.mark.parametrize("wrong", ["broken", "encrypted"])
def test_errors_and_unreadable_files_end_with_1(
    wrong: str, units: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book(units / "甲.xlsx", "甲局")
    if wrong == "broken":
        book(units / "乙.xlsx", "乙局", broken=True)
    else:
        encrypted(units / "乙.xlsx")
    assert main(["batch", str(units), "-o", str(tmp_path / "结果"), "--workers", "1"]) == 1
    assert capsys.readouterr().out.startswith("2 个单位：有错误 1，有提示 1" if wrong == "broken" else "2 个单位：有提示 1，无法读取 1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["没有这个文件夹"], "没有这个文件夹：没有这个文件夹"),
        (["."], "没有决算公开表"),
        ([".", "--workers", "0"], "--workers 至少是 1"),
        ([".", "--workers", "很多"], "--workers 应是整数"),
        ([".", "--workers", "2", "--scheduler", "tcp://127.0.0.1:9"], "不能同时用"),
        ([".", "--scheduler", "没有这个集群"], "连不上集群"),
        ([".", "--pack", "没有这个包"], "neimenggu-2024"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(
    arguments: list[str], words: str, units: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str]
) -> None:
    other_sheet(units / "登记.xlsx")
    monkeypatch.chdir(units)
    try:
        code = main(["batch", *arguments, "-o", str(tmp_path / "结果")])
    except SystemExit as error:
        code = int(error.code or 0)
    told = capsys.readouterr().err.splitlines()
    assert code == 2
    assert words in told[-1]
    assert all(line.startswith(("查找单位", "0/1", "1/1")) for line in told[:-1])
    assert not (tmp_path / "结果").exists()


def test_an_output_folder_must_be_named(units: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["batch", str(units)])
    assert caught.value.code == 2
    assert "缺少 -o" in capsys.readouterr().err


def test_faults_go_to_the_log(
    units: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("docgen.batch.unit_job.build_report", lambda *_: 1 // 0)
    book(units / "甲.xlsx", "甲局")
    assert main(["batch", str(units), "-o", str(tmp_path / "结果"), "--workers", "1"]) == 1
    printed = capsys.readouterr()
    assert f"程序意外错误 1 次，详细信息已记入 {log_file()}" in printed.out
    assert "Traceback" not in printed.out + printed.err
    logged = log_file().read_text("utf-8")
    assert "ZeroDivisionError" in logged
    assert "甲.xlsx" in logged


def test_a_terminal_gets_a_bar(units: Path, tmp_path: Path) -> None:
    import pty

    for number in range(3):
        book(units / f"{number}" / "公开表.xlsx", f"单位{number}")
    ours, theirs = pty.openpty()
    with start(units, tmp_path / "结果", stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                read = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not read:
                break
            seen += read
        os.close(ours)
        assert process.stdout is not None
        assert "3 个单位" in process.stdout.read()
    assert process.returncode == 0
    text = seen.decode()
    assert "━" * 24 in text.replace("\x1b[90m", "").replace("\x1b[0m", "")
    assert "正在写汇总" in text
    assert text.rstrip("\r").endswith("\x1b[2K")  # nothing of it stays


def test_ctrl_c_keeps_what_was_done(units: Path, tmp_path: Path) -> None:
    for number in range(4):
        book(units / f"{number}.xlsx", f"单位{number}")
    for number in range(4, 120):
        place = units / f"{number}"
        place.mkdir()
        os.link(units / f"{number % 4}.xlsx", place / "公开表.xlsx")
    out = tmp_path / "结果"
    with start(units, out, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        deadline = time.monotonic() + 30
        while len(list(out.rglob("*.docx"))) < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody gets it
        printed, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "正在停止" in told
    assert printed.startswith("已取消：共 120 个单位，只处理了 ")
    done = rows(out / "summary.xlsx")
    assert 4 <= len(done) < 120
    assert len(done) == len(list(out.rglob("*.docx")))
    assert not [path for path in out.rglob("*") if path.name.endswith(".tmp")]


def test_help_is_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["batch", "--help"])
    text = "".join(capsys.readouterr().out.split())
    assert "同样路径可用" in text
    assert "usage" not in text
