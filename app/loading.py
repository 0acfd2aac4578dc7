"""Lets Python look for cycles of objects neither while a command's parts are loaded nor when it ends."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load parts inside: they stay, and to look through them again and again takes as long as some of them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def end_at_once() -> None:
    """Let the memory go with the process: what must be closed or written was closed and written by then."""
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
