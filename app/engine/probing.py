"""The probe as a run: looks at Sage's tables, keeps the report, and tells what needs the user."""

from collections.abc import Callable

from app import __version__
from app.domain.language import say
from app.domain.probe import FORMAT, ProbeReport
from app.engine.importing.sources import lists_in_use
from app.engine.probe_report import save_report
from app.engine.run import Run, Summary
from app.sage.layout import LIST_FEATURES, Feature, expected_tables
from app.settings import CompanySettings


def features_in_use(company: CompanySettings) -> frozenset[Feature]:
    """Return what AP Bridge reads tables for as the company is set up."""
    used = {LIST_FEATURES[name] for name in lists_in_use(company) if name in LIST_FEATURES} | {Feature.INVOICES}
    if company.vendor_address == "remit_to" and Feature.VENDOR in used:
        used.add(Feature.REMIT_TO)
    if company.orders_on:
        used |= {Feature.ORDERS, Feature.ORDER_INVOICES}
    if company.payments_on:
        used |= {Feature.PAYMENTS, Feature.SAGE_PAYMENTS}
    return frozenset(used)


def probe(*, count_all: bool) -> Callable[[Run], Summary]:
    """Look at the company's tables and keep the report; `count_all` counts the rows of large tables too."""

    def work(run: Run) -> Summary:
        report = look_at_tables(run, count_all=count_all)
        counts = {"different": len(report.differences), "stopping": len(report.stopping)}
        return {"probe": {"tables": len(report.tables)} | counts}

    return work


def look_at_tables(run: Run, *, count_all: bool) -> ProbeReport:
    """Look at the company's tables, keep the report, tell what needs the user, and return the report."""
    with run.reporter.stage("probe", say("Tables of Sage 100"), len(expected_tables())) as stage:

        def each() -> None:
            run.cancel.check()
            stage.advance()

        with run.open_sage() as sage:
            look = sage.probe()
            tables, differences = look.tables(features_in_use(run.company), count_all=count_all, each=each)
            report = ProbeReport(
                FORMAT,
                __version__,
                run.company.code,
                run.company.name,
                run.stamp(),
                look.installation(run.company.sage),
                tables,
                look.other_tables(),
                differences,
            )
        stage.count("read", sum(table.there for table in tables))
        stage.count("different", len(differences))
    save_report(run.store.file.parent, report)
    if report.stopping:
        names = ", ".join(each.where for each in report.stopping)
        run.attention(
            "layout-differs",
            say("This Sage 100 lacks something that AP Bridge needs"),
            say("Not there: {names}.", names=names),
            say("See what that means and what to do in Activity under “What this Sage 100 has…”."),
        )
    return report
