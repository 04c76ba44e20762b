"""Damaged and hostile files, thousands of them: no traceback, no amount of time or memory, no original touched.

``fuzz.py [--minutes N] [--cases N] [--seed N] [--keep FOLDER] [--kinds KIND,…] [--without-office]``: makes files of every kind from the sample
unit, each from a number (the seed), hands them to the commands as a user would, and lists what went wrong: an unexpected error, another
exit code than 0, 1 or 2, more than 10 s of processor time, more than 500 MB, a changed original.  The files of these cases are kept.
PDF, .xls and .ods files are converted by LibreOffice, once; without it there are no cases of these kinds.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
MOST_SECONDS, MOST_MEGABYTES = 10, 500
_HANGS = 60
_ODD = [
    "", "0", "-1", "1", "65536", "99999999999999999999", "NaN", "1e400", "A1:XFD1048576", "..\\..\\x", "\\\\host\\share\\x.docx", "=1+1", "&#0;",
    "77.25①", "49.42²", "(-1)", "1 2", "1\n2", "－１", "无", "合计", "总计", "注：", "公开01表", "单位：元", "2023年度", "字" * 40_000, "\U0001f600",
    "{{收支.总计}}", "{% for x in range(99999) %}", "((((((((((", "Σ公开01[合计]", "公开01[合计, 合计] = ", "__class__", "1" * 400]
"""Contents and values that somebody might put anywhere."""
_VALUE = re.compile(r'="([^"]*)"')
_TEXT = re.compile(r">([^<>]+)<")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_ELEMENT = re.compile(r"<([\w:]+)[^<>]*(?:/>|>[^<>]*</\1>)")


class Material:
    """The sound files that all others are made from: those of the sample, and in *folder* its report and what was converted."""

    def __init__(self, folder: Path, kinds: str = "") -> None:
        from workbook.pack.loading import DEFAULT_PACK, TEMPLATES

        sample = TEMPLATES / "sample"
        self.workbook = next(sample.glob("*2024*公开表.xlsx"))
        self.companion = self.workbook.with_name(f"{self.workbook.stem}_底稿.xlsx")
        self.pack = TEMPLATES / DEFAULT_PACK
        self.folder, self.report, self.kinds = folder, folder / "报告.docx", kinds.split(",") if kinds else []

    def make(self, *, office: bool) -> None:
        """Write the report; with *office* also the PDF file of it, and the workbook in other formats."""
        run(["report", str(self.workbook), "-o", str(self.report), "--force"])
        soffice = shutil.which("soffice") if office else None
        for kind, file in (("pdf", self.report), ("xls", self.workbook), ("ods", self.workbook)) if soffice else ():
            profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
            command = [str(soffice), profile, "--headless", "--convert-to", kind, "--outdir", str(self.folder), str(file)]
            subprocess.run(command, check=True, capture_output=True, timeout=180)

    def converted(self) -> dict[str, Path]:
        """The converted files by their kinds."""
        return {path.suffix: path for path in sorted(self.folder.iterdir()) if path.suffix in (".pdf", ".xls", ".ods")}


def run(arguments: list[str]) -> tuple[int, str]:
    """Exit code of a command, and the trace of an error that nobody expected."""
    from cli.main import main
    from workbook import log

    traces: list[str] = []

    def noted(error: BaseException) -> Path:
        traces.append("".join(traceback.format_exception(error)))
        return Path("log")

    before, log.log_unexpected = log.log_unexpected, noted
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            try:
                code = main(arguments)
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 2
    finally:
        log.log_unexpected = before
    if "意外错误" in said.getvalue() and not traces:
        traces.append(said.getvalue())
    return code, "".join(traces)


# ---------------------------------------------------------------- what is done to a file


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some bytes other ones, gone or doubled."""
    content = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content))
        match chance.randrange(5):
            case 0:
                del content[place : place + chance.randint(1, 200)]
            case 1:
                content[place:place] = content[place : place + chance.randint(1, 200)]
            case 2:  # a length, a count, an offset
                content[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0"))
            case _:
                content[place] = chance.randrange(256)
    return bytes(content)


def odd_streams(data: bytes, chance: random.Random) -> bytes:
    """A PDF file with numbers or operators of one of its streams changed."""
    match = chance.choice(list(_STREAM.finditer(data)))
    try:
        content = zlib.decompress(match[1])
    except zlib.error:
        return damaged(data, chance)
    numbers = list(_NUMBER.finditer(content))
    if numbers and chance.randrange(4):
        found = chance.choice(numbers)
        odd = chance.choice((b"0", b"-1", b"99999999999", b"1e99", b"0.0000001", found[0] + b" " + found[0], b"", b"1 " * 3000))
        content = content[: found.start()] + odd + content[found.end() :]
    else:
        content = damaged(content, chance) if content else b"q " * 9000
    packed = zlib.compress(content)
    return data[: match.start(1)] + packed + data[match.end(1) :]


def odd_text(text: str, chance: random.Random) -> str:
    """XML (or a record) that is still well-formed for the most part, and says odd things."""
    for _ in range(chance.randint(1, 6)):
        pattern = chance.choice((_VALUE, _TEXT, _ELEMENT))
        found = list(pattern.finditer(text))
        if not found:
            continue
        match = chance.choice(found)
        if pattern is _ELEMENT:
            text = text[: match.start()] + match[0] * chance.choice((0, 2, 2000)) + text[match.end() :]
        else:
            odd = chance.choice(_ODD).replace("<", "&lt;")
            text = text[: match.start(1)] + odd + text[match.end(1) :]
    return text


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A package with one part changed, packed soundly."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as result:
        parts = [name for name in source.namelist() if name.endswith((".xml", ".rels"))]
        weights = [4 if "sheet" in name or "document" in name or "content" in name else 1 for name in parts]
        [chosen] = chance.choices(parts, weights)
        for name in source.namelist():
            content = source.read(name)
            if name == chosen:
                kind = chance.randrange(5)
                content = damaged(content, chance) if kind == 0 else odd_text(content.decode("utf-8", "replace"), chance).encode("utf-8", "replace")
                if kind == 1:
                    continue
            result.writestr(name, content)
    return target.getvalue()


def odd_pack(pack: Path, folder: Path, chance: random.Random) -> Path:
    """A copy of a template pack with one file changed."""
    shutil.copytree(pack, folder)
    file = chance.choice(sorted(folder.iterdir()))
    if file.suffix == ".docx":
        file.write_bytes(repacked(file.read_bytes(), chance))
        return folder
    lines = file.read_text("utf-8-sig").split("\n")
    for _ in range(chance.randint(1, 3)):
        number = chance.randrange(len(lines))
        pieces = re.split(r"([,\"\[\]{}=、；()])", lines[number])
        place = chance.randrange(len(pieces))
        match chance.randrange(5):
            case 0:
                pieces[place] = chance.choice(_ODD)
            case 1:
                del pieces[place]
            case 2:
                pieces[place] *= chance.choice((2, 3000))
            case 3:
                pieces = re.split(r"([,\"\[\]{}=、；()])", chance.choice(lines))
            case _:
                chance.shuffle(pieces)
        lines[number] = "".join(pieces)
    file.write_text("\n".join(lines), "utf-8")
    return folder


# ---------------------------------------------------------------- cases


def case(seed: int, material: Material, folder: Path) -> tuple[str, list[list[str]]]:
    """The kind of case *seed*, and the commands; its files are written into *folder*."""
    chance = random.Random(seed)
    change: Callable[[bytes, random.Random], bytes] = chance.choice((damaged, repacked, repacked, repacked))
    out, workbook = str(folder / "out.docx"), str(material.workbook)
    converted = material.converted()
    every = ("公开表", "公开表", "底稿", "报告", "报告", "模板包", *converted, *converted)
    kind = chance.choice([kind for kind in every if not material.kinds or kind in material.kinds])
    if kind == ".pdf":
        path = folder / "报告.pdf"
        path.write_bytes(chance.choice((damaged, odd_streams))(converted[kind].read_bytes(), chance))
        commented = ["review", str(path), "--format", "pdf", "-o", str(folder / "out.pdf")]
        return kind, [["review", str(path), workbook, "--format", "json"], commented]
    if kind in converted:
        path = folder / f"公开表{kind}"
        path.write_bytes((damaged if kind == ".xls" else change)(converted[kind].read_bytes(), chance))
        return kind, [["check", str(path), "--format", "json"], ["report", str(path), "-o", out, "--force"]]
    if kind == "公开表":
        path = folder / "公开表.xlsx"
        path.write_bytes(change(material.workbook.read_bytes(), chance))
        return kind, [["check", str(path), "--format", "json"], ["report", str(path), "-o", out, "--force"]]
    if kind == "底稿":
        path = folder / "底稿.xlsx"
        path.write_bytes(change(material.companion.read_bytes(), chance))
        return kind, [["report", workbook, "--companion", str(path), "-o", out]]
    if kind == "报告":
        path = folder / "报告.docx"
        path.write_bytes(change(material.report.read_bytes(), chance))
        commented = ["review", str(path), "--format", "docx", "-o", out]
        return kind, [["review", str(path), workbook, "--format", "json"], commented, ["refresh", str(path), workbook, "-o", out]]
    pack = str(odd_pack(material.pack, folder / "包", chance))
    return kind, [["check", workbook, "--pack", pack], ["report", workbook, "--pack", pack, "-o", out]]


def sums(folder: Path) -> dict[Path, str]:
    """What the input files hold."""
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file() and path.stem != "out"}


def one(seed: int, material: Material, keep: Path | None) -> dict[str, object]:
    """Do case *seed*."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kind, commands = case(seed, material, folder)
        before, problems, started = sums(folder), list[str](), time.process_time()
        for command in commands:
            code, trace = run(command)
            if trace:
                problems.append(f"{command[0]}: {trace}")
            elif code not in (0, 1, 2):
                problems.append(f"{command[0]}: exit code {code}")
        seconds = time.process_time() - started
        if seconds > MOST_SECONDS:
            problems.append(f"took {seconds:.1f} s")
        if peak() > MOST_MEGABYTES:
            problems.append(f"took {peak()} MB")
        if sums(folder) != before:
            problems.append("an input file was changed")
        if problems and keep is not None:
            shutil.copytree(folder, keep / str(seed), dirs_exist_ok=True)
    return {"seed": seed, "kind": kind, "problems": problems, "peak": peak()}


def peak() -> int:
    """Most memory that this process ever took, in MB."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def work(first: int, count: int, material: Material, keep: Path | None) -> None:
    """Cases one after the other, each told as a line; the process of :func:`outcomes`.  Ends early when it took too much memory."""
    for seed in range(first, first + count):
        print(json.dumps(one(seed, material, keep)), flush=True)
        if peak() > MOST_MEGABYTES:
            break


def outcomes(first: int, count: int, material: Material, keep: Path | None, end: float) -> Iterator[dict[str, object]]:
    """The cases from *first* on until *end*; a process that dies or hangs costs one case."""
    seed, last = first, first + count
    while seed < last and time.monotonic() < end:
        command = [sys.executable, __file__, "--work", str(seed), str(min(last - seed, 200)), str(material.folder)]
        command += ["--kinds", ",".join(material.kinds), *(["--keep", str(keep)] if keep else [])]
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
            threading.Thread(target=_forward, args=(process.stdout, lines), daemon=True).start()
            while time.monotonic() < end:
                try:
                    line = lines.get(timeout=_HANGS)
                except queue.Empty:
                    yield {"seed": seed, "kind": "", "problems": [f"no answer for {_HANGS} s"], "peak": 0}
                    seed += 1
                    break
                if not line:
                    if process.wait():
                        yield {"seed": seed, "kind": "", "problems": [f"the process died ({process.returncode})"], "peak": 0}
                        seed += 1
                    break
                seed += 1
                yield json.loads(line)
            process.kill()


def _forward(stream: io.TextIOBase, lines: queue.SimpleQueue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def main(argv: list[str] | None = None) -> int:
    """Run, and print what went wrong and a table of the kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--cases", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--kinds", default="", help="公开表, 底稿, 报告, 模板包, .pdf, .xls, .ods")
    parser.add_argument("--without-office", action="store_true")
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.work:
        first, count, folder = options.work
        work(int(first), int(count), Material(Path(folder), options.kinds), options.keep)
        return 0
    kinds: Counter[str] = Counter()
    wrong, most = 0, 0
    with tempfile.TemporaryDirectory() as name:
        material = Material(Path(name), options.kinds)
        material.make(office=not options.without_office)
        for outcome in outcomes(options.seed, options.cases, material, options.keep, time.monotonic() + options.minutes * 60):
            kinds[str(outcome["kind"])] += 1
            most = max(most, int(str(outcome["peak"])))
            if outcome["problems"]:
                wrong += 1
                print(f"{outcome['seed']} {outcome['kind']}: {outcome['problems']}", flush=True)
    print(f"{kinds.total()} cases ({', '.join(f'{kind} {n}' for kind, n in kinds.items())}), {wrong} wrong; most memory {most} MB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
