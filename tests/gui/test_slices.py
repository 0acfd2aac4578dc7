"""Long work goes on a little at a time, and the window's other events have their turn in between."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.errors import BridgeError, NeedsUser, Side
from app.gui import slices as module
from app.gui.slices import AT_ONCE, PAINT_MS, Slices


@pytest.fixture
def slices() -> Iterator[Slices]:
    made = Slices()
    yield made
    made.stop()


def refused(after: int) -> Iterator[int]:
    yield from range(after)
    raise NeedsUser(
        "store-damaged", "The store is damaged", "It cannot be read.", "Put back a copy.", side=Side.COMPUTER
    )


def test_little_work_is_done_at_once(slices: Slices) -> None:
    done: list[list[object]] = []
    slices.done.connect(done.append)
    assert slices.begin(range(AT_ONCE - 1))
    assert done == [list(range(AT_ONCE - 1))]
    assert not slices.begin([])
    assert done[1:] == [[]]
    assert not slices.busy


def test_other_events_have_their_turn_before_long_work_is_done(qtbot: QtBot, slices: Slices) -> None:
    happened: list[str] = []

    def long() -> Iterator[int]:
        yield from range(3 * AT_ONCE)
        happened.append("end")

    QTimer.singleShot(0, lambda: happened.append("other"))
    with qtbot.waitSignal(slices.done) as done:
        assert slices.begin(long())
        assert happened == []
    assert done.args == [list(range(3 * AT_ONCE))]
    assert happened == ["other", "end"]


def test_what_was_begun_last_counts(qtbot: QtBot, slices: Slices) -> None:
    done: list[list[object]] = []
    slices.done.connect(done.append)
    slices.begin(range(2 * AT_ONCE))
    slices.begin(range(AT_ONCE, 3 * AT_ONCE))
    qtbot.waitUntil(lambda: not slices.busy)
    assert done == [list(range(AT_ONCE, 3 * AT_ONCE))]


def test_trouble_with_the_first_is_raised_and_later_trouble_is_told(qtbot: QtBot, slices: Slices) -> None:
    with pytest.raises(BridgeError):
        slices.begin(refused(3))
    with qtbot.waitSignal(slices.failed) as failed, qtbot.assertNotEmitted(slices.done):
        slices.begin(refused(AT_ONCE + 3))
    assert failed.args[0].code == "store-damaged"
    assert not slices.busy


class Painted(QWidget):
    """Counts how often it was painted."""

    times = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.times += 1
        super().paintEvent(event)


def test_what_one_slice_changes_is_painted_before_the_next(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLICE_SECONDS", 0)
    widget = Painted()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    painted: list[int] = []

    def changing() -> Iterator[None]:
        for _ in range(5):
            painted.append(widget.times)
            widget.update()
            yield

    pausing = Slices(widget, pause_ms=PAINT_MS)
    with qtbot.waitSignal(pausing.done):
        pausing.begin(changing(), at_once=1)
    assert len(set(painted)) == 5
