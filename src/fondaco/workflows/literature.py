"""The literature asked for a firm: how near each study is to where it is and how it sells."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from fondaco.evidence.literature import Answer, Base, Filters, Finding, Reader, ask, extended, shipped
from fondaco.evidence.literature.asking import finding_json
from fondaco.evidence.literature.pooling import Effect, read_effects
from fondaco.kernel import InputError
from fondaco.kernel.exports import SafeWriter
from fondaco.ledger import Workspace
from fondaco.reference import countries

#: Columns of the findings as a table.
FINDING_COLUMNS = (
    "id", "study", "cited", "driver", "direction", "outcome", "mediator", "moderator", "moderator_role", "n", "unit",
    "country", "design", "method", "kind", "basis", "platforms", "says", "note", "source", "coder", "doi",
)  # fmt: skip
#: The studies' types of platforms by the kinds of the catalogue; support platforms are of many types.
_TYPES = {"sales": "e-commerce", "reach": "social media"}
#: The studies' industries by product tags.
_INDUSTRIES = {
    "food": ("food and beverage",),
    "drink": ("food and beverage", "beverage"),
    "alcohol": ("food and beverage", "beverage"),
    "textile": ("fashion",),
    "leather": ("fashion",),
    "cosmetics": ("beauty", "natural and health products"),
}


def answer_of(workspace: Workspace, query: str, filters: Filters, firm: str | None = None) -> Answer:
    """Return what the literature says to a question, read for a firm where one is named.

    Raises
    ------
    InputError
        For a country, filter or firm that there is not, and a question without words.
    """
    if filters.country:
        filters = replace(filters, country=countries.from_code(filters.country))
    return ask(base_of(workspace), query, filters, reader_of(workspace, firm) if firm else None)


def base_of(workspace: Workspace) -> Base:
    """Return the literature: what ships, and what the workspace's ``literature/`` adds in the same three tables.

    Raises
    ------
    InputError
        Naming the row that is wrong, or a file that is no UTF-8.
    """
    folder = workspace.home / "literature"
    texts = [_text(folder / f"{name}.csv") for name in ("studies", "findings", "variables")]
    return extended(*texts) if any(texts) else shipped()


def effects_of(workspace: Workspace, base: Base) -> tuple[Effect, ...]:
    """Return the sizes of effects that the workspace's ``literature/effects.csv`` states; none ships.

    Raises
    ------
    InputError
        Naming the row that is wrong.
    """
    text = _text(workspace.home / "literature" / "effects.csv")
    return read_effects(text, base) if text.strip() else ()


def findings_csv(base: Base, findings: Iterable[Finding], reader: Reader | None = None) -> str:
    """Return findings as a table, with each study's design and sample; safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = SafeWriter(out)
    writer.writerow(FINDING_COLUMNS)
    for each in findings:
        held = finding_json(base, each, reader)
        told = {**held, **held["strength"], "platforms": "; ".join(held["platforms"])}
        writer.writerow(["" if told.get(name) is None else told[name] for name in FINDING_COLUMNS])
    return out.getvalue()


def _text(path: Path) -> str:
    if not path.is_file():
        return ""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"literature/{path.name} is no UTF-8: save it as CSV UTF-8.") from None


def reader_of(workspace: Workspace, firm: str) -> Reader:
    """Return a firm as the literature sees it: its home, the types of platforms it is on, its industries.

    The platforms are those that its profile states and those whose files the ledger holds.
    """
    # Only a question for a firm waits for the rooms that know firms.
    from fondaco.workflows.platform import platforms_of
    from fondaco.workflows.profile import profile_of
    from fondaco.workflows.regulations import known_tags, products_of

    ledger, book, known = workspace.ledger(firm), platforms_of(workspace), known_tags(workspace)
    named = [channel.platform for channel in profile_of(workspace, firm).channel]
    named += [reader for each in ledger.imports() if each.undone is None for reader in each.readers]
    held = [platform for each in dict.fromkeys(named) if (platform := book.get(each)) is not None]
    types = dict.fromkeys(_TYPES[kind] for platform in held for kind in platform.kinds if kind in _TYPES)
    tags = {tag for product in products_of(workspace, firm) for tag in product.tags if tag in known}
    whole = known.closure(tuple(tags)) if tags else frozenset()
    industries = dict.fromkeys(name for tag in sorted(whole) for name in _INDUSTRIES.get(tag, ()))
    return Reader(ledger.firm.home, tuple(types), tuple(industries), ledger.firm.name)
