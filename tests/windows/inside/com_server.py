"""A COM server called ProvideX.Script: the demo's Business Objects behind real COM, in a process of their own.

It carries COM's own troubles. The file `com-trouble.json` in the demo world's folder, {"at": METHOD, "trouble": WHICH},
makes the next call of that method go wrong, and is used up by that: with "die" the process ends in the middle of it,
with "hang" it never answers, with "fail" it answers E_FAIL.
"""

import json
import os
import threading
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pythoncom
import winerror
from win32com.server import register
from win32com.server.exception import COMException
from win32com.server.policy import DynamicPolicy
from win32com.server.util import unwrap, wrap

from app.errors import NeedsUser, RetryLater
from app.sage.business_objects import dispatch_com
from app.sandbox.faults import Faults
from app.sandbox.screens.link import Link
from app.sandbox.screens.session import Script

ROOT = Path(__file__).resolve().parents[3]
PROGRAM_ID = "ProvideX.Script"
CLASS_ID = "{6F3C7C0B-3C22-4E0B-9B0E-5A4C1D3E77AB}"
# Which argument of a method comes back changed; all else goes in only.
BY_REFERENCE = {"nSelectNewBatch": 0, "nGetValue": 1, "nGetNextReceiptNo": 0}
TROUBLE = "com-trouble.json"


class BusinessObjects:
    """Answers COM by name for one of the demo's objects; objects go out wrapped and come in unwrapped."""

    def __init__(self, inner=None):
        self.inner = inner

    def _dynamic_(self, name, lcid, flags, values):
        if self.inner is None:
            return self._begin(name, values)
        trouble(self.inner.link.location, name)
        if flags & pythoncom.DISPATCH_METHOD and (name.startswith("n") or name in ("Init", "NewObject", "DropObject")):
            return self._call(name, values)
        if not hasattr(type(self.inner), name):
            raise COMException(scode=winerror.DISP_E_MEMBERNOTFOUND)
        return outward(getattr(self.inner, name))

    def _begin(self, name, values):
        """The demo's folder is known only now: Sage's own object too can do nothing before Init."""
        if name != "Init":
            raise COMException(description="Init must come first", scode=winerror.E_UNEXPECTED)
        home = Path(values[0])
        folder = home if (home / "faults.json").exists() or not (home.parent / "faults.json").exists() else home.parent
        trouble(folder, name)
        self.inner = Script(Link(folder, Faults.load(folder), lambda: datetime.now().astimezone()))
        self.inner.Init(values[0])

    def _call(self, name, values):
        handed = [inward(value) for value in values]
        changed = BY_REFERENCE.get(name)
        if changed is not None:
            handed[changed] = SimpleNamespace(value=handed[changed])
        try:
            answer = getattr(self.inner, name)(*handed)
        except RetryLater:  # the demo's way to say that Sage's program is gone
            os._exit(1)
        return outward(answer) if changed is None else (answer, handed[changed].value)


def outward(value):
    """Return what goes to the client."""
    if value is None or isinstance(value, (int, float, str)):
        return value
    return wrap(BusinessObjects(value), usePolicy=DynamicPolicy)


def inward(value):
    """Return the demo's object for one of ours that comes back from the client."""
    return unwrap(value).inner if hasattr(value, "Invoke") else value


def trouble(folder, method):
    """Do what the trouble file asks for at this method."""
    file = Path(folder) / TROUBLE
    if not file.exists():
        return
    asked = json.loads(file.read_text("utf-8"))
    if asked["at"] != method:
        return
    file.unlink()
    if asked["trouble"] == "die":
        os._exit(1)
    if asked["trouble"] == "hang":
        file.with_suffix(".process").write_text(str(os.getpid()), "utf-8")
        threading.Event().wait()
    raise COMException(description="The demo's Business Objects were told to fail", scode=winerror.E_FAIL)


def dispatch_here(program_id):
    """Return the object as `dispatch_com` does.

    Wine at times does not find a server whose predecessor is just ending, where Windows starts another; it is asked
    once more.
    """
    try:
        return dispatch_com(program_id)
    except NeedsUser as error:
        if error.code != "business-objects-missing":
            raise
        return dispatch_com(program_id)


def register_server():
    """Tell Windows of the server; COM starts it through pywin32's own program for that."""
    register.RegisterServer(
        CLASS_ID,
        pythonInstString="tests.windows.inside.com_server.BusinessObjects",
        desc="The demo's Business Objects",
        progID=PROGRAM_ID,
        policy="win32com.server.policy.DynamicPolicy",
        clsctx=pythoncom.CLSCTX_LOCAL_SERVER,
        addnPath=str(ROOT),
        addPyComCat=False,
    )


def unregister_server():
    """Tell Windows that it is gone."""
    register.UnregisterServer(CLASS_ID, PROGRAM_ID)
