"""From raw text columns to rows of a canonical table, each with its fate: in SQL, over all rows.

The stage works in three steps inside one DuckDB connection, which spills to disk beyond its memory
limit, so that a file of any length is read in bounded memory.  Its outcome is a view, computed as it
is read: nothing but the final Parquet files ever holds the rows.

1. *decide*: number and date styles by all rows of a column, countries, currencies and charges by
   their distinct spellings (a few thousand Python calls at most, whatever the length);
2. *parse*: one projection from text to types;
3. *judge*: what each row is (`schema.KINDS`) or, where it cannot be taken, why not.

A row that cannot be taken keeps its raw cells and carries a reason and a cure in words.
"""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from fondaco.kernel import NeedsAnswer, Problem, Question
from fondaco.ledger.deciding import (
    Expressions,
    Raw,
    Setting,
    Work,
    charge_table,
    country_table,
    currency_meant,
    currency_table,
    header,
    parse,
    what,
    worked_out,
)
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.numbers import blank_sql
from fondaco.ledger.schema import GOODS_KINDS, STORED, TABLES
from fondaco.ledger.sql import literal, quote
from fondaco.ledger.store import sql_path, write_parquet

#: States in which an order has no amount yet; a later file states it.
PENDING = ("pending", "pendingavailability", "on-hold", "on hold", "unpaid", "awaiting payment")


@dataclass(frozen=True)
class Staged:
    """The outcome of a stage: the DuckDB view that gives it, and what a person should know.

    Its mapping has the number and date styles that the rows have settled, so that the next file,
    too short to settle them by itself, need not be asked about.
    """

    table: str
    mapping: Mapping
    problems: tuple[Problem, ...]
    doubts: tuple[str, ...] = ()


def stage(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    mapping: Mapping,
    setting: Setting,
    *,
    expressions: Expressions | None = None,
    preferred: Mapped[str, str] | None = None,
    into: str = "staged",
) -> Staged:
    """Make the view `into`: one row for each raw row, typed, with ``kind`` or ``reason``.

    Parameters
    ----------
    con
        A connection of its own; temporary tables are made in it.
    raw
        The raw text table.
    mapping
        Which column is which field; carried fields have been filled already (`carry_down`).
    setting
        The firm's reporting currency and the rates.
    expressions
        A reader's own SQL for fields that several columns state together.
    preferred
        The style of a field's dates where no row settles it; the currency of a sign of several.

    Raises
    ------
    NeedsAnswer
        When the file cannot be understood before a person has stated something.
    """
    raw, expressions = worked_out(con, raw, mapping, expressions or {})
    work = Work(con, raw, TABLES[mapping.table], mapping, setting, expressions, preferred or {})
    _ask_for_what_is_missing(work)
    parsed = {column.name: parse(work, column) for column in work.table.stated}
    if work.questions:
        raise NeedsAnswer(work.questions)
    country_table(work)
    currency_table(work)
    if work.table.name == "orders":
        charge_table(work)
    _write_staged(work, parsed, into)
    mapping = replace(work.mapping, styles={**work.settled, **work.mapping.styles})
    return Staged(into, mapping, tuple(work.problems), tuple(work.doubts))


def carry_down(
    con: duckdb.DuckDBPyConnection, raw: Raw, mapping: Mapping, expressions: Expressions | None = None
) -> None:
    """Fill the cells that a platform writes only on an order's first row, for all its rows."""
    wanted = {mapping.columns[name] for name in mapping.carry if name in mapping.columns}

    def wanting(header: str) -> str:
        """Note which columns a reader's own SQL asks for."""
        wanted.add(header)
        return "NULL"

    for name in mapping.carry:
        if expressions and name in expressions:
            expressions[name](wanting)
    if "order" not in mapping.columns:
        return
    order = raw.cell(mapping.columns["order"])
    headers = [header for header in raw.columns if header in wanted]
    if "order" in mapping.carry:
        headers.remove(mapping.columns["order"])
        _number_lines(con, raw, mapping)
    if not headers:
        return
    filled = ", ".join(
        f"coalesce({raw.cell(h)}, first_value({raw.cell(h)} IGNORE NULLS) OVER (PARTITION BY {order} ORDER BY row "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) AS c{raw.columns.index(h)}"
        for h in headers
    )
    carried = raw.cells.with_suffix(".carried.parquet")
    write_parquet(con, f"SELECT * REPLACE ({filled}) FROM {raw.table}", carried)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {raw.table} AS FROM '{sql_path(carried)}'")


def _number_lines(con: duckdb.DuckDBPyConnection, raw: Raw, mapping: Mapping) -> None:
    """Give the order's number to the lines below it, where it stands on the first alone; they name their goods."""
    order = raw.cell(mapping.columns["order"])
    goods = [raw.cell(mapping.columns[name]) for name in ("sku", "product") if name in mapping.columns]
    named = f"coalesce({', '.join(goods)}, NULL) IS NOT NULL" if goods else "true"
    place = raw.columns.index(mapping.columns["order"])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE numbered AS SELECT * REPLACE (CASE WHEN {order} IS NULL AND {named} AND fault IS NULL "
        f"THEN last_value({order} IGNORE NULLS) OVER (ORDER BY row) ELSE {order} END AS c{place}) FROM {raw.table}"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW {raw.table} AS FROM numbered")


def _ask_for_what_is_missing(work: Work) -> None:
    asked = {
        "currency": "In which currency are the amounts? The file does not say: state it (--currency EUR).",
        "country": "Which country do the rows belong to? No column of the file says so for certain: state it "
        "(--country DE, or --marketplace Amazon.de for that site's), or name the column in a mapping.",
        "day": "Which period does the file cover? It holds no date: state it (--period 2026-01-01..2026-01-31).",
    }
    for column in work.table.columns:
        if column.needed and column.stated and not _says_anything(work, column.name, asked):
            text = asked.get(
                column.name,
                f"Which column holds {column.text}? None was recognised: name it in a mapping "
                f"(fondaco inspect FILE --write mapping.toml, then --mapping mapping.toml).",
            )
            name = {"day": "period"}.get(column.name, column.name if column.name in asked else "columns")
            work.questions.append(Question(name, text))
    if work.table.name == "orders" and not (work.states("amount") or work.states("unit_price")):
        work.questions.append(
            Question(
                "columns",
                "Which column holds the line's amount or the unit price? None was recognised: name it in a mapping "
                "(fondaco inspect FILE --write mapping.toml, then --mapping mapping.toml).",
            )
        )


def _says_anything(work: Work, name: str, asked: Mapped[str, str]) -> bool:
    """Tell whether a field is stated, and, where a reader works it out and it could be asked for, by any row."""
    text = work.text(name)
    if text is None or name not in asked or name not in work.expressions:
        return text is not None
    if name == "currency":
        signs = work.distinct(text)
        return bool(signs) and any(currency_meant(work, sign) is not None for sign in signs)
    found = work.con.execute(
        f"SELECT count(said) FROM (SELECT {text} AS said FROM {work.raw.table})"
    ).fetchone()
    return bool(found and found[0])


def _parsed(work: Work, parsed: dict[str, str]) -> str:
    """Return the query of every stated field typed, with what could not be read in words."""
    fields = ", ".join(
        f"CAST({sql} AS {STORED[work.table.column(name).type]}) AS {quote(name)}"
        for name, sql in parsed.items()
    )
    # Nested, so that only the few cells without a value are looked at closely.
    bad = ", ".join(
        f"CASE WHEN {parsed[column.name]} IS NULL THEN CASE WHEN NOT {blank_sql(text)} THEN "
        f"{literal(header(work, column) + ' says ')} || substr({text}, 1, 80) || "
        f"{literal(', which is no ' + what(column) + ' we can read')} END END"
        for column in work.table.stated
        if column.type not in ("text", "flag") and (text := work.text(column.name)) is not None
    )
    unread = f"coalesce({bad}, NULL)" if bad else "NULL"
    told = work.text("kind") if work.table.name == "orders" and "kind" in work.expressions else None
    kind = f"CAST({told or 'NULL'} AS VARCHAR) AS told_kind"
    return f"SELECT row, fault, CAST({unread} AS VARCHAR) AS unread, {kind}, {fields} FROM {work.raw.table}"


def _write_staged(work: Work, parsed: dict[str, str], into: str) -> None:
    """Make the staged view: canonical columns, kind, and reason and cure where a row is not taken."""
    table = work.table
    columns = {c.name: f"p.{quote(c.name)}" for c in table.stated}
    columns |= {
        "platform": literal(work.mapping.platform),
        "country_said": 'p."country"',
        "country": "k.market",
        "occurrence": "CAST(1 AS BIGINT)",
    }
    if "currency" in table.names:
        columns["currency"] = "coalesce(m.code, p.currency)"
    if "at" in table.names:
        columns["day"] = 'CAST(p."at" AS DATE)'
    if "until" in table.names:
        columns["until"] = 'coalesce(p."until", p."day")'
    joins = "LEFT JOIN countries k ON p.country = k.said "
    joins += "LEFT JOIN currencies m ON p.currency = m.said " if "currency" in table.names else ""
    if table.name == "orders":
        joins += "LEFT JOIN charges g ON g.sku = coalesce(p.sku, '') AND g.product = coalesce(p.product, '') "
        columns |= _order_columns(work)
    for name in table.key:
        if table.column(name).type == "text":
            columns[name] = f"coalesce({columns[name]}, '')"
    chosen = ", ".join(
        f"CAST({columns.get(c.name, 'NULL')} AS {STORED[c.type]}) AS {quote(c.name)}" for c in table.columns
    )
    worked_out = _worked_out(work) if table.name == "orders" else ""
    reasons = _reasons(work)
    why = " ".join(f"WHEN {reason.test} THEN {number}" for number, reason in enumerate(reasons))
    judged = (
        f"SELECT p.row, p.fault AS torn, p.unread, k.hint, {chosen}, CASE {why} END AS why "
        f"FROM (SELECT *{worked_out} FROM ({_parsed(work, parsed)})) p {joins}"
    )
    words = " ".join(f"WHEN {number} THEN {reason.words}" for number, reason in enumerate(reasons))
    cures = " ".join(f"WHEN {number} THEN {reason.cure}" for number, reason in enumerate(reasons))
    kinds = " ".join(f"WHEN {number} THEN {literal(reason.kind)}" for number, reason in enumerate(reasons))
    foreign = _foreign_money(work, parsed) if table.name == "orders" else []
    value, join = _converted(work, foreign) if table.name == "orders" else ("", "")
    work.con.execute(
        f"CREATE OR REPLACE TEMP VIEW {into} AS SELECT s.* EXCLUDE (torn, unread, hint, why){value}, "
        f"CASE WHEN why IS NOT NULL THEN CASE why {kinds} END END AS fault, "
        f"CASE WHEN why IS NOT NULL THEN CASE why {words} END END AS reason, "
        f"CASE WHEN why IS NOT NULL THEN CASE why {cures} END END AS cure FROM ({judged}) s {join}"
    )
    _report_missing_rates(work, into, foreign)


def _worked_out(work: Work) -> str:
    """Return what is worked out once for a row of `orders` and used many times: its total, whether it is void."""
    total = "coalesce(amount, CAST(round(quantity * unit_price, 4) AS DECIMAL(18,4)))"
    if not work.states("unit_price"):
        total = "amount"
    elif not work.states("amount"):
        total = "CAST(round(coalesce(quantity, 1) * unit_price, 4) AS DECIMAL(18,4))"
    void = cancelled = "false"
    if work.states("status"):
        states = ", ".join(literal(s.casefold()) for s in work.mapping.void_status) or "NULL"
        pending = ", ".join(literal(s) for s in PENDING)
        void = f"coalesce(lower(status) IN ({states}) OR ({total} IS NULL AND lower(status) IN ({pending})), false)"
    if work.mapping.cancel_prefix:
        prefix = literal(work.mapping.cancel_prefix)
        digit = f"substr(\"order\", length({prefix}) + 1, 1) BETWEEN '0' AND '9'"
        cancelled = f'coalesce(starts_with("order", {prefix}) AND {digit}, false)'
    return f", {total} AS total, {void} AS void, {cancelled} AS cancelled"


def _order_columns(work: Work) -> dict[str, str]:
    """Return the SQL of what the ledger works out for a row of `orders`."""
    no_buyer = "p.buyer IS NULL" if work.states("buyer") else "false"
    return {
        "amount": "CASE WHEN p.void THEN coalesce(p.total, 0) ELSE p.total END",
        "discount": "-abs(p.discount)",
        "refund": "-abs(p.refund)",
        "line": "coalesce(p.line, p.sku, p.product)",
        "kind": (
            "CASE WHEN p.told_kind IS NOT NULL THEN p.told_kind WHEN g.kind IS NOT NULL THEN g.kind WHEN p.void THEN 'void' WHEN p.cancelled THEN 'cancellation' "
            f"WHEN p.total = 0 AND ({no_buyer} OR p.quantity < 0) THEN 'stock' "
            "WHEN p.total = 0 AND p.quantity = 0 THEN 'void' "
            "WHEN p.quantity < 0 OR p.total < 0 THEN 'return' ELSE 'sale' END"
        ),
        "reversal": (
            "p.cancelled OR (NOT p.void AND p.total <> 0 AND "
            "(coalesce(p.quantity, 0) < 0 OR (coalesce(nullif(p.told_kind, 'return'), g.kind) IS NULL AND p.total < 0)))"
        ),
    }


@dataclass(frozen=True)
class _Reason:
    """Why a row is not taken: a kind, an SQL test on the parsed row, and words and cure as SQL on the judged one."""

    kind: str
    test: str
    words: str
    cure: str


def _reasons(work: Work) -> list[_Reason]:
    """Return everything that keeps a row out; the first that applies is said."""
    names = {c.name: work.mapping.columns.get(c.name, c.name) for c in work.table.stated}
    again = literal(
        "correct the row and import it again, or set the column's style in the mapping and replay."
    )
    reasons = [
        _Reason(  # a fault may bring its cure on a second line
            "columns",
            "p.fault IS NOT NULL",
            "split_part(s.torn, chr(10), 1)",
            "coalesce(nullif(split_part(s.torn, chr(10), 2), ''), "
            f"{literal('join the broken row or download the file again.')})",
        ),
        _Reason("unreadable", "p.unread IS NOT NULL", "s.unread", again),
    ]
    for column in work.table.columns:
        if column.needed and column.stated and column.name not in ("country", "currency"):
            cure = literal(f"fill in {column.text} and import the row again.")
            said = literal(f"{names[column.name]} is empty")
            reasons.append(_Reason("missing", f"p.{quote(column.name)} IS NULL", said, cure))
    when = quote("at" if "at" in names else "day")
    outside = f"p.{when} NOT BETWEEN DATE '1970-01-01' AND DATE '2100-01-01'"
    said = f"'the date ' || CAST(s.{when} AS VARCHAR) || ' cannot be right'"
    reasons.append(_Reason("date", outside, said, again))
    # A void line carries no money, so it needs neither amount, currency nor market.
    charged = "true"
    if work.table.name == "orders":
        charged = "NOT p.void"
        cure = "fill in price and quantity, or wait for the file in which the platform states them."
        said = literal("the row states no amount: price or quantity is empty")
        reasons.append(_Reason("amount", "p.total IS NULL AND NOT p.void", said, literal(cure)))
    if "currency" in work.table.names:
        said = "CASE WHEN s.currency IS NULL THEN 'no currency is stated' ELSE s.currency || ' is no currency we know' END"
        cure = literal("state the ISO code in the file, or for all rows with --currency.")
        test = f"m.code IS NULL AND ({charged} OR p.currency IS NOT NULL)"
        reasons.append(_Reason("currency", test, said, cure))
    if work.states("country"):
        needed = charged if work.table.column("country").needed else "false"
        if "kind" in work.expressions:  # a fee of the account has no market
            goods = ", ".join(literal(kind) for kind in GOODS_KINDS)
            needed = f"({needed} AND coalesce(p.told_kind, 'sale') IN ({goods}))"
        test = f"(p.country IS NULL AND {needed}) OR (p.country IS NOT NULL AND NOT coalesce(k.known, false))"
        said = "CASE WHEN s.country_said IS NULL THEN 'no country is stated' ELSE s.country_said || ' is no country we know' END"
        cure = "coalesce(s.hint, 'fill in the country and import the row again.')"
        reasons.append(_Reason("country", test, said, cure))
    return reasons


def _foreign_money(work: Work, parsed: dict[str, str]) -> list[tuple[str, Any, Any]]:
    """Return the currencies other than the firm's, with the first and last day of each."""
    codes = {code for (code,) in work.con.execute("SELECT DISTINCT code FROM currencies").fetchall()}
    if codes <= {None, work.setting.currency}:
        return []
    found = work.con.execute(
        f"SELECT m.code, min(d), max(d) FROM (SELECT CAST({parsed['at']} AS DATE) AS d, {work.text('currency')} AS said "
        f"FROM {work.raw.table} WHERE fault IS NULL) JOIN currencies m USING (said) "
        "WHERE d BETWEEN DATE '1970-01-01' AND DATE '2100-01-01' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [(code, first, last) for code, first, last in found if code not in (None, work.setting.currency)]


def _converted(work: Work, foreign: Sequence[tuple[str, Any, Any]]) -> tuple[str, str]:
    """Return the SQL that fills value, rate and rate_day: money at the ECB rate of the day."""
    net = "(coalesce(s.amount, 0) + coalesce(s.discount, 0) + coalesce(s.refund, 0))"
    own = f"s.currency = {literal(work.setting.currency)}"
    rate, rate_day, value, join = "1.0", "s.day", f"CASE WHEN {own} THEN {net} END", ""
    if foreign:
        first, last = min(row[1] for row in foreign), max(row[2] for row in foreign)
        codes = {row[0] for row in foreign}
        work.con.register("ecb", work.setting.rates.table(codes, work.setting.currency, first, last))
        join = "LEFT JOIN ecb e ON e.currency = s.currency AND e.day = s.day"
        rate, rate_day = (
            f"CASE WHEN {own} THEN 1.0 ELSE e.rate END",
            f"CASE WHEN {own} THEN s.day ELSE e.rate_day END",
        )
        value = f"CASE WHEN {own} THEN {net} ELSE CAST(round({net} * e.rate, 4) AS DECIMAL(18,4)) END"
    replaced = (
        f" REPLACE (CAST(CASE WHEN s.kind = 'void' THEN 0 ELSE {value} END AS DECIMAL(18,4)) AS value, "
        f"CAST({rate} AS DOUBLE) AS rate, CAST({rate_day} AS DATE) AS rate_day)"
    )
    return replaced, join


def _report_missing_rates(work: Work, into: str, foreign: Sequence[tuple[Any, ...]]) -> None:
    for currency, first, last in foreign:
        found = work.con.execute(
            f"SELECT count(*), max(day) FROM {into} WHERE currency = ? AND value IS NULL AND reason IS NULL",
            [currency],
        ).fetchone()
        if not found or not found[0]:
            continue
        missing = work.setting.rates.rate(currency, work.setting.currency, found[1])
        why = getattr(missing, "reason", f"no ECB rate is known for {currency} between {first} and {last}")
        cure = getattr(missing, "cure", "update the rates: fondaco rates update FILE.")
        work.problems.append(
            Problem(
                "rate",
                found[0],
                f"{currency}: {why.rstrip('.')}; these rows are kept in {currency}, not converted",
                cure,
            )
        )
