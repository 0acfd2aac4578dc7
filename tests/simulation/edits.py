"""Random edits of a Sage company, as people, imports and Sage's own utilities make them, with all their untidiness."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from tests.simulation.tables import AMOUNTS, DAYS, LISTS, NO_NUMBER, QUANTITIES, TEXTS, YES_NO, ListKind

MOST_GONE = 18  # of one list, between two full passes: more than 20 would stop the list and ask
FEWEST_LEFT = 2


_WEIGHTS = {
    "vendor": 17, "gl_account": 11, "item": 13, "unit_measure": 3, "warehouse": 3, "bank_account": 2, "division": 2,
    "tax": 8, "order": 26, "payment": 15,
}  # fmt: skip


class Editor:
    """Makes one edit after the other; `trace` tells them, a line each."""

    def __init__(self, random: Random) -> None:
        self.trace: list[str] = []
        self._random = random
        self._gone: Counter[str] = Counter()

    def edit(self, database: sqlite3.Connection, when: datetime) -> None:
        """Make one edit; `when` is the time where Sage is."""
        self._db = database
        self._when = when
        how, self._stamp = self._draw_stamp()
        what = self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        if what in LISTS:
            done = self._edit_list(what, LISTS[what])
        else:
            done = {"tax": self._edit_tax, "order": self._edit_order, "payment": self._edit_payment}[what]()
        self.trace.append(f"{when:%Y-%m-%d %H:%M:%S %Z} {what}: {done}; stamp {how}")

    def _draw_stamp(self) -> tuple[str, tuple[object, str] | None]:
        """Return how the edit is stamped, and the day and the time (decimal hours) or None: it leaves none."""
        now = self._when
        how = self._random.choices(
            ("now", "left as it was", "an hour back", "midnight", "a second before midnight", "blank", "impossible",
             "a year old", "tomorrow"),
            (52, 16, 12, 4, 4, 4, 4, 2, 2),
        )[0]  # fmt: skip
        wall = now.replace(tzinfo=None)
        midnight = wall.replace(hour=0, minute=0, second=0)
        if how == "left as it was":
            return how, None
        if how == "blank":
            return how, (self._random.choice(("", None)), "")
        if how == "impossible":
            return how, (self._random.choice(("2026-02-30", "0000-00-00", "1753-01-01", "26-3-1")), "99.99999")
        shown = {
            "now": wall,
            "an hour back": wall - timedelta(hours=1),
            "midnight": midnight,
            "a second before midnight": midnight - timedelta(seconds=1),
            "a year old": wall - timedelta(days=365),
            "tomorrow": wall + timedelta(days=1),
        }[how]
        hours = (shown - shown.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(hours=1)
        return how, (shown.date().isoformat(), f"{hours:.5f}")

    # What every table needs.

    def _keys(self, table: str, columns: Sequence[str], where: str = "1", *values: object) -> list[tuple[str, ...]]:
        names = ", ".join(columns)
        return self._db.execute(f"SELECT {names} FROM {table} WHERE {where} ORDER BY {names}", values).fetchall()

    def _set(self, table: str, key: dict[str, object], **values: object) -> None:
        self._db.execute(
            f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in values)} WHERE {_where(key)}",
            (*values.values(), *key.values()),
        )

    def _put_stamp(self, table: str, key: dict[str, object]) -> None:
        if self._stamp is not None:
            self._set(table, key, DateUpdated=self._stamp[0], TimeUpdated=self._stamp[1])

    def _copy(self, table: str, key: dict[str, object], **values: object) -> None:
        """Insert copies of rows with other values in some columns."""
        columns = [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]
        taken = ", ".join("?" if column in values else column for column in columns)
        given = [values[column] for column in columns if column in values]
        self._db.execute(
            f"INSERT INTO {table} SELECT {taken} FROM {table} WHERE {_where(key)}", (*given, *key.values())
        )

    def _delete(self, table: str, key: dict[str, object]) -> None:
        self._db.execute(f"DELETE FROM {table} WHERE {_where(key)}", tuple(key.values()))

    def _may_go(self, name: str, left: int) -> bool:
        if self._gone[name] >= MOST_GONE or left <= FEWEST_LEFT:
            return False
        self._gone[name] += 1
        return True

    def _spelled(self, text: str) -> str:
        """Return `text` padded as Sage pads, now and then."""
        return text.ljust(50) if self._random.random() < 0.1 else text

    # Lists.

    def _edit_list(self, name: str, kind: ListKind) -> str:
        keys = self._keys(kind.table, kind.key)
        chosen = self._random.choice(keys)
        key = dict(zip(kind.key, chosen, strict=True))
        action = self._random.choices(("insert", "change", "status", "delete", "rename"), (18, 46, 12, 12, 12))[0]
        if action in ("delete", "rename") and not self._may_go(name, len(keys)):
            action = "change"
        if action in ("insert", "rename"):
            new = self._new_key(kind, keys)
            if new is None:
                action = "change"
        if action == "status" and kind.status is None:
            action = "change"
        if action == "insert":
            self._copy(kind.table, key, **new, **{kind.texts[0]: self._spelled(self._random.choice(TEXTS))})
            if kind.stamped:
                self._put_stamp(kind.table, new)
            return f"insert {_named(new)} like {_named(key)}"
        if action == "rename":
            return self._rename(kind, key, new)
        if action == "delete":
            self._delete(kind.table, key)
            return f"delete {_named(key)}"
        change = self._status(kind) if action == "status" else self._change(kind)
        self._set(kind.table, key, **change)
        if kind.stamped:
            self._put_stamp(kind.table, key)
        return f"change {_named(key)}: {change}"

    def _rename(self, kind: ListKind, key: dict[str, object], new: dict[str, object]) -> str:
        self._copy(kind.table, key, **new)
        self._delete(kind.table, key)
        if kind.stamped:
            self._put_stamp(kind.table, new)
        for table, columns in kind.dependants:
            old = dict(zip(columns, list(key.values())[: len(columns)], strict=True))
            self._set(table, old, **dict(zip(columns, new.values(), strict=True)))
        return f"rename {_named(key)} to {_named(new)}"

    def _new_key(self, kind: ListKind, keys: Sequence[tuple[str, ...]]) -> dict[str, object] | None:
        """Return a key that is free: a new one, one that was used before, or one that cannot be sent."""
        made = list(kind.new_keys(self._random.randrange(30)))
        if any(tuple(part.strip() for part in key) == tuple(made) for key in keys):
            return None
        spoilt = self._random.random()
        if kind.key[-1] in ("VendorNo", "ItemCode"):
            if spoilt < 0.05:
                made[-1] = f" {made[-1]}"
            elif spoilt < 0.15:
                made[-1] = f"{made[-1]}  "
        return dict(zip(kind.key, made, strict=True))

    def _status(self, kind: ListKind) -> dict[str, object]:
        assert kind.status is not None
        column, values = kind.status
        return {column: self._random.choice(values)}

    def _change(self, kind: ListKind) -> dict[str, object]:
        column = self._random.choice((*kind.texts, *kind.texts, *kind.others, *kind.unseen))
        if column in kind.others:
            return {column: self._random.choice(kind.others[column])}
        if column in kind.texts:
            return {column: self._spelled(self._random.choice(TEXTS))}
        return {column: str(self._random.randrange(1000))}

    # Taxes: the schedule's own table, its codes, and the rates of each code.

    def _edit_tax(self) -> str:
        schedules = self._keys("SY_SalesTaxSchedule", ["TaxSchedule"])
        schedule = {"TaxSchedule": self._random.choice(schedules)[0]}
        action = self._random.choice(
            ("insert", "describe", "rate", "rate", "flag", "add code", "drop code", "describe code", "delete", "rename",
             "class", "spoil")
        )  # fmt: skip
        if action == "delete" and self._may_go("tax", len(schedules)):
            self._delete("SY_SalesTaxSchedule", schedule)
            self._delete("SY_SalesTaxScheduleDetail", schedule)
            return f"delete {_named(schedule)}"
        if action in ("insert", "rename"):
            new = {"TaxSchedule": f"T{self._random.randrange(20)}"}
            if (new["TaxSchedule"],) not in schedules:
                return self._new_schedule(action, schedule, new, len(schedules))
        if action in ("rate", "flag", "spoil"):
            columns = ("TaxCode", "TaxClass")
            key = dict(zip(columns, self._random.choice(self._keys("SY_SalesTaxCodeDetail", columns)), strict=True))
            change: dict[str, object] = {"PurchasesTaxable": self._random.choice(YES_NO)}
            if action != "flag":
                rates = ("5.75", "0", 6.5, "1.234567") if action == "rate" else (NO_NUMBER,)
                change = {"TaxRate": self._random.choice(rates)}
            self._set("SY_SalesTaxCodeDetail", key, **change)
            return f"change {_named(key)}: {change}"
        if action in ("add code", "drop code"):
            return self._change_members(action, schedule)
        table, column = {
            "describe code": ("SY_SalesTaxCode", "TaxCode"),
            "class": ("SY_SalesTaxClass", "TaxClass"),
        }.get(action, ("SY_SalesTaxSchedule", "TaxSchedule"))
        key = {column: self._random.choice(self._keys(table, [column]))[0]}
        text = self._random.choice(TEXTS)
        self._set(table, key, **{f"{column}Desc": text})
        return f"change {_named(key)}: {text!r}"

    def _new_schedule(self, action: str, schedule: dict[str, object], new: dict[str, object], left: int) -> str:
        for table in ("SY_SalesTaxSchedule", "SY_SalesTaxScheduleDetail"):
            self._delete(table, new)
            self._copy(table, schedule, **new)
        if action == "rename" and self._may_go("tax", left):
            for table in ("SY_SalesTaxSchedule", "SY_SalesTaxScheduleDetail"):
                self._delete(table, schedule)
            self._set("AP_Vendor", schedule, **new)
            self._set("PO_PurchaseOrderHeader", schedule, **new)
            return f"rename {_named(schedule)} to {_named(new)}"
        return f"insert {_named(new)} like {_named(schedule)}"

    def _change_members(self, action: str, schedule: dict[str, object]) -> str:
        place = {**schedule, "ScheduleSeqNo": f"{self._random.randrange(1, 9):06d}"}
        self._delete("SY_SalesTaxScheduleDetail", place)
        if action == "drop code":
            return f"drop {_named(place)}"
        codes = [code for (code,) in self._keys("SY_SalesTaxCode", ["TaxCode"])]
        code = self._random.choice([*codes, "NOCODE"])
        self._db.execute(
            "INSERT INTO SY_SalesTaxScheduleDetail (TaxSchedule, ScheduleSeqNo, TaxCode) VALUES (?, ?, ?)",
            (*place.values(), code),
        )
        return f"put {code} at {_named(place)}"

    # Purchase orders: the change date stands in the header only, and not every change of a line moves it.

    def _edit_order(self) -> str:
        numbers = self._keys("PO_PurchaseOrderHeader", ["PurchaseOrderNo"])
        order = {"PurchaseOrderNo": self._random.choice(numbers)[0]}
        action = self._random.choices(
            ("insert", "change", "status", "delete", "rename", "line", "new line", "drop line", "receive", "receipt",
             "drop receipt"),
            (10, 14, 14, 6, 6, 16, 10, 10, 8, 4, 4),
        )[0]  # fmt: skip
        if action in ("insert", "rename"):
            new = {"PurchaseOrderNo": f"00{self._random.choice('23')}{self._random.randrange(40):04d}"}
            if tuple(new.values()) not in numbers:
                return self._new_order(action, order, new, len(numbers))
        if action == "delete" and self._may_go("order", len(numbers)):
            for table in _ORDER_TABLES:
                self._delete(table, order)
            return f"delete {_named(order)}"
        done = {
            "line": self._change_line,
            "new line": self._insert_line,
            "drop line": self._drop_line,
            "receive": self._receive,
            "receipt": self._change_receipt,
            "drop receipt": self._drop_receipt,
        }.get(action)
        if done is not None:
            said = done(order)
            if self._random.random() < 0.6:
                self._put_stamp("PO_PurchaseOrderHeader", order)
                return f"{said}, the order is stamped too"
            return f"{said}, the order is not touched"
        change: dict[str, object] = {"OrderStatus": self._random.choice("NOOBBCXZZ?")}
        if action != "status":
            change = self._random.choice((
                {"PurchaseName": self._spelled(self._random.choice(TEXTS))},
                {"Comment": self._random.choice(TEXTS)},
                {"RequiredExpireDate": self._random.choice((*DAYS, "2026-12-24"))},
                {"PurchaseOrderDate": self._random.choice((*DAYS, "2026-01-02"))},
                {"FreightAmt": self._random.choice(AMOUNTS)},
                {"SalesTaxAmt": self._random.choice(AMOUNTS)},
                {"TermsCode": self._random.choice(("00", "02"))},
                {"OrderType": self._random.choice("SD")},
                {"ConfirmTo": self._random.choice(TEXTS), "InvoicedAmt": self._random.choice(AMOUNTS)},
            ))  # fmt: skip
        self._set("PO_PurchaseOrderHeader", order, **change)
        self._put_stamp("PO_PurchaseOrderHeader", order)
        return f"change {_named(order)}: {change}"

    def _new_order(self, action: str, order: dict[str, object], new: dict[str, object], left: int) -> str:
        for table in _ORDER_TABLES:
            self._delete(table, new)
            self._copy(table, order, **new)
        self._put_stamp("PO_PurchaseOrderHeader", new)
        if action == "rename" and self._may_go("order", left):
            for table in _ORDER_TABLES:
                self._delete(table, order)
            return f"rename {_named(order)} to {_named(new)}"
        kind = self._random.choice("SSSD")
        self._set("PO_PurchaseOrderHeader", new, OrderType=kind, OrderStatus=self._random.choice("NOOBX"))
        return f"insert {_named(new)} like {_named(order)}"

    def _line_of(self, order: dict[str, object]) -> dict[str, object] | None:
        lines = self._keys("PO_PurchaseOrderDetail", ["LineKey"], _where(order), *order.values())
        return {**order, "LineKey": self._random.choice(lines)[0]} if lines else None

    def _change_line(self, order: dict[str, object]) -> str:
        line = self._line_of(order)
        if line is None:
            return self._insert_line(order)
        change: dict[str, object] = self._random.choice((
            {"QuantityOrdered": self._random.choice(QUANTITIES)},
            {"QuantityReceived": self._random.choice(QUANTITIES)},
            {"QuantityInvoiced": self._random.choice(QUANTITIES), "QuantityBackordered": "0"},
            {"UnitCost": self._random.choice(QUANTITIES), "ExtensionAmt": self._random.choice(AMOUNTS)},
            {"ItemCodeDesc": self._random.choice(TEXTS)},
            {"CommentText": self._random.choice(TEXTS)},
            {"LineSeqNo": f"{self._random.randrange(1, 30):014d}"},
            {"WarehouseCode": self._random.choice(("000", "001", ""))},
            {"JobNo": str(self._random.randrange(99))},
            {"QuantityOrdered": NO_NUMBER},
        ))  # fmt: skip
        self._set("PO_PurchaseOrderDetail", line, **change)
        return f"change {_named(line)}: {change}"

    def _insert_line(self, order: dict[str, object]) -> str:
        new = {**order, "LineKey": f"{self._random.randrange(1, 40):06d}"}
        self._delete("PO_PurchaseOrderDetail", new)
        values = {
            **new,
            "LineSeqNo": f"{self._random.randrange(1, 60):014d}",
            "ItemCode": self._random.choice(("*SPECIAL", "/FREIGHT", "/C")),
            "ItemType": self._random.choice("12345"),
            "ItemCodeDesc": self._random.choice(TEXTS),
            "UnitOfMeasure": "EA",
            "QuantityOrdered": self._random.choice(QUANTITIES),
            "UnitCost": self._random.choice(QUANTITIES),
            "ExtensionAmt": self._random.choice(AMOUNTS),
        }
        self._db.execute(
            f"INSERT INTO PO_PurchaseOrderDetail ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            tuple(values.values()),
        )
        return f"insert {_named(new)}"

    def _drop_line(self, order: dict[str, object]) -> str:
        line = self._line_of(order)
        if line is None:
            return self._insert_line(order)
        self._delete("PO_PurchaseOrderDetail", line)
        return f"delete {_named(line)}"

    def _receive(self, order: dict[str, object]) -> str:
        line = self._line_of(order)
        kind = self._random.choice("GGGI")
        new = {**order, "ReceiptType": kind, "ReceiptNo": f"{self._random.randrange(500, 540):06d}",
               "HeaderSeqNo": "000000"}  # fmt: skip
        for table in _ORDER_TABLES[2:]:
            self._delete(table, new)
        day = self._random.choice((*DAYS, self._when.date().isoformat()))
        self._db.execute(
            "INSERT INTO PO_ReceiptHistoryHeader (PurchaseOrderNo, ReceiptType, ReceiptNo, HeaderSeqNo, ReceiptDate)"
            " VALUES (?, ?, ?, ?, ?)",
            (*new.values(), day),
        )
        self._put_stamp("PO_ReceiptHistoryHeader", new)
        if line is not None:
            self._db.execute(
                "INSERT INTO PO_ReceiptHistoryDetail (PurchaseOrderNo, ReceiptType, ReceiptNo, HeaderSeqNo, LineKey,"
                " QuantityReceived) VALUES (?, ?, ?, ?, ?, ?)",
                (*new.values(), line["LineKey"], self._random.choice(QUANTITIES)),
            )
        return f"receive {_named(new)}"

    def _receipt_of(self, order: dict[str, object]) -> dict[str, object] | None:
        columns = ("ReceiptType", "ReceiptNo", "HeaderSeqNo")
        receipts = self._keys("PO_ReceiptHistoryHeader", columns, _where(order), *order.values())
        return {**order, **dict(zip(columns, self._random.choice(receipts), strict=True))} if receipts else None

    def _change_receipt(self, order: dict[str, object]) -> str:
        receipt = self._receipt_of(order)
        if receipt is None:
            return self._receive(order)
        self._set("PO_ReceiptHistoryDetail", receipt, QuantityReceived=self._random.choice(QUANTITIES))
        self._put_stamp("PO_ReceiptHistoryHeader", receipt)
        return f"change {_named(receipt)}"

    def _drop_receipt(self, order: dict[str, object]) -> str:
        receipt = self._receipt_of(order)
        if receipt is None:
            return self._receive(order)
        for table in _ORDER_TABLES[2:]:
            self._delete(table, receipt)
        return f"delete {_named(receipt)}"

    # The check history.

    def _edit_payment(self) -> str:
        columns = ("BankCode", "CheckNo", "CheckSeqNo")
        rows = self._keys("AP_CheckHistoryHeader", columns)
        key: dict[str, object] = dict(zip(columns, self._random.choice(rows), strict=True))
        action = self._random.choices(
            ("insert", "void", "change", "line", "delete", "rename", "drop void"), (30, 22, 22, 8, 6, 6, 6)
        )[0]
        check = {name: key[name] for name in columns[:2]}
        if action == "rename":
            new = {"BankCode": key["BankCode"], "CheckNo": f"{self._random.randrange(700, 760):010d}"}
            if not self._keys("AP_CheckHistoryHeader", ["CheckNo"], _where(new), *new.values()):
                for table in _CHECK_TABLES:
                    self._delete(table, new)
                    self._copy(table, check, **new)
                    self._delete(table, check)
                self._put_stamp("AP_CheckHistoryHeader", new)
                return f"rename {_named(check)} to {_named(new)}"
        dropped = {"delete": check, "drop void": key}.get(action)
        if dropped is not None and len(rows) > FEWEST_LEFT and (action == "delete" or key["CheckSeqNo"] != "000000"):
            for table in _CHECK_TABLES:
                self._delete(table, dropped)
            return f"delete {_named(dropped)}"
        if action == "void":
            return self._void({**check, "CheckSeqNo": "000000"})
        if action == "line":
            return self._change_check_lines(key)
        return self._change_check(key) if action == "change" else self._pay()

    def _change_check(self, key: dict[str, object]) -> str:
        change: dict[str, object] = self._random.choice((
            {"VendorName": self._spelled(self._random.choice(TEXTS))},
            {"CheckDate": self._random.choice((*DAYS, "2026-02-17"))},
            {"CheckAmt": self._random.choice((*AMOUNTS, NO_NUMBER))},
            {"CheckType": self._random.choice("AMCQ")},
            {"CheckComment": self._random.choice(TEXTS), "ClearedBank": "Y"},
        ))  # fmt: skip
        if key["CheckSeqNo"] != "000000":
            change.pop("CheckType", None)
        self._set("AP_CheckHistoryHeader", key, **(change or {"ClearedBank": "N"}))
        self._put_stamp("AP_CheckHistoryHeader", key)
        return f"change {_named(key)}: {change}"

    def _pay(self) -> str:
        new = {
            "BankCode": self._random.choice("AABP"),
            "CheckNo": f"{self._random.randrange(800, 900):010d}",
            "CheckSeqNo": "000000",
        }
        if self._keys("AP_CheckHistoryHeader", ["CheckNo"], _where(new), *new.values()):
            return self._void(new)
        division, vendor = self._random.choice(self._keys("AP_Vendor", ("APDivisionNo", "VendorNo"), "VendorNo <> ''"))
        values = {
            **new,
            "CheckType": self._random.choice("AAMC"),
            "CheckDate": self._when.date().isoformat(),
            "APDivisionNo": division,
            "VendorNo": vendor,
            "VendorName": self._random.choice(TEXTS),
            "CheckAmt": self._random.choice(AMOUNTS),
        }
        self._db.execute(
            f"INSERT INTO AP_CheckHistoryHeader ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            tuple(values.values()),
        )
        self._put_stamp("AP_CheckHistoryHeader", new)
        for number in self._random.sample(("QP-0", "QP-1", "QP-2", "OURS-1", "CK00000001"), self._random.randrange(4)):
            self._pay_invoice(new, number)
        return f"insert {_named(new)} to {division}-{vendor}"

    def _pay_invoice(self, key: dict[str, object], number: str) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO AP_CheckHistoryDetail (BankCode, CheckNo, CheckSeqNo, InvoiceNo, InvoiceSeqNo,"
            " AmountPaid, DiscountAmt) VALUES (?, ?, ?, ?, '000000', ?, ?)",
            (*key.values(), number, self._random.choice(AMOUNTS), self._random.choice(("0", "1.25"))),
        )

    def _void(self, payment: dict[str, object]) -> str:
        void = {**payment, "CheckSeqNo": f"{self._random.choice((1, 1, 1, 2)):06d}"}
        for table in _CHECK_TABLES:
            self._delete(table, void)
            self._copy(table, payment, **void)
        self._set("AP_CheckHistoryHeader", void, CheckType=self._random.choice("VR"))
        self._put_stamp("AP_CheckHistoryHeader", void)
        self._db.execute(
            f"UPDATE AP_CheckHistoryDetail SET AmountPaid = -AmountPaid, DiscountAmt = -DiscountAmt"
            f" WHERE {_where(void)}",
            tuple(void.values()),
        )
        return f"void {_named(payment)} by {_named(void)}"

    def _change_check_lines(self, key: dict[str, object]) -> str:
        number = self._random.choice(("QP-0", "QP-1", "OURS-2"))
        check = {name: key[name] for name in ("BankCode", "CheckNo")}
        # What a void takes back is settled when it is posted: its check and it keep their lines from then on.
        if len(self._keys("AP_CheckHistoryHeader", ["CheckSeqNo"], _where(check), *check.values())) > 1:
            return "nothing: a voided check keeps its lines"
        self._pay_invoice(key, number)
        if self._random.random() < 0.6:
            self._put_stamp("AP_CheckHistoryHeader", key)
        return f"change the line for {number} of {_named(key)}"


_ORDER_TABLES = (
    "PO_PurchaseOrderHeader",
    "PO_PurchaseOrderDetail",
    "PO_ReceiptHistoryHeader",
    "PO_ReceiptHistoryDetail",
)
_CHECK_TABLES = ("AP_CheckHistoryHeader", "AP_CheckHistoryDetail")


def _where(key: dict[str, object]) -> str:
    return " AND ".join(f"{name} = ?" for name in key)


def _named(key: dict[str, object]) -> str:
    return "-".join(str(part) for part in key.values())
