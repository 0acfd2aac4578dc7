"""Which language AP Bridge speaks."""

from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from app import language
from app.domain.language import ENGLISH, FRENCH, use
from app.domain.language import language as spoken
from app.language import ENVIRONMENT, speak


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(ENGLISH, NullTranslations())


@pytest.mark.parametrize(
    ("window", "setting", "computer", "speaks"),
    [
        ("", "", "en_US.UTF-8", ENGLISH),
        ("", "", "fr_CA.UTF-8", FRENCH),
        ("", "", "de_DE.UTF-8", ENGLISH),
        ("", "", "C", ENGLISH),
        ("", "fr", "en_US.UTF-8", FRENCH),
        ("", "en", "fr_CA.UTF-8", ENGLISH),
        ("fr", "en", "en_US.UTF-8", FRENCH),
        ("", "xx", "fr_CA.UTF-8", FRENCH),
    ],
)
def test_the_window_is_followed_then_the_setting_then_the_computer(
    window: str, setting: str, computer: str, speaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, window)
    monkeypatch.setattr(language, "system_language", computer[:2].lower)
    speak(setting)
    assert spoken() == speaks


@pytest.mark.skipif("sys.platform == 'win32'")
def test_the_computers_language_is_the_first_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "")
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    assert language.system_language() == "fr"
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert language.system_language() == "en"
