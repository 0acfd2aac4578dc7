"""Options that several commands have in common."""

import argparse
from datetime import date, datetime
from typing import Any

from app.domain.language import say


def readable(given: str) -> str:
    """Return a name from the command line; nothing, or bytes that are no text, name nothing anywhere.

    Raises:
        argparse.ArgumentTypeError: when it names nothing.
    """
    if not given.strip() or not given.isprintable():
        raise argparse.ArgumentTypeError(say("it is empty, or holds characters that nobody can read"))
    return given


def day(given: str) -> date:
    """Return a day from the command line.

    Raises:
        argparse.ArgumentTypeError: when it is none.
    """
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise argparse.ArgumentTypeError(say("“{given}” is no day; write it like 2026-01-31", given=given)) from error


def moment(given: str) -> datetime:
    """Return a moment from the command line.

    Raises:
        argparse.ArgumentTypeError: when it is none, or has no time zone.
    """
    try:
        made = datetime.fromisoformat(given)
    except ValueError as error:
        raise argparse.ArgumentTypeError(say("“{given}” is no moment", given=given)) from error
    if made.tzinfo is None:
        raise argparse.ArgumentTypeError(say("“{given}” has no time zone", given=given))
    return made


class JsonOrFile(argparse.Action):
    """`--json` asks for events, `--json FILE` for the report in a file."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002  # the signature is argparse's
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        """Take note of the file, or of there being none."""
        namespace.json, namespace.report = values is None, values


def add_world_options(parser: argparse.ArgumentParser) -> None:
    """Let the demo world be chosen: its seed and its size."""
    parser.add_argument("--seed", type=int, default=1, help=say("another seed makes another company (default 1)"))
    parser.add_argument(
        "--scale", choices=["small", "medium", "reference"], default="small", help=say("how much it holds")
    )


def add_company(parser: "argparse._ActionsContainer") -> None:
    """Let the company be named."""
    # Not given here, it leaves what was given before the command as it is.
    parser.add_argument(
        "--company", default=argparse.SUPPRESS, type=readable, help=say("the company's code, when there are several")
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let the answer be JSON lines."""
    parser.add_argument("--json", action="store_true", help=say("one JSON object a line, for programs"))


def add_report(parser: argparse.ArgumentParser) -> None:
    """Let the answer be JSON lines, or the report be written to a file."""
    parser.set_defaults(report=None)
    parser.add_argument(
        "--json",
        action=JsonOrFile,
        nargs="?",
        default=False,
        metavar="FILE",
        help=say(
            "write the report as JSON to FILE, or with “-” to standard output; alone: one JSON object a "
            "line, for programs"
        ),
    )


def add_files(parser: argparse.ArgumentParser, what: str) -> None:
    """Let `what` be written as files."""
    parser.add_argument("--csv", metavar="FILE", help=say("write {what} as CSV for Excel", what=what))
    parser.add_argument("--pdf", metavar="FILE", help=say("write {what} as PDF, to print and sign", what=what))


def add_kind(parser: argparse.ArgumentParser) -> None:
    """Ask for the kind of documents."""
    parser.add_argument("kind", choices=["invoices", "payments"])


def add_ids(parser: "argparse._MutuallyExclusiveGroup") -> None:
    """Let documents be named."""
    parser.add_argument(
        "--id",
        action="append",
        dest="ids",
        metavar="ID",
        type=readable,
        help=say("a document; may be given several times"),
    )
    parser.add_argument(
        "--ids-from", choices=["-"], help=say("read the ids from standard input: one line, a JSON array")
    )


def add_held_back(parser: argparse.ArgumentParser) -> None:
    """Let it be said what the schedule held back, and of which company."""
    add_company(parser)
    parser.add_argument("--due", type=moment, metavar="MOMENT", help=say("when it was due, with its time zone"))
    parser.add_argument(
        "--why", choices=["paused", "busy", "asleep", "closed", "away"], default="closed", help=say("what kept it back")
    )
    parser.add_argument("--times", type=int, default=1, help=say("how many syncs in a row that were"))
