"""Writes previews and control totals to the files that a command was given."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.cloud.port import DocumentKind
from app.commands.output import write
from app.domain.language import say, whole
from app.engine.events import Event, Kind
from app.engine.views import RunRow, Views
from app.errors import ExitCode, NeedsUser, Side
from app.papers.shown import Shown
from app.settings import CompanySettings, Home, write_whole


def asked_for(chosen: argparse.Namespace) -> list[Path]:
    """Return the files that the command was told to write; nothing is written yet.

    Raises:
        NeedsUser: when one of them cannot be written; better said before a run than after it.
    """
    files = [Path(name).absolute() for name in (chosen.csv, chosen.pdf, getattr(chosen, "csv_lines", None)) if name]
    for file in files:
        if files.count(file) > 1:
            raise _unwritable(file, say("two things are to be written to it"))
        if file.is_dir():
            raise _unwritable(file, say("it is a folder"))
        if not file.parent.is_dir():
            raise _unwritable(file, say("there is no folder {parent}", parent=file.parent))
        if not os.access(file.parent, os.W_OK):
            raise _unwritable(file, say("the folder {parent} may not be written", parent=file.parent))
    return files


def write_preview(
    home: Home, company: CompanySettings, kind: DocumentKind, chosen: argparse.Namespace, shown: Shown | None = None
) -> list[Path]:
    """Write the kept preview of a kind, or what is `shown` of it, to the files asked for; return them.

    Raises:
        NeedsUser: when a file cannot be written; the one that was there before is left as it was.
    """
    if not asked_for(chosen):
        return []
    # The page maker takes a moment to load; who asks for no file does not wait for it.
    from app.papers.documents import documents_csv, documents_pdf, lines_csv
    from app.papers.heading import heading

    views = Views(home.store_file, company.code)
    try:
        every = views.documents(kind)
        accounts = views.accounts()
    finally:
        views.close()
    rows = shown.of(every) if shown is not None else [row for row in every if row.pending]
    newest = max(rows, key=lambda row: row.previewed_at, default=None)
    head = heading(
        say("Preview of invoices for Sage 100")
        if kind is DocumentKind.INVOICE
        else say("Preview of payments for Sage 100"),
        company,
        newest.run if newest else "",
        say("previewed"),
        newest.previewed_at if newest else None,
        datetime.now(UTC),
    )
    if shown is not None:
        part = say("{n} of {all} shown: {how}", n=whole(len(rows)), all=whole(len(every)), how=shown.how)
        head = replace(head, facts=(part, *head.facts))
    return _write(
        (chosen.csv, lambda: documents_csv(kind, rows, shown)),
        (chosen.csv_lines, lambda: lines_csv(kind, rows, accounts)),
        (chosen.pdf, lambda: documents_pdf(head, kind, rows, accounts, shown)),
    )


def write_totals(home: Home, company: CompanySettings, run: RunRow, chosen: argparse.Namespace) -> list[Path]:
    """Write the control totals of a run to the files asked for; return them.

    Raises:
        NeedsUser: when a file cannot be written; the one that was there before is left as it was.
    """
    if not asked_for(chosen):
        return []
    from app.papers.heading import heading
    from app.papers.totals import totals_csv, totals_pdf

    views = Views(home.store_file, company.code)
    try:
        rows, names = views.totals(run.id), views.names(run.id)
        undone = sum(each.state == "undone" for each in views.brought(run.id))
    finally:
        views.close()
    ended = run.finished_at or run.started_at
    head = heading(
        say("Control totals of what was sent to Sage 100"), company, run.id, say("sent"), ended, datetime.now(UTC)
    )
    counts = run.summary.get("send", {})
    not_sent = counts.get("failed", 0) + counts.get("left", 0)
    return _write(
        (chosen.csv, lambda: totals_csv(run.id, rows, names)),
        (chosen.pdf, lambda: totals_pdf(head, rows, names, not_sent=not_sent, undone=undone)),
    )


def tell_files(files: Sequence[Path], *, json: bool) -> None:
    """Say which files were written; to programs as the event of an end."""
    if json:
        summary = {"files": [str(file) for file in files]}
        data = {"outcome": "done", "exit_code": int(ExitCode.DONE), "summary": summary}
        write(sys.stdout, Event("", datetime.now(UTC), Kind.RUN_FINISHED, data).line() + "\n")
        return
    for file in files:
        write(sys.stdout, say("Written: {file}\n", file=file))


def _write(*wanted: tuple[str | None, Callable[[], bytes]]) -> list[Path]:
    """Make all contents, then write them, each whole or not at all; nothing is laid out that nobody asked for."""
    contents = [(Path(name).absolute(), make()) for name, make in wanted if name]
    for file, content in contents:
        try:
            write_whole(file, content)
        except OSError as error:
            raise _unwritable(file, error.strerror or str(error)) from error
    return [file for file, _ in contents]


def _unwritable(file: Path, why: str) -> NeedsUser:
    return NeedsUser(
        "file-unwritable",
        say("{name} cannot be written", name=file.name),
        say(
            "{file}: {why}. What was there before is unchanged, and AP Bridge keeps what it was to hold.",
            file=file,
            why=why,
        ),
        say(
            "Close it where it is open (Excel, say) or choose another place. A preview is written again with "
            "“apbridge preview … --kept”, control totals with “apbridge history --run ID”."
        ),
        side=Side.COMPUTER,
    )
