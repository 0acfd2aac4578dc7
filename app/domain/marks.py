"""The mark in Sage's comments that shows what AP Bridge wrote there."""

import re

_MARK = re.compile(r"(?:^|\s)AP Bridge (\S+)$")


def marked(comment: str) -> str:
    """Return the id in the mark that a comment from Sage ends in, '' when there is none."""
    found = _MARK.search(comment.strip())
    return found[1] if found is not None else ""
