"""Everything that people read goes through the door, and has its translation."""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOOR = {"say", "tr", "count", "counted", "later", "later_counted"}
ERRORS = {"BridgeError", "RetryLater", "SkipItem", "NeedsUser", "StopRun", "CompanyBusy", "BugError"}
FINDINGS = {"stop", "warn", "inform"}
# What Qt shows: what these are given is read by people.
SHOWN = {
    "QAction", "QCheckBox", "QGroupBox", "QLabel", "QPushButton", "QRadioButton", "addAction", "addItem", "addTab",
    "setAccessibleDescription", "setAccessibleName", "setPlaceholderText", "setStatusTip", "setSubTitle", "setText",
    "setTitle", "setToolTip", "setWindowTitle",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z]{2}")


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "resources" / "dev" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


translations = load("translations")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        if "sandbox" not in file.parts:
            yield file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def bare(node: ast.expr) -> bool:
    """Whether words stand there that nobody translates; what is inside a call may have gone through the door."""
    if isinstance(node, ast.IfExp):
        return bare(node.body) or bare(node.orelse)
    if isinstance(node, ast.BinOp):
        return bare(node.left) or bare(node.right)
    if isinstance(node, ast.JoinedStr):
        said = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        return WORD.search(re.sub(r"<[^>]*>?", "", said)) is not None
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.search(node.value) is not None


def test_errors_and_findings_say_nothing_past_the_door() -> None:
    past = [
        f"{file}:{call.lineno}"
        for file, tree in sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for said in (call.args[1:4] if name_of(call) in ERRORS else call.args[1:3] if name_of(call) in FINDINGS else ())
        if bare(said)
    ]
    assert past == []


def test_the_window_shows_nothing_past_the_door() -> None:
    past = [
        f"{file}:{call.lineno} {ast.unparse(call)[:80]}"
        for file, tree in sources()
        if "gui" in file.parts
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(call) in SHOWN
        for said in call.args
        if bare(said)
    ]
    assert past == []


def test_nothing_is_translated_before_the_language_is_known() -> None:
    def at_import(node: ast.AST) -> Iterator[ast.Call]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Call) and name_of(child) in {"say", "tr", "count", "counted"}:
                yield child
            yield from at_import(child)

    assert [f"{file}:{call.lineno}" for file, tree in sources() for call in at_import(tree)] == []


def test_every_text_can_be_looked_up() -> None:
    """A text that is put together before it is looked up is in no catalogue."""
    past = [
        f"{file}:{call.lineno}"
        for file, tree in sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and name_of(call) in DOOR and isinstance(call.func, ast.Name)
        if any(isinstance(text, ast.JoinedStr) for text in call.args[:3])
    ]
    assert past == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_every_text_has_its_translation(language: str) -> None:
    assert list(translations.troubles(language)) == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_the_catalogue_is_as_the_tool_writes_it(language: str) -> None:
    kept = translations.po(language).read_bytes()
    assert translations.written(translations.read(language), translations.head_of(language)) == kept


def test_french_has_no_break_spaces_except_in_what_is_quoted() -> None:
    assert translations.spaced("Non : « Reset » à 5 %, {n} % ; 12:30") == (
        "Non\u00a0: «\u00a0Reset\u00a0» à 5\u00a0%, {n}\u00a0% ; 12:30"
    )
    assert translations.spaced("Ici : `a : b`\n```\nc : d\n```\n") == "Ici\u00a0: `a : b`\n```\nc : d\n```\n"


@pytest.mark.parametrize(
    "typed", ["or with “apbridge", "apbridge password", "--accept-deletions", "--although-not-in-sage"]
)
def test_what_the_window_has_a_button_for_is_not_said_as_a_command_to_type(typed: str) -> None:
    assert [each.id for each in translations.messages(translations.extracted()) if typed in str(each.id)] == []


def test_quadient_aps_own_word_reset_stays_as_it_is_in_french() -> None:
    messages = translations.messages(translations.read("fr"))
    told = {str(each.id): each.string for each in messages if re.search(r"\breset\b", str(each.id), re.IGNORECASE)}
    assert len(told) >= 9
    assert [each for each in told.values() if "«\u00a0Reset\u00a0»" not in each] == []
    pages = sorted((ROOT / "resources" / "help" / "fr").glob("*.md"))
    assert [page.name for page in pages if "réinitialis" in page.read_text(encoding="utf-8").lower()] == []
