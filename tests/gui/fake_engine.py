"""An engine that only plays one: a real child process that prints what its first argument asks for."""

import json
import os
import sys
import threading

MODE, *ARGUMENTS = sys.argv[1:]


def tell(event: str, **data: object) -> None:
    line = {"v": 1, "run": "run-fake", "at": "2026-11-24T13:00:00+00:00", "event": event, **data}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def finish(outcome: str, exit_code: int, **words: str) -> None:
    text = {"title": "", "message": "", "fix": ""} | words
    tell("run_finished", outcome=outcome, exit_code=exit_code, summary={"vendor": {"new": 3}}, **text)
    sys.exit(exit_code)


def wait_for_cancel() -> None:
    for line in sys.stdin:
        if json.loads(line) == {"command": "cancel"}:
            return


tell("run_started", command=" ".join(ARGUMENTS), company="ABC")
if MODE == "done":
    tell("stage_started", stage="vendor", title="Vendors")
    tell("progress", stage="vendor", title="Vendors", done=500, total=1000, rate=500)
    tell("stage_finished", stage="vendor", title="Vendors", read=1000, new=3)
    finish("done", 0)
elif MODE == "environment":
    tell("attention", code="", title=os.environ["APBRIDGE_HOME"], message=" ".join(ARGUMENTS), fix="")
    finish("done", 0)
elif MODE == "ids":
    ids = json.loads(sys.stdin.readline())
    tell("attention", code="", title=str(len(ids)), message=",".join(ids[:3]), fix="")
    finish("done", 0)
elif MODE == "attention":
    tell("attention", code="totals-differ", title="The totals do not match", message="Two differ.", fix="Compare them.")
    finish("needs_user", 1)
elif MODE == "unreachable":
    said = {"title": "Sage 100 cannot be reached", "message": "The server did not answer.", "fix": "Start it."}
    finish("failed", 3, code="sage-unreachable", **said)
elif MODE == "garbage":
    sys.stdout.write('Traceback of nothing\n\n{"v": 99}\n\udcff[1, 2]\n'.encode("utf-8", "replace").decode())
    tell("run_from_the_future", what="unknown")
    tell("attention", code="", title="heard", message="", fix="")
    sys.stdout.write(json.dumps({"v": 1, "run": "run-fake", "at": "2026-11-24T13:00:00+00:00", "event": "run_finished",
                                 "outcome": "done", "exit_code": 0}))  # fmt: skip  # and no line feed
elif MODE == "crash":
    sys.stdout.flush()
    os.abort()
elif MODE == "complaint":
    sys.stderr.write("The settings cannot be read. Put back a copy.\n")
    sys.exit(7)
elif MODE == "cancel":
    wait_for_cancel()
    finish("cancelled", 6, title="Cancelled", message="The run was stopped.", fix="Start again.")
elif MODE == "deaf":
    threading.Event().wait()
