"""The tables as this Sage describes them, whatever the case of the names."""

from collections import namedtuple
from contextlib import nullcontext

import pyodbc
import pytest

from app.errors import RetryLater
from app.sage.catalogue import Catalogue

Row = namedtuple("Row", "table_schem table_name column_name type_name column_size")


class Described:
    """A connection whose catalogue holds `rows`; like a driver, it finds a table only as it is spelled there."""

    def __init__(self, rows, identifier_case=None):
        self.rows = rows
        self.identifier_case = identifier_case
        self.asked = []

    def cursor(self):
        return self

    def columns(self, table):
        self.asked.append(table)
        return [row for row in self.rows if len(row.table_name) == len(table) and row.table_name[:2] == table[:2]]

    def close(self):
        pass

    def getinfo(self, number):
        assert number == 28
        if isinstance(self.identifier_case, Exception):
            raise self.identifier_case
        return self.identifier_case


def columns(table, *names, schema=None, size=10):
    return [Row(schema, table, name, "VARCHAR", size) for name in names]


def test_a_column_is_found_however_it_is_spelled():
    found = Catalogue(Described(columns("AP_Vendor", "VendorNo", "UDF_X")), nullcontext).columns("AP_Vendor")
    assert found["VENDORNO"] == found["vendorno"] == 10
    assert "VendorNo" in found
    assert "VendorName" not in found
    assert found.get("VendorName") is None
    assert list(found) == ["VendorNo", "UDF_X"]
    assert len(found) == 2


def test_a_database_that_keeps_small_letters_is_asked_in_them():
    described = Described(columns("ap_vendor", "vendorno"), identifier_case=2)
    catalogue = Catalogue(described, nullcontext)
    assert catalogue.columns("AP_Vendor")["VendorNo"] == 10
    assert catalogue.columns("AP_VENDOR")["VendorNo"] == 10
    assert described.asked == ["AP_Vendor", "ap_vendor"]


@pytest.mark.parametrize("told", [None, 3, pyodbc.Error("HY096", "Information type out of range")])
def test_a_table_that_is_not_there_has_no_columns(told):
    catalogue = Catalogue(Described(columns("AP_Vendor", "VendorNo"), identifier_case=told), nullcontext)
    assert not catalogue.columns("GL_Bank")


def test_a_table_of_a_similar_name_is_another():
    assert not Catalogue(Described(columns("APXVendor", "VendorNo")), nullcontext).columns("AP_Vendor")


def test_sages_own_table_is_told_from_a_copy_beside_it():
    rows = columns("AP_Vendor", "VendorNo", "Odd", schema="backup", size=7)
    rows += columns("AP_Vendor", "VendorNo", schema="dbo", size=9)
    assert dict(Catalogue(Described(rows), nullcontext).columns("AP_Vendor")) == {"VendorNo": 9}


def test_a_connection_that_is_lost_is_no_missing_table():
    lost = pyodbc.OperationalError("08S01", "Communication link failure")
    with pytest.raises(RetryLater):
        Catalogue(Described([], identifier_case=lost), nullcontext).columns("AP_Vendor")
