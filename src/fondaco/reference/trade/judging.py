"""Each row of a trade file: a value between two markets, or one kind of aside.

The table ``judged`` holds every row that could be read, with ``aside`` empty (null) where it is a flow.  What is
stated twice is put aside in a second look: months of a year that is stated whole, repeated and contested rows,
headings beside their subheadings.
"""

from __future__ import annotations

from fondaco.reference.trade.bench import Bench
from fondaco.reference.trade.layouts import Layout, plain_name
from fondaco.reference.trade.words import Words

#: What stands for no value.
_MISSING = "('', '.', '..', ':', '-', 'NA', 'N/A', 'NAN', 'NULL', 'NONE', 'C', ':C')"
_POINT = r"^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][-+]?\d+)?$"
_COMMA = r"^[-+]?(\d{1,3}(\.\d{3})+|\d+)?(,\d*)?([eE][-+]?\d+)?$"

#: Tonnes for one unit of weight.
_TONNES = {
    "kg": 0.001, "kilogram": 0.001, "kilograms": 0.001, "weightinkilograms": 0.001, "t": 1.0, "tonne": 1.0, "tonnes": 1.0,
    "mt": 1.0, "metrictons": 1.0, "g": 1e-6, "100kg": 0.1, "lb": 0.00045359237, "lbs": 0.00045359237,
}  # fmt: skip

#: Kind of place (`fondaco.reference.trade.places`) that is no market, to kind of aside.
_PLACES = {
    "unknown": "unknown country", "retired": "retired country", "nes": "not elsewhere specified",
    "world": "sum over countries", "group": "group of countries",
}  # fmt: skip


def judge(bench: Bench, layout: Layout, words: Words) -> None:
    """Say of each staged row what it is; the staged cells go."""
    bench.run(_judged(bench, layout, words), bench.name)
    bench.con.execute("DROP TABLE staged")
    bench.progress("Looking for what is stated twice", 0.8)
    _months_beside_years(bench)
    if bench.options.repeats == "last":
        _stated_twice(bench)
    if words.scheme == "hs":
        _headings(bench)


# ---- row by row ----------------------------------------------------------------------------------


def _judged(bench: Bench, layout: Layout, words: Words) -> str:
    """Return SQL for the table of judged rows: the first of the cases that holds is what a row is."""
    value = _number("s.value", words.decimal)
    exporter, importer = _markets(layout)
    weight, unit_join = _weight(bench, layout, _number("s.quantity", words.decimal))
    reported = layout.reported
    places = " ".join(
        f"LEFT JOIN place_{column} ON place_{column}.said = coalesce(s.{column}, '')"
        for column in layout.ends
    )
    no_market = " ".join(
        f"WHEN place_{column}.kind = '{kind}' THEN '{aside}'"
        for kind, aside in _PLACES.items()
        for column in layout.ends
    )
    which = " ".join(f"WHEN place_{column}.kind <> 'market' THEN s.{column}" for column in layout.ends)
    no_value = "upper(s.indicator) NOT LIKE '%VALUE%'" if "indicator" in layout.columns else "false"
    return f"""
        CREATE TABLE judged AS SELECT s.file, s.row, {exporter} AS exporter, {importer} AS importer,
            k.code AS code, k.digits AS digits, y.year AS year, y.month AS month,
            {"f.side" if reported else "'both'"} AS told_by, s.revision AS revision,
            {value} * {layout.scale!r} AS value, {weight} AS tonnes,
            hash(s.reporter, s.partner, s.exporter, s.importer) AS ends,
            CASE {"WHEN f.side IS NULL THEN 'other flow'" if reported else ""}
                WHEN {no_value} THEN 'not a value'
                WHEN s.part THEN 'part of a flow'
                {no_market}
                WHEN k.aside <> '' THEN k.aside
                WHEN y.year IS NULL THEN 'no year'
                WHEN upper(coalesce(s.value, '')) IN {_MISSING} THEN 'no value'
                WHEN {value} IS NULL OR NOT isfinite({value}) THEN 'not a number'
                WHEN {value} < 0 THEN 'negative value'
                WHEN {exporter} = {importer} THEN 'domestic' END AS aside,
            CASE {"WHEN f.side IS NULL THEN s.flow" if reported else ""} {which}
                WHEN k.aside <> '' THEN s.product WHEN y.year IS NULL THEN s.year
                WHEN {exporter} = {importer} THEN {exporter} ELSE s.value END AS detail
        FROM staged s {places} {"LEFT JOIN flow f ON f.said = coalesce(s.flow, '')" if reported else ""} {unit_join}
        LEFT JOIN product k ON k.said = coalesce(s.product, '')
        LEFT JOIN period y ON y.said = coalesce(s.year, '') AND y.month_said = coalesce(s.month, '')
        """


def _markets(layout: Layout) -> tuple[str, str]:
    """Return SQL for the exporting and the importing market."""
    if not layout.reported:
        return "place_exporter.market", "place_importer.market"
    return (
        "CASE f.side WHEN 'exporter' THEN place_reporter.market ELSE place_partner.market END",
        "CASE f.side WHEN 'exporter' THEN place_partner.market ELSE place_reporter.market END",
    )


def _number(column: str, decimal: str) -> str:
    """Return SQL that reads a text as a number, or null where it is none."""
    bare = f"regexp_replace({column}, '[\\s\u00a0\u202f''’]', '', 'g')"
    pattern = _POINT if decimal == "." else _COMMA
    plain = f"replace({bare}, ',', '')" if decimal == "." else f"replace(replace({bare}, '.', ''), ',', '.')"
    return f"(CASE WHEN regexp_matches({bare}, '{pattern}') THEN try_cast({plain} AS DOUBLE) END)"


def _weight(bench: Bench, layout: Layout, quantity: str) -> tuple[str, str]:
    """Return SQL for the weight in tonnes, and the join that it needs; other units are told and left out."""
    if "quantity" not in layout.columns:
        return "NULL", ""
    if layout.tonnes is not None:
        return f"CASE WHEN {quantity} > 0 THEN {quantity} * {layout.tonnes!r} END", ""
    if "unit" not in layout.columns:
        bench.notes.append("Quantities are left out: the file does not say their unit.")
        return "NULL", ""
    said = bench.distinct("unit")
    bench.keep("unit", ("said", "tonnes"), [(one, _TONNES.get(plain_name(one))) for one in said])
    others = [one or "not stated" for one in said if plain_name(one) not in _TONNES]
    if others:
        count = bench.count("staged", "coalesce(unit, '') IN (SELECT said FROM unit WHERE tonnes IS NULL)")
        bench.notes.append(
            f"Quantities are in several units; {count:,} that are no weight ({', '.join(others[:6])}) are left out."
        )
    return f"CASE WHEN {quantity} > 0 THEN {quantity} * u.tonnes END", (
        "LEFT JOIN unit u ON u.said = coalesce(s.unit, '')"
    )


# ---- what is stated twice ------------------------------------------------------------------------


def _months_beside_years(bench: Bench) -> None:
    """Put months aside where their year is stated whole, and say which years have not all of theirs."""
    if not bench.count("judged", "month > 0 AND aside IS NULL"):
        return
    bench.con.execute(
        """
        UPDATE judged SET aside = 'month of a stated year', detail = CAST(judged.year AS VARCHAR)
        FROM (SELECT DISTINCT ends, code, year, told_by FROM judged WHERE month = 0 AND aside IS NULL) whole
        WHERE judged.month > 0 AND judged.aside IS NULL AND judged.ends = whole.ends AND judged.code = whole.code
          AND judged.year = whole.year AND judged.told_by = whole.told_by
        """
    )
    short = bench.rows(
        "SELECT year, count(DISTINCT month) FROM judged WHERE month > 0 AND aside IS NULL GROUP BY 1 HAVING count(DISTINCT month) < 12 ORDER BY 1"
    )
    for year, months in short:
        bench.notes.append(f"{year} has {months} months only: its sums are no whole year.")


def _stated_twice(bench: Bench) -> None:
    """Put aside all but the last of several values for one flow."""
    key = "ends, code, year, month, told_by"
    bench.con.execute(
        f"""
        CREATE TABLE twice AS SELECT {key}, count(DISTINCT value) AS kinds, max((file, row)) AS last
        FROM judged WHERE aside IS NULL GROUP BY {key} HAVING count(*) > 1
        """
    )
    same = " AND ".join(f"judged.{one} = twice.{one}" for one in key.split(", "))
    bench.con.execute(
        f"""
        UPDATE judged SET aside = CASE WHEN twice.kinds = 1 THEN 'repeated' ELSE 'contested' END,
            detail = concat_ws(' ', judged.exporter, judged.importer, judged.code, judged.year)
        FROM twice WHERE judged.aside IS NULL AND {same} AND (judged.file, judged.row) <> twice.last
        """
    )


def _headings(bench: Bench) -> None:
    """Put aside rows whose trade is in the file in more detail, and say where the two sums differ."""
    levels = [
        row[0] for row in bench.rows("SELECT DISTINCT digits FROM judged WHERE aside IS NULL ORDER BY 1 DESC")
    ]
    for level, (count, above, below) in [(level, _heading(bench, level)) for level in levels[1:]]:
        if count and abs(above - below) > 1e-6 * max(above, below, 1.0):
            bench.notes.append(
                f"{count:,} rows of {level} digits sum to {above:,.0f} and the codes below them to {below:,.0f}: "
                "the detail is what counts."
            )


def _heading(bench: Bench, level: int) -> tuple[int, float, float]:
    """Put rows of so many digits aside where codes below them stand; return how many, their sum and that below."""
    key = "exporter, importer, year, month, told_by"
    bench.con.execute(
        f"""
        CREATE OR REPLACE TABLE below AS SELECT {key}, left(code, {level}) AS code, sum(value) AS value FROM judged
        WHERE digits > {level} AND (aside IS NULL OR aside = 'heading beside its subheadings')
          AND digits = (SELECT min(d.digits) FROM (SELECT DISTINCT digits FROM judged WHERE aside IS NULL) d WHERE d.digits > {level})
        GROUP BY ALL
        """
    )
    same = " AND ".join(f"judged.{one} = below.{one}" for one in [*key.split(", "), "code"])
    where = f"judged.aside IS NULL AND judged.digits = {level} AND {same}"
    count, above, below = bench.rows(
        f"SELECT count(*), coalesce(sum(judged.value), 0), coalesce(sum(below.value), 0) FROM judged, below WHERE {where}"
    )[0]
    if count:
        bench.con.execute(
            f"UPDATE judged SET aside = 'heading beside its subheadings', detail = judged.code FROM below WHERE {where}"
        )
    return int(count), float(above), float(below)
