"""The preview's checks: what would go wrong in Sage is said before anything is written."""

from app.engine.checks.check_numbers import check_number
from app.engine.checks.facts import CheckContext, LedgerLookups, Verdict
from app.engine.checks.invoices import check_invoices
from app.engine.checks.payments import check_payments

__all__ = ["CheckContext", "LedgerLookups", "Verdict", "check_invoices", "check_number", "check_payments"]
