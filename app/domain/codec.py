"""One way to turn the domain's values into JSON and back: decimals and dates as text, key order fixed."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from typing import Any, TypeVar

import orjson
from cattrs import Converter

from app.domain.money import exact

T = TypeVar("T")

HASH_BYTES = 16


def _text(value: Any, _: type) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, not {value!r}")
    return value


def _exactly(kind: type, value: Any) -> Any:
    """Return `value`; the text "false" must not pass for True, nor 1.5 for 1."""
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, not {value!r}")
    return value


def _values(named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as `plain` would, almost all of which are plain already."""
    return {name: value if type(value) in _PLAIN else plain(value) for name, value in named.items()}


_PLAIN = frozenset({str, bool, int, type(None)})

_converter = Converter(detailed_validation=False, forbid_extra_keys=False)
_converter.register_unstructure_hook(Decimal, lambda value: format(value, "f"))
_converter.register_unstructure_hook_func(lambda kind: kind == Mapping[str, Any], _values)
_converter.register_structure_hook(Decimal, lambda value, _: exact(_text(value, str)))
_converter.register_unstructure_hook(date, date.isoformat)
_converter.register_structure_hook(date, lambda value, _: date.fromisoformat(_text(value, str)))
_converter.register_structure_hook(str, _text)
_converter.register_structure_hook(bool, lambda value, _: _exactly(bool, value))
_converter.register_structure_hook(int, lambda value, _: _exactly(int, value))
# Without its own hook an enumeration of texts would pass as any text.
_converter.register_structure_hook(StrEnum, lambda value, kind: kind(_text(value, str)))


def plain(value: Any) -> Any:
    """Return `value` as dicts, lists, text, numbers, booleans and None; decimals and dates become text."""
    return _converter.unstructure(value)


def canonical(value: Any) -> bytes:
    """Return the one JSON spelling of `value`: equal values give equal bytes."""
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def fingerprint(data: bytes) -> bytes:
    """Return the 16-byte hash that stands for `data` in checkpoints and previews."""
    return blake2b(data, digest_size=HASH_BYTES).digest()


def restore(kind: type[T], data: Any) -> T:
    """Return the value of type `kind` that `plain` or `canonical` (parsed) spelled; unknown keys are ignored.

    Raises:
        ValueError: when something is missing or not of its type; the text says what.
    """
    try:
        if is_dataclass(kind) and not isinstance(data, dict):
            raise TypeError(f"expected an object, not {type(data).__name__}")  # noqa: TRY301  # said like the others
        return _converter.structure(data, kind)
    except (KeyError, TypeError, ValueError) as error:
        what = f"“{error.args[0]}” is missing" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"not a valid {kind.__name__}: {what}") from error
