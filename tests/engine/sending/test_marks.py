"""What comments say in Sage, and how much of it."""

from dataclasses import replace

from app.engine.sending.marks import line_comments, marked_with
from tests.engine.checks.fakes import make_invoice


def test_no_comment_is_longer_than_sage_takes_and_the_mark_is_never_cut() -> None:
    line = replace(make_invoice().lines[0], comment="x" * 3000)
    made = make_invoice(lines=(line, replace(line, number=2)), description="d" * 500)
    first, second = line_comments(made, 40, 2048)
    assert (len(first), len(second)) == (2048, 2048)
    assert first.startswith("d" * 500 + " x")
    assert first.endswith(f"x AP Bridge {made.id}")


def test_a_mark_is_read_only_where_ap_bridge_puts_it() -> None:
    assert marked_with(["Drills", "Paper AP Bridge inv-7"]) == "inv-7"
    assert marked_with(["AP Bridge pay-9"]) == "pay-9"
    assert marked_with(["see AP Bridge inv-7 of May", "xAP Bridge inv-8", ""]) == ""
