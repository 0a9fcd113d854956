"""The numbers of a plan as an Excel workbook: actions, conflicts, every figure behind them, what is not known.

A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from fondaco.kernel.exports import neutralise
from fondaco.workflows.plan_document import Document

#: Figures that a workbook lists at most; more is told in its last row.
MOST_FIGURES = 20_000
#: What a cell of Excel holds.
_CELL = 32_000


def workbook_of(document: Document) -> bytes:
    """Return the workbook's content."""
    import xlsxwriter

    held = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    proposal = document.proposal
    with xlsxwriter.Workbook(held, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        for name, header, rows in (
            ("Actions", _ACTIONS, list(_actions(document))),
            ("Conflicts", _CONFLICTS, list(_conflicts(proposal))),
            ("Figures", ("part", "figure", "value"), list(_figures(proposal))),
            ("Not known", ("what",), [[said] for said in proposal["unknown"]]),
            ("About", ("", ""), _about(document)),
        ):
            _sheet(book.add_worksheet(name), header, rows, head)
    return held.getvalue()


_ACTIONS = (
    "part",
    "what",
    "who",
    "when",
    "status",
    "why",
    "who says so",
    "what would change it",
    "market",
    "product",
    "comments",
    "key",
)
_CONFLICTS = ("severity", "what", "why", "ways out", "actions", "rule", "market", "product")


def _actions(document: Document) -> Iterator[list[Any]]:
    for line in document.lines:
        yield [
            line.part, line.text, line.owner, line.due.isoformat() if line.due else "", line.status, line.why,
            line.says_so, line.changes, line.market or "", line.product or "", "\n".join(line.comments), line.key,
        ]  # fmt: skip


def _conflicts(proposal: Any) -> Iterator[list[Any]]:
    for each in proposal["conflicts"]:
        yield [
            each["severity"], each["says"], each["why"], " / ".join(each["ways_out"]), ", ".join(each["actions"]),
            each["findings"][0]["rule"] if each["findings"] else "", each["market"] or "", each["product"] or "",
        ]  # fmt: skip


def _figures(proposal: Any) -> Iterator[list[Any]]:
    from fondaco.strategy.plan.comparing import leaves

    count = 0
    for part, said in proposal["parts"].items():
        for path, value in leaves(said["facts"]):
            if count == MOST_FIGURES:
                yield [part, f"more than {MOST_FIGURES:,} figures: the rest is in the plan's JSON", ""]
                return
            count += 1
            yield [part, path, value]


def _about(document: Document) -> list[list[Any]]:
    return [
        ["firm", document.firm],
        ["version", "proposal" if document.number is None else document.number],
        ["proposed on", document.proposal["made"]],
        ["agreed", document.agreed],
        ["review", document.review.isoformat() if document.review else ""],
        ["fingerprint", document.proposal["fingerprint"]],
        ["", "The firm decides; this is advice."],
    ]


def _sheet(sheet: Any, header: Sequence[str], rows: Sequence[Sequence[Any]], head: Any) -> None:
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, head)
        longest = max([len(name), *(len(str(row[column])) for row in rows[:200])])
        sheet.set_column(column, column, min(max(10, longest + 2), 60))
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < 1e300:
                sheet.write_number(number, column, cell)
            elif cell not in (None, ""):
                sheet.write_string(number, column, str(neutralise(str(cell)))[:_CELL])
    sheet.freeze_panes(1, 1)
