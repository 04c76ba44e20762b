"""历史版本: what was opened and saved can be listed, compared with now and taken back; it stays bounded."""

import shutil

from gui.dialogs.lists import HistoryDialog
from tests.gui.seen import button, texts
from tests.gui.test_saving import REASON, reason_in, type_reason
from tests.gui.test_window import ITEM, press, type_into
from workbook.editing import kept as rules
from workbook.editing.kept import History


def test_a_saved_state_is_compared_with_now_and_taken_back(opened, sample, qtbot):
    qtbot.waitUntil(lambda: len(opened.session.history.states()) == 1, timeout=5_000)
    before = opened.session.accounts.value("公开02", *ITEM)
    reason = reason_in(sample)
    type_into(qtbot, opened, "公开02", ITEM, "999")
    press(qtbot, opened, "save")
    type_reason(qtbot, opened, REASON)
    assert opened.session.store.flush()
    qtbot.waitUntil(lambda: [s.what for s in opened.session.history.states()] == ["保存", "打开"], timeout=5_000)
    dialog = HistoryDialog(opened.session, opened)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.list.setCurrentRow(1)
    assert any(words.startswith("与现在不同：公开表 ") and words.endswith("底稿 1 处") for words in texts(dialog)), texts(dialog)
    shown = [[dialog.filter.index(r, c).data() for c in range(4)] for r in range(dialog.filter.rowCount())]
    assert ["公开02", "2.25", "999"] in [[row[0], *row[2:]] for row in shown]
    assert any(row[0] == "变动原因" and row[3] == REASON for row in shown)
    button(dialog, "取回全部单元格").click()
    assert opened.session.accounts.value("公开02", *ITEM) == before
    assert opened.session.is_dirty
    button(dialog, "取回底稿").click()
    assert opened.session.store.flush()
    assert reason_in(sample) == reason
    assert any("与现在相同" in words for words in texts(dialog))
    dialog.close()
    press(qtbot, opened, "undo")
    assert opened.session.accounts.value("公开02", *ITEM) == 999
    opened.session.jobs.finish()
    assert "取回以前的底稿之前" in [s.what for s in opened.session.history.states()], "what it took the place of is kept too"


def test_the_history_is_bounded_in_number_and_size(tmp_path, monkeypatch):
    history, book = History(tmp_path / "历史"), tmp_path / "表.xlsx"
    for number in range(rules.MOST_STATES + 5):
        book.write_bytes(b"%d" % number)
        history.note(book, "保存", [book], None)
        history.note(book, "打开", [book], None)
    states = history.states(book)
    assert len(states) == rules.MOST_STATES
    assert {s.what for s in states} == {"保存"}, "the same state is not noted twice"
    assert history.file(book, states[0].files[book.name]).read_bytes() == b"%d" % (rules.MOST_STATES + 4)
    assert len(list((tmp_path / "历史").glob("*/*.xls*"))) == rules.MOST_STATES
    monkeypatch.setattr(rules, "MOST_BYTES", 250_000)
    for number in range(5):
        book.write_bytes(b"%d" % number * 100_000)
        history.note(book, "保存", [book], None)
    assert len(history.states(book)) == 2


def test_a_damaged_history_is_none(tmp_path):
    history, book = History(tmp_path / "历史"), tmp_path / "表.xlsx"
    book.write_bytes(b"1")
    history.note(book, "打开", [book], None)
    listed = next((tmp_path / "历史").glob("*/states.json"))
    for nonsense in ("", "[", "[1]", "[" * 100_000, '[{"time": 5}]'):
        listed.write_text(nonsense)
        assert history.states(book) == ()
    shutil.rmtree(tmp_path / "历史")
    assert history.states(book) == ()
