"""Cleans text as Sage stores it: padding and unprintable characters go, accents get their one spelling."""

import unicodedata

# The connection hands over Sage's Windows-1252 bytes one to one, so that no byte can stop a read; where such a
# byte is a character in Windows-1252 (curly quotes, the euro sign), it becomes that character here.
_FROM_CODE_PAGE = {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_BLANKS = dict.fromkeys(map(ord, "\t\n\v\f\r\u0085\u00a0\u2028\u2029"), " ")
_TABLE = _BLANKS | _FROM_CODE_PAGE


def clean(raw: str) -> tuple[str, int]:
    """Return `raw` trimmed, in NFC, with only printable characters, and how many characters were dropped.

    Line breaks, tabs and hard blanks become blanks and do not count as dropped.
    """
    text = raw.strip(" ")
    if text.isascii() and text.isprintable():
        return text, 0
    text = unicodedata.normalize("NFC", text.translate(_TABLE))
    kept = "".join(character for character in text if character.isprintable())
    return kept.strip(" "), len(text) - len(kept)


def fits_code_page(text: str) -> bool:
    """Tell whether Sage's code page can spell `text`; what it cannot spell, Sage cannot hold."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
