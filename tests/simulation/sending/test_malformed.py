"""A document of which Quadient AP calls malformed what it is told waits with its reason; all others go on."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.cloud.port import DocumentKind, DocumentResult, RecordResult
from app.engine.views import Views
from app.errors import BugError, ExitCode, Side
from tests.simulation.sending.test_every_step import INVOICES, begun
from tests.simulation.sending.world import COMPANY, World

MALFORMED = BugError(
    "cloud-contract", "AP Bridge sent something wrong", "It was refused as malformed.", "Send the log.", side=Side.CLOUD
)


def refuse_inv_1(world: World, monkeypatch: pytest.MonkeyPatch, name: str, ids: Callable[[Any], Sequence[str]]) -> None:
    """Let the cloud call malformed whatever names inv-1."""
    real = getattr(world.cloud, name)

    def refusing(kind: DocumentKind, what: Any, *rest: Any) -> Sequence[RecordResult]:
        if "inv-1" in ids(what):
            raise MALFORMED
        return list(real(kind, what, *rest))

    monkeypatch.setattr(world.cloud, name, refusing)


def told_of(world: World) -> dict[str, str]:
    views = Views(world.store.file, COMPANY.code)
    views._store = world.store
    return {each.key: each.message for each in views.needs_you()}


def test_what_is_told_of_the_others_arrives_and_no_later_run_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = begun(INVOICES)

    def ids(results: Sequence[DocumentResult]) -> list[str]:
        return [result.id for result in results]

    refuse_inv_1(world, monkeypatch, "send_results", ids)
    for run in (world.send, world.preview, world.send):
        assert run(INVOICES) is ExitCode.NEEDS_USER
        assert {id_: filed.status for id_, filed in world.cloud.files.items()} == {"inv-1": "A", "inv-2": "EX"}
    assert "malformed" in told_of(world)["inv-1"]
    monkeypatch.undo()
    assert world.preview(INVOICES) is ExitCode.DONE
    assert world.cloud.files["inv-1"].status == "EX"
    assert [len(world.books.of(id_)) for id_ in ("inv-1", "inv-2")] == [1, 1]


def test_what_was_undone_and_cannot_be_told_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world = begun(INVOICES)
    world.send(INVOICES)
    refuse_inv_1(world, monkeypatch, "move", lambda ids: ids)
    assert world.undo(world.last_sent, ()) is ExitCode.NEEDS_USER
    assert {id_: filed.status for id_, filed in world.cloud.files.items()} == {"inv-1": "EX", "inv-2": "A"}
    assert world.preview(INVOICES) is ExitCode.NEEDS_USER
    monkeypatch.undo()
    world.preview(INVOICES)
    assert world.cloud.files["inv-1"].status == "A"
