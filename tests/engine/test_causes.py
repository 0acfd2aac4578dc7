"""What needs the user, sorted by cause."""

from itertools import count

from app.domain.invoices import InvoiceKey
from app.engine.causes import AT_ONCE, by_cause
from app.engine.shown import Attention

BILL = InvoiceKey("01", "ACME", "INV-1")


def need(key: str, list_: str = "invoice", message: str = "", about: str = "") -> Attention:
    return Attention("Invoices", list_, key, key, message or f"about {key}", "", "code", about=about)


def in_steps(*needs: Attention, bills=None, pays=None) -> tuple[list[tuple[str, int]], int]:
    """Return what comes of sorting, and in how many steps."""
    steps = by_cause(needs, bills or {}, pays or {})
    for number in count():
        try:
            next(steps)
        except StopIteration as end:
            return [(each.key, each.depth) for each in end.value], number
    raise AssertionError("it never ends")


def sorted_(*needs: Attention, bills=None, pays=None) -> list[tuple[str, int]]:
    told, _ = in_steps(*needs, bills=bills, pays=pays)
    return told


def test_what_has_a_cause_of_its_own_stays_in_its_place() -> None:
    assert sorted_(need("a"), need("b")) == [("a", 0), ("b", 0)]


def test_what_is_told_word_for_word_again_stands_behind_the_first() -> None:
    needs = need("a", message="The vendor is inactive."), need("b"), need("c", message="The vendor is inactive.")
    assert sorted_(*needs) == [("a", 0), ("c", 1), ("b", 0)]


def test_what_is_told_of_the_same_account_stands_behind_the_first_whatever_its_lines() -> None:
    needs = need("a", about="000000012"), need("b", about="000000047"), need("c", about="000000012")
    assert sorted_(*needs) == [("a", 0), ("c", 1), ("b", 0)]


def test_a_payment_stands_behind_the_bill_it_waits_for() -> None:
    needs = need("pay", "sage_payment"), need("other"), need("bill")
    told = sorted_(*needs, bills={("invoice", "bill"): BILL}, pays={("sage_payment", "pay"): [BILL]})
    assert told == [("bill", 0), ("pay", 1), ("other", 0)]


def test_a_payment_whose_bill_needs_nobody_stands_for_itself() -> None:
    assert sorted_(need("pay", "payment"), pays={("payment", "pay"): [BILL]}) == [("pay", 0)]


def test_what_follows_from_a_follower_stands_behind_the_first_cause() -> None:
    needs = need("a", message="same"), need("bill", message="same"), need("pay", "payment")
    told = sorted_(*needs, bills={("invoice", "bill"): BILL}, pays={("payment", "pay"): [BILL]})
    assert told == [("a", 0), ("bill", 1), ("pay", 1)]


def test_many_are_sorted_in_steps_whether_they_have_one_cause_or_each_its_own() -> None:
    alike = [need(f"{number}", message="The same of all.") for number in range(3 * AT_ONCE)]
    each_its_own = [need(f"{number}") for number in range(3 * AT_ONCE)]
    for needs in (alike, each_its_own):
        told, steps = in_steps(*needs)
        assert [key for key, _ in told] == [each.key for each in needs]
        assert steps >= 2 * 3
