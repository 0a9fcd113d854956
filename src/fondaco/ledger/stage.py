"""From raw text columns to rows of a canonical table, each with its fate: in SQL, over all rows.

The stage works in three steps inside one DuckDB connection, which spills to disk beyond its memory
limit, so that a file of any length is read in bounded memory:

1. *decide*: number and date styles by all rows of a column, countries, currencies and charges by
   their distinct spellings (a few thousand Python calls at most, whatever the length);
2. *parse*: one projection from text to types;
3. *judge*: what each row is (`schema.KINDS`) or, where it cannot be taken, why not.

A row that cannot be taken keeps its raw cells and carries a reason and a cure in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from fondaco.kernel import NeedsAnswer, Problem, Question
from fondaco.ledger.dates import choose_date, date_candidates, date_sql
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.numbers import blank_sql, is_blank, number_shape_sql, number_sql, number_style
from fondaco.ledger.schema import STORED, TABLES, Column, Table

#: States in which an order has no amount yet; a later file states it.
PENDING = ("pending", "pendingavailability", "on-hold", "on hold", "unpaid", "awaiting payment")

UNKNOWN_MARKET = "unknown"


@dataclass(frozen=True)
class Raw:
    """A DuckDB table of raw text: ``row``, ``fault`` and ``c0`` ... for `columns`."""

    table: str
    columns: tuple[str, ...]

    def cell(self, header: str) -> str:
        """Return the SQL of one column's trimmed text, NULL where it is empty."""
        return f"nullif(trim(c{self.columns.index(header)}), '')"


@dataclass(frozen=True)
class Setting:
    """What the firm brings to every file: its reporting currency and the ECB rates."""

    currency: str
    rates: Any


@dataclass(frozen=True)
class Staged:
    """The outcome of a stage: the DuckDB table that holds it, and what a person should know.

    Its mapping has the number and date styles that the rows have settled, so that the next file,
    too short to settle them by itself, need not be asked about.
    """

    table: str
    mapping: Mapping
    problems: tuple[Problem, ...]
    doubts: tuple[str, ...] = ()


Expressions = Mapped[str, Callable[[Callable[[str], str]], str]]


def quote(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass
class _Work:
    """What one stage has found out so far."""

    con: duckdb.DuckDBPyConnection
    raw: Raw
    table: Table
    mapping: Mapping
    setting: Setting
    expressions: Expressions
    problems: list[Problem] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return the SQL of a field's raw text, or None where neither file nor mapping states it."""
        if name in self.expressions:
            return self.expressions[name](self._cell)
        if name in self.mapping.columns:
            return self.raw.cell(self.mapping.columns[name])
        if name in self.mapping.constants:
            return literal(self.mapping.constants[name])
        if name == "order" and self.states("buyer") and self.states("at"):
            return f"({self.text('buyer')} || ' ' || {self.text('at')})"  # one buyer at one time: one order
        return None

    def _cell(self, header: str) -> str:
        return self.raw.cell(header) if header in self.raw.columns else "NULL"

    def states(self, name: str) -> bool:
        """Tell whether the field is stated at all."""
        return self.text(name) is not None

    def distinct(self, sql: str) -> list[str]:
        """Return the distinct non-empty values of an expression over the raw rows."""
        found = self.con.execute(
            f"SELECT DISTINCT {sql} FROM {self.raw.table} WHERE fault IS NULL"
        ).fetchall()
        return [value for (value,) in found if value is not None]

    def shapes(self, text: str) -> list[str]:
        """Return the distinct shapes of a column's numbers (see `number_shape_sql`)."""
        found = self.con.execute(
            f"SELECT DISTINCT {number_shape_sql('v')} FROM "
            f"(SELECT DISTINCT {text} AS v FROM {self.raw.table} WHERE fault IS NULL) WHERE v IS NOT NULL"
        ).fetchall()
        return [shape for (shape,) in found]


def stage(
    con: duckdb.DuckDBPyConnection,
    raw: Raw,
    mapping: Mapping,
    setting: Setting,
    *,
    expressions: Expressions | None = None,
    into: str = "staged",
) -> Staged:
    """Make the table `into`: one row for each raw row, typed, with ``kind`` or ``reason``.

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

    Raises
    ------
    NeedsAnswer
        When the file cannot be understood before a person has stated something.
    """
    work = _Work(con, raw, TABLES[mapping.table], mapping, setting, expressions or {})
    _ask_for_what_is_missing(work)
    parsed = {column.name: _parse(work, column) for column in work.table.stated}
    if work.questions:
        raise NeedsAnswer(work.questions)
    _country_table(work)
    _currency_table(work)
    if work.table.name == "orders":
        _charge_table(work)
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
    headers = [header for header in raw.columns if header in wanted]
    if not headers or "order" not in mapping.columns:
        return
    order = raw.cell(mapping.columns["order"])
    filled = ", ".join(
        f"coalesce({raw.cell(h)}, first_value({raw.cell(h)} IGNORE NULLS) OVER (PARTITION BY {order} ORDER BY row "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) AS c{raw.columns.index(h)}"
        for h in headers
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE carried AS SELECT * REPLACE ({filled}) FROM {raw.table}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW {raw.table} AS FROM carried")


def _ask_for_what_is_missing(work: _Work) -> None:
    asked = {
        "currency": "In which currency are the amounts? The file does not say: state it (--currency EUR).",
        "country": "Which country do the rows belong to? No column of the file says so for certain: state it "
        "(--country DE), or name the column in a mapping.",
        "day": "Which period does the file cover? It holds no date: state it (--period 2026-01-01..2026-01-31).",
    }
    for column in work.table.columns:
        if column.needed and column.stated and not work.states(column.name):
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


# ---------------------------------------------------------------- decide and parse


def _parse(work: _Work, column: Column) -> str:
    """Return the SQL that turns a field's raw text into its type."""
    text = work.text(column.name)
    if text is None:
        return "NULL"
    if column.type in ("money", "number", "count"):
        return _parse_number(work, column, text)
    if column.type in ("day", "time"):
        return _parse_date(work, column, text)
    if column.type == "flag":
        return f"lower({text}) IN ('true', 'yes', 'y', '1', 'own', 'ja', 'sì', 'si', 'oui', '是')"
    return text


def _parse_number(work: _Work, column: Column, text: str) -> str:
    stored = STORED[column.type]
    shapes = [shape for shape in work.shapes(text) if not is_blank(shape)]
    decimal = work.mapping.styles.get(column.name, "")
    if not decimal:
        style = number_style(shapes)
        decimal = style.decimal
        if any("." in shape or "," in shape for shape in shapes) and column.name in work.mapping.columns:
            work.settled[column.name] = decimal
        if style.ambiguous:
            work.questions.append(
                Question(
                    "columns",
                    f"Is 1{'.' if decimal == ',' else ','}234 in column {_header(work, column)!r} a thousand or one and "
                    f"a bit? No row settles it: set styles.{column.name} to '.' or ',' (the decimal mark) in a mapping.",
                    (".", ","),
                )
            )
        elif style.doubt:
            work.doubts.append(f"{_header(work, column)}: {style.doubt}")
    plain = decimal == "." and all(_is_plain(s) for s in shapes)
    number = f"TRY_CAST({text} AS DECIMAL(38,10))" if not plain else text
    if not plain:
        number = number_sql(text, decimal)
    deepest = max((len(s.rpartition(decimal)[2].strip()) for s in shapes if decimal in s), default=0)
    if column.type in ("money", "number") and deepest > 4 and plain:
        work.doubts.append(f"{_header(work, column)}: more than four decimals; each is rounded to four.")
    if column.type == "count":
        return f"TRY_CAST(round(TRY_CAST({number} AS DECIMAL(38,10))) AS {stored})"
    return f"TRY_CAST({number} AS {stored})"


def _is_plain(shape: str) -> bool:
    digits = shape.removeprefix("-")
    whole, dot, rest = digits.partition(".")
    return whole.isascii() and whole.isdigit() and (not dot or (rest.isascii() and rest.isdigit()))


def _header(work: _Work, column: Column) -> str:
    return work.mapping.columns.get(column.name, column.name)


def _what(column: Column) -> str:
    return "date" if column.type in ("day", "time") else "number"


def _parse_date(work: _Work, column: Column, text: str) -> str:
    stored = STORED[column.type]
    fmt = work.mapping.styles.get(column.name, "")
    if not fmt:
        fmt = _choose_format(work, column, text)
        if fmt != "iso" and column.name in work.mapping.columns:
            work.settled[column.name] = fmt
    return f"CAST({date_sql(text, fmt)} AS {stored})"


def _choose_format(work: _Work, column: Column, text: str) -> str:
    """Let all rows of a column decide how its dates are written."""
    sample = work.con.execute(
        f"SELECT DISTINCT v FROM (SELECT {text} v FROM {work.raw.table} WHERE fault IS NULL LIMIT 20000) "
        f"WHERE v IS NOT NULL AND NOT {blank_sql('v')} LIMIT 2000"
    ).fetchall()
    candidates = date_candidates([value for (value,) in sample])
    if not candidates:
        return "iso"
    if len(candidates) == 1:
        return candidates[0]
    counts = ", ".join(f"count(*) FILTER ({date_sql('v', c)} IS NULL)" for c in candidates)
    total, *failures = work.con.execute(
        f"SELECT count(*), {counts} FROM (SELECT DISTINCT {text} v FROM {work.raw.table} WHERE fault IS NULL) "
        f"WHERE v IS NOT NULL AND NOT {blank_sql('v')}"
    ).fetchall()[0]
    counted = dict(zip(candidates, failures, strict=True))
    chosen = choose_date(counted, total)
    if chosen.ambiguous and not _differ(work, text, [c for c in candidates if counted[c] == min(failures)]):
        chosen = choose_date(counted, total, differ=False)
    if chosen.ambiguous:
        work.questions.append(
            Question(
                "columns",
                f"In column {_header(work, column)!r}, does the day or the month come first? No row settles it: set "
                f"styles.{column.name} in a mapping, to one of: {', '.join(candidates)}.",
                tuple(candidates),
            )
        )
    elif chosen.doubt:
        work.doubts.append(f"{_header(work, column)}: {chosen.doubt}")
    return chosen.format or "iso"


def _differ(work: _Work, text: str, formats: Sequence[str]) -> bool:
    """Tell whether any value means another day in one format than in the first."""
    other = " OR ".join(f"{date_sql('v', formats[0])} <> {date_sql('v', f)}" for f in formats[1:])
    found = work.con.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {text} v FROM {work.raw.table}) WHERE {other}"
    ).fetchone()
    return bool(found and found[0])


# ---------------------------------------------------------------- lookups by distinct spelling


def _country_table(work: _Work) -> None:
    """Make ``countries``: said, market, known (a market, or known to be unknown)."""
    from fondaco.reference import countries

    work.con.execute(
        "CREATE OR REPLACE TEMP TABLE countries (said VARCHAR, market VARCHAR, known BOOLEAN, hint VARCHAR)"
    )
    text = work.text("country")
    if text is None:
        return
    spellings = work.distinct(text)
    decided = {said.casefold().strip(): market for said, market in work.mapping.countries.items()}
    resolved = countries.resolve_all(spellings)
    rows = []
    for said in spellings:
        decision = decided.get(said.casefold().strip())
        market = decision if decision is not None else resolved[said].market
        known = market is not None
        hint = "" if known else _country_hint(said, countries.suggest(said))
        rows.append([said, None if market == UNKNOWN_MARKET else market, known, hint])
        if decision is None and resolved[said].market and resolved[said].note:
            work.problems.append(
                Problem(
                    "country",
                    _count(work, text, said),
                    f"{said!r} was read as {market}: {resolved[said].note}",
                )
            )
    if rows:
        work.con.executemany("INSERT INTO countries VALUES (?, ?, ?, ?)", rows)


def _country_hint(said: str, near: Sequence[str]) -> str:
    likely = f" Did they mean {' or '.join(near[:3])}?" if near else ""
    return f'say which in the mapping, [countries] "{said}" = "DEU" or "unknown", and replay.{likely}'


def _count(work: _Work, text: str, value: str) -> int:
    found = work.con.execute(f"SELECT count(*) FROM {work.raw.table} WHERE {text} = ?", [value]).fetchone()
    return int(found[0]) if found else 0


def _currency_table(work: _Work) -> None:
    """Make ``currencies``: said, code (NULL where it is no currency)."""
    from fondaco.reference import currencies

    work.con.execute("CREATE OR REPLACE TEMP TABLE currencies (said VARCHAR, code VARCHAR)")
    text = work.text("currency") if "currency" in work.table.names else None
    if text is None:
        return
    rows = []
    for said in work.distinct(text):
        code = said.upper() if currencies.is_currency(said.upper()) else currencies.currency_of_symbol(said)
        rows.append([said, code])
    if rows:
        work.con.executemany("INSERT INTO currencies VALUES (?, ?)", rows)


def _charge_table(work: _Work) -> None:
    """Make ``charges``: the (sku, product) pairs that are no goods, with the kind of charge."""
    from fondaco.ledger.platforms.table.propose import charge_kind, load_charges

    work.con.execute("CREATE OR REPLACE TEMP TABLE charges (sku VARCHAR, product VARCHAR, kind VARCHAR)")
    sku, product = work.text("sku") or "NULL", work.text("product") or "NULL"
    if sku == "NULL" and product == "NULL":
        return
    rules = load_charges()
    decided = {code.casefold(): kind for code, kind in work.mapping.charges.items()}
    # A plain article number with at most three letters behind it is goods, whatever its name says.
    plain = "regexp_full_match(sku, '[0-9]{4,}[A-Za-z]{0,3}')"
    mine = ", ".join(literal(code) for code in decided) or "NULL"
    pairs = work.con.execute(
        f"SELECT sku, product FROM (SELECT DISTINCT coalesce({sku}, '') AS sku, coalesce({product}, '') AS product "
        f"FROM {work.raw.table} WHERE fault IS NULL) WHERE NOT {plain} OR lower(sku) IN ({mine})"
    ).fetchall()
    rows = []
    for code, name in pairs:
        kind = decided.get(code.casefold()) or charge_kind(code, name, rules)
        if kind and kind != "sale":
            rows.append([code, name, kind])
    if rows:
        work.con.executemany("INSERT INTO charges VALUES (?, ?, ?)", rows)


# ---------------------------------------------------------------- write


def _parsed(work: _Work, parsed: dict[str, str]) -> str:
    """Return the query of every stated field typed, with what could not be read in words."""
    fields = ", ".join(
        f"CAST({sql} AS {STORED[work.table.column(name).type]}) AS {quote(name)}"
        for name, sql in parsed.items()
    )
    # Nested, so that only the few cells without a value are looked at closely.
    bad = ", ".join(
        f"CASE WHEN {parsed[column.name]} IS NULL THEN CASE WHEN NOT {blank_sql(text)} THEN "
        f"{literal(_header(work, column) + ' says ')} || substr({text}, 1, 80) || "
        f"{literal(', which is no ' + _what(column) + ' we can read')} END END"
        for column in work.table.stated
        if column.type not in ("text", "flag") and (text := work.text(column.name)) is not None
    )
    unread = f"coalesce({bad}, NULL)" if bad else "NULL"
    return f"SELECT row, fault, CAST({unread} AS VARCHAR) AS unread, {fields} FROM {work.raw.table}"


def _write_staged(work: _Work, parsed: dict[str, str], into: str) -> None:
    """Make the staged table: canonical columns, kind, and reason and cure where a row is not taken."""
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
        f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT s.* EXCLUDE (torn, unread, hint, why){value}, "
        f"CASE WHEN why IS NOT NULL THEN CASE why {kinds} END END AS fault, "
        f"CASE WHEN why IS NOT NULL THEN CASE why {words} END END AS reason, "
        f"CASE WHEN why IS NOT NULL THEN CASE why {cures} END END AS cure FROM ({judged}) s {join}"
    )
    _report_missing_rates(work, into, foreign)


def _worked_out(work: _Work) -> str:
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


def _order_columns(work: _Work) -> dict[str, str]:
    """Return the SQL of what the ledger works out for a row of `orders`."""
    no_buyer = "p.buyer IS NULL" if work.states("buyer") else "false"
    return {
        "amount": "CASE WHEN p.void THEN coalesce(p.total, 0) ELSE p.total END",
        "discount": "-abs(p.discount)",
        "refund": "-abs(p.refund)",
        "line": "coalesce(p.line, p.sku, p.product)",
        "kind": (
            "CASE WHEN g.kind IS NOT NULL THEN g.kind WHEN p.void THEN 'void' WHEN p.cancelled THEN 'cancellation' "
            f"WHEN p.total = 0 AND ({no_buyer} OR p.quantity < 0) THEN 'stock' "
            "WHEN p.total = 0 AND p.quantity = 0 THEN 'void' "
            "WHEN p.quantity < 0 OR p.total < 0 THEN 'return' ELSE 'sale' END"
        ),
        "reversal": (
            "p.cancelled OR (NOT p.void AND p.total <> 0 AND "
            "(coalesce(p.quantity, 0) < 0 OR (g.kind IS NULL AND p.total < 0)))"
        ),
    }


@dataclass(frozen=True)
class _Reason:
    """Why a row is not taken: a kind, an SQL test on the parsed row, and words and cure as SQL on the judged one."""

    kind: str
    test: str
    words: str
    cure: str


def _reasons(work: _Work) -> list[_Reason]:
    """Return everything that keeps a row out; the first that applies is said."""
    names = {c.name: work.mapping.columns.get(c.name, c.name) for c in work.table.stated}
    again = literal(
        "correct the row and import it again, or set the column's style in the mapping and replay."
    )
    reasons = [
        _Reason(
            "columns",
            "p.fault IS NOT NULL",
            "s.torn",
            literal("join the broken row or download the file again."),
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
        test = f"(p.country IS NULL AND {needed}) OR (p.country IS NOT NULL AND NOT coalesce(k.known, false))"
        said = "CASE WHEN s.country_said IS NULL THEN 'no country is stated' ELSE s.country_said || ' is no country we know' END"
        cure = "coalesce(s.hint, 'fill in the country and import the row again.')"
        reasons.append(_Reason("country", test, said, cure))
    return reasons


def _foreign_money(work: _Work, parsed: dict[str, str]) -> list[tuple[str, Any, Any]]:
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


def _converted(work: _Work, foreign: Sequence[tuple[str, Any, Any]]) -> tuple[str, str]:
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


def _report_missing_rates(work: _Work, into: str, foreign: Sequence[tuple[Any, ...]]) -> None:
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
                "rate", found[0], f"{currency}: {why}; these rows are kept in {currency}, not converted", cure
            )
        )
