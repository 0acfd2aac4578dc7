"""Chooses the language in which AP Bridge speaks, and reads its catalogue."""

import gettext
import locale
import os
import sys

from app.domain import language
from app.resources import resource

LANGUAGES = (language.ENGLISH, language.FRENCH)
CATALOGUE = "apbridge"
# For the programs that the window starts: they speak as it does.
ENVIRONMENT = "APBRIDGE_LANGUAGE"


def speak(chosen: str = "") -> None:
    """Speak from now on as APBRIDGE_LANGUAGE says, else as `chosen` in the settings; "" is this computer's language."""
    code = next(
        (each for each in (os.environ.get(ENVIRONMENT, ""), chosen, system_language()) if each in LANGUAGES), ""
    )
    folder = resource("translations")
    if code in ("", language.ENGLISH):
        language.use(language.ENGLISH, gettext.NullTranslations())
    else:
        language.use(code, gettext.translation(CATALOGUE, folder, [code]))


def system_language() -> str:
    """Return the two letters of this computer's language, or nothing where it does not tell."""
    if sys.platform == "win32":
        import ctypes

        named = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    else:
        given = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        named = next((each for each in given if each), "")
    return named[:2].lower()
