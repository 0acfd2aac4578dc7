"""The one door through which every sentence that people read goes to be translated."""

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations

ENGLISH = "en"
FRENCH = "fr"


class _Chosen:
    """The language of this process; English, as the sentences are written, until `use` is called."""

    code = ENGLISH
    translations = NullTranslations()


def use(code: str, translations: NullTranslations) -> None:
    """Say everything from now on in the language `code`, as `translations` has it."""
    _Chosen.code, _Chosen.translations = code, translations


@contextmanager
def english() -> Iterator[None]:
    """Speak English within: in files that other programs read, a value must be the same in every language."""
    code, translations = _Chosen.code, _Chosen.translations
    use(ENGLISH, NullTranslations())
    try:
        yield
    finally:
        use(code, translations)


def language() -> str:
    """Return the code of the language in which this process speaks."""
    return _Chosen.code


def say(text: str, /, **values: object) -> str:
    """Return `text` in the user's language, its {names} filled with `values`; without values it is taken as it is."""
    translated = _Chosen.translations.gettext(text) if text else text  # the empty text is the catalogue's own head
    return translated.format(**values) if values else translated


def count(number: int, one: str, many: str, /, **values: object) -> str:
    """Return `one` or `many`, whichever fits `number` in the user's language; {n} in them is the number."""
    translated = _Chosen.translations.ngettext(one, many, number)
    return translated.format(**({"n": whole(number)} | values))


def later(text: str) -> str:
    """Mark a text of a table for translation; `say` looks it up when it is shown, as tables are built once."""
    return text


def later_counted(one: str, many: str = "") -> tuple[str, str]:
    """Mark the two texts of a table for translation; `count` looks them up when they are shown.

    Where English has one text for any number, it stands alone: other languages have two.
    """
    return one, many or one


def whole(number: int) -> str:
    """Return a count as people read it: 1,204; in French 1 204 with no-break spaces."""
    return f"{number:,}".replace(",", THOUSANDS[language()])


THOUSANDS = {ENGLISH: ",", FRENCH: "\N{NO-BREAK SPACE}"}
DECIMAL = {ENGLISH: ".", FRENCH: ","}
