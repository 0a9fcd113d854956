"""What a firm's products are, and what is known of markets' laws for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fondaco.kernel import UnknownName
from fondaco.ledger import Catalogue, Ledger, Proof, Workspace
from fondaco.reference import countries
from fondaco.reference.products import Suggestion, Tags, tags_of
from fondaco.reference.regulations import (
    MarketRules,
    Platform,
    Product,
    Rule,
    RuleBook,
    add,
    changes,
    concerns,
    rule_book,
    rules_for,
)
from fondaco.workflows.conclusions import key_of, remembering


@dataclass(frozen=True)
class KnownProduct:
    """A product of the ledger, or a pattern of the catalogue that no product of the ledger fits yet.

    Attributes
    ----------
    sku, name
        As the ledger has them; for a pattern, the pattern.
    orders
        Orders that hold it.
    tags, hs, origin
        What the catalogue states.
    stated
        Whether the catalogue states anything of it.
    suggestions
        What its name suggests, where the catalogue states no tag.
    """

    sku: str | None
    name: str | None
    orders: int
    tags: tuple[str, ...] = ()
    hs: str | None = None
    origin: str | None = None
    stated: bool = False
    suggestions: tuple[Suggestion, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the product as JSON values."""
        return {
            "sku": self.sku,
            "name": self.name,
            "orders": self.orders,
            "tags": list(self.tags),
            "hs": self.hs,
            "origin": self.origin,
            "stated": self.stated,
            "suggestions": [suggestion.to_json() for suggestion in self.suggestions],
        }


@dataclass(frozen=True)
class ProofCounts:
    """A quality proof of the firm in one market: the rules that speak of it, and whether it still holds."""

    proof: Proof
    holds: bool
    rules: tuple[Rule, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the proof with where it counts as JSON values; without rules nothing is known."""
        return {
            **self.proof.to_json(),
            "holds": self.holds,
            "known": bool(self.rules),
            "rules": [rule.id for rule in self.rules],
        }


def folder_of(workspace: Workspace) -> Path:
    """Return where the workspace keeps its own rules and tags."""
    return workspace.home / "regulations"


def known_tags(workspace: Workspace) -> Tags:
    """Return the product tags, the workspace's own among them."""
    return tags_of(folder_of(workspace))


def book_of(workspace: Workspace, firm: str | None = None) -> RuleBook:
    """Return all rules: shipped, the workspace's and, where named, a firm's."""
    if firm is not None:
        workspace.firm(firm)
    return rule_book(folder_of(workspace), firm)


def products_of(workspace: Workspace, firm: str) -> tuple[KnownProduct, ...]:
    """Return a firm's products, those with the most orders first, with what is stated or suggested of each."""
    ledger = workspace.ledger(firm)
    catalogue, known = ledger.catalogue, known_tags(workspace)
    rows = remembering(key_of(workspace, ledger, "products", None), lambda: _ledger_products(ledger))
    found = [_known(catalogue, known, sku, name, orders) for sku, name, orders in rows]
    unused = [entry for entry in catalogue.entries if not any(entry.fits(sku, name) for sku, name, _ in rows)]
    found += [
        KnownProduct(e.sku or None, e.name or None, 0, e.tags, e.hs, e.origin, stated=True) for e in unused
    ]
    return tuple(found)


def _ledger_products(ledger: Ledger) -> list[tuple[str | None, str | None, int]]:
    import ibis

    from fondaco.markets.sums import goods

    lines = goods(ledger.table("orders"))
    held = (
        lines.group_by(article=ibis.coalesce(lines.sku, lines["product"]))
        .aggregate(sku=lines.sku.max(), name=lines["product"].max(), orders=lines.order.nunique())
        .filter(lambda t: t.article.notnull())
        .order_by(ibis.desc("orders"), "article")
        .to_polars()
    )
    return list(held.select("sku", "name", "orders").iter_rows())


def _known(catalogue: Catalogue, known: Tags, sku: str | None, name: str | None, orders: int) -> KnownProduct:
    entry = catalogue.entry(sku, name)
    suggestions = known.suggest(name) if name and not (entry and entry.tags) else ()
    if entry is None:
        return KnownProduct(sku, name, orders, suggestions=suggestions)
    return KnownProduct(sku, name, orders, entry.tags, entry.hs, entry.origin, True, suggestions)


def groups_of(products: Iterable[KnownProduct], known: Tags) -> tuple[Product, ...]:
    """Return products as rules see them: one for each combination of tags, HS code and origin.

    A suggestion makes no tag.  Products of which neither tag nor code is stated come last, as one.
    """
    found: dict[tuple[tuple[str, ...], str | None, str | None], list[KnownProduct]] = {}
    for each in products:
        key = (each.tags, each.hs, each.origin) if each.tags or each.hs else ((), None, None)
        found.setdefault(key, []).append(each)
    groups = []
    for (tags, hs, origin), held in found.items():
        if not (tags or hs):
            continue
        words = [", ".join(known.tag(tag).label for tag in tags if tag in known), f"HS {hs}" if hs else ""]
        called = " · ".join(word for word in words if word)
        place = f" from {countries.name(origin)}" if origin else ""
        groups.append(Product(f"{called}{place} ({_many(len(held))})", tags, hs, origin))
    rest = found.get(((), None, None))
    if rest:
        groups.append(Product(f"products without a tag ({_many(len(rest))})"))
    return tuple(groups)


def _many(count: int) -> str:
    return f"{count:,} product" + ("" if count == 1 else "s")


def rules_of(
    workspace: Workspace, firm: str, market: str, today: date, *, platform: Platform | None = None
) -> MarketRules:
    """Return what is known of a market's law for a firm's products; `market` in any spelling of a country."""
    known = known_tags(workspace)
    groups = groups_of(products_of(workspace, firm), known)
    return rules_for(
        countries.from_code(market), groups, rules=book_of(workspace, firm), today=today, platform=platform,
        known=known,
    )  # fmt: skip


def barred_of(workspace: Workspace, firm: str, today: date) -> frozenset[str]:
    """Return the markets where a rule on record prohibits everything that the firm sells, as far as its goods are known.

    A product of which neither tag nor code is stated counts as not prohibited.
    """
    known, book = known_tags(workspace), book_of(workspace, firm)
    groups = groups_of(products_of(workspace, firm), known)
    where = {market for rule in book if rule.kind == "prohibited" for market in rule.markets}
    return frozenset(
        market
        for market in where
        if groups
        and all(
            cell.level == "stop"
            for product in rules_for(market, groups, rules=book, today=today, known=known).products
            for cell in product.cells
            if cell.kind == "prohibited"
        )
    )


def proofs_of(workspace: Workspace, firm: str, market: str, today: date) -> tuple[ProofCounts, ...]:
    """Return the firm's quality proofs with the rules of a market that speak of each."""
    code, known = countries.from_code(market), known_tags(workspace)
    here = [r for r in book_of(workspace, firm) if code in r.markets and r.proof and r.in_force(today)]
    return tuple(
        ProofCounts(
            proof,
            proof.holds(today),
            tuple(
                rule
                for rule in here
                if rule.proof == proof.proof
                and (not rule.tags or not proof.tags or known.closure(proof.tags) & set(rule.tags))
            ),
        )
        for proof in workspace.ledger(firm).catalogue.proofs
    )


def changes_of(
    workspace: Workspace, firm: str | None, today: date, markets: Sequence[str] = ()
) -> tuple[Rule, ...]:
    """Return rules that begin or end near `today`: those of `markets`, and of the firm's home market too.

    Without markets, those of every market.  Of a firm that has stated what its products are, those
    that speak of them.
    """
    wanted = {countries.from_code(market) for market in markets}
    known = known_tags(workspace)
    groups: tuple[Product, ...] = ()
    if firm is not None:
        groups = groups_of(products_of(workspace, firm), known)
        wanted |= {workspace.firm(firm).home} if wanted else set()
    return changes(
        (
            rule
            for rule in book_of(workspace, firm)
            if (not wanted or wanted & set(rule.markets)) and concerns(rule, groups, known)
        ),
        today=today,
    )


def add_rule(workspace: Workspace, table: Mapping[str, Any], *, firm: str | None = None) -> Rule:
    """Keep a rule as the workspace's or, where named, a firm's own; one of the same id goes.

    Raises
    ------
    InputError
        Where a field is wrong; the message names it.
    UnknownName
        Where there is no such firm.
    """
    if firm is not None and not workspace.has_firm(firm):
        raise UnknownName(f"There is no firm {firm!r}.")
    workspace.prepare()
    return add(folder_of(workspace), table, firm=firm, known=known_tags(workspace))


#: The columns of `table_of`.
COLUMNS = (
    "id", "markets", "kind", "topic", "tags", "hs", "applies", "says", "region", "exceptions", "source", "url",
    "strength", "basis", "confidence", "stated", "review_by", "overdue", "valid_from", "valid_to", "origin", "file",
)  # fmt: skip


def table_of(rules: Iterable[Rule], today: date) -> list[list[object]]:
    """Return rules as rows of a table, its header first; lists are joined by blanks."""
    rows: list[list[object]] = [list(COLUMNS)]
    for rule in rules:
        data = rule.to_json(today)
        rows.append([" ".join(v) if isinstance(v := data[name], list) else v for name in COLUMNS])
    return rows
