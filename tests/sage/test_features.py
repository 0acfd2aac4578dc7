"""What a driver can do is found out by asking it, and kept for its version."""

from contextlib import nullcontext
from dataclasses import replace

import orjson
import pyodbc
import pytest

from app.errors import BridgeError, NeedsUser, RetryLater
from app.sage.dialect import PROVIDEX, SQL_SERVER, RowLimit
from app.sage.features import Features, detect, learn
from app.settings import SageSettings

SETTINGS = SageSettings("sage", "C:\\Sage\\MAS90", "BRIDGE")
SYNTAX = pyodbc.ProgrammingError("42000", "[42000] [ProvideX][ODBC Driver]Unexpected extra token: ?")
HIDDEN = pyodbc.Error("HY000", "[HY000] [ProvideX][ODBC Driver][FILEIO]Table is not accessible")
LOST = pyodbc.OperationalError("08S01", "[08S01] Communication link failure")


class Driver:
    """A driver that refuses what holds one of `refused`; a callable there says what to raise, or nothing."""

    def __init__(self, refused=(), *, rows=(("00", None), ("01", None)), version="04.40"):
        self.refused = dict.fromkeys(refused, SYNTAX) if not isinstance(refused, dict) else refused
        self.rows = list(rows)
        self.version = version
        self.asked = []
        self.cursors = 0
        self.blind = False

    def cursor(self):
        self.cursors += 1
        return Cursor(self)

    def close(self):
        pass

    def getinfo(self, number):
        return {6: "PVXODBC.DLL", 7: self.version, 17: "ProvideX", 18: "04.40"}[number]


class Cursor:
    def __init__(self, driver):
        self.driver = driver
        self.rows = []

    def execute(self, sql, *values):
        self.driver.asked.append(sql)
        for part, error in self.driver.refused.items():
            if part in sql:
                raise error
        one = "TOP 1 " in sql or "LIMIT 1" in sql
        blind = self.driver.blind and "?" in sql
        self.rows = [] if blind else self.driver.rows[:1] if one else self.driver.rows

    def fetchmany(self, size):
        return self.rows[:size]

    def close(self):
        self.driver.cursors -= 1


def found(driver, dialect=PROVIDEX):
    features = detect(driver, dialect, nullcontext)
    assert driver.cursors == 0
    return features


def test_a_driver_that_takes_everything_uses_top():
    assert found(Driver()) == Features(RowLimit.TOP, binds=True, day_literals=True, shows_as_text=True)


@pytest.mark.parametrize(
    ("refused", "limit"), [(["TOP"], RowLimit.LIMIT), (["TOP", "LIMIT"], RowLimit.NONE), (["LIMIT"], RowLimit.TOP)]
)
def test_the_row_limit_is_the_first_that_is_taken(refused, limit):
    assert found(Driver(refused)).row_limit is limit


def test_a_row_limit_that_is_taken_and_not_kept_is_none():
    class Deaf(Driver):
        def cursor(self):
            self.cursors += 1
            cursor = Cursor(self)
            cursor.fetchmany = lambda size: self.rows[:size]
            return cursor

    assert found(Deaf()).row_limit is RowLimit.NONE


@pytest.mark.parametrize("error", [SYNTAX, pyodbc.Error("07002", "[07002] 0 parameters expected, 1 given")])
def test_a_driver_without_markers_is_given_literals(error):
    assert found(Driver({"= ?": error})).binds is False


def test_a_driver_that_finds_nothing_with_a_marker_is_given_literals():
    driver = Driver()
    driver.blind = True
    assert found(driver).binds is False


def test_an_empty_table_says_nothing_against_markers():
    assert found(Driver(rows=())).binds is True


def test_days_are_plain_text_where_the_escape_is_refused():
    refused = {"{d '": pyodbc.DataError("22018", "[22018] Conversion error")}
    assert found(Driver(refused)).day_literals is False


def test_days_stay_as_usual_where_nothing_is_taken():
    assert found(Driver({"DateUpdated >=": SYNTAX})).day_literals is True


def test_without_a_way_to_see_raw_values_none_is_used():
    assert found(Driver(["CONVERT"])).of(PROVIDEX).as_text("InvoiceDate") == ""
    assert found(Driver(["{fn"]), SQL_SERVER).of(SQL_SERVER).as_text("X") == "CONVERT(varchar(30), X, 126)"


def test_another_table_is_asked_when_the_first_is_hidden():
    driver = Driver({"AP_Division": HIDDEN, "TOP": SYNTAX})
    assert found(driver).row_limit is RowLimit.LIMIT


def test_without_any_table_the_usual_is_assumed_and_not_kept(tmp_path):
    driver = Driver({"SELECT": HIDDEN})
    file = tmp_path / "features.json"
    assert learn(driver, PROVIDEX, SETTINGS, file, nullcontext) == PROVIDEX
    assert not file.exists()


@pytest.mark.parametrize("part", ["TOP", "?", "{d '", "CONVERT", "SELECT"])
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LOST, RetryLater),
        (pyodbc.OperationalError("HYT00", "Timeout expired"), RetryLater),
        (pyodbc.OperationalError("08004", "The system is in single-user mode"), RetryLater),
        (pyodbc.InterfaceError("28000", "[PVKIO]Logon failed"), NeedsUser),
    ],
)
def test_trouble_with_sage_is_no_answer(tmp_path, part, error, kind):
    file = tmp_path / "features.json"
    with pytest.raises(kind):
        learn(Driver({part: error}), PROVIDEX, SETTINGS, file, nullcontext)
    assert not file.exists()


def test_a_connection_that_breaks_without_a_word_teaches_nothing(tmp_path):
    class Breaking(Driver):
        def cursor(self):
            if self.asked:
                raise pyodbc.Error("HY000", "[HY000] The driver has gone")
            return super().cursor()

    file = tmp_path / "features.json"
    with pytest.raises(BridgeError):
        learn(Breaking(), PROVIDEX, SETTINGS, file, nullcontext)
    assert not file.exists()


def test_a_known_version_is_not_asked_again(tmp_path):
    file = tmp_path / "features.json"
    first = learn(Driver(["TOP", "= ?"]), PROVIDEX, SETTINGS, file, nullcontext)
    again = Driver()
    assert learn(again, PROVIDEX, SETTINGS, file, nullcontext) == first
    assert first == replace(PROVIDEX, row_limit=RowLimit.LIMIT, binds=False)
    assert again.asked == []


@pytest.mark.parametrize(
    ("settings", "version"),
    [
        (SETTINGS, "05.00"),
        (replace(SETTINGS, location="D:\\Other\\MAS90"), "04.40"),
        (replace(SETTINGS, dsn="Own"), "04.40"),
        (replace(SETTINGS, remote_host="mas"), "04.40"),
        (replace(SETTINGS, kind="premium", server="sql"), "04.40"),
    ],
)
def test_another_version_or_place_is_asked_for_itself(tmp_path, settings, version):
    file = tmp_path / "features.json"
    learn(Driver(["TOP"]), PROVIDEX, SETTINGS, file, nullcontext)
    other = learn(Driver(version=version), PROVIDEX, settings, file, nullcontext)
    assert other.row_limit is RowLimit.TOP
    kept = Driver()
    assert learn(kept, PROVIDEX, SETTINGS, file, nullcontext).row_limit is RowLimit.LIMIT
    assert kept.asked == []


def test_neither_user_nor_password_is_in_the_file(tmp_path):
    file = tmp_path / "features.json"
    learn(Driver(), PROVIDEX, replace(SETTINGS, sql_user="login"), file, nullcontext)
    text = file.read_text("utf-8")
    assert "PVXODBC.DLL | 04.40" in text
    assert "BRIDGE" not in text
    assert "login" not in text


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"7", b'{"x": 1}', b'{"x": {"row_limit": "sideways"}}', b'{"x": {"binds": true}}', b"\xff"],
)
def test_a_damaged_file_is_asked_anew_and_mended(tmp_path, damage):
    file = tmp_path / "features.json"
    file.write_bytes(damage)
    assert learn(Driver(), PROVIDEX, SETTINGS, file, nullcontext).row_limit is RowLimit.TOP
    assert len(orjson.loads(file.read_bytes())) == 1


def test_a_file_that_cannot_be_written_is_no_error(tmp_path):
    file = tmp_path / "missing" / "features.json"
    assert learn(Driver(), PROVIDEX, SETTINGS, file, nullcontext).row_limit is RowLimit.TOP


@pytest.mark.parametrize("told", ["without", "refusing", "blank"])
def test_a_driver_that_does_not_tell_its_version_is_asked_each_time(tmp_path, told):
    class Silent(Driver):
        def getinfo(self, number):
            if told == "refusing":
                raise pyodbc.Error("HY096", "[HY096] Information type out of range")
            return ""

    file = tmp_path / "features.json"
    driver = Silent(["TOP"])
    if told == "without":
        driver.getinfo = None
    for _ in range(2):
        driver.asked.clear()
        assert learn(driver, PROVIDEX, SETTINGS, file, nullcontext).row_limit is RowLimit.LIMIT
        assert driver.asked
    assert not file.exists()


def test_a_connection_lost_while_telling_its_version_is_trouble(tmp_path):
    class Lost(Driver):
        def getinfo(self, number):
            raise LOST

    with pytest.raises(RetryLater) as caught:
        learn(Lost(), PROVIDEX, SETTINGS, tmp_path / "features.json", nullcontext)
    assert caught.value.code == "sage-unreachable"
