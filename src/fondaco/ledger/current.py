"""What counts: of all that imports stated, the latest statement of each natural key; and what became of a row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fondaco.kernel import Damaged
from fondaco.ledger.engine import Engine
from fondaco.ledger.schema import KINDS, ORIGIN, STORED, TABLES, Table
from fondaco.ledger.store import Event, Store, sql_path

if TYPE_CHECKING:
    import ibis


def current(store: Store, events: Sequence[Event], name: str, engine: Engine) -> ibis.Table:
    """Return a canonical table as it stands by these imports.

    Parameters
    ----------
    store
        The firm's files.
    events
        The imports that count (see `store.live`).
    name
        A key of `schema.TABLES`.
    engine
        Where to compute.
    """
    table = TABLES[name]
    stated = [f for e in events for f in e.files if f.table == name]
    files = [store.folder / f.path for f in stated]
    if not files:
        return engine.kept(f"empty_{name}", lambda: _empty(table, engine))
    missing = [file for file in files if not file.exists()]
    if missing:
        raise Damaged(f"The ledger's file {missing[0]} is gone: restore the last backup (fondaco restore).")
    order: dict[str, int] = {}
    if any(name in e.detail.get("contested", ()) for e in events):
        order = {e.import_: e.order for e in events}
    said = repr((name, [str(file) for file in files], sorted(order.items())))
    return engine.kept(
        f"current_{hashlib.sha256(said.encode()).hexdigest()[:32]}",
        lambda: _read(files, table, order, engine),
        rows=sum(f.rows for f in stated),
    )


def _read(files: Sequence[Path], table: Table, order: dict[str, int], engine: Engine) -> ibis.Table:
    """Return the rows that count; `order` of the imports where any states again what another did."""
    rows = engine.read(files)
    return _latest(rows, table, order, engine) if order else rows


def _empty(table: Table, engine: Engine) -> ibis.Table:
    columns = (*table.columns, *ORIGIN)
    return engine.rows({c.name: [] for c in columns}, {c.name: _IBIS[STORED[c.type]] for c in columns})


_IBIS = {
    "VARCHAR": "string",
    "DECIMAL(18,4)": "decimal(18, 4)",
    "BIGINT": "int64",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "boolean",
    "DOUBLE": "float64",
}


def _latest(rows: ibis.Table, table: Table, order: dict[str, int], engine: Engine) -> ibis.Table:
    """Keep of every natural key the latest statement.

    Keys that were stated once are passed through; only the few that an import repeated or revised
    are compared, so that a long history does not make reading slow.
    """
    import ibis

    # A dropped row names the row it repeats: while the import of that one counts, it does not.
    repeated = rows.repeats.split(":")[0]
    rows = rows.filter((rows.statement != "dropped") | ~repeated.isin(list(order)))
    key = list(table.key)
    contested = rows.filter(rows.statement != "first").select(key).distinct()
    alone = rows.anti_join(contested, key)
    seqs = engine.rows(
        {"import": list(order), "seq": list(order.values())}, {"import": "string", "seq": "int64"}
    )
    versions = rows.semi_join(contested, key).join(seqs, "import")
    latest = ibis.row_number().over(
        ibis.window(group_by=key, order_by=[versions.seq.desc(), versions.source.desc(), versions.row.desc()])
    )
    chosen = versions.mutate(version=latest).filter(lambda t: t.version == 0).select(rows.columns)
    return alone.union(chosen)


def fates_sql(table: str, path: Path) -> str:
    """Return the query of what became of the rows of one data file, for a union over all of them."""
    kind, money, currency, repeats = "kind", "CAST(NULL AS DECIMAL(18,4))", "CAST(NULL AS VARCHAR)", "repeats"
    duplicate = "statement IN ('repeat', 'dropped', 'older')"
    if table == "quarantine":
        fate, said, repeats = "'quarantined'", "reason", "CAST(NULL AS VARCHAR)"
    elif table == "orders":
        classes = " ".join(f"WHEN kind = '{kind}' THEN '{class_}'" for kind, class_ in KINDS.items())
        fate = f"CASE WHEN {duplicate} THEN 'duplicate' {classes} END"
        said, money, currency = (
            "concat_ws(' ', \"order\", coalesce(product, sku), country)",
            "amount",
            "currency",
        )
    else:
        names = ", ".join(f'"{n}"' for n in TABLES[table].key if n not in ("platform", "occurrence"))
        fate, kind, said = (
            f"CASE WHEN {duplicate} THEN 'duplicate' ELSE 'fact' END",
            "statement",
            f"concat_ws(' ', {names})",
        )
    return (
        f"SELECT file, row, {fate} AS fate, {kind} AS kind, {said} AS said, {money} AS amount, "
        f"{currency} AS currency, {repeats} AS repeats FROM '{sql_path(path)}'"
    )
