"""Worker processes for the tests of the PDF export: they stand for the one that talks to Word."""

import time
from multiprocessing.connection import Connection
from pathlib import Path

from docgen.pdf.automation import CLOSE, EXPORT, OPEN, START
from docgen.pdf.windows import Server

PDF = b"%PDF-1.7\n...\n%%EOF\n"


def makes(pipe: Connection, server: Server, source: str, target: str) -> None:
    """Writes the PDF and says so."""
    for step in (START, OPEN, EXPORT):
        pipe.send(("step", step))
    Path(target).write_bytes(PDF + Path(source).read_bytes() + b"%%EOF")
    pipe.send(("step", CLOSE))
    pipe.send(("done", ""))


def refuses(pipe: Connection, server: Server, source: str, target: str) -> None:
    """Says that the program did not start."""
    pipe.send(("step", START))
    pipe.send(("failed", "启动失败（系统没能运行它）"))


def ends(pipe: Connection, server: Server, source: str, target: str) -> None:
    """Ends without a word."""


def lies(pipe: Connection, server: Server, source: str, target: str) -> None:
    """Says that it is done, and has made nothing."""
    pipe.send(("done", ""))


def hangs(pipe: Connection, server: Server, source: str, target: str) -> None:
    """Waits for an answer that never comes."""
    pipe.send(("step", OPEN))
    Path(source).with_name("hanging").touch()
    time.sleep(600)


def hangs_at_the_end(pipe: Connection, server: Server, source: str, target: str) -> None:
    """Has made the PDF, but the program does not close."""
    Path(target).write_bytes(PDF)
    pipe.send(("step", CLOSE))
    time.sleep(600)


def stops_when_asked(pipe: Connection, server: Server, source: str, target: str) -> None:
    """Lets the program go when the window wants no more."""
    pipe.send(("step", OPEN))
    Path(source).with_name("hanging").touch()
    pipe.poll(60)
    Path(source).with_name("left").touch()
    pipe.send(("stopped", ""))
