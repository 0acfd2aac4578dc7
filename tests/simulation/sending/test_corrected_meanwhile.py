"""What is corrected in Quadient AP between its reading and its acknowledgement is never acknowledged as it was."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.cloud.port import DocumentKind, DocumentResult, Move
from app.domain.invoices import Invoice
from app.engine.views import DocumentRow, Views
from app.errors import ExitCode
from tests.simulation.sending.cloud import Document
from tests.simulation.sending.story import settle
from tests.simulation.sending.test_every_step import BILL, INVOICES, begun
from tests.simulation.sending.world import COMPANY, World

DEARER = replace(BILL, amount=Decimal("62.99"), lines=(replace(BILL.lines[0], amount=Decimal("61.00")), BILL.lines[1]))
REWORDED = replace(BILL, description="Drills and bits")


def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], point: str = "wrote") -> None:
    """Let people act once, as the run passes a point."""
    pass_ = world.faults.pass_
    acts = [act]

    def acting(passed: str, *kinds: str, likely: bool = False) -> str:
        if acts and passed.startswith(point):
            acts.pop()()
        return pass_(passed, *kinds, likely=likely)

    monkeypatch.setattr(world.faults, "pass_", acting)


def correct(world: World, document: Document) -> None:
    """Reset, correct, approve and mark again."""
    for action in ("reset", "approve", "mark-for-export"):
        assert world.cloud.person(document.id, action)
        if action == "reset":
            assert world.cloud.edit(document.id, document)
    world.oracle.interfered(document.id)


def row_of(world: World, id_: str) -> DocumentRow:
    views = Views(world.store.file, COMPANY.code)
    views._store = world.store
    return next(row for row in views.documents("invoice") if row.id == id_)


def status(world: World) -> dict[str, str]:
    return {id_: filed.status for id_, filed in world.cloud.files.items()}


@pytest.mark.parametrize(("now", "changed"), [(DEARER, "Amount"), (REWORDED, "Description")])
@pytest.mark.parametrize("point", ["wrote inv-1", "results invoice"])
def test_it_is_stopped_at_once_with_both_versions_and_all_others_go_on(
    monkeypatch: pytest.MonkeyPatch, now: Invoice, changed: str, point: str
) -> None:
    world = begun(INVOICES)
    meanwhile(world, monkeypatch, lambda: correct(world, now), point)
    assert world.send(INVOICES) is ExitCode.NEEDS_USER
    assert status(world) == {"inv-1": "A", "inv-2": "EX"}
    row = row_of(world, "inv-1")
    assert row.state == "asking"
    assert changed in [each.field for each in row.changes]
    assert row.document.description == now.description
    assert [found.amount for found in row.theirs] == [BILL.amount]
    assert f"since then it was changed in Quadient AP. {changed} was" in row.steps[-1].message
    assert settle(world) > 0
    world.end()
    assert (world.oracle.problems, len(world.books.of("inv-1")), status(world)["inv-1"]) == ([], 1, "A")


def test_a_correction_that_changes_nothing_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    world = begun(INVOICES)
    meanwhile(world, monkeypatch, lambda: correct(world, BILL))
    assert world.send(INVOICES) is ExitCode.DONE
    assert status(world) == {"inv-1": "EX", "inv-2": "EX"}
    assert world.cloud.files["inv-1"].document.revision == "2"
    assert world.oracle.problems == []


def test_what_is_still_being_corrected_waits_and_is_settled_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    world = begun(INVOICES)
    meanwhile(world, monkeypatch, lambda: world.cloud.person("inv-1", "reset"))
    assert world.send(INVOICES) is ExitCode.NEEDS_USER
    assert status(world) == {"inv-1": "RS", "inv-2": "EX"}
    assert world.cloud.edit("inv-1", BILL)
    assert world.cloud.person("inv-1", "approve")
    assert world.cloud.person("inv-1", "mark-for-export")
    assert world.preview(INVOICES) is ExitCode.DONE
    assert (status(world)["inv-1"], len(world.books.of("inv-1"))) == ("EX", 1)


def test_a_repeat_of_what_was_never_answered_does_not_acknowledge_a_correction() -> None:
    world, told = begun(INVOICES), list[DocumentResult]()
    lose_the_answer(world, told, taken=False)
    correct(world, REWORDED)
    assert world.preview(INVOICES) is ExitCode.NEEDS_USER
    assert status(world) == {"inv-1": "A", "inv-2": "EX"}
    assert "in-sage" not in row_of(world, "inv-1").state
    world.end()
    assert world.oracle.problems == []


@pytest.mark.parametrize("taken", [True, False], ids=["it-was-taken", "it-never-arrived"])
def test_what_becomes_of_one_document_in_sage_leaves_the_repeat_of_the_others_as_it_was(taken: bool) -> None:
    world, told = begun(INVOICES), list[DocumentResult]()
    lose_the_answer(world, told, taken=taken)
    first = {result.id: result for result in told}
    told.clear()
    (gone,) = world.books.of("inv-1")
    world.books.delete(gone)
    assert world.preview(INVOICES) is ExitCode.NEEDS_USER
    assert told == [first["inv-2"]]
    assert status(world) == {"inv-1": "EX" if taken else "A", "inv-2": "EX"}
    if not taken:
        assert row_of(world, "inv-1").state == "ready"


def test_what_is_marked_as_exported_or_undone_is_the_version_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, asked = begun(INVOICES), list[tuple[Move, Any]]()
    move = world.cloud.move

    def noting(kind: DocumentKind, ids: Sequence[str], what: Move, *rest: Any) -> Any:
        asked.append((what, rest[-1]))
        return move(kind, ids, what, *rest)

    monkeypatch.setattr(world.cloud, "move", noting)
    correct(world, BILL)
    world.preview(INVOICES)
    world.books.enter_invoice(DEARER, "", ["", ""], world.books.new_batch(BILL.destination, "By hand"))
    meanwhile(world, monkeypatch, lambda: correct(world, DEARER), "move invoice")
    world.cloud.edit("inv-1", replace(BILL, amount=DEARER.amount, lines=DEARER.lines))
    assert world.mark_exported(INVOICES, "inv-1") is ExitCode.NEEDS_USER
    assert status(world)["inv-1"] == "A"
    assert world.mark_exported(INVOICES, "inv-1") is ExitCode.DONE
    assert status(world)["inv-1"] == "EX"
    world.send(INVOICES)
    world.undo(world.last_sent, ())
    assert status(world)["inv-2"] == "A"
    assert asked == [
        (Move.MARK_AS_EXPORTED, {"inv-1": "3"}),
        (Move.MARK_AS_EXPORTED, {"inv-1": "4"}),
        (Move.UNDO_EXPORT, {"inv-2": "1"}),
    ]


def lose_the_answer(world: World, told: list[DocumentResult], *, taken: bool) -> None:
    """Send; the answer to what Quadient AP is told is lost, or it never gets there. `told` is filled from now on."""
    asked, fault = world.oracle.asked, ["time-out after" if taken else "time-out before"]
    pass_ = world.faults.pass_

    def noting(results: Sequence[DocumentResult], *, answered: bool) -> None:
        told.extend(results)
        asked(results, answered=answered)

    world.oracle.asked = noting  # type: ignore[method-assign]

    def once(passed: str, *kinds: str, likely: bool = False) -> str:
        happened = pass_(passed, *kinds, likely=likely)
        return fault.pop() if fault and passed == "results invoice" else happened

    world.faults.pass_ = once  # type: ignore[method-assign]
    assert world.send(INVOICES) is ExitCode.CLOUD_UNREACHABLE
    assert len(told) == 2
