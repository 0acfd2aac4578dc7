"""Reads the help's pages, which people write in Markdown, and finds the paragraph of a code or of words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.language import ENGLISH, language
from app.resources import resource

# In the order of the contents; each is a file of this name in the folder of a language.
PAGES = (
    "start",
    "overview",
    "lists",
    "orders",
    "invoices",
    "payments",
    "activity",
    "settings",
    "wizard",
    "schedule",
    "checks",
    "sage",
    "quadient",
    "computer",
    "performance",
    "site-acceptance",
)
START = PAGES[0]
# “## What happened {#code #another-code}”
_ANCHORS = re.compile(r"\s*\{((?:#[a-z0-9-]+\s*)+)\}$")
_ANCHORED = re.compile(r"^#+ .*?\{((?:#[a-z0-9-]+\s*)+)\}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading; `anchors` are the codes that lead here."""

    page: str
    title: str
    anchors: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page ready to be shown."""

    name: str
    title: str
    html: str
    sections: tuple[Section, ...]


@lru_cache(maxsize=64)
def help_page(name: str, code: str) -> HelpPage:
    """Return a page in the language `code`.

    Raises:
        OSError: when there is no such page.
    """
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(_file(name, code).read_text(encoding="utf-8"))
    sections: list[Section] = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            title, anchors = _take_anchors(tokens[at + 1])
            sections.append(Section(name, title, anchors, _text(tokens[at + 3 :])))
    return HelpPage(name, sections[0].title, reader.renderer.render(tokens, reader.options, {}), tuple(sections))


def contents() -> list[HelpPage]:
    """Return all pages in the user's language, in their order."""
    return [help_page(name, language()) for name in PAGES]


def place_of(code: str) -> tuple[str, str] | None:
    """Return page and anchor of the paragraph about a code, or None when there is none."""
    page = _places(language()).get(code)
    return (page, code) if page is not None else None


def search(words: str) -> Sequence[Section]:
    """Return the sections that have all the words, those first that have them in their title."""
    wanted = _plain(words).split()
    if not wanted:
        return ()
    found = [
        (not all(word in _plain(each.title) for word in wanted), each)
        for page in contents()
        for each in page.sections
        if all(word in _plain(f"{each.title} {each.text} {' '.join(each.anchors)}") for word in wanted)
    ]
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


@lru_cache(maxsize=4)
def _places(code: str) -> dict[str, str]:
    """Return on which page of a language each anchor is, without making the pages: that takes a while."""
    return {
        anchor.removeprefix("#"): name
        for name in reversed(PAGES)  # where two have it, the first page counts
        for anchors in _ANCHORED.findall(_file(name, code).read_text(encoding="utf-8"))
        for anchor in anchors.split()
    }


def _file(name: str, code: str) -> Path:
    translated = resource("help", code, f"{name}.md")
    return translated if translated.exists() else resource("help", ENGLISH, f"{name}.md")


def _take_anchors(inline: Token) -> tuple[str, tuple[str, ...]]:
    """Turn the anchors that a heading names into marks to which a link can lead; return what is left, and them."""
    children = inline.children or []
    found = _ANCHORS.search(inline.content)
    if found is None:
        return inline.content, ()
    anchors = tuple(found[1].replace("#", "").split())
    inline.content = inline.content[: found.start()]
    children[-1].content = _ANCHORS.sub("", children[-1].content)
    marks = "".join(f'<a name="{anchor}"></a>' for anchor in anchors)
    children.insert(0, Token("html_inline", "", 0, content=marks))
    return inline.content, anchors


def _text(tokens: Sequence[Token]) -> str:
    """Return what is said up to the next heading."""
    said: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            break
        if token.type == "inline":
            said.append(token.content)
    return " ".join(said)


def _plain(text: str) -> str:
    """Return text as it is searched: without capitals and accents."""
    spread = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in spread if not unicodedata.combining(sign))
