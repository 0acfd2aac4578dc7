"""Takes out of a text what support must not see: secrets, bank and tax numbers, and, unless asked for, names."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

SECRET = "[secret]"  # noqa: S105  # what stands in its place
SHORTEST_NAME = 3  # letters; a shorter one would be found in half of all words

# A word whose value is secret, however it is written: in JSON, a connection string, an address or a header.
_HIDDEN = r"(?:pwd|pass(?:word|wd|phrase)?|secret|token|authorization|api[_-]?key)"
_IS_SECRET = re.compile(_HIDDEN, re.IGNORECASE)
_KEYED = re.compile(
    rf"""({_HIDDEN}["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|\{{[^}}]*\}}|(?:(?:bearer|basic)\s+)?[^\s"';,&}})\]]+)""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/@:]+:[^\s/@]+@")
# First what looks like a number and is none: times, and the runs' names. Then IBANs, tax numbers as they are written in
# the United States and Canada, and whatever has seven digits or more, as bank accounts and routing numbers have.
_NUMBERS = re.compile(
    r"(?P<kept>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?"
    r"|\b(?:19|20)\d{6}(?:-\d{6}-[0-9a-f]{4})?(?![\d-]))"
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
    r"|\b\d{3}[- ]\d{2}[- ]\d{4}\b|\b\d{2}-\d{7}\b|\b\d{3}[- ]\d{3}[- ]\d{3}\b"
    r"|(?<![\w.,])\d(?:[ -]?\d){6,}(?:[ ]?R[TPCZ][ ]?\d{4})?(?![\d])"
)
_WORD = re.compile(r"\w+")


class Redaction:
    """Takes out the `secrets` wherever they stand, what looks like a secret or a number, and the `names`.

    The same number or name gets the same stand-in, so that support can tell what belongs together.
    """

    def __init__(self, secrets: Iterable[str], names: Iterable[str]) -> None:
        self._secrets = sorted({each for each in secrets if each}, key=len, reverse=True)
        self._stand_ins: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        # By their first word, so that each word of a long log is looked up once, however many names there are.
        self._names: dict[str, list[str]] = {}
        for name in sorted({each.strip().lower() for each in names}, key=len, reverse=True):
            first = _WORD.search(name)
            if first is not None and len(name) >= SHORTEST_NAME:
                self._names.setdefault(first[0], []).append(name[first.start() :])

    def text(self, text: str) -> str:
        """Return `text` without what must not be seen."""
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        text = _IN_ADDRESS.sub(f"{SECRET}@", text)
        text = _KEYED.sub(rf"\1{SECRET}", text)
        text = _BEARER.sub(rf"\1 {SECRET}", text)
        text = self._without_names(text)
        return _NUMBERS.sub(lambda found: found[0] if found["kept"] else self._stand_in("number", found[0]), text)

    def value(self, value: Any) -> Any:
        """Return a value made of JSON's parts, with each text in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {
                self.text(str(key)): SECRET
                if isinstance(each, str) and each and _IS_SECRET.search(str(key))
                else self.value(each)
                for key, each in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self.value(each) for each in value]
        return value

    def _without_names(self, text: str) -> str:
        if not self._names:
            return text
        small = text.lower()
        if len(small) != len(text):  # a letter that is two in small keeps no place; there are hardly any
            small = "".join(low if len(low := each.lower()) == 1 else each for each in text)
        parts, done = [], 0
        for word in _WORD.finditer(small):
            start = word.start()
            if start < done:
                continue
            for name in self._names.get(word[0], ()):
                end = start + len(name)
                if small.startswith(name, start) and not (end < len(small) and small[end].isalnum()):
                    parts += [text[done:start], self._stand_in("name", name)]
                    done = end
                    break
        return "".join((*parts, text[done:]))

    def _stand_in(self, kind: str, original: str) -> str:
        if original not in self._stand_ins:
            self._counts[kind] += 1
            self._stand_ins[original] = f"[{kind} {self._counts[kind]}]"
        return self._stand_ins[original]
