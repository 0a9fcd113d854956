"""A quotation on paper, in the buyer's language, as PDF set by Typst.

As with plans (`fondaco.workflows.plan_document`), what people wrote goes into the template as JSON and is set as text,
never read as markup.  Only what the buyer may see goes in: no floor, no range.  Where the machine has no font for the
language's letters, the labels are English, and a note for the sender (not on the paper) says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from fondaco.desk.quotation import Line, Quotation
from fondaco.desk.replies import language_of
from fondaco.desk.replies.facts import day, money, number
from fondaco.kernel.money import Money
from fondaco.reference import countries
from fondaco.workflows.plan_document import Shown, font_families


@dataclass(frozen=True)
class Paper:
    """A quotation as it is printed.

    Attributes
    ----------
    firm
        The firm's name.
    number, version
        Of the quotation; 0 where it is not kept.
    released
        Whether it may go out; where not, the paper says that it is a draft.
    """

    firm: str
    quotation: Quotation
    number: int = 0
    version: int = 1
    released: bool = True


@dataclass(frozen=True)
class Printed:
    """The PDF, and what the sender should know of it (empty for nothing)."""

    pdf: bytes
    note: str


def print_quotation(paper: Paper, *, families: Collection[str] | None = None) -> Printed:
    """Return a quotation as PDF.

    Parameters
    ----------
    families
        Fonts there are; those of the machine if omitted.
    """
    import typst

    shown = Shown(font_families() if families is None else families)
    told, note = _told(paper, shown), ""
    if shown.missing and paper.quotation.language != "en":
        shown = Shown(font_families() if families is None else families)
        told = _told(paper, shown, labels="en")
        note = (
            f"No font on this machine has the letters of {paper.quotation.language}: the labels are English."
        )
    if shown.missing:
        note = f"{note} {shown.note}".strip()
    template = files("fondaco.workflows").joinpath("data/quotation.typ").read_bytes()
    when = datetime(2000, 1, 1, tzinfo=UTC)  # same quotation, same bytes
    pdf = typst.compile(
        template,
        format="pdf",
        sys_inputs={"data": json.dumps(told | {"fonts": shown.fonts}, ensure_ascii=False)},
        timestamp=int(when.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("Typst gave no PDF.")
    return Printed(pdf, note)


def _told(paper: Paper, shown: Shown, labels: str = "") -> dict[str, Any]:
    quotation = paper.quotation
    language = labels or quotation.language
    words = language_of(language).labels
    market = countries.name(quotation.market, language) if countries.is_market(quotation.market) else ""
    marks = [
        (words["number"], f"{paper.number}" if paper.number else ""),
        (words["version"], f"{paper.version}" if paper.version > 1 else ""),
        (words["date"], day(quotation.made, language)),
        (words["valid_until"], day(quotation.valid_until, language)),
    ]
    found = {
        "language": language,
        "title": words["quotation"],
        "draft": "" if paper.released else words["draft"],
        "firm": paper.firm,
        "to": words["to"],
        "buyer": ", ".join(said for said in (quotation.buyer, market) if said) or "—",
        "marks": [[name, said] for name, said in marks if said],
        "head": [words[name] for name in ("product", "quantity", "price", "amount")],
        "lines": [_line(line, quotation.currency, language, words) for line in quotation.lines],
        "total": [words["total"], money(quotation.total, language)],
        "terms": [[name, said] for name, said in _terms(quotation, language, words) if said],
    }
    return {name: _shown(said, shown) for name, said in found.items()}


def _line(line: Line, currency: str, language: str, words: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": line.name,
        "sku": line.sku if line.text else "",
        "cells": [
            number(line.quantity, language),
            money(Money(line.price, currency), language),
            money(line.amount(currency), language),
        ],
        "ladder": [
            words["ladder"].format(
                quantity=number(step.quantity, language), price=money(Money(step.price, currency), language)
            )
            for step in line.steps
        ],
    }


def _terms(quotation: Quotation, language: str, words: Mapping[str, str]) -> list[tuple[str, str]]:
    terms = quotation.terms
    lead = "" if terms.lead_days is None else words["days"].format(days=number(terms.lead_days, language))
    least = "" if terms.minimum is None else words["units"].format(quantity=number(terms.minimum, language))
    return [
        (words["incoterm"], f"{terms.incoterm} {terms.place}".strip()),
        (words["lead_time"], lead),
        (words["minimum"], least),
        (words["payment"], terms.payment),
        (words["samples"], terms.samples),
        (words["notes"], terms.notes),
    ]


def _shown(said: Any, shown: Shown) -> Any:
    """Return values with every text made printable."""
    if isinstance(said, str):
        # A word as long as a line would run off the paper: it may be broken.
        return shown.text(re.sub(r"(\S{40})(?=\S)", "\\1\u200b", said))
    if isinstance(said, dict):
        return {name: _shown(value, shown) for name, value in said.items()}
    return [_shown(each, shown) for each in said] if isinstance(said, list) else said
