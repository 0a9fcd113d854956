"""What became of an import: five classes that add up to the rows read, and so does the money."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fondaco.kernel import Problem

CLASSES = ("facts", "adjustments", "charges", "duplicates", "quarantined")


@dataclass(frozen=True)
class ImportReport:
    """The account of one import.

    Attributes
    ----------
    import_
        Its id; for a file that is in already, the id of the import that brought it.
    firm, files, readers, tables
        Whose, from which files, understood by which readers, into which canonical tables.
    rows_read
        Rows of all files, headers and blank lines aside.
    facts, adjustments, charges, duplicates, quarantined
        The five classes; they add up to `rows_read`.
    added
        Rows that now count and did not before: first statements and revisions.
    totals
        Net value (amount, discount and refund) by class, in `currency`; they add up to `net_total`.
        Rows whose money cannot be read or converted count as zero here and are named in `problems`.
    net_total
        The same over all rows read; None where the tables hold no order lines.
    currency
        The firm's reporting currency.
    problems
        What a person should know of.
    already
        Whether these very files had been imported before, so that nothing was done.
    """

    import_: str
    firm: str
    files: tuple[str, ...]
    readers: tuple[str, ...]
    tables: tuple[str, ...]
    rows_read: int
    facts: int
    adjustments: int
    charges: int
    duplicates: int
    quarantined: int
    added: int
    currency: str
    totals: dict[str, Decimal] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    already: bool = False

    @property
    def net_total(self) -> Decimal | None:
        """The money of all rows read; None without order lines."""
        return sum(self.totals.values(), Decimal(0)) if self.totals else None

    @property
    def reader(self) -> str:
        """The readers, as one text."""
        return ", ".join(self.readers)

    def to_json(self) -> dict[str, Any]:
        """Return the public fields as JSON-ready values (see ``docs/json.md``)."""
        return {
            "import": self.import_,
            "firm": self.firm,
            "files": list(self.files),
            "readers": list(self.readers),
            "tables": list(self.tables),
            "rows_read": self.rows_read,
            **{name: getattr(self, name) for name in CLASSES},
            "added": self.added,
            "net_total": None if self.net_total is None else money(self.net_total),
            "totals": {name: money(value) for name, value in self.totals.items()},
            "currency": self.currency,
            "problems": [vars(problem) for problem in self.problems],
            "already": self.already,
        }


def money(value: Decimal) -> str:
    """Write money with at least two decimals and no more than it needs.

    >>> money(Decimal("9747747.9340")), money(Decimal("12"))
    ('9747747.93', '12.00')
    """
    return str(value.quantize(Decimal("0.01")))


def report_from_json(data: dict[str, Any], totals: dict[str, str]) -> ImportReport:
    """Read a report back from the journal, where `totals` keeps every decimal."""
    return ImportReport(
        import_=data["import"],
        firm=data["firm"],
        files=tuple(data["files"]),
        readers=tuple(data["readers"]),
        tables=tuple(data["tables"]),
        rows_read=data["rows_read"],
        **{name: data[name] for name in CLASSES},
        added=data["added"],
        currency=data["currency"],
        totals={name: Decimal(value) for name, value in totals.items()},
        problems=tuple(Problem(**problem) for problem in data["problems"]),
    )
