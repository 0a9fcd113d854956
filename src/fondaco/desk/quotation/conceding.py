"""What changed between two versions of a quotation, and who gave way.

A change is conceded where it is better for the buyer (a lower price, a smaller minimum, a longer validity, a later
payment), gained where it is worse; terms in words are changed, and a person judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from fondaco.desk.quotation.values import Line, Quotation
from fondaco.kernel.money import Money

Kind = Literal["conceded", "gained", "changed"]
#: Numbers among the terms: name, in words, and whether more of it is better for the buyer.
_NUMBERS = (
    ("valid_days", "Days of validity", True),
    ("lead_days", "Lead time in days", False),
    ("minimum", "Smallest order", False),
    ("payment_days", "Days until payment", True),
)
_WORDS = (
    ("incoterm", "Incoterm"),
    ("place", "Named place"),
    ("samples", "Samples"),
    ("payment", "Payment"),
    ("notes", "Notes"),
)


@dataclass(frozen=True)
class Change:
    """One change: what, from what to what, who gave way, and by which share (of a price or quantity; above zero: less)."""

    what: str
    kind: Kind
    before: str
    after: str
    share: Decimal | None = None

    @property
    def sentence(self) -> str:
        """The change in words."""
        by = "" if self.share is None else f", {abs(self.share):.1%} {'less' if self.share > 0 else 'more'}"
        return f"{self.what}: {self.before or 'nothing'} → {self.after or 'nothing'}{by}"

    def to_json(self) -> dict[str, Any]:
        """Return the change as JSON values."""
        return {
            "what": self.what, "kind": self.kind, "before": self.before, "after": self.after,
            "share": None if self.share is None else float(self.share), "says": self.sentence,
        }  # fmt: skip


def changes(before: Quotation, after: Quotation) -> tuple[Change, ...]:
    """Return what changed from one version to a later one, prices first.

    Examples
    --------
    >>> from datetime import date
    >>> first = Quotation("Ada", "KOR", "EUR", date(2026, 1, 5), (Line("A", "Wine", Decimal(60), Decimal(10)),))
    >>> later = Quotation("Ada", "KOR", "EUR", date(2026, 1, 9), (Line("A", "Wine", Decimal(60), Decimal(9)),))
    >>> [each.sentence for each in changes(first, later)]
    ['Wine, price: 10.00 EUR → 9.00 EUR, 10.0% less']
    """
    old, new = _by_product(before), _by_product(after)
    found = []
    for key in (*old, *(key for key in new if key not in old)):
        if key not in new:
            found.append(Change(old[key].name, "changed", _line(old[key], before.currency), ""))
        elif key not in old:
            found.append(Change(new[key].name, "changed", "", _line(new[key], after.currency)))
        else:
            found += _of_line(old[key], new[key], before.currency, after.currency)
    return (*found, *_of_terms(before, after))


def price_given(before: Quotation, after: Quotation) -> Decimal | None:
    """Return the share of the price given up from one version to a later one; below zero where more is asked.

    Over the products that both have, at the later quantities.  None where there are none, or currencies differ.
    """
    old, new = _by_product(before), _by_product(after)
    both = [key for key in new if key in old]
    if before.currency != after.currency or not both:
        return None
    was = sum((old[key].price * new[key].quantity for key in both), Decimal(0))
    now = sum((new[key].price * new[key].quantity for key in both), Decimal(0))
    return 1 - now / was


def _by_product(quotation: Quotation) -> dict[tuple[str, str, int], Line]:
    """Return lines by number or text, and which of the same it is."""
    found: dict[tuple[str, str, int], Line] = {}
    for line in quotation.lines:
        name, count = (line.sku, "" if line.sku else line.text), 0
        while (*name, count) in found:
            count += 1
        found[(*name, count)] = line
    return found


def _line(line: Line, currency: str) -> str:
    return f"{line.quantity.normalize():,f} at {Money(line.price, currency)}"


def _of_line(old: Line, new: Line, was: str, now: str) -> list[Change]:
    found = []
    before, after = str(Money(old.price, was)), str(Money(new.price, now))
    if was != now:
        found.append(Change(f"{new.name}, price", "changed", before, after))
    elif old.price != new.price:
        share = _rounded(1 - new.price / old.price)
        found.append(
            Change(
                f"{new.name}, price", "conceded" if new.price < old.price else "gained", before, after, share
            )
        )
    if old.quantity != new.quantity:
        counts = f"{old.quantity.normalize():,f}", f"{new.quantity.normalize():,f}"
        found.append(
            Change(f"{new.name}, quantity", "changed", *counts, _rounded(1 - new.quantity / old.quantity))
        )
    if old.steps != new.steps:
        was_said, now_said = _ladder(old, was), _ladder(new, now)
        found.append(Change(f"{new.name}, ladder", "changed", was_said, now_said))
    return found


def _ladder(line: Line, currency: str) -> str:
    return "; ".join(f"from {step.quantity:,}: {Money(step.price, currency)}" for step in line.steps)


def _rounded(share: Decimal) -> Decimal:
    return share.quantize(Decimal("0.0001"))


def _of_terms(before: Quotation, after: Quotation) -> list[Change]:
    found = []
    for name, words, more_is_better in _NUMBERS:
        old, new = getattr(before.terms, name), getattr(after.terms, name)
        if old == new:
            continue
        kind: Kind = "changed"
        if old is not None and new is not None:
            kind = "conceded" if (new > old) == more_is_better else "gained"
        found.append(
            Change(words, kind, "" if old is None else f"{old:,}", "" if new is None else f"{new:,}")
        )
    for name, said in _WORDS:
        old, new = getattr(before.terms, name), getattr(after.terms, name)
        if old != new:
            found.append(Change(said, "changed", old, new))
    return found
