"""Sage's Business Objects as Windows offers them (COM): how to reach them, and what their failures mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.language import say
from app.errors import BridgeError, NeedsUser, RetryLater, Side

PROGRAM_ID = "ProvideX.Script"

Dispatch = Callable[[str], Any]
"""ProgID -> the object. Its methods answer numbers, its by-reference arguments are `Reference`s."""

# REGDB_E_CLASSNOTREG; and CO_E_CLASSSTRING, which Windows answers where even the name is unknown.
_NOT_REGISTERED = (-2147221164, -2147221005)
_SERVER_GONE = (-2147023174, -2147417848, -2147023170)

# Sage's names tell kinds apart: n... answers a number, these answer objects or nothing; all else is a property.
METHODS = frozenset({"Init", "NewObject", "DropObject"})


@dataclass(slots=True)
class Reference:
    """A by-reference argument: the called method puts its answer into `value`."""

    value: Any = ""


def dispatch_com(program_id: str) -> Any:
    """Return the real object, through COM on this thread; use it on this thread only.

    Raises:
        NeedsUser: this is not Windows, or Sage 100 is not installed for programs of this width.
        RetryLater: Windows could not start it now.
    """
    try:
        import pythoncom
        import win32com.client.dynamic
    except ImportError as error:
        raise NeedsUser(
            "business-objects-missing",
            say("Sage 100 can only be written to on Windows"),
            say("AP Bridge writes through Sage's Business Objects, and this computer has none."),
            say("Run AP Bridge on the Windows computer where Sage 100 is installed."),
            side=Side.SAGE,
            detail=str(error),
        ) from error
    pythoncom.CoInitialize()
    try:
        raw = win32com.client.dynamic.Dispatch(program_id)
    except pythoncom.com_error as error:
        raise translate(error.args, say("starting {program_id}", program_id=program_id)) from error
    return ComObject(raw, program_id)


class ComObject:
    """A COM object whose errors are `app.errors` and whose by-reference arguments are `Reference`s."""

    def __init__(self, raw: Any, name: str) -> None:
        self._raw = raw
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute in METHODS or attribute.startswith("n"):
            # Without this, COM would first try to read the method like a property, and thereby call it. It asks Sage.
            self._wrapped(attribute, lambda: self._raw._FlagAsMethod(attribute))
            return lambda *values: self._call(attribute, values)
        return self._wrapped(attribute, lambda: getattr(self._raw, attribute))

    def _call(self, method: str, values: tuple[Any, ...]) -> Any:
        import pythoncom
        from win32com.client import VARIANT

        handed = [
            VARIANT(
                pythoncom.VT_BYREF | (pythoncom.VT_BSTR if isinstance(value.value, str) else pythoncom.VT_R8),
                value.value,
            )
            if isinstance(value, Reference)
            else value._raw
            if isinstance(value, ComObject)
            else value
            for value in values
        ]
        answer = self._wrapped(method, lambda: getattr(self._raw, method)(*handed))
        for value, given in zip(values, handed, strict=True):
            if isinstance(value, Reference):
                value.value = given.value
        return answer

    def _wrapped(self, what: str, call: Callable[[], Any]) -> Any:
        import pythoncom

        try:
            answer = call()
        except pythoncom.com_error as error:
            raise translate(error.args, f"{self._name}.{what}") from error
        return ComObject(answer, f"{self._name}.{what}") if hasattr(answer, "_oleobj_") else answer


def translate(args: tuple[Any, ...], doing: str) -> BridgeError:
    """Return what to raise for a COM error: `args` are (code, text, more, argument) as Windows gives them."""
    code = args[0] if args else 0
    more = args[2] if len(args) > 2 and args[2] else ()
    detail = f"{doing}: {' '.join(str(part) for part in (*args[:2], *more) if part)}"
    if code in _NOT_REGISTERED:
        return NeedsUser(
            "business-objects-missing",
            say("Sage 100's Business Objects are not on this computer"),
            say(
                "AP Bridge writes to Sage through them. They come with Sage's Workstation Setup, and must have "
                "the same width (32 or 64 bits) as AP Bridge."
            ),
            say(
                "Run Sage's Workstation Setup here, then close AP Bridge and open it again: its window works in the "
                "width of Sage's ODBC driver."
            ),
            side=Side.SAGE,
            detail=detail,
        )
    if code in _SERVER_GONE:
        return RetryLater(
            "sage-went-away",
            say("Sage 100 stopped answering"),
            say("Sage's Business Objects ended while AP Bridge worked with them."),
            say("Start again: before anything is written, AP Bridge looks what Sage has already."),
            side=Side.SAGE,
            detail=detail,
        )
    return RetryLater(
        "sage-business-objects",
        say("Sage 100 did not carry out a step"),
        say("Sage's Business Objects reported a technical error."),
        say("Start again. If it comes back, send the log to support: the technical words are in it."),
        side=Side.SAGE,
        detail=detail,
    )
