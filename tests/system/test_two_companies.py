"""Two companies whose legal entities have bills of equal ids and numbers: what one has is never the other's."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from app.cloud.port import DocumentKind
from app.credentials import KeyringCredentials
from app.domain.invoices import Invoice
from app.engine.work import SyncOptions, send, sync, undo
from app.errors import ExitCode
from tests.system.commands import in_sage
from tests.system.desk import Desk

OTHER = "XYZ"
KIND = DocumentKind.INVOICE


@pytest.fixture
def desks(desk: Desk) -> tuple[Desk, Desk]:
    """A company, and another one with the same vendors and orders in the same Sage 100 and in one store."""
    world = replace(desk.world, company=OTHER)
    shutil.copyfile(desk.world.sage_file, world.sage_file)
    with closing(sqlite3.connect(world.sage_file)) as sage, sage:
        sage.execute("UPDATE SY_Company SET CompanyCode = ?", (OTHER,))
    with closing(sqlite3.connect(world.cloud_file)) as cloud, cloud:
        cloud.execute("INSERT INTO legal_entities SELECT 'le-west', 'Harborline West', currency FROM legal_entities")
        cloud.execute("INSERT INTO rights SELECT client_id, 'le-west' FROM rights")
    for name, secret in world.secrets().items():
        KeyringCredentials().put(name, secret)
    company = replace(
        desk.company, code=OTHER, name="Harborline West", cloud=replace(desk.company.cloud, legal_entity="le-west")
    )
    desk.home.save(desk.home.load().with_company(company))
    return desk, Desk(world, desk.company.cloud.url)


def statuses(desk: Desk) -> dict[str, str]:
    return {id_: each["status"] for id_, each in desk.cloud(KIND).items() if id_.startswith("bill-")}


def bills(desk: Desk, amount: str) -> list[Invoice]:
    made = [desk.bill(f"bill-{place}", amount=Decimal(amount)) for place in (1, 2)]
    return [replace(each, lines=(replace(each.lines[0], amount=each.amount),)) for each in made]


def test_bills_of_equal_ids_and_numbers_go_each_to_its_own_company(desks: tuple[Desk, Desk]) -> None:
    amounts = {"ABC": "100.00", OTHER: "70.00"}
    sent = {}
    for desk in desks:
        made = bills(desk, amounts[desk.company.code])
        desk.add(made)
        sent[desk.company.code] = desk.send(made)
    for desk in desks:
        code = desk.company.code
        assert sent[code].code is ExitCode.DONE
        assert in_sage(desk.description) == dict.fromkeys(("bill-1", "bill-2"), (1, Decimal(amounts[code])))
        assert statuses(desk) == {"bill-1": "EX", "bill-2": "EX"}
        assert all(each["external_id"].startswith(f"{code}:") for each in desk.cloud(KIND).values() if each["run"])


def test_what_is_undone_and_sent_anew_for_one_company_stays_as_it_is_in_the_other(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    for desk in desks:
        desk.add(bills(desk, "100.00"))
        assert desk.send(bills(desk, "100.00")).code is ExitCode.DONE
    assert other.run("undo", undo(KIND, None, ["bill-1"])).code is ExitCode.DONE
    assert (set(in_sage(one.description)), set(in_sage(other.description))) == ({"bill-1", "bill-2"}, {"bill-2"})
    assert (statuses(one)["bill-1"], statuses(other)["bill-1"]) == ("EX", "A")
    other.admin("PATCH", "invoices/bill-1", number="RENUMBERED")
    other.admin("POST", "invoices/bill-1/mark-for-export")
    for desk in (other, one):
        assert desk.run("sync", sync(SyncOptions())).code in (ExitCode.DONE, ExitCode.NEEDS_USER)
        desk.run("send", send(KIND, None))
    for desk in desks:
        assert in_sage(desk.description) == dict.fromkeys(("bill-1", "bill-2"), (1, Decimal("100.00")))
        assert statuses(desk) == {"bill-1": "EX", "bill-2": "EX"}


def test_a_run_of_one_company_is_not_undone_from_the_other(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    one.add(bills(one, "100.00"))
    sent = one.send(bills(one, "100.00"))
    refused = other.run("undo", undo(None, sent.run, []))
    assert refused.code is ExitCode.USAGE
    assert set(in_sage(one.description)) == {"bill-1", "bill-2"}
    assert statuses(one) == {"bill-1": "EX", "bill-2": "EX"}
