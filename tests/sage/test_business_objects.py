import sys
from types import ModuleType, SimpleNamespace

import pytest

from app.errors import NeedsUser, RetryLater
from app.sage.business_objects import PROGRAM_ID, ComObject, Reference, dispatch_com, translate


class ComError(Exception):
    """Stands in for pythoncom.com_error."""


class Variant:
    """Stands in for win32com.client.VARIANT."""

    def __init__(self, kind, value):
        self.kind = kind
        self.value = value


class Raw:
    """A late-bound COM object: a name is a property until it is flagged as a method."""

    _oleobj_ = object()
    sLastErrorMsg = "Sage's words"  # noqa: N815

    def __init__(self, **methods):
        self._methods = methods
        self._flagged = set()

    def _FlagAsMethod(self, name):
        self._flagged.add(name)

    def __getattr__(self, name):
        assert name in self._flagged, f"{name} was read like a property"
        return self._methods[name]


@pytest.fixture
def windows(monkeypatch):
    """Make pywin32 importable; `dispatched` answers what is dispatched."""
    started = []
    pythoncom = ModuleType("pythoncom")
    pythoncom.com_error = ComError
    pythoncom.VT_BYREF, pythoncom.VT_BSTR, pythoncom.VT_R8 = 0x4000, 8, 5
    pythoncom.CoInitialize = lambda: started.append("CoInitialize")
    world = SimpleNamespace(started=started, dispatched=lambda name: Raw())
    package, client, dynamic = ModuleType("win32com"), ModuleType("win32com.client"), ModuleType("dynamic")
    dynamic.Dispatch = lambda name: world.dispatched(name)  # noqa: PLW0108  # tests replace it later
    client.VARIANT, client.dynamic, package.client = Variant, dynamic, client
    for name, module in {
        "pythoncom": pythoncom,
        "win32com": package,
        "win32com.client": client,
        "win32com.client.dynamic": dynamic,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    return world


def test_where_windows_is_missing_that_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "pythoncom", None)
    with pytest.raises(NeedsUser) as caught:
        dispatch_com(PROGRAM_ID)
    assert caught.value.code == "business-objects-missing"


def test_the_thread_is_prepared_before_the_object_is_made(windows):
    assert isinstance(dispatch_com(PROGRAM_ID), ComObject)
    assert windows.started == ["CoInitialize"]


@pytest.mark.parametrize(
    ("code", "words"), [(-2147221164, "Class not registered"), (-2147221005, "Invalid class string")]
)
def test_sage_not_registered_on_this_computer_needs_the_user(windows, code, words):
    def refuse(name):
        raise ComError(code, words, None, None)

    windows.dispatched = refuse
    with pytest.raises(NeedsUser) as caught:
        dispatch_com(PROGRAM_ID)
    assert caught.value.code == "business-objects-missing"
    assert words in caught.value.detail


def test_a_by_reference_argument_brings_the_answer_back(windows):
    def next_batch(number, private, description):
        assert number.kind == 0x4000 | 8
        number.value = "00044"
        return 1

    number = Reference("")
    assert ComObject(Raw(nSelectNewBatch=next_batch), "bus").nSelectNewBatch(number, "N", "AP Bridge") == 1
    assert number.value == "00044"


def test_objects_come_wrapped_and_go_unwrapped(windows):
    session = Raw()

    def new_object(name, *given):
        if given:
            assert given == (session,)
        return session

    script = ComObject(Raw(NewObject=new_object), PROGRAM_ID)
    wrapped = script.NewObject("SY_Session")
    assert isinstance(wrapped, ComObject)
    assert isinstance(script.NewObject("AP_Invoice_bus", wrapped), ComObject)
    assert wrapped.sLastErrorMsg == "Sage's words"


def test_an_error_in_a_call_is_translated(windows):
    def fail(*values):
        raise ComError(-2147023170, "The remote procedure call failed.", None, None)

    with pytest.raises(RetryLater) as caught:
        ComObject(Raw(nWrite=fail), "AP_Invoice_bus").nWrite()
    assert caught.value.code == "sage-went-away"
    assert "AP_Invoice_bus.nWrite" in caught.value.detail


def test_other_com_errors_keep_their_words_for_support():
    error = translate((-2147352567, "Exception occurred.", (0, "ProvideX", "Error 26", None, 0, 0), None), "nSetKey")
    assert isinstance(error, RetryLater)
    assert error.code == "sage-business-objects"
    assert "Error 26" in error.detail


def test_a_server_that_is_gone_is_told_already_where_it_is_asked_for_the_method(windows):
    def gone(name):
        raise ComError(-2147023174, "The RPC server is unavailable.", None, None)

    raw = Raw()
    raw._FlagAsMethod = gone
    with pytest.raises(RetryLater) as caught:
        ComObject(raw, "AP_Invoice_bus").nClear()
    assert caught.value.code == "sage-went-away"
    assert "AP_Invoice_bus.nClear" in caught.value.detail
