"""Keeps the catalogue of translations current with the sources.

`update` gathers the texts of the sources into each language's .po and compiles it; `check` tells what is missing.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("fr",)
# What is looked up where it is shown, and what marks a table's text for that.
KEYWORDS = {"say": None, "tr": None, "later": None, "count": (2, 3), "counted": (2, 3)}
# The demo world speaks as Sage and Quadient AP do, in English.
METHODS = [("**/sandbox/**", "ignore"), ("**.py", "python")]
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
WIDTH = 118


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
    """Return the texts of the sources."""
    template = Catalog(project="AP Bridge", version="")
    for file, line, message, comments, context in extract_from_dir(
        ROOT / "app", method_map=METHODS, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        del line  # line numbers would change the catalogue with every edit
        template.add(message, locations=[(f"app/{Path(file).as_posix()}", 0)], auto_comments=comments, context=context)
    for each in messages(template):
        # Not every brace is a place to be filled, and Python's own sign for numbers stands in no text.
        each.flags.discard("python-format")
        each.flags.discard("python-brace-format")
        each.locations = sorted(set(each.locations))
    return template


def update(language: str) -> None:
    """Bring the language's .po up to date with the sources, keeping its translations, and compile it."""
    catalogue = read(language)
    kept = {each.id: each.string for each in messages(catalogue) if each.string and not each.fuzzy}
    fresh = extracted()
    fresh.locale, fresh.header_comment, fresh.fuzzy = catalogue.locale, catalogue.header_comment, False
    for each in messages(fresh):
        if each.id in kept:
            each.string = kept[each.id]
    po(language).write_bytes(written(fresh))
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
    if mo(language).read_bytes() != compiled(language):
        yield "the compiled catalogue is older than the .po: run “update”"


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Return the texts of a catalogue without its head."""
    return (each for each in catalogue if each.id)


def read(language: str) -> Catalog:
    """Return the language's catalogue as it is kept."""
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as a .po file: sorted by text, without dates and line numbers, so that changes are few."""
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, sort_output=True, include_lineno=False, omit_header=False)
    return b"\n".join(line for line in out.getvalue().split(b"\n") if not DATED.match(line))


DATED = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team):'
)


def compiled(language: str) -> bytes:
    """Return the language's catalogue as programs read it."""
    catalogue = read(language)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def po(language: str) -> Path:
    """Return where a language's catalogue is kept for translators."""
    return FOLDER / language / "LC_MESSAGES" / "apbridge.po"


def mo(language: str) -> Path:
    """Return where a language's catalogue is kept for the program."""
    return po(language).with_suffix(".mo")


if __name__ == "__main__":
    sys.exit(main())
