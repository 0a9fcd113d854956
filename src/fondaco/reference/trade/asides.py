"""What of a trade file is not counted as a flow, and why: every such row has one of these kinds.

Some kinds are how statistics are written (sums over partners, headings beside their subheadings) and
need nobody's attention; the others are `PROBLEMS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: kind: (reason, cure).
KINDS: dict[str, tuple[str, str]] = {
    "broken line": (
        "The line has more or fewer cells than the table has columns, or cannot be read as text.",
        "Open the file at that line and mend it, or download it again.",
    ),
    "unknown country": (
        "No country is known by this name or code.",
        "Write the country as an ISO code, such as ITA.",
    ),
    "retired country": (
        "The state is no more, and its trade cannot be shared out among its successors.",
        "Leave these years out, or bring figures by successor.",
    ),
    "not elsewhere specified": (
        "The statistics do not say which country: trade not elsewhere specified, bunkers, free zones.",
        "Nothing to do; it is part of world trade but of no market.",
    ),
    "sum over countries": (
        "The row is the sum over all partners.",
        "Nothing to do: the partners are counted.",
    ),
    "group of countries": (
        "The row is of a group of countries, such as the European Union.",
        "Nothing to do where its members are in the file; else download them one by one.",
    ),
    "domestic": ("Exporter and importer are the same market: no trade between countries.", "Nothing to do."),
    "unknown product": (
        "It is no possible code of the Harmonized System.",
        "Check the column of products; say --products labels where it is another list of products.",
    ),
    "lost zero": (
        "The code has an odd number of digits: a spreadsheet probably took its first zero away.",
        "Download the file again and keep the column as text, or say --pad-zeros where that is certain.",
    ),
    "all products": ("The row is the sum over all products.", "Nothing to do: the products are counted."),
    "heading beside its subheadings": (
        "The file holds the same trade in more detail; counted both ways it would count double.",
        "Nothing to do.",
    ),
    "no year": ("The year or period is missing or cannot be understood.", "Write years as 2023."),
    "no value": (
        "No value is stated (empty, a dot or colon, confidential).",
        "Nothing to do; the flow is not known, which is not zero.",
    ),
    "not a number": (
        "The value cannot be read as a number.",
        "Check thousands separators and decimal comma; say --decimal , where commas are decimals.",
    ),
    "negative value": (
        "Trade cannot be negative; it is a correction.",
        "Ask the source for corrected figures.",
    ),
    "other flow": (
        "Neither import nor export: re-exports and re-imports, which are part of exports and imports.",
        "Nothing to do.",
    ),
    "part of a flow": (
        "The row is one part of a flow, such as one mode of transport, customs procedure or second partner.",
        "Nothing to do where the whole is in the file; else download totals.",
    ),
    "not a value": ("The row holds a quantity or another indicator, not a value.", "Nothing to do."),
    "month of a stated year": ("The whole year is in the file too.", "Nothing to do."),
    "repeated": ("The same row stands in the file more than once; it is counted once.", "Nothing to do."),
    "contested": (
        "The same flow is stated again with another value; the last statement counts.",
        "Remove the older statement, or say --repeats sum where the rows are parts of one flow.",
    ),
}

#: Kinds that a person should look at.
PROBLEMS = frozenset({
    "broken line", "unknown country", "unknown product", "lost zero", "no year", "not a number", "negative value",
    "contested", "retired country",
})  # fmt: skip


@dataclass(frozen=True)
class Named:
    """One spelling that rows were put aside for: how many, and their value in the file's currency."""

    said: str
    count: int
    value: float
    note: str = ""


@dataclass(frozen=True)
class Aside:
    """Rows of one kind that are not counted.

    Attributes
    ----------
    kind
        One of `KINDS`.
    count, value
        How many rows, and the sum of their values where they have one.
    file, row
        The first of them; row 2 is the line after the column names.
    named
        The spellings concerned, those with most rows first (at most ten).
    """

    kind: str
    count: int
    value: float
    file: str
    row: int | None
    named: tuple[Named, ...] = ()

    @property
    def reason(self) -> str:
        """Why they are not counted, in a sentence."""
        return KINDS[self.kind][0]

    @property
    def cure(self) -> str:
        """What would cure it, in a sentence."""
        return KINDS[self.kind][1]

    @property
    def problem(self) -> bool:
        """Whether a person should look at it."""
        return self.kind in PROBLEMS

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "kind": self.kind, "count": self.count, "value": round(self.value, 3), "reason": self.reason,
            "cure": self.cure, "file": self.file, "row": self.row, "problem": self.problem,
            "named": [vars(one) for one in self.named],
        }  # fmt: skip
