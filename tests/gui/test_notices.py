"""What is worth a notification, and what was told already."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from app.engine.views import Attention
from app.gui.engine_process import RunEnd
from app.gui.notices import Notices

DONE = RunEnd("sync", "run-1", "needs_user", 1)
LOST = RunEnd("sync", "run-2", "failed", 3, "Sage 100 cannot be reached", "No answer.", "Start it.")


def need(key: str) -> Attention:
    return Attention("Invoices", "invoice", key, f"Invoice {key} cannot be sent yet", "", "")


@pytest.fixture
def notices(tmp_path: Path) -> Notices:
    return Notices(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


def test_only_what_is_new_is_told(notices: Notices) -> None:
    assert notices.news("ABC", DONE, [need("1"), need("2")]) == (
        "2 things need you", "Invoice 1 cannot be sent yet, and more",
    )  # fmt: skip
    assert notices.news("ABC", DONE, [need("1"), need("2")]) is None
    assert notices.news("ABC", DONE, [need("2"), need("3")]) == ("1 thing needs you", "Invoice 3 cannot be sent yet")


def test_what_is_past_and_comes_back_is_told_again(notices: Notices) -> None:
    assert notices.news("ABC", DONE, [need("1")])
    assert notices.news("ABC", DONE, []) is None
    assert notices.news("ABC", DONE, [need("1")])


def test_failure_is_told_once_until_a_run_went_well(notices: Notices) -> None:
    as_need = Attention("Overview", "", "", LOST.title, LOST.message, LOST.fix)
    assert notices.news("ABC", LOST, [as_need]) == ("Sage 100 cannot be reached", "No answer. Start it.")
    assert notices.news("ABC", LOST, [as_need]) is None
    assert notices.news("ABC", DONE, []) is None
    assert notices.news("ABC", LOST, [as_need]) is not None


def test_cancelled_run_is_no_news(notices: Notices) -> None:
    assert notices.news("ABC", RunEnd("sync", "run-3", "cancelled", 6, "Cancelled"), []) is None


def test_each_company_has_its_own_news_also_after_a_restart(notices: Notices, tmp_path: Path) -> None:
    assert notices.news("ABC", DONE, [need("1")])
    assert notices.news("XYZ", DONE, [need("1")])
    again = Notices(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    assert again.news("XYZ", DONE, [need("1")]) is None
