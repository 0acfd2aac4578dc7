"""Records of a list are found by what people read of them, in the order they ask for, and handed over as keys."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.domain.lists import ListName
from app.engine.records import By, Keys, RecordSearch, Wanted, Wording
from app.engine.store import BrokenOff, Store
from app.engine.views import Views

COMPANY = "ABC"
NOON, LATER = "2026-03-01T12:00:31.5+00:00", "2026-03-02T08:15:00+00:00"
RECORDS = (
    ("BOLT", "Steel bolt 100 % zinc", True, "acknowledged", "", "", NOON, "run-1"),
    ("CABLE", "Câble Éclair", False, "acknowledged", "", "", LATER, "run-2"),
    ("NUT", "ÉCROU_6", True, "refused", "The unit is unknown.", "Add it.", None, "run-2"),
    ("WIRE", "écrou à œil", True, "sending", "", "", NOON, "run-1"),
)


def changed(at: datetime | None) -> str:
    return at.strftime("%d/%m %H:%M") if at is not None else ""


WORDING = Wording(
    {True: "Active", False: "Dormant"}.__getitem__,
    lambda state: {"acknowledged": "In Quadient AP", "refused": "Set aside"}.get(state, state),
    changed,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite")
    insert = (
        "INSERT INTO checkpoints (company, list, key, description, active, state, reason, fix, acknowledged_at, run)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    made.write_many(insert, [(COMPANY, ListName.ITEM, *record) for record in RECORDS])
    made.write(insert, (COMPANY, ListName.VENDOR, "BOLT", "Bolt & Co", 1, "acknowledged", "", "", NOON, "run-1"))
    made.write(insert, ("XYZ", ListName.ITEM, "OTHER", "Steel bolt", 1, "acknowledged", "", "", NOON, "run-1"))
    yield made
    made.close()


@pytest.fixture
def search(store: Store) -> RecordSearch:
    return RecordSearch(store, COMPANY)


def found(search: RecordSearch, text: str = "", **wanted: object) -> list[str]:
    return list(search.keys(Wanted(ListName.ITEM, text, **wanted), WORDING))


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("", ["BOLT", "CABLE", "NUT", "WIRE"]),
        ("nut", ["NUT"]),
        ("STEEL", ["BOLT"]),
        ("écrou", ["NUT", "WIRE"]),
        ("ÉCROU", ["NUT", "WIRE"]),
        ("câble éclair", ["CABLE"]),
        ("œ", ["WIRE"]),
        ("dormant", ["CABLE"]),
        ("set", ["NUT"]),
        ("unknown", ["NUT"]),
        ("quadient bolt", ["BOLT"]),
        ("01/03", ["BOLT", "WIRE"]),
        ("08:15", ["CABLE"]),
        ("100 %", ["BOLT"]),
        ("%", ["BOLT"]),
        ("_6", ["NUT"]),
        ("'", []),
        ("!", []),
        ("bolt nowhere", []),
    ],
)
def test_every_word_is_looked_for_in_all_that_is_read_in_any_case(
    search: RecordSearch, typed: str, keys: list[str]
) -> None:
    assert found(search, typed) == keys
    assert [row.key for row in search.first(Wanted(ListName.ITEM, typed), WORDING, 10)] == keys


@pytest.mark.parametrize(
    ("by", "ascending", "descending"),
    [
        (By.KEY, ["BOLT", "CABLE", "NUT", "WIRE"], ["WIRE", "NUT", "CABLE", "BOLT"]),
        (By.DESCRIPTION, ["CABLE", "BOLT", "WIRE", "NUT"], ["NUT", "WIRE", "BOLT", "CABLE"]),
        (By.STATUS, ["BOLT", "NUT", "WIRE", "CABLE"], ["CABLE", "BOLT", "NUT", "WIRE"]),
        (By.STATE, ["BOLT", "CABLE", "WIRE", "NUT"], ["NUT", "WIRE", "BOLT", "CABLE"]),
        (By.CHANGED, ["NUT", "BOLT", "WIRE", "CABLE"], ["CABLE", "BOLT", "WIRE", "NUT"]),
        (By.REASON, ["BOLT", "CABLE", "WIRE", "NUT"], ["NUT", "BOLT", "CABLE", "WIRE"]),
    ],
)
def test_sorted_by_what_is_read_and_equal_ones_by_their_keys(
    search: RecordSearch, by: By, ascending: list[str], descending: list[str]
) -> None:
    assert found(search, by=by) == ascending
    assert found(search, by=by, descending=True) == descending


def test_capitals_with_accents_sort_as_their_small_letters(store: Store, search: RecordSearch) -> None:
    store.write("UPDATE checkpoints SET description = 'ÀB ÎLE' WHERE key = 'NUT'")
    store.write("UPDATE checkpoints SET description = 'àa ÉA' WHERE key = 'WIRE'")
    assert found(search, by=By.DESCRIPTION) == ["CABLE", "BOLT", "WIRE", "NUT"]


def test_only_what_a_run_touched_last_is_found(search: RecordSearch) -> None:
    assert found(search, run="run-2") == ["CABLE", "NUT"]
    assert found(search, "éc", run="run-2") == ["CABLE", "NUT"]
    assert found(search, "dormant", run="run-1") == []


def test_what_was_taken_since_is_found_by_its_time_once_the_store_is_opened_anew(store: Store, tmp_path: Path) -> None:
    views = Views(tmp_path / "store.sqlite", COMPANY)
    before = views.search()
    assert before is not None
    assert found(before, "09/09") == []
    store.write("UPDATE checkpoints SET acknowledged_at = '2026-09-09T09:09:00+00:00' WHERE key = 'NUT'")
    views.close()
    after = views.search()
    assert after is not None
    assert found(after, "09/09") == ["NUT"]
    views.close()


def test_few_records_are_read_in_full_in_the_order_asked_for(search: RecordSearch) -> None:
    nut, none, bolt = search.in_full(ListName.ITEM, ["NUT", "GONE", "BOLT"])
    assert nut is not None
    assert bolt is not None
    assert (nut.reason, nut.fix, nut.changed_at) == ("The unit is unknown.", "Add it.", None)
    assert (bolt.description, bolt.active) == ("Steel bolt 100 % zinc", True)
    assert none is None
    assert search.count(ListName.ITEM) == 4


def test_long_keys_are_handed_over_whole(store: Store, search: RecordSearch) -> None:
    long = "A VERY LONG ITEM CODE OF MANY É"
    store.write("UPDATE checkpoints SET key = ? WHERE key = 'BOLT'", (long,))
    keys = search.keys(Wanted(ListName.ITEM), WORDING)
    assert list(keys) == [long, "CABLE", "NUT", "WIRE"]
    assert [keys.place(key) for key in (long, "WIRE", "OTHER", "A VERY", "", long + "X")] == [
        0,
        3,
        None,
        None,
        None,
        None,
    ]


def test_keys_are_a_sequence() -> None:
    keys = Keys.of(["1", "11", "  1", "É-7"])
    assert len(keys) == 4
    assert (keys[0], keys[-1], keys[1:3], keys[3:9]) == ("1", "É-7", ["11", "  1"], ["É-7"])
    assert [keys.place(key) for key in ("1", "11", "  1", "É-7")] == [0, 1, 2, 3]
    assert not Keys()
    with pytest.raises(IndexError):
        keys[4]


def test_a_question_that_nobody_waits_for_is_broken_off_and_the_next_one_answered(tmp_path: Path, store: Store) -> None:
    superseded = False
    views = Views(tmp_path / "store.sqlite", COMPANY).for_a_thread(lambda: superseded)
    store.write_many(
        "INSERT INTO checkpoints (company, list, key, description, active, state, run)"
        " VALUES (?, ?, ?, 'x', 1, 'acknowledged', '')",
        ((COMPANY, ListName.ITEM, f"MANY{number}") for number in range(20_000)),
    )
    search = views.search()
    assert search is not None
    superseded = True
    with pytest.raises(BrokenOff):
        search.keys(Wanted(ListName.ITEM, "x"), WORDING)
    superseded = False
    assert len(search.keys(Wanted(ListName.ITEM, "many"), WORDING)) == 20_000
    views.close()


def test_without_a_store_there_is_nothing_to_search(tmp_path: Path) -> None:
    views = Views(tmp_path / "nowhere.sqlite", COMPANY)
    assert views.search() is None
    assert views.records(ListName.ITEM) == []
    assert not views.any_record()


def test_a_company_has_records_once_a_list_has_any(tmp_path: Path, store: Store) -> None:
    for company, has in ((COMPANY, True), ("NEW", False)):
        views = Views(tmp_path / "store.sqlite", company)
        assert views.any_record() is has
        views.close()


def test_accounts_are_called_by_number_and_name_as_far_as_they_are_known(tmp_path: Path, store: Store) -> None:
    insert = (
        "INSERT INTO checkpoints (company, list, key, description, active, state, run)"
        " VALUES (?, 'gl_account', ?, ?, 1, 'acknowledged', '')"
    )
    store.write_many(insert, [(COMPANY, "A1", "100-00 Cash"), (COMPANY, "A2", "")])
    views = Views(tmp_path / "store.sqlite", COMPANY)
    accounts = views.accounts()
    assert [accounts.get(key, key) for key in ("A1", "A2", "A3")] == ["100-00 Cash", "A2", "A3"]
    assert dict(accounts) == {"A1": "100-00 Cash"}
    views.close()
