"""Calling members of another program's objects: the real calls through a table of methods, without Windows.

The other side is ``packaging/fake_office.py``, which knows COM from its own side; only the strings, which Windows
allocates, are stood in for.
"""

import ctypes
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docgen.pdf import com
from docgen.pdf.com import MISSING, ComError, RemoteObject, System
from docgen.pdf.processes import WindowsProcesses
from docgen.pdf.servers import find_servers

FAKE = Path(__file__).parents[2] / "packaging" / "fake_office.py"


class Strings:
    """What oleaut32 does with strings; counts those that are in use."""

    def __init__(self) -> None:
        self.kept: dict[int, Any] = {}

    def make(self, words: str) -> int:
        buffer = ctypes.create_unicode_buffer(words)
        self.kept[ctypes.addressof(buffer)] = buffer
        return ctypes.addressof(buffer)

    def free(self, text: int | None) -> None:
        if text:
            del self.kept[text]


class LocalSystem(System):
    """:class:`System` without Windows."""

    def __init__(self, strings: Strings) -> None:
        self.strings = strings

    def text(self, words: str) -> int:
        return self.strings.make(words)

    def words(self, text: int | None) -> str:
        return ctypes.wstring_at(text) if text else ""

    def free(self, text: int | None) -> None:
        self.strings.free(text)

    def clear(self, value: com.Value) -> None:
        if value.kind == com.TEXT:
            self.strings.free(value.pointer)
        value.kind = com.EMPTY


@pytest.fixture
def strings() -> Strings:
    return Strings()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, strings: Strings) -> Any:
    spec = importlib.util.spec_from_file_location("fake_office", FAKE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Library:
        SysAllocString = staticmethod(strings.make)

    monkeypatch.setattr(module, "_oleaut", Library)
    return module


@pytest.fixture
def make(fake: Any, strings: Strings, tmp_path: Path) -> Callable[..., RemoteObject]:
    def make_it(**members: object) -> RemoteObject:
        (tmp_path / "plan.json").write_text("{}")
        return RemoteObject(fake.Node("Thing", members, fake.Plan(tmp_path)).pointer, LocalSystem(strings))

    return make_it


def record(folder: Path) -> list[list[object]]:
    return [json.loads(line)[1:] for line in (folder / "calls.jsonl").read_text("utf-8").splitlines()]


def test_arguments_arrive_in_order_and_kind(make: Callable[..., RemoteObject], strings: Strings, tmp_path: Path) -> None:
    thing = make(Open=lambda *_: None)
    thing.call("Open", "C:\\决算 报告.docx", False, True, MISSING, 17, -1)
    assert record(tmp_path) == [["Thing.Open", "C:\\决算 报告.docx", False, True, "—", 17, -1]]
    assert strings.kept == {}


def test_names_are_found_whatever_their_letters(make: Callable[..., RemoteObject]) -> None:
    assert make(Count=3).call("count") == 3


@pytest.mark.parametrize("value", [True, False, 0, 17, -1, "文档 1", "", None])
def test_results(make: Callable[..., RemoteObject], strings: Strings, value: object) -> None:
    found = make(Member=value).call("Member")
    assert found == value
    assert type(found) is type(value)
    assert strings.kept == {}


def test_objects_lead_to_objects(make: Callable[..., RemoteObject], fake: Any, tmp_path: Path) -> None:
    inner = fake.Node("Inner", {"Name": "内"}, fake.Plan.__new__(fake.Plan))
    inner.plan.note = lambda *_: None
    assert make(Item=lambda number: inner).call("Item", 1).call("Name") == "内"


def test_properties_are_set(make: Callable[..., RemoteObject], tmp_path: Path) -> None:
    thing = make(Visible=True)
    thing.put("Visible", value=False)
    assert record(tmp_path) == [["Thing.Visible=", False]]
    assert thing.call("Visible") is False


def test_a_member_that_is_not_there(make: Callable[..., RemoteObject]) -> None:
    with pytest.raises(ComError) as caught:
        make().call("SaveAs2")
    assert (caught.value.member, caught.value.code) == ("SaveAs2", 0x80020006)


def test_what_the_program_says_of_a_failure_is_kept(make: Callable[..., RemoteObject], fake: Any, strings: Strings) -> None:
    def refuse(*_: object) -> None:
        raise fake.RefusalError(0x800A1436, "文件可能\r已经损坏。")

    with pytest.raises(ComError) as caught:
        make(Open=refuse).call("Open", "x")
    assert (caught.value.code, caught.value.text) == (0x800A1436, "文件可能 已经损坏。")
    assert strings.kept == {}


def test_a_busy_program_is_asked_again(make: Callable[..., RemoteObject], fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(com, "_PAUSE_S", 0.001)
    asked = []

    def busy(*_: object) -> int:
        asked.append(1)
        if len(asked) < 4:
            raise fake.RefusalError(0x80010001 if len(asked) % 2 else 0x8001010A)
        return 5

    assert make(Count=busy).call("Count") == 5


def test_a_program_that_stays_busy_is_given_up(make: Callable[..., RemoteObject], fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(com, "_PAUSE_S", 0.001)
    monkeypatch.setattr(com, "_PATIENCE_S", 0.05)

    def busy(*_: object) -> None:
        raise fake.RefusalError(0x80010001)

    with pytest.raises(ComError, match="0x80010001"):
        make(Count=busy).call("Count")


def test_what_cannot_be_passed_is_a_mistake_of_ours(make: Callable[..., RemoteObject]) -> None:
    with pytest.raises(TypeError, match="no automation value"):
        make(Open=lambda *_: None).call("Open", 1.5)


def test_the_layout_is_that_of_64_bit_windows() -> None:
    assert (ctypes.sizeof(com.Value), com.Value.content.offset) == (24, 8)
    assert ctypes.sizeof(com.Parameters) == 24
    assert (ctypes.sizeof(com.Fault), com.Fault.description.offset, com.Fault.status.offset) == (64, 16, 56)


@pytest.mark.parametrize("kind", [System, WindowsProcesses])
def test_elsewhere_than_on_windows_there_is_nothing_to_ask(kind: Callable[[], object]) -> None:
    with pytest.raises(OSError, match="Windows"):
        kind()
    assert find_servers() == ()
