"""The note of the newest release, and how it is known to be genuine.

The note is JSON: {"release": TEXT, "signature": BASE64}. TEXT is JSON itself, with `version`, `date`, `notes` (what is
new, by language) and `page` (where it is to be had); the signature is Ed25519's, over TEXT in UTF-8. PyNaCl checks it:
it is small, and still has wheels for the 32-bit engine, which `cryptography` has no more.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from app.domain.codec import plain, restore
from app.domain.language import say
from app.errors import NeedsUser, Side

_VERSION = re.compile(r"\d+(?:\.\d+){1,3}")


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its version ("1.2.3"), its day, what is new ("en" and "fr"), and the page where it is to be had."""

    version: str
    date: str
    page: str
    notes: Mapping[str, str] = field(default_factory=dict)

    def newer_than(self, version: str) -> bool:
        """Tell whether this is a later version than `version`."""
        return _numbers(self.version) > _numbers(version)


def signed(release: Release, key: SigningKey) -> bytes:
    """Return the note of `release`, signed."""
    text = orjson.dumps(plain(release))
    signature = base64.b64encode(key.sign(text).signature)
    return orjson.dumps({"release": text.decode(), "signature": signature.decode()}, option=orjson.OPT_INDENT_2)


def read(note: bytes, key: bytes) -> Release:
    """Return the release of a note that `key` vouches for.

    Raises:
        NeedsUser: `update-not-genuine`, when it is not signed with the key, or says nothing that can be used.
    """
    try:
        told = orjson.loads(note)
        text = told["release"].encode()
        VerifyKey(key).verify(text, base64.b64decode(told["signature"], validate=True))
        release = restore(Release, orjson.loads(text))
        if not _VERSION.fullmatch(release.version) or not release.page.startswith("https://"):
            raise ValueError("no version or no page")  # noqa: TRY301  # told like all else that is wrong with it
    except (BadSignatureError, binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NeedsUser(
            "update-not-genuine",
            say("What was told about a new version is not genuine"),
            say("It is not signed by AP Bridge's makers, or was damaged on its way. Nothing was changed."),
            say("Try again tomorrow. If it stays, ask who looks after this computer what changes its internet pages."),
            side=Side.COMPUTER,
            detail=repr(error),
        ) from error
    return release


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split("."))
