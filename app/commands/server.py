"""The demo's AP server: served by a process of its own, beside the window or for scripts."""

import argparse
import errno
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import orjson

from app.commands.output import write
from app.consoles import no_new_console
from app.domain.language import say
from app.errors import ExitCode, Side, StopRun
from app.resources import own_command
from app.sandbox.server.serve import end_of_input, serve
from app.sandbox.world import World, load_world, load_world_at
from app.settings import Home


def serve_world(home: Home, chosen: argparse.Namespace) -> int:
    """Serve the world's AP server until SIGTERM, Ctrl-C or (when asked) the end of standard input."""
    world = _existing(home)

    def ready(url: str) -> None:
        print_world(world.at(url))

    until = end_of_input if chosen.while_input_open else threading.Event().wait
    try:
        serve(world.cloud_file, port=world.port if chosen.port is None else chosen.port, ready=ready, until=until)
    except OSError as error:
        if chosen.port is not None or error.errno != errno.EADDRINUSE:
            raise
        serve(world.cloud_file, ready=ready, until=until)  # another program took the port: any free one will do
    return ExitCode.DONE


def run_job(_: Home, chosen: argparse.Namespace) -> int:
    """Stand in for Sage's program that runs an import job, where there is no Python to do so."""
    from app.sandbox.visual_integrator.program import main  # only a job needs the entry screens

    return main(chosen.words)


@contextmanager
def served(home: Home) -> Iterator[None]:
    """Run the world's AP server in a process of its own; it ends with this one, however this one ends.

    Raises:
        NeedsUser: when the world is gone or damaged.
        StopRun: when it does not start.
    """
    load_world_at(home.sandbox)  # what is wrong with the world is told here; the other process could only end
    command = [*own_command(), "sandbox", "serve", "--while-input-open"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=home.environment,
        encoding="utf-8",
        creationflags=no_new_console(),
    ) as server:
        assert server.stdin and server.stdout  # noqa: PT018, S101  # both are pipes
        try:
            if not server.stdout.readline():
                raise StopRun(
                    "demo-server",
                    say("The demo's Quadient AP did not start"),
                    say("The demo serves a stand-in for Quadient AP on this computer, and it ended at once."),
                    say("Start the demo again; with “--fresh” it is made anew."),
                    side=Side.COMPUTER,
                )
            yield
        finally:
            server.stdin.close()


def _existing(home: Home) -> World:
    world = load_world(home)
    if world is None:
        raise StopRun(
            "no-world",
            say("There is no demo world yet"),
            say("{sandbox} holds none.", sandbox=home.sandbox),
            say("Make one with “apbridge sandbox create”."),
            side=Side.COMPUTER,
        )
    return world


def print_world(world: World) -> None:
    """Write what a script needs to know of the world as one line of JSON."""
    write(sys.stdout, orjson.dumps(world.description()).decode() + "\n")
