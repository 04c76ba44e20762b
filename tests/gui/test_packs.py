"""Choosing a template pack: built-in and own ones are listed; a broken one is named and does no harm."""

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from docgen.job.inputs import load_inputs, user_packs
from docgen.job.samples import other_samples
from gui.dialogs.asking import NewYearDialog, SettingsDialog
from gui.frame.main_window import MainWindow
from gui.pages.base import PageName
from gui.session.opening import STANDARD, pack_choices
from gui.session.session import Session
from gui.session.settings import Settings
from gui.widgets.notice import Tone
from tests.gui.conftest import put_away
from tests.gui.seen import label, texts
from tests.yearless import without_year
from workbook.create.workbook import create_workbook
from workbook.pack.companion_form import YEAR
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, available_packs, load_pack

TITLE = "内蒙古自治区部门决算公开"
OWN_TITLE = "示例市 2024 年度部门决算公开"


@pytest.fixture
def packs() -> Callable[[str], Path]:
    """Makes a pack of the user's own: a good one, or one with a wrong formula."""
    folder = user_packs()
    shutil.rmtree(folder, ignore_errors=True)

    def make(name: str, *, is_good: bool = True) -> Path:
        pack = Path(shutil.copytree(TEMPLATES / DEFAULT_PACK, folder / name))
        sheets, formulas = pack / "sheets.toml", pack / "check-formulas.csv"
        sheets.write_text(sheets.read_text("utf-8").replace(TITLE, OWN_TITLE), "utf-8")
        if not is_good:
            formulas.write_text(formulas.read_text("utf-8").replace("公开01[本年收入合计]", "公开01[没有这一行]", 1), "utf-8")
        return pack

    yield make
    shutil.rmtree(folder, ignore_errors=True)


def choose(dialog: SettingsDialog | NewYearDialog, title: str) -> None:
    """Choose a pack by the words in the list."""
    titles = [dialog.pack.box.itemText(i) for i in range(dialog.pack.box.count())]
    dialog.pack.box.setCurrentIndex(next(i for i, words in enumerate(titles) if title in words))


def test_built_in_and_own_packs_are_listed_the_choice_by_tables_first(packs):
    own, broken = packs("示例市"), packs("写错的", is_good=False)
    choices = {choice.key: choice for choice in pack_choices()}
    assert next(iter(choices)) == STANDARD
    assert "表样" in choices[STANDARD].title
    assert choices[DEFAULT_PACK].title == TITLE
    assert STANDARD not in [choice.key for choice in pack_choices(automatic=False)]
    assert choices[str(own)].title == f"{OWN_TITLE}（示例市）"
    assert not choices[str(own)].problem
    assert "不能用" in choices[str(broken)].title
    assert "check-formulas.csv 第 2 行" in choices[str(broken)].problem


def test_a_pack_that_is_gone_is_still_named(packs):
    choices = pack_choices("从前的")
    assert [c.title for c in choices if c.key == "从前的"] == ["从前的（不能用）"]


def test_an_own_pack_is_chosen_in_the_settings_and_kept(opened: MainWindow, qtbot: QtBot, packs, monkeypatch):
    own = packs("示例市")

    def change(dialog: SettingsDialog) -> int:
        assert dialog.pack.key == STANDARD
        choose(dialog, "示例市")
        dialog.accept()
        return dialog.result()

    monkeypatch.setattr(SettingsDialog, "exec", change)
    with qtbot.waitSignal(opened.session.opened, timeout=10_000):
        opened.actions_["settings"].trigger()
    opened.session.jobs.finish()
    assert opened.session.accounts.pack.title == OWN_TITLE
    assert Settings(opened.settings.file).pack == str(own)
    assert OWN_TITLE in opened.bar.text
    opened.pages.show(PageName.LIBRARY)
    assert label(opened.pages.library, OWN_TITLE)


def test_unsaved_edits_are_asked_about_before_the_pack_changes(opened: MainWindow, packs, monkeypatch):
    packs("示例市")
    place = opened.session.accounts.tables["公开02"].position("2050299", "财政拨款收入")
    opened.session.edit_cell("公开02", *place, "999")
    monkeypatch.setattr(opened.files, "ask_unsaved", lambda: "cancel")
    monkeypatch.setattr(SettingsDialog, "exec", lambda dialog: (choose(dialog, "示例市"), dialog.accept(), dialog.result())[2])
    opened.actions_["settings"].trigger()
    opened.session.jobs.finish()
    assert opened.session.accounts.pack.title == TITLE
    assert opened.settings.pack == STANDARD
    assert opened.session.is_dirty


def test_a_broken_pack_cannot_be_chosen_and_says_why(opened: MainWindow, qtbot: QtBot, packs):
    packs("写错的", is_good=False)
    dialog = SettingsDialog(opened.settings, opened.session, opened)
    qtbot.addWidget(dialog)
    dialog.show()
    choose(dialog, "写错的")
    assert "没有这一行" in dialog.pack.problem.text
    assert dialog.pack.problem.isVisible()
    dialog.accept()
    assert dialog.isVisible()
    assert opened.settings.pack == STANDARD
    choose(dialog, "表样")
    assert not dialog.pack.problem.isVisible()
    dialog.accept()
    assert not dialog.isVisible()


def test_a_new_year_is_made_with_the_pack_chosen_which_is_used_for_it(window: MainWindow, qtbot: QtBot, packs, monkeypatch, tmp_path):
    own = packs("示例市")
    broken = packs("写错的", is_good=False)

    def fill(dialog: NewYearDialog) -> int:
        dialog.unit.setText("示例市第一小学")
        dialog.folder.set_path(tmp_path / "新")
        choose(dialog, broken.name)
        dialog.accept()
        assert dialog.made is None
        assert "没有这一行" in dialog.pack.problem.text
        choose(dialog, own.name)
        dialog.accept()
        return dialog.result()

    monkeypatch.setattr(NewYearDialog, "exec", fill)
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.actions_["new"].trigger()
    assert window.session.accounts.pack.title == OWN_TITLE
    assert window.settings.pack == STANDARD, "other workbooks are as before"
    assert f"{own}，指定" in window.header.pack.toolTip()


def test_the_header_names_the_pack_and_another_may_be_chosen_there(opened: MainWindow, qtbot: QtBot, packs):
    own = packs("示例市")
    assert (opened.header.pack.text(), opened.settings.pack) == (TITLE, STANDARD)
    assert "neimenggu-2024，按表样选用" in opened.header.pack.toolTip()
    for title, wanted, chosen in ((f"{OWN_TITLE}（{own.name}）", OWN_TITLE, "指定"), ("按公开表的表样选用", TITLE, "按表样选用")):
        menu = opened.header.pack.menu()
        menu.aboutToShow.emit()
        action = next(a for a in menu.actions() if a.text() == title)
        assert not action.isChecked()
        with qtbot.waitSignal(opened.session.opened, timeout=10_000):
            action.trigger()
        opened.session.jobs.finish()
        assert opened.session.accounts.pack.title == opened.header.pack.text() == wanted
        assert chosen in opened.header.pack.toolTip()
        assert opened.settings.pack == STANDARD


def test_the_pack_chosen_for_a_workbook_is_remembered_also_under_another_name(opened: MainWindow, sample, qtbot, packs, tmp_path):
    own = packs("示例市")
    menu = opened.header.pack.menu()
    menu.aboutToShow.emit()
    with qtbot.waitSignal(opened.session.opened, timeout=10_000):
        next(a for a in menu.actions() if own.name in a.text()).trigger()
    opened.session.jobs.finish()
    assert opened.files.save_as(tmp_path / "另一个.xlsx")
    opened.session.close()
    again = MainWindow(Session(data_folder=tmp_path / "数据"), Settings(opened.settings.file))
    qtbot.addWidget(again, before_close_func=put_away)
    for path in (sample, tmp_path / "另一个.xlsx"):
        again.session.open_now(path)
        assert again.session.accounts.pack.title == OWN_TITLE
    shutil.rmtree(own)
    later, said = Session(data_folder=tmp_path / "数据"), []
    later.opener.remember(opened.settings)
    later.failed.connect(said.append)
    later.open_now(sample)
    assert later.accounts.pack.title == TITLE, "it is gone: the tables decide"
    assert "现在按公开表的表样选用模板包" in said[0]
    later.close()
    later.jobs.finish()


def test_a_workbook_of_another_form_is_opened_by_its_pack(window: MainWindow, qtbot: QtBot, tmp_path):
    for name in [folder.name for folder in available_packs()]:
        pack = load_pack(name)
        create_workbook(tmp_path / f"{name}.xlsx", pack, unit_name="某单位", year=2024, amounts={})
        with qtbot.waitSignal(window.session.checked, timeout=10_000):
            window.files.open(tmp_path / f"{name}.xlsx")
        window.session.jobs.finish()
        assert window.header.pack.text() == pack.title
        assert set(window.session.accounts.tables) == set(pack.sheets)


def test_the_start_page_offers_the_samples_of_other_forms(window: MainWindow, qtbot: QtBot, tmp_path, monkeypatch):
    monkeypatch.setattr("gui.frame.main_window.documents", lambda: tmp_path)
    window.session.warm_up()
    window.session.jobs.finish()
    pack = load_pack(next(iter(other_samples())))
    link = next(b for b in window.pages.welcome.findChildren(QPushButton) if b.text() == pack.title)
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        link.click()
    window.session.jobs.finish()
    assert window.header.pack.text() == pack.title
    assert tmp_path in window.session.path.parents


def test_a_workbook_without_a_year_asks_for_it_and_notes_it(window: MainWindow, qtbot: QtBot, tmp_path):
    path = without_year(tmp_path)
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        window.files.open(path)
    window.session.jobs.finish()
    header = window.header
    assert header.ask_year.isVisible()
    window.pages.show(PageName.PREVIEW)
    window.session.jobs.finish()
    qtbot.waitUntil(lambda: any("年度" in words and "写明" in words for words in texts(window)), timeout=5_000)
    header.ask_year.menu().aboutToShow.emit()
    with qtbot.waitSignal(window.session.opened, timeout=10_000):
        next(a for a in header.ask_year.menu().actions() if "2024" in a.text()).trigger()
    window.session.jobs.finish()
    assert not header.ask_year.isVisible()
    assert "2024年度" in header.year.text()
    assert load_inputs(path).accounts.year == 2024, "it stands in the 底稿 now"


def test_the_year_written_into_the_companion_is_that_of_the_workbook_at_once(window: MainWindow, tmp_path):
    window.session.open_now(without_year(tmp_path))
    companion = window.session.companion_or_new()
    window.session.set_companion(companion.with_text(YEAR, companion.text(YEAR).with_value(Decimal(2024))))
    assert window.session.accounts.year == window.session.context.year == 2024
    assert not window.header.ask_year.isVisible()


def test_the_window_starts_with_the_standard_pack_when_the_chosen_one_is_broken(qtbot: QtBot, packs, sample: Path, tmp_path):
    settings = Settings(tmp_path / "设置.json")
    settings.pack = str(packs("写错的", is_good=False))
    window = MainWindow(Session(data_folder=tmp_path / "数据"), settings)
    qtbot.addWidget(window, before_close_func=put_away)
    window.show()
    with qtbot.waitSignal(window.session.checked, timeout=10_000):
        QTimer.singleShot(0, window, lambda: window.files.open(sample))
    window.session.jobs.finish()
    assert window.session.accounts.pack.title == TITLE
    assert window.bar.tone is Tone.ERROR
    assert "写错的" in window.bar.text
    assert "第 2 行" in window.bar.text
    assert "现在按公开表的表样选用模板包" in window.bar.text
    assert settings.pack.endswith("写错的"), "once it is mended it is used again"
