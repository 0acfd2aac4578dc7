from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.invoices import Destination, Invoice, InvoiceLine
from app.domain.payments import CheckKey, Payment, PaymentLine
from app.errors import NeedsUser, RetryLater, SkipItem
from app.sage.found import Written
from app.sage.writers import SageWriter
from app.settings import SageSettings
from tests.sage.scripted import Sage, lost

LINE = InvoiceLine(1, "000000045", Decimal("60.10"), comment="Freight")
INVOICE = Invoice(
    id="inv-000123",
    division="01",
    vendor_number="0000123",
    vendor_name="Acme",
    number="INV-77",
    invoice_date=date(2026, 1, 31),
    due_date=date(2026, 3, 2),
    discount_date=None,
    terms="02",
    description="Freight",
    currency="USD",
    amount=Decimal("110.10"),
    freight=Decimal("10.00"),
    tax=Decimal(0),
    tax_schedule="",
    separate_cheque=True,
    hold=False,
    purchase_order="",
    image_url="",
    lines=(
        LINE,
        InvoiceLine(2, "000000046", Decimal(40), job_number="J1", cost_code="C1", cost_type="L"),
    ),
)
PAYMENT = Payment(
    id="pay-000007",
    reference="QP1",
    bank_code="A",
    payment_date=date(2026, 2, 1),
    division="01",
    vendor_number="0000123",
    vendor_name="Acme",
    currency="USD",
    amount=Decimal("98.00"),
    method="check",
    lines=(PaymentLine("INV-77", Decimal("98.00"), Decimal("2.00")),),
)
BUS = "AP_Invoice_bus"
LINES = "AP_Invoice_bus.lines"


@pytest.fixture
def sage():
    return Sage()


def opened(sage, **options):
    settings = SageSettings("sage", "C:\\Sage\\MAS90", "BRIDGE")
    return SageWriter(
        settings,
        "ABC",
        "secret",
        sage.dispatch,
        "C:\\Sage\\MAS90\\Home",
        today=lambda: date(2026, 2, 3),
        **options,
    )


def write(sage, invoice=INVOICE, batch="00012"):
    with opened(sage) as writer:
        return writer.write_invoice(invoice, comment="Freight", line_comments=["inv-000123 Freight", ""], batch=batch)


def test_the_session_is_opened_the_way_sages_menu_does(sage):
    write(sage)
    assert sage.steps[:10] == [
        ("ProvideX.Script", "Init", "C:\\Sage\\MAS90\\Home"),
        ("ProvideX.Script", "NewObject", "SY_Session"),
        ("SY_Session", "nSetUser", "BRIDGE", "secret"),
        ("SY_Session", "nSetCompany", "ABC"),
        ("SY_Session", "nSetDate", "A/P", "20260203"),
        ("SY_Session", "nSetModule", "A/P"),
        ("SY_Session", "nLookupTask", "AP_Invoice_ui"),
        ("SY_Session", "nSetProgram", 1),
        ("ProvideX.Script", "NewObject", "AP_Invoice_bus"),
        ("AP_Invoice_bus", "nSelectBatch", "00012"),
    ]
    assert sage.steps[-3:] == [
        ("AP_Invoice_bus", "DropObject"),
        ("SY_Session", "nCleanup"),
        ("SY_Session", "DropObject"),
    ]


def test_an_invoice_is_entered_field_by_field(sage):
    assert write(sage) == Written("00012", "", ())
    keys = [step[2:] for step in sage.steps if step[:2] == (BUS, "nSetKeyValue")]
    assert keys == [("APDivisionNo$", "01"), ("VendorNo$", "0000123"), ("InvoiceNo$", "INV-77")]
    assert sage.values(BUS) == {
        "InvoiceDate$": "20260131",
        "TermsCode$": "02",
        "InvoiceDueDate$": "20260302",
        "Comment$": "Freight",
        "SeparateCheck$": "Y",
        "InvoiceAmt": 110.10,
        "FreightAmt": 10.0,
        "SalesTaxAmt": 0.0,
    }
    entered = [step[2:] for step in sage.steps if step[:2] == (LINES, "nSetValue")]
    assert entered == [
        ("AccountKey$", "000000045"),
        ("DistributionAmt", 60.10),
        ("CommentText$", "inv-000123 Freight"),
        ("AccountKey$", "000000046"),
        ("DistributionAmt", 40.0),
        ("JobNo$", "J1"),
        ("CostCode$", "C1"),
        ("CostType$", "L"),
    ]
    assert sage.done(LINES).count("nWrite") == 2
    assert sage.done(BUS)[-2:] == ["nWrite", "DropObject"]


def test_hold_tax_schedule_and_discount_date_are_entered_when_they_are_set(sage):
    write(sage, replace(INVOICE, hold=True, tax_schedule="OH", discount_date=date(2026, 2, 10)))
    entered = sage.values(BUS)
    assert (entered["HoldPayment$"], entered["TaxSchedule$"]) == ("Y", "OH")
    assert entered["InvoiceDiscountDate$"] == "20260210"


def test_due_dates_are_entered_after_the_terms_that_would_change_them(sage):
    write(sage)
    entered = list(sage.values(BUS))
    assert entered.index("TermsCode$") < entered.index("InvoiceDueDate$")


def test_without_batches_none_is_selected(sage):
    assert write(sage, batch="").batch == ""
    assert "nSelectBatch" not in sage.done(BUS)


def test_a_new_batch_is_used_for_all_that_follows(sage):
    sage.answers["nSelectNewBatch"] = (1, {"value": "00044"})
    with opened(sage) as writer:
        batch = writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge run-7")
        for number in ("INV-77", "INV-78"):
            invoice = replace(INVOICE, number=number)
            writer.write_invoice(invoice, comment="", line_comments=["", ""], batch=batch)
    assert batch == "00044"
    assert (BUS, "nSelectNewBatch", "N", "AP Bridge run-7") in sage.steps
    assert "nSelectBatch" not in sage.done(BUS)
    assert sage.done("ProvideX.Script").count("NewObject") == 2


def test_where_batches_are_off_there_is_no_batch(sage):
    sage.answers["nSelectNewBatch"] = "Batch entry is not enabled."
    with opened(sage) as writer:
        assert writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge") == ""


def test_a_batch_that_cannot_be_made_ends_the_run(sage):
    sage.answers["nSelectNewBatch"] = "The next batch number is used up."
    with opened(sage) as writer, pytest.raises(RetryLater) as caught:
        writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge")
    assert caught.value.code == "sage-batch-refused"
    assert "used up" in caught.value.message


def test_warnings_are_kept_with_the_document_they_belong_to(sage):
    sage.answers[f"{BUS}.nWrite"] = [(-1, "The vendor is  on hold."), 1]
    with opened(sage) as writer:
        first = writer.write_invoice(INVOICE, comment="", line_comments=["", ""], batch="")
        second = writer.write_invoice(replace(INVOICE, number="INV-78"), comment="", line_comments=["", ""], batch="")
    assert first.warnings == ("The vendor is on hold.",)
    assert second.warnings == ()


@pytest.mark.parametrize(
    "step",
    [
        "nSetValue:TermsCode$",
        "nSetValue:InvoiceAmt",
        "lines.nAddLine",
        "lines.nSetValue:AccountKey$",
        "lines.nWrite",
        f"{BUS}.nWrite",
    ],
)
def test_whatever_sage_refuses_the_document_is_abandoned_and_looked_for(sage, step):
    sage.answers[step] = "The value is not good."
    with pytest.raises(SkipItem) as caught:
        write(sage)
    assert caught.value.code == "sage-refused"
    assert "“The value is not good.”" in caught.value.message
    cleared = sage.done(BUS).index("nClear")
    assert sage.done(BUS)[cleared:] == ["nClear", *["nSetKeyValue"] * 3, "nSetKey", "nClear", "DropObject"]
    assert "nDelete" not in sage.done(BUS)


def test_a_step_without_an_answer_code_counts_as_refused(sage):
    sage.answers["nSetValue:TermsCode$"] = None
    with pytest.raises(SkipItem):
        write(sage)


def test_what_somebody_else_entered_meanwhile_is_left_alone(sage):
    sage.answers[f"{BUS}.nWrite"] = "The record was created by another user."
    sage.answers["nSetKey"] = [2, 1]
    with pytest.raises(SkipItem) as caught:
        write(sage)
    assert caught.value.code == "already-in-sage"
    assert "nDelete" not in sage.done(BUS)


def test_what_somebody_else_enters_while_stray_lines_are_deleted_is_left_alone(sage):
    sage.answers["nSetKey"] = [2, 2, 1, 1]
    sage.answers["nMoveFirst"] = [1, 1]
    with pytest.raises(SkipItem) as caught:
        write(sage)
    assert caught.value.code == "already-in-sage"
    assert sage.done(BUS).count("nDelete") == 1
    assert "nSetValue" not in sage.done(BUS)


def test_lines_that_stayed_behind_without_a_header_are_deleted(sage):
    sage.answers[f"{BUS}.nWrite"] = "Error #11"
    sage.answers["nMoveFirst"] = [0, 1, 0]
    with pytest.raises(SkipItem):
        write(sage)
    assert sage.done(BUS).count("nDelete") == 1


def test_lines_left_by_a_program_that_broke_off_do_not_join_the_document(sage):
    sage.answers["nMoveFirst"] = [1, 1, 0]
    write(sage)
    done = sage.done(BUS)
    assert done.index("nDelete") < done.index("nSetValue")
    assert done.count("nDelete") == 1


def test_what_cannot_be_taken_back_is_said(sage):
    sage.answers[f"{BUS}.nWrite"] = "Error #11"
    sage.answers["nMoveFirst"] = [0, 1, 1]
    with pytest.raises(RetryLater) as caught:
        write(sage)
    assert caught.value.code == "sage-left-unfinished"
    assert "INV-77" in caught.value.title


def test_a_record_that_sage_has_is_never_touched(sage):
    sage.answers["nSetKey"] = 1
    with pytest.raises(SkipItem) as caught:
        write(sage)
    assert caught.value.code == "already-in-sage"
    assert set(sage.done(BUS)) == {"nSelectBatch", "nSetKeyValue", "nSetKey", "nClear", "DropObject"}


@pytest.mark.parametrize(
    "answers",
    [
        {"nGetValue:Adjustment$": (1, {"value": "Y"})},
        {"nSetKeyValue:InvoiceNo$": (-1, "Invoice is posted and will be adjusted.")},
    ],
)
def test_a_posted_number_is_not_adjusted(sage, answers):
    sage.answers |= answers
    with pytest.raises(SkipItem) as caught:
        write(sage)
    assert caught.value.code == "already-in-sage"
    assert "nWrite" not in sage.done(BUS)
    assert "nSetValue" not in sage.done(BUS)


def test_a_lost_answer_to_the_last_step_leaves_the_document_for_the_next_look(sage):
    sage.answers[f"{BUS}.nWrite"] = lost()
    with pytest.raises(RetryLater) as caught:
        write(sage)
    assert caught.value.code == "sage-went-away"
    assert "nDelete" not in sage.done(BUS)


def test_when_sage_goes_away_half_way_the_user_hears_that_something_may_be_left(sage):
    sage.answers["lines.nWrite"] = lost()
    sage.answers["nClear"] = lost()
    with pytest.raises(RetryLater) as caught:
        write(sage)
    assert caught.value.code == "sage-left-unfinished"


def test_trouble_with_signing_out_is_only_logged(sage, caplog):
    sage.answers["nCleanup"] = lost()
    assert write(sage).batch == "00012"
    assert sage.steps[-1] == ("SY_Session", "DropObject")
    assert "Signing out" in caplog.text


@pytest.mark.parametrize(
    ("step", "said", "kind", "code"),
    [
        ("nSetUser", "The user logon or password is invalid.", NeedsUser, "sage-logon-refused"),
        ("nSetUser", "No license is available.", RetryLater, "sage-no-licence"),
        ("nSetUser", "The Administrator cannot be used by external programs.", NeedsUser, "sage-user-is-administrator"),
        ("nSetCompany", "Company ABC is in single-user mode.", RetryLater, "sage-single-user"),
        ("nSetCompany", "Company ABC does not allow external access.", NeedsUser, "sage-company-refused"),
        ("nSetCompany", "Company ABC is not on file.", NeedsUser, "sage-company-refused"),
        ("nLookupTask", "", NeedsUser, "sage-no-right"),
        ("nSetProgram", "You are not authorized. See your system administrator.", NeedsUser, "sage-no-right"),
        (f"NewObject:{BUS}", None, NeedsUser, "sage-no-right"),
        ("NewObject:SY_Session", None, NeedsUser, "sage-not-found"),
        ("nSelectBatch", "Batch 00012 is not on file.", RetryLater, "sage-batch-refused"),
        (f"{BUS}.nWrite", "Company ABC is in single-user mode.", RetryLater, "sage-single-user"),
        (f"{BUS}.nWrite", "Error #0: Record/file is busy", RetryLater, "sage-locked"),
    ],
)
def test_what_is_not_about_the_document_is_not_held_against_it(sage, step, said, kind, code):
    sage.answers[step] = 0 if said is None else said
    with pytest.raises(kind) as caught:
        write(sage)
    error = caught.value
    assert error.code == code
    assert "secret" not in f"{error!r} {error.detail} {error.__cause__!r} {error.__context__!r}"
    if step != "NewObject:SY_Session":
        assert sage.steps[-1] == ("SY_Session", "DropObject")


def test_a_receipt_of_invoice_bills_its_lines_and_no_others(sage):
    bus, lines = "PO_Receipt_bus", "PO_Receipt_bus.lines"
    sage.answers |= {
        "nGetNextReceiptNo": (1, {"value": "000077"}),
        "nMoveFirst": [0, 1],
        "nMoveNext": [1, 1, 1, 0],
        "nGetValue:PurchaseOrderLineKey$": [(1, {"value": f"00000{key}"}) for key in (1, 2, 3, 4)],
        "nGetValue:ItemType$": [(1, {"value": kind}) for kind in "1413"],
    }
    invoice = replace(
        INVOICE,
        purchase_order="0010001",
        lines=(
            InvoiceLine(1, "", Decimal("30.00"), po_line_key="000003", quantity=Decimal(4), unit_cost=Decimal("7.5")),
            InvoiceLine(2, "", Decimal("25.00"), po_line_key="000004"),
            InvoiceLine(3, "000000046", Decimal("45.10")),
        ),
    )
    with opened(sage) as writer:
        written = writer.write_receipt_of_invoice(
            invoice, comment="Rush", line_comments=["inv-000123", "", "Pallets"], batch=""
        )
    assert written == Written("", "000077", ())
    assert sage.values(bus) == {
        "PurchaseOrderNo$": "0010001",
        "InvoiceNo$": "INV-77",
        "InvoiceDate$": "20260131",
        "TermsCode$": "02",
        "InvoiceDueDate$": "20260302",
        "Comment$": "Rush",
        "SeparateCheck$": "Y",
        "InvoiceAmt": 110.10,
        "FreightAmt": 10.0,
        "SalesTaxAmt": 0.0,
    }
    assert [step[1:] for step in sage.steps if step[0] == lines and step[1] in ("nSetValue", "nAddLine", "nWrite")] == [
        ("nSetValue", "QuantityInvoiced", 0.0),
        ("nWrite",),
        ("nSetValue", "QuantityInvoiced", 4.0),
        ("nSetValue", "UnitCost", 7.5),
        ("nSetValue", "CommentText$", "inv-000123"),
        ("nWrite",),
        ("nSetValue", "ExtensionAmt", 25.0),
        ("nWrite",),
        ("nAddLine",),
        ("nSetValue", "ItemType$", "3"),
        ("nSetValue", "AccountKey$", "000000046"),
        ("nSetValue", "ExtensionAmt", 45.1),
        ("nSetValue", "CommentText$", "Pallets"),
        ("nWrite",),
    ]


@pytest.mark.parametrize(("keys", "code"), [(("9",), "po-line-deleted"), (("1", "1"), "po-line-twice")])
def test_a_receipt_of_invoice_that_does_not_fit_its_order_is_abandoned(sage, keys, code):
    sage.answers |= {
        "nGetNextReceiptNo": (1, {"value": "000077"}),
        "nMoveFirst": [0, 0, 0],
    }
    lines = tuple(InvoiceLine(1, "", Decimal(1), po_line_key=key, quantity=Decimal(1)) for key in keys)
    with opened(sage) as writer, pytest.raises(SkipItem) as caught:
        writer.write_receipt_of_invoice(
            replace(INVOICE, lines=lines), comment="", line_comments=[""] * len(lines), batch=""
        )
    assert caught.value.code == code
    assert "nWrite" not in sage.done("PO_Receipt_bus")
    assert sage.done("PO_Receipt_bus")[-2:] == ["nClear", "DropObject"]


def test_a_check_is_entered_with_the_invoices_it_pays(sage):
    with opened(sage) as writer:
        written = writer.write_check(PAYMENT, CheckKey("A", "QP1"), comment="pay-000007", batch="00005")
    assert written == Written("00005", "", ())
    bus = "AP_ManualCheck_bus"
    keys = [step[2:] for step in sage.steps if step[:2] == (bus, "nSetKeyValue")]
    assert keys == [("BankCode$", "A"), ("CheckNo$", "QP1")]
    assert sage.values(bus) == {
        "CheckType$": "N",
        "CheckDate$": "20260201",
        "APDivisionNo$": "01",
        "VendorNo$": "0000123",
        "CheckAmt": 98.0,
        "Comment$": "pay-000007",
    }
    assert sage.values(f"{bus}.lines") == {"InvoiceNo$": "INV-77", "InvoiceAmt": 98.0, "DiscountAmt": 2.0}


def test_every_call_into_sage_passes_the_hook_by_the_screens_name(sage):
    names = []

    @contextmanager
    def on_call(name):
        names.append(name)
        yield

    with opened(sage, on_call=on_call) as writer:
        writer.write_invoice(INVOICE, comment="", line_comments=["", ""], batch="")
    assert names[0] == "starting Sage's Business Objects"
    assert names.count("writing to A/P Invoice Data Entry") >= len(sage.done(BUS))
    assert "writing to Sage 100" in names
