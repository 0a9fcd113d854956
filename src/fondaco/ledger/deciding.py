"""What all rows of a file decide together: number and date styles, countries, currencies, charges.

Styles are decided by every value of a column; countries, currencies and charges by their distinct
spellings, so that there are a few thousand Python calls at most, whatever the length of the file.
The spellings end as small tables in DuckDB, which the stage joins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from fondaco.kernel import Problem, Question
from fondaco.kernel.money import places
from fondaco.ledger.dates import (
    DateStyle,
    Spread,
    choose_date,
    date_candidates,
    date_order,
    date_sql,
    settle_date,
)
from fondaco.ledger.mapping import Mapping
from fondaco.ledger.numbers import (
    blank_sql,
    is_blank,
    mixed_number_sql,
    money_token,
    number_shape_sql,
    number_sql,
    number_style,
    whole_style,
)
from fondaco.ledger.platforms.cells import money_of
from fondaco.ledger.schema import STORED, Column, Table
from fondaco.ledger.sql import literal, quote

UNKNOWN_MARKET = "unknown"


@dataclass(frozen=True)
class Raw:
    """Raw text as a DuckDB view of a Parquet file, `cells`: ``row``, ``fault`` and ``c0`` ... for `columns`.

    `said` is told of what it lacks.
    """

    table: str
    columns: tuple[str, ...]
    cells: Path
    said: tuple[Problem, ...] = ()

    def cell(self, header: str) -> str:
        """Return the SQL of one column's trimmed text, NULL where it is empty."""
        return f"nullif(trim(c{self.columns.index(header)}), '')"


@dataclass(frozen=True)
class Setting:
    """What the firm brings to every file: its reporting currency and the ECB rates."""

    currency: str
    rates: Any


Expressions = Mapped[str, Callable[[Callable[[str], str]], str]]


def worked_out(
    con: duckdb.DuckDBPyConnection, raw: Raw, mapping: Mapping, expressions: Expressions
) -> tuple[Raw, Expressions]:
    """Give the fields that a reader works out columns of their own, so that each is worked out once for a row."""

    def cell(header: str) -> str:
        return raw.cell(header) if header in raw.columns else "NULL"

    said = {name: sql(cell) for name, sql in expressions.items()}
    stated = {name: sql for name, sql in said.items() if sql != "NULL"}
    if not stated:
        return raw, dict.fromkeys(said, lambda _cell: "NULL")
    stated, source = _amounts_once(raw, stated)
    columns = ", ".join(f"nullif({sql}, '') AS {quote('is:' + name)}" for name, sql in stated.items())
    read = sorted({raw.columns.index(h) for h in mapping.columns.values() if h in raw.columns})
    cells = "".join(f"c{i}, " for i in read)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE worked_out AS SELECT row, fault, {cells}{columns} FROM {source}"
    )
    return replace(raw, table="worked_out"), {name: _say(name, stated) for name in said}


def _amounts_once(raw: Raw, stated: dict[str, str]) -> tuple[dict[str, str], str]:
    """Read an amount that several fields ask for once: planning it anew for each takes longer than the rows."""
    often = {}
    for place, header in enumerate(raw.columns):
        amount, name = money_of(raw.cell(header)), quote(f"amount:{place}")
        if sum(sql.count(amount) for sql in stated.values()) > 1:
            often[name] = amount
            stated = {field: sql.replace(amount, name) for field, sql in stated.items()}
    if not often:
        return stated, raw.table
    amounts = ", ".join(f"{sql} AS {name}" for name, sql in often.items())
    return stated, f"(SELECT *, {amounts} FROM {raw.table})"


def _say(name: str, stated: Mapped[str, str]) -> Callable[[Callable[[str], str]], str]:
    return lambda _cell: quote("is:" + name) if name in stated else "NULL"


@dataclass
class Work:
    """What one stage has found out so far."""

    con: duckdb.DuckDBPyConnection
    raw: Raw
    table: Table
    mapping: Mapping
    setting: Setting
    expressions: Expressions
    preferred: Mapped[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return the SQL of a field's raw text, or None where neither file nor mapping states it."""
        if name in self.expressions:
            said = self.expressions[name](self._cell)
            if name in self.mapping.constants:  # what a person states fills what the file leaves open
                constant = literal(self.mapping.constants[name])
                return constant if said == "NULL" else f"coalesce({said}, {constant})"
            return None if said == "NULL" else said
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


# ---------------------------------------------------------------- styles


def parse(work: Work, column: Column) -> str:
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


def _parse_number(work: Work, column: Column, text: str) -> str:
    stored = STORED[column.type]
    shapes = [shape for shape in work.shapes(text) if not is_blank(shape)]
    if column.type == "money":
        _ask_of_other_signs(work, column, text, shapes)
    decimal = work.mapping.styles.get(column.name, "")
    mixed = False
    if not decimal:
        style = number_style(shapes)
        if style.ambiguous and (column.type == "count" or _is_whole_money(work, column)):
            style = whole_style(style)
        decimal, mixed = style.decimal, style.mixed
        if (
            not mixed
            and any("." in shape or "," in shape for shape in shapes)
            and column.name in work.mapping.columns
        ):
            work.settled[column.name] = decimal
        if style.ambiguous:
            work.questions.append(
                Question(
                    "columns",
                    f"Is 1{'.' if decimal == ',' else ','}234 in column {header(work, column)!r} a thousand or one and "
                    f"a bit? No row settles it: set styles.{column.name} to '.' or ',' (the decimal mark) in a mapping.",
                    (".", ","),
                )
            )
        elif style.doubt:
            work.doubts.append(f"{header(work, column)}: {style.doubt}")
    plain = decimal == "." and all(_is_plain(s) for s in shapes)
    number = f"TRY_CAST({text} AS DECIMAL(38,10))" if not plain else text
    if not plain:
        number = mixed_number_sql(text, decimal) if mixed else number_sql(text, decimal)
    deepest = max((len(s.rpartition(decimal)[2].strip()) for s in shapes if decimal in s), default=0)
    if column.type in ("money", "number") and deepest > 4 and plain:
        work.doubts.append(f"{header(work, column)}: more than four decimals; each is rounded to four.")
    if column.type == "count":
        return f"TRY_CAST(round(TRY_CAST({number} AS DECIMAL(38,10))) AS {stored})"
    return f"TRY_CAST({number} AS {stored})"


def _is_whole_money(work: Work, column: Column) -> bool:
    """Tell whether all rows are in a currency without decimals, of which 1,234 can only be a thousand."""
    stated = work.mapping.constants.get("currency", "") if "currency" not in work.mapping.columns else ""
    return column.type == "money" and bool(stated) and places(stated) == 0


def _ask_of_other_signs(work: Work, column: Column, text: str, shapes: Sequence[str]) -> None:
    """Ask where amounts bear the sign of another currency than the one that is stated for all of them."""
    from fondaco.ledger.platforms.table.propose import currencies_in
    from fondaco.reference import currencies

    stated = work.mapping.constants.get("currency")
    if not stated or "currency" in (*work.mapping.columns, *work.expressions):
        return
    named = currencies_in(header(work, column))
    if named and stated not in named:
        work.doubts.append(f"{header(work, column)}: it is taken for {stated}, which is stated for all rows.")
    for shape in shapes:
        meant = currencies.candidates_of_symbol(money_token(shape))
        if meant and stated not in meant:
            cells = work.con.execute(
                f"SELECT min(v) FROM (SELECT {text} AS v FROM {work.raw.table} WHERE fault IS NULL) "
                f"WHERE {number_shape_sql('v')} = ?",
                [shape],
            ).fetchone()
            example = cells[0] if cells else shape
            work.questions.append(
                Question(
                    "currency",
                    f"In which currency are the amounts? {header(work, column)} says {example}, and {stated} is stated for "
                    f"all rows. Where all are in one, state it (--currency {meant[0]}, in which a new firm then reports, too; or currency under [constants] of a mapping); "
                    "where they are in several, give each row its own in a column.",
                )
            )
            return


def _is_plain(shape: str) -> bool:
    digits = shape.removeprefix("-")
    whole, dot, rest = digits.partition(".")
    return whole.isascii() and whole.isdigit() and (not dot or (rest.isascii() and rest.isdigit()))


def header(work: Work, column: Column) -> str:
    return work.mapping.columns.get(column.name, column.name)


def what(column: Column) -> str:
    return "date" if column.type in ("day", "time") else "number"


def _parse_date(work: Work, column: Column, text: str) -> str:
    stored = STORED[column.type]
    fmt = work.mapping.styles.get(column.name, "")
    if not fmt:
        fmt = _choose_format(work, column, text)
        if fmt != "iso" and column.name in work.mapping.columns:
            work.settled[column.name] = fmt
    return f"CAST({date_sql(text, fmt)} AS {stored})"


def _choose_format(work: Work, column: Column, text: str) -> str:
    """Let all rows of a column decide how its dates are written."""
    sample = work.con.execute(
        f"SELECT DISTINCT v FROM (SELECT {text} v FROM {work.raw.table} WHERE fault IS NULL LIMIT 20000) "
        f"WHERE v IS NOT NULL AND NOT {blank_sql('v')} LIMIT 2000"
    ).fetchall()
    candidates = date_candidates([value for (value,) in sample])
    if not candidates:
        return "iso"
    counts = ", ".join(f"count(*) FILTER ({date_sql('v', c)} IS NULL)" for c in candidates)
    total, *failures = work.con.execute(
        f"SELECT count(*), {counts} FROM (SELECT DISTINCT {text} v FROM {work.raw.table} WHERE fault IS NULL) "
        f"WHERE v IS NOT NULL AND NOT {blank_sql('v')}"
    ).fetchall()[0]
    counted = dict(zip(candidates, failures, strict=True))
    chosen = choose_date(counted, total)
    tied = [c for c in candidates if counted[c] == min(failures)]
    if chosen.ambiguous and not _differ(work, text, tied):
        chosen = choose_date(counted, total, differ=False)
    if chosen.ambiguous and (settled := _settled(work, text, tied)):
        order = {"dmy": "the day first", "mdy": "the month first", "ymd": "the year first"}[
            date_order(settled)
        ]
        chosen = DateStyle(settled, False, f"the dates are read with {order}, because so they are in order.")
    if chosen.ambiguous and column.name in work.preferred:
        preferred = work.preferred[column.name]
        usual = [c for c in candidates if c.split("|")[0] in preferred.split("|")]
        if usual:
            said = "month first" if "%m" in usual[0][:3] else "day first"
            work.doubts.append(
                f"{header(work, column)}: no row settles how days are written; they are read {said}."
            )
            return usual[0]
    if chosen.ambiguous:
        work.questions.append(
            Question(
                "columns",
                f"In column {header(work, column)!r}, does the day or the month come first? No row settles it: set "
                f"styles.{column.name} in a mapping, to one of: {', '.join(candidates)}.",
                tuple(candidates),
            )
        )
        return chosen.format or "iso"
    if chosen.doubt:
        work.doubts.append(f"{header(work, column)}: {chosen.doubt}")
    return _with_second_style(
        work, column, text, chosen.format or "iso", counted.get(chosen.format, 0), total
    )


def _settled(work: Work, text: str, formats: Sequence[str]) -> str:
    """Return the format that the lie of the dates speaks for, or nothing."""
    up, down = work.con.execute(
        f"SELECT count(*) FILTER (v > before), count(*) FILTER (v < before) FROM (SELECT v, lag(v) OVER (ORDER BY row) AS before "
        f"FROM (SELECT row, {text} AS v FROM {work.raw.table} WHERE fault IS NULL) WHERE v IS NOT NULL)"
    ).fetchall()[0]
    as_text = Spread(0, up, down).disorder < 0.05
    return settle_date(_spreads(work, text, formats), sorted_as_text=as_text)


def _spreads(work: Work, text: str, formats: Sequence[str]) -> dict[str, Spread]:
    """Return how the dates lie in each format, in the order of the rows."""
    spreads = {}
    for fmt in formats:
        days, forward, backward = work.con.execute(
            f"SELECT coalesce(max(d) - min(d), 0), count(*) FILTER (d > before), count(*) FILTER (d < before) FROM "
            f"(SELECT d, lag(d) OVER (ORDER BY row) AS before FROM (SELECT row, CAST({date_sql(text, fmt)} AS DATE) AS d "
            f"FROM {work.raw.table} WHERE fault IS NULL) WHERE d IS NOT NULL)"
        ).fetchall()[0]
        spreads[fmt] = Spread(int(days), forward, backward)
    return spreads


def _with_second_style(work: Work, column: Column, text: str, fmt: str, failed: int, total: int) -> str:
    """Join to a column's style a second one, where some of its dates can only be read in that.

    Two kinds of mixture make every date doubtful, and a person decides: dates of which some must have the
    day first and others the month; and dates that a spreadsheet has turned round where it could, so that
    those left as they were all have a day beyond the twelfth.
    """
    if not failed or failed > 0.5 * total:
        return fmt
    others = [
        value
        for (value,) in work.con.execute(
            f"SELECT DISTINCT {text} AS v FROM {work.raw.table} WHERE fault IS NULL AND {text} IS NOT NULL "
            f"AND NOT {blank_sql(text)} AND {date_sql(text, fmt)} IS NULL LIMIT 2000"
        ).fetchall()
    ]
    second = [style for style in date_candidates(others) if _reads_any(work, others, style)]
    if not second:
        return fmt  # such as the 31st of February: a date in no style, and its row waits
    turned = {date_order(fmt), date_order(second[0])} == {"dmy", "mdy"}
    if (turned and len(others) > max(1, 0.01 * total)) or _is_turned_round(work, text, fmt, second[0]):
        work.questions.append(
            Question(
                "columns",
                f"In column {header(work, column)!r} some dates have the day first and others the month, such as {others[0]}: "
                f"a spreadsheet may have turned some of them round. Download the file again, or set styles.{column.name} in a "
                f"mapping to {fmt} or {second[0]}, and rows that do not fit it wait in quarantine.",
                (fmt, second[0]),
            )
        )
    if turned or len({date_order(one) for one in second}) > 1:
        return fmt
    work.doubts.append(
        f"{header(work, column)}: dates are written in two styles, such as {others[0]}; both are read."
    )
    return f"{fmt}|{second[0]}"


def _reads_any(work: Work, values: Sequence[str], fmt: str) -> bool:
    """Tell whether any of the values is a day of the calendar in a style."""
    found = work.con.execute(
        f"SELECT count(*) FROM (SELECT unnest(?::VARCHAR[]) AS v) WHERE {date_sql('v', fmt)} IS NOT NULL",
        [values],
    ).fetchone()
    return bool(found and found[0])


def _is_turned_round(work: Work, text: str, first: str, second: str) -> bool:
    """Tell whether all dates in one style have a day up to the twelfth and all in the other a later one."""
    found = []
    for fmt in (first, second):
        low, high, days = work.con.execute(
            f"SELECT min(day(d)), max(day(d)), count(DISTINCT d) FROM (SELECT {date_sql(text, fmt)} AS d "
            f"FROM {work.raw.table} WHERE fault IS NULL) WHERE d IS NOT NULL"
        ).fetchall()[0]
        found.append((low, high, days))
    (low, high, days), (other_low, other_high, other_days) = found
    if min(days, other_days) < 3:
        return False
    return bool((high <= 12 < other_low) or (other_high <= 12 < low))


def _differ(work: Work, text: str, formats: Sequence[str]) -> bool:
    """Tell whether any value means another day in one format than in the first."""
    other = " OR ".join(f"{date_sql('v', formats[0])} <> {date_sql('v', f)}" for f in formats[1:])
    found = work.con.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {text} v FROM {work.raw.table}) WHERE {other}"
    ).fetchone()
    return bool(found and found[0])


# ---------------------------------------------------------------- lookups by distinct spelling


def country_table(work: Work) -> None:
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
    if work.mapping.constants.get("country") == UNKNOWN_MARKET:  # all countries together, or nobody knows
        decided.setdefault(UNKNOWN_MARKET, UNKNOWN_MARKET)
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


def _count(work: Work, text: str, value: str) -> int:
    found = work.con.execute(f"SELECT count(*) FROM {work.raw.table} WHERE {text} = ?", [value]).fetchone()
    return int(found[0]) if found else 0


def currency_table(work: Work) -> None:
    """Make ``currencies``: said, code (NULL where it is no currency)."""
    from fondaco.reference import currencies

    work.con.execute("CREATE OR REPLACE TEMP TABLE currencies (said VARCHAR, code VARCHAR)")
    text = work.text("currency") if "currency" in work.table.names else None
    if text is None:
        return
    rows = []
    for said in work.distinct(text):
        code = currency_meant(work, said)
        rows.append([said, code])
        if code and currencies.currency_of_symbol(said) is None and code == work.preferred.get("currency"):
            work.doubts.append(f'The sign "{said}" is taken for {code}.')
    if rows:
        work.con.executemany("INSERT INTO currencies VALUES (?, ?)", rows)


def currency_meant(work: Work, said: str) -> str | None:
    """Return the currency of a code or sign; a sign of several ("$") means the stated one, or the reader's usual."""
    from fondaco.reference import currencies

    found = currencies.candidates_of_symbol(said)
    if len(found) > 1:
        likely = [work.mapping.constants.get("currency"), work.preferred.get("currency")]
        return next((code for code in likely if code in found), None)
    return found[0] if found else None


def charge_table(work: Work) -> None:
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
