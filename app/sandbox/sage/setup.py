"""The demo company's setup: company, users and rights, chart of accounts, banks, terms, taxes, options."""

from collections.abc import Iterator
from typing import NamedTuple

from app.sandbox.sage import words
from app.sandbox.sage.logon import hashed
from app.sandbox.sage.plan import STAMPS, Plan, Sink

USER_KEY = "0000000009"
# The tasks the demo user's role allows, by the names Business Objects look them up by.
TASKS = ("AP_Invoice_ui", "AP_ManualCheck_ui", "PO_ReceiptInvoice_ui")
_MAINS = {main: number for number, (main, _, _) in enumerate(words.ACCOUNTS)}


def account_key(main: str, combination: int = 0) -> str:
    """Return the AccountKey of a main account at one combination of location and department."""
    return f"{combination * len(words.ACCOUNTS) + _MAINS[main] + 1:09d}"


class AccountParts(NamedTuple):
    """One GL account taken apart."""

    key: str
    main: str
    location: int
    department: int
    description: str
    kind: str
    status: str


def account(number: int) -> AccountParts:
    """Return the `number`th GL account (from 0)."""
    combination, place = divmod(number, len(words.ACCOUNTS))
    department, location = divmod(combination, len(words.LOCATIONS))
    main, description, kind = words.ACCOUNTS[place]
    if combination:
        description = f"{description} - {words.LOCATIONS[location]} {words.DEPARTMENTS[department]}"[:50].rstrip()
    status = "A"
    if main == "6980" or (combination > 0 and number % 31 == 0):
        status = "I"
    elif main == "6990":
        status = "D"
    return AccountParts(f"{number + 1:09d}", main, location, department, description, kind, status)


def write_setup(sink: Sink, plan: Plan, user: str, password: str) -> None:
    """Write everything but vendors, items and documents."""
    _write_company(sink, plan, user, password)
    _write_accounts(sink, plan)
    _write_taxes(sink)
    _write_payables(sink, plan)


def _write_company(sink: Sink, plan: Plan, user: str, password: str) -> None:
    salt = plan.random("salt").randbytes(16).hex()
    sink.fill(
        "SY_Company",
        "CompanyCode CompanyName AddressLine1 City State ZipCode CurrencyCode AllowExternalAccess",
        [(plan.code, words.COMPANY, "1 Harborline Way", "Dayton", "OH", "45402", words.CURRENCY, "Y")],
    )
    sink.fill(
        "SY_User",
        "UserLogon UserKey UserName PasswordSalt PasswordHash Administrator EnableCSODBC UserStatus",
        [(user, USER_KEY, "AP Bridge", salt, hashed(password, salt), "N", "Y", "A")],
    )
    sink.fill("SY_UserTask", "UserKey TaskName", [(USER_KEY, task) for task in TASKS])


def _write_accounts(sink: Sink, plan: Plan) -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        random = plan.random("accounts")
        for number in range(plan.counts.accounts):
            part = account(number)
            text = f"{part.main}-{part.location:02d}-{part.department:02d}"
            stamps = plan.stamps(random, 2000)
            # Accounts of the first location come from an older release that filled descriptions up with blanks.
            description = part.description if part.location else part.description.ljust(50)
            yield (
                part.key, description, text, text.replace("-", ""), part.main, None, "", part.status,
                "Y" if part.kind in "RE" else "N", part.kind, "N", part.kind, plan.code, *stamps,
            )  # fmt: skip

    def segments() -> Iterator[tuple[object, ...]]:
        for number in range(plan.counts.accounts):
            part = account(number)
            yield ("00", part.main, part.key)
            yield ("01", f"{part.location:02d}", part.key)
            yield ("02", f"{part.department:02d}", part.key)

    sink.fill(
        "GL_Account",
        "AccountKey AccountDesc Account RawAccount MainAccountCode DateStart DateEnd Status ClearBalance AccountType "
        f"CashFlowsType AccountCategory CompanyCode {STAMPS}",
        rows(),
    )
    sink.fill("GL_AccountSegment", "SegmentNo SubAccountCode AccountKey", segments())
    sink.fill(
        "GL_Bank",
        "BankCode BankDesc NextCheckNo BankAccountNo CashAccountKey CurrentBankBalance CheckPrintingStatus",
        [
            (code, name.ljust(30), check, number, account_key(main), "184220.37", "N")
            for code, name, check, number, main in words.BANKS
        ],
    )


def _write_taxes(sink: Sink) -> None:
    sink.fill(
        "SY_SalesTaxCode",
        "TaxCode TaxCodeDesc TaxCodeShortDesc TaxOnTax ExpenseToVendorItem RetentionTaxable",
        [(code, name, name[:10].rstrip(), "N", "N", "N") for code, name, _ in words.TAX_CODES],
    )
    sink.fill(
        "SY_SalesTaxCodeDetail",
        "TaxCode TaxClass SalesTaxable PurchasesTaxable TaxRate",
        [
            (code, tax_class, taxable, taxable, rate if taxable == "Y" else "0")
            for code, _, rate in words.TAX_CODES
            for tax_class, taxable in (("NT", "N"), ("TX", "Y"))
        ],
    )
    sink.fill("SY_SalesTaxClass", "TaxClass TaxClassDesc", words.TAX_CLASSES)
    sink.fill(
        "SY_SalesTaxSchedule",
        "TaxSchedule TaxScheduleDesc",
        [(schedule, name) for schedule, name, _ in words.TAX_SCHEDULES],
    )
    sink.fill(
        "SY_SalesTaxScheduleDetail",
        "TaxSchedule ScheduleSeqNo TaxCode",
        [
            (schedule, f"{place:06d}", code)
            for schedule, _, codes in words.TAX_SCHEDULES
            for place, code in enumerate(codes, start=1)
        ],
    )


def _write_payables(sink: Sink, plan: Plan) -> None:
    random = plan.random("payables")
    sink.fill(
        "AP_Division",
        f"APDivisionNo APDivisionDesc AccountsPayableAcctKey CashAcctKey FreightAcctKey SalesTaxAcctKey {STAMPS}",
        [
            (number, name, account_key("2000"), "", account_key("5100"), account_key("2200"),
             *plan.stamps(random, 3000))
            for number, name in (("00", "Trade Vendors"), ("01", "Freight and Services"))
        ],
    )  # fmt: skip
    sink.fill(
        "AP_TermsCode",
        "TermsCode TermsCodeDesc DaysBeforeDue DueDateADayOfTheMonth DaysDiscountAllowed DiscountDateADayOfTheMo "
        f"DiscountRate {STAMPS}",
        [
            (code, name, days, "N", discount_days, "N", rate, *plan.stamps(random, 3000))
            for code, name, days, discount_days, rate in words.TERMS
        ],
    )
    sink.fill(
        "AP_Options",
        "ModuleCode DivisionsUsed InvoiceBatchEntry NextInvoiceBatchNo ManualCheckBatchEntry NextManualCheckBatchNo",
        [("A/P", "Y", "Y", "00013", "Y", "00006")],
    )
    sink.fill(
        "PO_Options",
        "ModuleCode ReceiptOfInvoiceBatchEntry NextReceiptOfInvoiceBatchNo NextReceiptNo",
        [("P/O", "Y", "00004", "900004")],
    )
