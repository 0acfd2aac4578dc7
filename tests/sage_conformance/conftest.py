"""One company for all drivers: the demo's small one with a few rows of the suite's own, and every driver in turn."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from app.sandbox.company import Scale, create_company
from tests.sage_conformance import postgresql
from tests.sage_conformance.subjects import (
    DRIVERS,
    Driver,
    Subject,
    altered,
    connect_postgresql,
    connect_sage,
    connect_sqlite,
    needs_the_demo_content,
    real_sage,
)

TODAY = date(2026, 3, 2)

# Beside the demo's rows: codes that people and machines sort apart, numbers at both ends of their columns, fresh
# changes, unposted entries against an open invoice and an order.
_FURTHER_ROWS = (
    "INSERT INTO CI_Item (ItemCode, ItemCodeDesc, ItemType, StandardUnitCost) VALUES "
    "('aa 1', 'small letters', '1', 123456789.123456), ('AB-2', 'CAPITALS', '1', 0.000001), "
    "('Ab_3', 'both', '1', -0.5), ('\u00c9-10', 'E with an accent', '1', 0)",
    "UPDATE CI_Item SET DateUpdated = '2026-02-20' WHERE ItemCode IN ('AB-2', 'aa 1', '\u00c9-10')",
    "UPDATE GL_Account SET DateUpdated = '2026-02-27' WHERE AccountKey IN "
    "(SELECT AccountKey FROM GL_Account ORDER BY AccountKey LIMIT 2)",
    "INSERT INTO AP_ManualCheckHeader (BankCode, CheckNo, CheckDate, APDivisionNo, VendorNo, CheckType, BatchNo) "
    "SELECT bank, number, '2026-03-01', APDivisionNo, VendorNo, type, '00005' FROM (SELECT 'A' AS bank, "
    "'QP00000001' AS number, 'N' AS type UNION ALL SELECT 'B', 'QP00000002', 'N' UNION ALL SELECT 'B', 'QP00000003', "
    "'V') CROSS JOIN (SELECT * FROM AP_OpenInvoice WHERE Balance > 20 ORDER BY InvoiceNo, VendorNo LIMIT 1)",
    "INSERT INTO AP_ManualCheckDetail (BankCode, CheckNo, LineKey, InvoiceNo, InvoiceAmt, DiscountAmt) "
    "SELECT BankCode, CheckNo, '000001', (SELECT InvoiceNo FROM AP_OpenInvoice WHERE Balance > 20 "
    "ORDER BY InvoiceNo, VendorNo LIMIT 1), 12.34, 0.66 FROM AP_ManualCheckHeader WHERE CheckNo LIKE 'QP%'",
    "INSERT INTO PO_ReceiptDetail (ReceiptType, ReceiptNo, LineKey, PurchaseOrderLineKey, QuantityInvoiced) "
    "SELECT 'I', '900001', '000002', MIN(LineKey), 1.25 FROM PO_PurchaseOrderDetail WHERE PurchaseOrderNo = "
    "(SELECT PurchaseOrderNo FROM PO_ReceiptHeader WHERE ReceiptType = 'I' AND ReceiptNo = '900001')",
)


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's SQLite file, never changed."""
    folder = tmp_path_factory.mktemp("conformance")
    plain = folder / "demo.sqlite"
    create_company(plain, code="ABC", seed=7, scale=Scale.SMALL, password="pw", user="BRIDGE", today=TODAY)
    return altered(plain, folder / "company.sqlite", _FURTHER_ROWS)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgresql.Cluster]:
    """The tests' own PostgreSQL."""
    with postgresql.private_cluster() as running:
        yield running


Hold = Callable[[Driver, Path, postgresql.Cluster | None], Subject]


@pytest.fixture(scope="session")
def hold(tmp_path_factory: pytest.TempPathFactory) -> Hold:
    """Give a SQLite company to a driver. The same company in the same kind of database is loaded once."""
    folder = tmp_path_factory.mktemp("twins")
    numbers = count(1)
    loaded: dict[tuple[Path, str], tuple[str, Path]] = {}

    def held(driver: Driver, company: Path, cluster: postgresql.Cluster | None) -> Subject:
        if driver.kind is None or cluster is None:
            return Subject(driver, lambda: connect_sqlite(driver, company), company)
        if (company, driver.kind.name) not in loaded:
            twin = folder / f"{next(numbers)}.sqlite"
            postgresql.make_twin(company, twin, driver.kind)
            loaded[company, driver.kind.name] = cluster.filled(driver.kind, twin), twin
        database, twin = loaded[company, driver.kind.name]

        def drop() -> None:
            del loaded[company, driver.kind.name]
            cluster.drop(database)

        return Subject(driver, lambda: connect_postgresql(driver, cluster.port, database), twin, drop=drop)

    return held


@pytest.fixture(scope="session")
def sage_driver() -> Driver:
    """The real Sage 100's driver, asked once what it can do."""
    return real_sage()


@pytest.fixture(params=DRIVERS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """The company through one driver after the other; what is not installed here is skipped by name."""
    driver = DRIVERS[request.param]
    if lacks := driver.missing():
        pytest.skip(lacks)
    if not driver.driver:
        made = [Subject(request.getfixturevalue("sage_driver"), connect_sage, None)]
    else:
        # Asked for late: where only SQLite is installed, no server is started.
        content, hold = request.getfixturevalue("content"), request.getfixturevalue("hold")
        cluster = request.getfixturevalue("cluster") if driver.kind else None

        def change(statements: Sequence[str]) -> Subject:
            made.append(hold(driver, altered(content, tmp_path / f"{len(made)}.sqlite", statements), cluster))
            return made[-1]

        made = [hold(driver, content, cluster)]
        made[0].change = change
    yield made[0]
    for each in made:
        each.close()
    for each in made[1:]:
        each.drop()


@pytest.fixture
def demo(subject: Subject) -> Subject:
    """The same, for tests that need the demo company's rows."""
    needs_the_demo_content(subject)
    return subject
