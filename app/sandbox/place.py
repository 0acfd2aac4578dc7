"""Where a demo world keeps its files; who only reads them need not load what makes them."""

from pathlib import Path


def company_file(location: Path, code: str) -> Path:
    """Return where the demo world in `location` keeps the company called `code`."""
    return location / "sage" / f"MAS_{code}.sqlite"
