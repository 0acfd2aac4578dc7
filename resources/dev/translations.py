"""Keeps the catalogue of translations current with the sources.

`update` gathers the texts of the sources into each language's .po and compiles it, and sets the spaces that French has
where no line may break, in the help too; `check` tells what is missing.
"""

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("fr",)
# What looks a text up, and what marks a table's text for that; the second kind takes one text and its plural.
SINGULAR = ("say", "tr", "later")
PLURAL = {"count": 1, "counted": 1, "later_counted": 0}
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
WIDTH = 118
# Before a colon or a percent sign, and within quotation marks.
NO_BREAK = re.compile(r" (?=:(?:\s|$)|»)|(?<=«) |(?<=[\d}]) (?=%)")
# What a page of the help quotes as it is: programs' words, and the figures of the benchmarks.
QUOTED = re.compile(r"(```.*?```|`[^`\n]*`|<!-- figures.*?<!-- end of the figures -->)", re.DOTALL)


def main() -> int:
    """Do what the command line asks; exit code 1 when `check` found something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=["update", "check"])
    if parser.parse_args().do == "update":
        for language in LANGUAGES:
            update(language)
    found = [f"{language}: {trouble}" for language in LANGUAGES for trouble in troubles(language)]
    print("\n".join(found) or "Every text has its translation.")
    return 1 if found else 0


def extracted() -> Catalog:
    """Return the texts of the sources; the demo world is left out: it speaks as Sage and Quadient AP do, in English."""
    template = Catalog(project="AP Bridge", version="")
    for file in sorted((ROOT / "app").rglob("*.py")):
        if "sandbox" not in file.parts:
            # Without line numbers: those would change the catalogue with every edit.
            place = (file.relative_to(ROOT).as_posix(), 0)
            for text in texts(file.read_text(encoding="utf-8")):
                template.add(text, locations=[place])
    for each in messages(template):
        each.flags.clear()
        each.locations = sorted(set(each.locations))
    return template


def texts(source: str) -> Iterator[str | tuple[str, str]]:
    """Yield what a module hands to the door as it stands: a text, or one text and its plural."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        given = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
        if name in SINGULAR and given and isinstance(given[0], str) and given[0]:
            yield given[0]
        elif name in PLURAL:
            pair = given[PLURAL[name] : PLURAL[name] + 2]
            if name == "later_counted":  # one text may be both
                pair = (pair * 2)[:2]
            if len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], str):
                yield pair[0], pair[1]


def update(language: str) -> None:
    """Bring the language's .po up to date with the sources, keeping its translations, and compile it."""
    catalogue = read(language)
    kept = {each.id: each.string for each in messages(catalogue) if each.string and not each.fuzzy}
    fresh = extracted()
    fresh.locale, fresh.fuzzy = catalogue.locale, False
    fresh.mime_headers = [("Plural-Forms", catalogue.plural_forms)]  # the .po's own: Babel's view of them changes
    for each in messages(fresh):
        if each.id in kept:
            each.string = spaced(kept[each.id]) if isinstance(kept[each.id], str) else tuple(map(spaced, kept[each.id]))
    po(language).write_bytes(written(fresh, head_of(language)))
    for page in pages(language):
        page.write_text(spaced(page.read_text(encoding="utf-8")), encoding="utf-8")
    mo(language).write_bytes(compiled(language))


def troubles(language: str) -> Iterator[str]:
    """Say what is wrong with a language's catalogue."""
    catalogue = read(language)
    known = {each.id: each for each in messages(catalogue)}
    wanted = {each.id for each in messages(extracted())}
    for text in sorted(wanted - known.keys(), key=str):
        yield f"not in the catalogue: {text!r}"
    for text in sorted(known.keys() - wanted, key=str):
        yield f"no longer in the sources: {text!r}"
    for text, each in known.items():
        sources = (text,) if isinstance(text, str) else text
        translations = (each.string,) if isinstance(each.string, str) else tuple(each.string)
        if not all(translations) or each.fuzzy:
            yield f"not translated: {text!r}"
            continue
        asked = set(PLACEHOLDER.findall(" ".join(sources)))
        for translation in translations:
            given = set(PLACEHOLDER.findall(translation))
            # “one” may go without its number; nothing may be asked for that is not there.
            if given - asked or (len(sources) == 1 and asked != given):
                yield f"other places to fill in the translation of {text!r}"
        for translation in translations:
            if translation != spaced(translation):
                yield f"a line may break at a space in the translation of {text!r}: run “update”"
    for page in pages(language):
        if (kept := page.read_text(encoding="utf-8")) != spaced(kept):
            yield f"a line may break at a space in {page.relative_to(ROOT)}: run “update”"
    if told(mo(language).read_bytes()) != told(compiled(language)):
        yield "the compiled catalogue is older than the .po: run “update”"


def spaced(text: str) -> str:
    """Return a French text or page with no-break spaces where they belong."""
    parts = QUOTED.split(text)
    return "".join(part if place % 2 else NO_BREAK.sub("\u00a0", part) for place, part in enumerate(parts))


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Return the texts of a catalogue without its head."""
    return (each for each in catalogue if each.id)


def read(language: str) -> Catalog:
    """Return the language's catalogue as it is kept."""
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def written(catalogue: Catalog, head: str) -> bytes:
    """Return a catalogue as a .po file: sorted by text, without dates and line numbers, so that changes are few.

    `head` is the translators' glossary: Babel would wrap it.
    """
    for each in messages(catalogue):
        each.flags.clear()  # Babel guesses at them when it reads
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, sort_output=True, include_lineno=False, omit_header=False)
    text = b"\n".join(line for line in out.getvalue().split(b"\n") if not DATED.match(line))
    return head.encode() + text[text.index(b'msgid ""') :]


NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
DATED = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team):'
)


def head_of(language: str) -> str:
    """Return the comment at the top of the language's .po."""
    text = po(language).read_text(encoding="utf-8")
    return text[: text.index('msgid ""')]


def compiled(language: str) -> bytes:
    """Return the language's catalogue as programs read it."""
    catalogue = read(language)
    catalogue.creation_date = catalogue.revision_date = NO_DATE  # the same bytes whenever it is compiled
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def told(catalogue: bytes) -> tuple[str, list[tuple[object, object]]]:
    """Return what a compiled catalogue tells a program: versions of Babel agree upon that, not upon its bytes."""
    read = read_mo(io.BytesIO(catalogue))
    return read.plural_forms, sorted(((each.id, each.string) for each in messages(read)), key=str)


def po(language: str) -> Path:
    """Return where a language's catalogue is kept for translators."""
    return FOLDER / language / "LC_MESSAGES" / "apbridge.po"


def pages(language: str) -> list[Path]:
    """Return the pages of the help in a language."""
    return sorted((ROOT / "resources" / "help" / language).glob("*.md"))


def mo(language: str) -> Path:
    """Return where a language's catalogue is kept for the program."""
    return po(language).with_suffix(".mo")


if __name__ == "__main__":
    sys.exit(main())
