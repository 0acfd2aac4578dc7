"""The simulation's Quadient AP answers as the demo's server does through the real client, call for call."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import requests

from app.cloud.https import HttpsCloud
from app.cloud.port import DocumentKind, DocumentResult, LegalEntity, Move, Outcome
from app.domain.codec import plain
from app.errors import BridgeError
from app.sandbox.server import rules
from app.sandbox.server.serve import ServerThread
from app.sandbox.server.state import create_server_state
from app.settings import CloudSettings
from tests.simulation.sending.cloud import ENTITY, Document, SimulatedCloud
from tests.simulation.sending.faults import Faults
from tests.simulation.sending.test_every_step import BILL, PAYMENT

STORIES = 20
STEPS = 25
SECRET = "only-for-this-test"
FOLDERS = {DocumentKind.INVOICE: "invoices", DocumentKind.PAYMENT: "payments"}


class Served:
    """The demo's server, and the client of its contract."""

    def __init__(self, url: str) -> None:
        self._admin = requests.Session()
        self._url = f"{url}/_sandbox"
        unasked = Random(0)  # noqa: S311  # repeatable, no secret
        self.port = HttpsCloud(CloudSettings(url, "c", ENTITY), SECRET, sleep=_no_second_try, random=unasked)

    def file(self, kind: DocumentKind, document: Document) -> None:
        self._admin.post(f"{self._url}/{FOLDERS[kind]}", json=plain(document)).raise_for_status()

    def person(self, kind: DocumentKind, id_: str, action: str) -> bool:
        return self._admin.post(f"{self._url}/{FOLDERS[kind]}/{id_}/{action}").status_code == 200

    def edit(self, kind: DocumentKind, id_: str, document: Document) -> bool:
        changed = self._admin.patch(f"{self._url}/{FOLDERS[kind]}/{id_}", json=plain(document))
        return changed.status_code == 200

    def close(self) -> None:
        self.port.close()
        self._admin.close()


class InMemory:
    """The simulation's, used as the demo's."""

    def __init__(self) -> None:
        faults = Faults(Random(0))  # noqa: S311  # repeatable, no secret
        faults.begin_run(on=False)
        self.port = SimulatedCloud(faults, Random(0))  # noqa: S311  # repeatable, no secret

    def file(self, kind: DocumentKind, document: Document) -> None:
        self.port.file(kind, document)

    def person(self, _kind: DocumentKind, id_: str, action: str) -> bool:
        return self.port.person(id_, action)

    def edit(self, _kind: DocumentKind, id_: str, document: Document) -> bool:
        return self.port.edit(id_, document)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("cloud") / "cloud.sqlite"
    create_server_state(
        file, client_id="c", client_secret=SECRET, legal_entity=LegalEntity(ENTITY, "Simulated Supply", "USD")
    ).close()
    with ServerThread(file) as server:
        side = Served(server.url)
        yield side
        side.close()


@pytest.mark.parametrize("seed", range(STORIES))
def test_both_answer_the_same(served: Served, seed: int) -> None:
    random = Random(seed)  # noqa: S311  # repeatable, no secret
    sides: tuple[Any, Any] = (InMemory(), served)
    documents: dict[str, tuple[DocumentKind, Document]] = {}
    for place in range(3):
        kind, like = random.choice(((DocumentKind.INVOICE, BILL), (DocumentKind.PAYMENT, PAYMENT)))
        document: Document = replace(like, id=f"{like.id}-{seed}-{place}")
        documents[document.id] = kind, document
        for side in sides:
            side.file(kind, document)
    for step in range(STEPS):
        id_ = random.choice(list(documents))
        kind, document = documents[id_]
        act = random.choice(("results", "results", "results", "move", "person", "person", "edit"))
        if act == "results":
            call = _call(random, seed, kind, [each for each, (its, _) in documents.items() if its is kind])
            told = [_answer(side.port.send_results, kind, *call) for side in sides]
        elif act == "move":
            move, ids = random.choice(list(Move)), [id_, "nobody"]
            known_as = {id_: random.choice(("", "SIM:1", "SIM:2"))} if move is Move.MARK_AS_EXPORTED else {}
            versions = {id_: random.choice(("", "1", "2"))}
            key = f"move-{seed}-{kind}-{random.randint(1, 6)}"
            told = [_answer(side.port.move, kind, ids, move, "run-3", key, known_as, versions) for side in sides]
        elif act == "person":
            action = random.choice(list(rules.MOVES[kind]))
            told = [side.person(kind, id_, action) for side in sides]
        else:
            documents[id_] = kind, replace(document, amount=document.amount + Decimal("0.01"))
            told = [side.edit(kind, id_, documents[id_][1]) for side in sides]
            documents[id_] = documents[id_] if told[0] else (kind, document)
        assert told[0] == told[1], (seed, step, act)
        assert _shown(sides[0], documents) == _shown(sides[1], documents), (seed, step, act)


def _call(random: Random, seed: int, kind: DocumentKind, ids: list[str]) -> tuple[list[DocumentResult], str]:
    """Make results, often such as were sent before; few keys, so that some are used again."""
    results = []
    for id_ in random.sample([*ids, "nobody"], random.randint(1, len(ids))):
        run = random.choice(("run-1", "run-2"))
        about = (f"result-{seed}-{kind}-{random.randint(1, 12)}", id_, random.choice(("1", "1", "2", "3")), run)
        if random.random() < 0.6:
            number = random.choice(("1", "1", "2"))
            results.append(DocumentResult(*about, Outcome.EXPORTED, external_id=f"SIM:{number}"))
        else:
            results.append(DocumentResult(*about, Outcome.SYNC_ERROR, code="sage-refused", message="No.", fix="Fix."))
    return results, f"key-{seed}-{kind}-{random.randint(1, 8)}"


def _answer(ask: Callable[..., Any], *call: Any) -> Any:
    try:
        return list(ask(*call))
    except BridgeError as error:
        return type(error).__name__


def _shown(side: Any, documents: dict[str, tuple[DocumentKind, Document]]) -> Any:
    """Return all that the port shows of these documents."""
    port = side.port
    return (
        [each for each in (*port.ready_invoices(), *port.ready_payments()) if each.id in documents],
        {id_: port.document(kind, id_) for id_, (kind, _) in documents.items()},
        [
            each
            for kind in DocumentKind
            for run in ("run-1", "run-2")
            for each in port.documents_of_run(kind, run)
            if each.id in documents
        ],
        port.document(DocumentKind.INVOICE, "nobody"),
        [each for kind in DocumentKind for each in port.exported(kind) if each.document.id in documents],
        list(port.legal_entities()),
    )


def _no_second_try(_seconds: float) -> None:
    raise AssertionError("the server did not answer at once")
