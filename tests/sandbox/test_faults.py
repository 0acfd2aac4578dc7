"""Fault switches: kept in a file that both sides read, counted by call, and deadly when asked."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.faults import ODBC, Faults, Switches
from tests.sandbox.conftest import CODE, PASSWORD, USER

Rows = Callable[..., list[tuple[Any, ...]]]
# A program of its own: sign in, then write one invoice.
WRITER = f"""
import sys
from app.sandbox.business_objects import dispatch_sandbox

class Reference:
    value = ""

location = sys.argv[1]
script = dispatch_sandbox(location)("ProvideX.Script")
script.Init(location)
session = script.NewObject("SY_Session")
session.nSetUser({USER!r}, {PASSWORD!r})
session.nSetCompany({CODE!r})
session.nSetDate("A/P", "20261124")
session.nSetModule("A/P")
session.nSetProgram(session.nLookupTask("AP_Invoice_ui"))
bus = script.NewObject("AP_Invoice_bus", session)
bus.nSelectBatch("00012")
for column, value in (("APDivisionNo$", "00"), ("VendorNo$", "0001010"), ("InvoiceNo$", "KILL-1")):
    bus.nSetKeyValue(column, value)
bus.nSetKey()
bus.nSetValue("InvoiceDate$", "20261120")
bus.nSetValue("InvoiceAmt", 10.0)
bus.oLines.nAddLine()
bus.oLines.nSetValue("AccountKey$", "000000047")
bus.oLines.nSetValue("DistributionAmt", 10.0)
bus.oLines.nWrite()
assert bus.nWrite() == 1, bus.sLastErrorMsg
print("written", flush=True)
"""
READER = f"""
import sys
from app.sandbox.odbc import connect_sandbox
from app.settings import SageSettings

connection = connect_sandbox(SageSettings("demo", sys.argv[1], {USER!r}), {CODE!r}, {PASSWORD!r})
print("connected", flush=True)
connection.cursor().execute("SELECT VendorNo FROM AP_Vendor")
print("answered", flush=True)
"""


def start(program: str, location: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", program, str(location)], stdout=subprocess.PIPE, text=True)


def run(program: str, location: Path) -> tuple[int, str]:
    with start(program, location) as process:
        said, _ = process.communicate(timeout=60)
        return process.returncode, said


def invoice_rows(rows: Rows) -> tuple[int, int]:
    ((headers,),) = rows("SELECT COUNT(*) FROM AP_InvoiceHeader WHERE InvoiceNo = 'KILL-1'")
    ((lines,),) = rows("SELECT COUNT(*) FROM AP_InvoiceDetail WHERE InvoiceNo = 'KILL-1'")
    return headers, lines


def test_without_a_file_everything_works(tmp_path: Path) -> None:
    assert Faults.load(tmp_path).now == Switches()


def test_a_switch_is_seen_by_who_has_loaded_before(tmp_path: Path) -> None:
    before, after = Faults.load(tmp_path), Faults.load(tmp_path)
    after.set("single_user_mode", True)
    after.set("table_missing", ["IM_Warehouse"])

    assert before.now == Switches(single_user_mode=True, table_missing=("IM_Warehouse",))
    after.clear()
    assert before.now == Switches()


def test_an_unknown_switch_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no fault “tea_break”.*single_user_mode"):
        Faults.load(tmp_path).set("tea_break", True)


def test_a_value_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a valid Switches"):
        Faults.load(tmp_path).set("hang", 5)


def test_calls_are_counted_by_layer(tmp_path: Path) -> None:
    faults = Faults.load(tmp_path)
    faults.call(ODBC)
    faults.call(ODBC)

    assert faults.calls(ODBC) == 2
    assert faults.calls("bo") == 0


def test_a_connection_breaks_at_the_call_that_was_named(tmp_path: Path) -> None:
    faults = Faults.load(tmp_path)
    faults.set("break_at", {"AP_Vendor": 2})

    assert [faults.call(ODBC), faults.call("AP_Vendor"), faults.call(ODBC), faults.call("AP_Vendor")] == [
        False, False, False, True,
    ]  # fmt: skip


def test_an_unknown_kind_of_garbage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        Faults.load(tmp_path).set("garbage", {"AP_Vendor": "banana_peel"})


def test_an_undisturbed_program_writes_its_invoice(location: Path, rows: Rows) -> None:
    assert run(WRITER, location) == (0, "written\n")
    assert invoice_rows(rows) == (1, 1)


@pytest.mark.parametrize(
    ("layer", "call", "left"),
    [("bo", 10, (0, 0)), ("bo-before-commit", 1, (0, 0)), ("bo-after-commit", 1, (1, 1))],
)
def test_a_killed_writer_leaves_all_or_nothing(
    location: Path, faults: Faults, rows: Rows, layer: str, call: int, left: tuple[int, int]
) -> None:
    faults.set("die_at", {layer: call})

    code, said = run(WRITER, location)
    assert code != 0
    assert said == ""
    assert invoice_rows(rows) == left


def test_a_reader_dies_at_the_call_that_was_named(location: Path, faults: Faults) -> None:
    faults.set("die_at", {"odbc": 2})

    code, said = run(READER, location)
    assert code != 0
    assert said == "connected\n"


@pytest.mark.parametrize(
    ("switch", "place"), [("hang", "odbc"), ("hang", "bo"), ("hang_at", {"odbc": 1}), ("hang_at", {"bo": 3})]
)
def test_a_hanging_call_never_answers(location: Path, faults: Faults, switch: str, place: str | dict[str, int]) -> None:
    layer = place if isinstance(place, str) else next(iter(place))
    faults.set(switch, place)

    with start(READER if layer == "odbc" else WRITER, location) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=2)
        process.kill()
        said, _ = process.communicate()
    assert said == ""
