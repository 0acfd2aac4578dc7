"""The commands: what they are called, what they take, and nothing of what they do."""

import argparse
from collections.abc import Sequence
from typing import TypeAlias

from app import __version__
from app.domain.language import later, say
from app.import_jobs import WRITERS
from app.language import speak
from app.loading import loading
from app.options import (
    add_company,
    add_files,
    add_held_back,
    add_ids,
    add_json,
    add_kind,
    add_report,
    add_world_options,
    day,
    readable,
)

EXIT_CODES = later("""\
exit codes: 0 done; 1 done, but something needs you; 2 wrong usage; 3 Sage 100 not reachable; 4 Quadient AP not
reachable; 5 another run holds the company; 6 cancelled; 7 this computer stands in the way (disk, store, keyring,
settings); 70 a fault in AP Bridge.""")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command named in `arguments` (default: the command line) and return its exit code."""
    with loading():
        speak()  # as this computer does; what the settings say is read when a command runs
        parser = build_parser()
        chosen = parser.parse_args(arguments)
        # Each command imports what it needs: `--version` and wrong usage answer at once.
        from app import commands

    return commands.run(chosen)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="apbridge",
        description=say("Keeps Sage 100 and Quadient AP in step. Without a command it opens the window."),
        epilog=say(EXIT_CODES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"AP Bridge {__version__}")
    parser.add_argument("--company", type=readable, help=say("the company to open, when there are several"))
    parser.set_defaults(command="window")
    commands = parser.add_subparsers(title=say("commands"), metavar="COMMAND")
    _add_demo(commands)
    _add_runs(commands)
    _add_settling(commands)
    _add_shorten(commands)
    _add_undo(commands)
    _add_rebuild(commands)
    _add_looks(commands)
    _add_probe(commands)
    _add_selftest(commands)
    _add_schedule(commands)
    _add_doctor(commands)
    _add_support(commands)
    _add_password(commands)
    _add_updates(commands)
    _add_forget(commands)
    _add_sandbox(commands)
    _add_read_ahead(commands)
    return parser


Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_demo(commands: Subparsers) -> None:
    demo = commands.add_parser("demo", help=say("make a demo company and open the window on it"))
    demo.set_defaults(command="demo", writer=WRITERS[0])
    demo.add_argument(
        "--headless", action="store_true", help=say("do the whole job in the terminal, without the window")
    )
    demo.add_argument("--fresh", action="store_true", help=say("throw the demo company away and make it anew"))
    add_world_options(demo)
    add_json(demo)


def _add_runs(commands: Subparsers) -> None:
    sync = commands.add_parser(
        "sync", help=say("bring lists, orders and payments to Quadient AP, and preview what is ready")
    )
    sync.set_defaults(command="sync")
    whose = sync.add_mutually_exclusive_group()
    add_company(whose)
    whose.add_argument(
        "--all",
        action="store_true",
        help=say(
            "all companies, one after the other; one that fails does not stop the next; the gravest exit code wins"
        ),
    )
    sync.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PART",
        help=say("a list's name, orders, payments or invoices; may be given several times"),
    )
    sync.add_argument(
        "--scheduled",
        action="store_true",
        help=say("only what the schedule has due now; this is what Windows' Task Scheduler starts"),
    )
    how_far = sync.add_mutually_exclusive_group()
    how_far.add_argument(
        "--full",
        action="store_true",
        help=say("read and compare everything, as the first sync of a day does; finds what was deleted in Sage"),
    )
    how_far.add_argument(
        "--from",
        dest="since",
        type=day,
        metavar="YYYY-MM-DD",
        help=say("read what Sage says was changed on that day or later"),
    )
    how_far.add_argument(
        "--resend", action="store_true", help=say("send every record to Quadient AP again, changed or not")
    )
    sync.add_argument(
        "--accept-deletions",
        action="store_true",
        help=say("go on although many records are missing in Sage; they become inactive in Quadient AP"),
    )
    add_json(sync)
    preview = commands.add_parser(
        "preview", help=say("show what is ready to be sent to Sage 100, checked against Sage now")
    )
    preview.set_defaults(command="preview")
    add_kind(preview)
    preview.add_argument(
        "--kept",
        action="store_true",
        help=say("the last preview as it was kept; neither Sage 100 nor Quadient AP is asked"),
    )
    preview.add_argument(
        "--shown-from",
        choices=["-"],
        help=say("with --kept: write what a window shows of it, read from standard input: one line of JSON"),
    )
    add_files(preview, say("the preview"))
    preview.add_argument(
        "--csv-lines",
        metavar="FILE",
        help=say("write its lines as CSV for Excel: one row a line, to add up by account"),
    )
    add_company(preview)
    add_json(preview)
    send = commands.add_parser("send", help=say("send previewed documents into unposted batches of Sage 100"))
    send.set_defaults(command="send")
    add_kind(send)
    which = send.add_mutually_exclusive_group(required=True)
    add_ids(which)
    which.add_argument("--all-ready", action="store_true", help=say("send all that the preview shows as ready"))
    add_files(send, say("the control totals"))
    add_company(send)
    add_json(send)


def _add_settling(commands: Subparsers) -> None:
    for name, text in (
        ("mark-exported", say("mark documents as exported in Quadient AP; nothing is sent to Sage 100")),
        (
            "send-again",
            say("mark documents for export again in Quadient AP, and preview them; sends nothing by itself"),
        ),
    ):
        settle = commands.add_parser(name, help=text)
        settle.set_defaults(command=name)
        add_kind(settle)
        which = settle.add_mutually_exclusive_group(required=True)
        add_ids(which)
        if name == "mark-exported":
            settle.add_argument(
                "--although-not-in-sage",
                action="store_true",
                help=say("mark also what Sage does not have: it will never be entered there"),
            )
        add_company(settle)
        add_json(settle)


def _add_shorten(commands: Subparsers) -> None:
    shorten = commands.add_parser(
        "shorten",
        help=say("give an invoice a shorter description for Sage 100, and preview it; sends nothing by itself"),
    )
    shorten.set_defaults(command="shorten")
    shorten.add_argument("kind", choices=["invoices"])
    which = shorten.add_mutually_exclusive_group(required=True)
    which.add_argument("--id", metavar="ID", type=readable, help=say("the invoice"))
    which.add_argument(
        "--ids-from", choices=["-"], help=say("read the id from standard input: one line, a JSON array of one")
    )
    text = shorten.add_mutually_exclusive_group(required=True)
    text.add_argument("--description", metavar="TEXT", help=say("what Sage gets; in Quadient AP nothing changes"))
    text.add_argument("--whole", action="store_true", help=say("Quadient AP's own again, as far as Sage takes it"))
    add_company(shorten)
    add_json(shorten)


def _add_undo(commands: Subparsers) -> None:
    undo = commands.add_parser(
        "undo", help=say("delete in Sage 100 what was sent there, while it is unposted and unchanged")
    )
    undo.set_defaults(command="undo")
    which = undo.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--run", metavar="RUN", type=readable, help=say("the run that sent them (see “apbridge history”)")
    )
    add_ids(which)
    undo.add_argument("kind", nargs="?", choices=["invoices", "payments"], help=say("only those (default: both)"))
    add_company(undo)
    add_json(undo)


def _add_rebuild(commands: Subparsers) -> None:
    rebuild = commands.add_parser(
        "rebuild", help=say("make a lost store again from Sage 100 and Quadient AP; the next sync sends what differs")
    )
    rebuild.set_defaults(command="rebuild")
    rebuild.add_argument(
        "--anew", action="store_true", help=say("although there is a store, or a damaged one; a copy of it is kept")
    )
    add_company(rebuild)
    add_json(rebuild)


def _add_password(commands: Subparsers) -> None:
    password = commands.add_parser("password", help=say("keep a password in this computer's keyring"))
    password.set_defaults(command="password")
    password.add_argument(
        "side",
        choices=["sage", "cloud", "sql", "all"],
        help=say("Sage 100's user, Quadient AP's client, or SQL Server's login; “all” of them to forget"),
    )
    password.add_argument(
        "--forget",
        action="store_true",
        help=say("keep it no longer; also of a company that is not connected any more"),
    )
    add_company(password)
    add_json(password)


def _add_updates(commands: Subparsers) -> None:
    updates = commands.add_parser("updates", help=say("look whether there is a newer AP Bridge, and what is new in it"))
    updates.set_defaults(command="updates")
    updates.add_argument(
        "--when-due", action="store_true", help=say("only once a week, and only where the settings allow it")
    )
    add_json(updates)


def _add_forget(commands: Subparsers) -> None:
    forget = commands.add_parser(
        "forget", help=say("delete AP Bridge's passwords from this computer, and the entry that starts it by itself")
    )
    forget.set_defaults(command="forget")
    forget.add_argument("--yes", action="store_true", required=True, help=say("you mean it"))


def _add_looks(commands: Subparsers) -> None:
    for name, text in (
        ("status", say("what was brought over, and what needs you")),
        ("history", say("the last runs, or one run with its totals")),
    ):
        look = commands.add_parser(name, help=text)
        look.set_defaults(command=name)
        add_company(look)
        add_json(look)
        if name == "history":
            look.add_argument("--run", type=readable, help=say("a run's id: show what happened in it"))
            add_files(look, say("the run's control totals"))


def _add_probe(commands: Subparsers) -> None:
    probe = commands.add_parser(
        "probe", help=say("look at Sage 100's tables: what is there, and what AP Bridge misses")
    )
    probe.set_defaults(command="probe")
    add_company(probe)
    probe.add_argument(
        "--counts", action="store_true", help=say("count the rows of large tables too; Sage reads them whole for that")
    )
    add_report(probe)


def _add_selftest(commands: Subparsers) -> None:
    selftest = commands.add_parser(
        "selftest",
        help=say(
            "in a test company: look as doctor and probe do; then enter, read back and delete one document of each "
            "kind, and show every call"
        ),
    )
    selftest.set_defaults(command="selftest")
    selftest.add_argument(
        "--test-company",
        required=True,
        metavar="CODE",
        type=readable,
        help=say("the company's code: you say that it is a test company"),
    )
    selftest.add_argument(
        "--order",
        metavar="NUMBER",
        type=readable,
        help=say("a purchase order of it that a receipt of invoice may bill"),
    )
    add_company(selftest)
    add_report(selftest)


def _add_doctor(commands: Subparsers) -> None:
    doctor = commands.add_parser(
        "doctor", help=say("look at all that a sync needs, and say what to do; changes nothing")
    )
    doctor.set_defaults(command="doctor")
    doctor.add_argument("--only", choices=["computer", "sage", "cloud"], help=say("only this part"))
    add_company(doctor)
    doctor.add_argument(
        "--candidate",
        choices=["-"],
        help=say(
            "a company that is not connected yet, from standard input: one line, a JSON object with "
            "“company” and “secrets”; nothing of it is kept"
        ),
    )
    add_json(doctor)


def _add_schedule(commands: Subparsers) -> None:
    schedule = commands.add_parser("schedule", help=say("when AP Bridge syncs by itself, and Windows' entry for it"))
    schedule.set_defaults(command="schedule")
    schedule.add_argument(
        "what",
        nargs="?",
        choices=["show", "install", "remove", "note"],
        default="show",
        help=say(
            "install: Windows' Task Scheduler syncs also while the window is closed; remove: no longer; note: that "
            "a sync did not start when it was due, and why"
        ),
    )
    add_held_back(schedule)
    add_json(schedule)


def _add_support(commands: Subparsers) -> None:
    support = commands.add_parser(
        "support", help=say("put logs, settings, runs and versions into a zip file for support")
    )
    support.set_defaults(command="support")
    support.add_argument(
        "file", nargs="?", metavar="FILE.zip", help=say("where to put it (default: here, named by the time)")
    )
    support.add_argument(
        "--names", action="store_true", help=say("leave the names of vendors, companies and people in it")
    )
    add_company(support)
    add_json(support)


def _add_sandbox(commands: Subparsers) -> None:
    sandbox = commands.add_parser("sandbox", help=say("the demo world, for scripts: a Sage company and an AP server"))
    parts = sandbox.add_subparsers(title=say("parts"), metavar="PART", required=True)
    create = parts.add_parser("create", help=say("make the world anew; prints paths, addresses and secrets as JSON"))
    create.set_defaults(command="sandbox create")
    add_world_options(create)
    add_json(create)
    create.add_argument(
        "--writer", choices=WRITERS, default=WRITERS[0], help=say("what the demo company writes to Sage through")
    )
    serve = parts.add_parser("serve", help=say("serve the AP server until interrupted; prints the same JSON first"))
    serve.set_defaults(command="sandbox serve")
    serve.add_argument("--port", type=int, help=say("the port to serve at (default: the world's own)"))
    serve.add_argument("--while-input-open", action="store_true", help=say("stop when standard input closes"))
    job = parts.add_parser("job")  # without a word of help: the demo company starts it, as Sage's own program
    job.set_defaults(command="sandbox job")
    job.add_argument("words", nargs=argparse.REMAINDER)


def _add_read_ahead(commands: Subparsers) -> None:
    ahead = commands.add_parser("read-ahead")  # without a word of help: a sync starts it
    ahead.set_defaults(command="read-ahead", json=True)
    add_company(ahead)
    ahead.add_argument("list")
