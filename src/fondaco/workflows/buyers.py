"""The buyers of a firm: what its ledger says of them, brought together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from fondaco.ledger import Workspace
from fondaco.reference.mail import parts
from fondaco.relationships.identity import (
    Buyer,
    Decision,
    Records,
    Resolution,
    Ruling,
    buyers,
    pairs_beside,
    resolve,
)
from fondaco.relationships.identity.resolving import JOIN
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.desk_log import told_of
from fondaco.workflows.rulings import rulings_mark, rulings_of

#: What of the ledger's orders and inquiries tells who somebody is.
_COLUMNS = ("platform", "buyer", "buyer_name", "buyer_company", "country")


@dataclass(frozen=True)
class Buyers:
    """A firm's buyers, the comparison that they rest on, and what was decided of records that are not there now."""

    buyers: tuple[Buyer, ...]
    resolution: Resolution
    waiting: tuple[Ruling, ...] = ()


def records_of(workspace: Workspace, firm: str) -> pl.DataFrame:
    """Return one record for each way in which the firm's orders and inquiries name a buyer.

    Columns ``id`` (platform, mark, name, firm and country, joined by a tab), ``name``, ``company``, ``email``,
    ``mark`` (with its platform) and ``country``; null where the files do not say.  Rows that name nobody are
    left out.
    """
    ledger = workspace.ledger(firm)
    said = pl.concat(
        [ledger.table(table).select(*_COLUMNS).distinct().to_polars() for table in ("orders", "inquiries")]
    )
    held = said.with_columns(pl.col(_COLUMNS).str.strip_chars().replace("", None)).unique(maintain_order=True)
    held = held.filter(pl.any_horizontal(pl.col("buyer", "buyer_name", "buyer_company").is_not_null()))
    held = held.sort(_COLUMNS, nulls_last=True)
    mails = [mark if mark and parts(mark)[0] else None for mark in held["buyer"]]
    mark = pl.col("platform") + ":" + pl.col("buyer")
    records: pl.DataFrame = held.select(
        pl.concat_str(pl.col(_COLUMNS).fill_null(""), separator="\t").alias("id"),
        pl.col("buyer_name").alias("name"),
        pl.col("buyer_company").alias("company"),
        pl.Series("email", mails, dtype=pl.String),
        mark.alias("mark"),
        pl.col("country"),
    )
    return records


def buyers_of(workspace: Workspace, firm: str, decisions: Iterable[Decision] | None = None) -> Buyers:
    """Return the firm's buyers.

    Records of one mark on one platform are one, and so are those that name one firm in one country, as their firm or
    as their mark; others as the model and people say.  Whose the inquiries are that no file tells of says
    `fondaco.relationships.identity.pairs_beside`.

    Parameters
    ----------
    decisions
        In the place of what people decided (`fondaco.workflows.rulings`).
    """
    ledger = workspace.ledger(firm)
    found, sure = remembering(
        key_of(workspace, ledger, "records compared", None), lambda: _compared(workspace, firm)
    )
    if decisions is not None:
        return Buyers(buyers(found.ids, sure, decisions), found)

    def decided() -> Buyers:
        told = dict.fromkeys(record for record, _day in told_of(workspace, firm))
        ids = tuple(dict.fromkeys((*found.ids, *told)))
        said, waiting = Records(ids).decisions(rulings_of(workspace, firm))
        held = buyers(found.ids, sure, said)
        if told:
            beside = pairs_beside(
                sorted(told.keys() - set(found.ids)), (tuple(map(str, each.records)) for each in held)
            )
            held = buyers(ids, [*sure, *((left, right, 1.0) for left, right in beside)], said)
        return Buyers(held, found, waiting)

    key = (*key_of(workspace, ledger, "buyers joined", None), buyers_mark(workspace, firm))
    return remembering(key, decided)


def buyers_mark(workspace: Workspace, firm: str) -> str:
    """Return the fingerprint of what tells of buyers beside the ledger, for the keys of conclusions.

    What people decided of them, and the inquiries that were typed in or sent by a program.
    """
    told = "\n".join(f"{record} {day}" for record, day in told_of(workspace, firm))
    return f"{rulings_mark(workspace, firm)} {hashlib.sha256(told.encode()).hexdigest()[:16] if told else ''}"


def _compared(workspace: Workspace, firm: str) -> tuple[Resolution, tuple[tuple[str, str, float], ...]]:
    """Return the comparison of a firm's records, and the pairs that are one without asking."""
    records = _with_marks(records_of(workspace, firm))
    found = resolve(records)
    sure = [
        (found.ids[i], found.ids[j], float(p))
        for i, j, p in zip(found.left, found.right, found.probability, strict=True)
        if p >= JOIN
    ]
    return found, (*_same_mark(records), *_same_firm(records), *sure)


def _with_marks(records: pl.DataFrame) -> pl.DataFrame:
    """Return records whose marks mark somebody.

    Files of one's own may hold a person's name where a platform has its mark: one that goes with several firms, and
    is no address, is taken as a name.
    """
    firms = pl.col("company").str.to_lowercase().drop_nulls().n_unique().over("mark")
    nobody = pl.col("mark").is_not_null() & pl.col("email").is_null() & (firms > 1)
    said = pl.col("mark").str.splitn(":", 2).struct.field("field_1")
    return records.with_columns(
        name=pl.when(nobody).then(pl.coalesce("name", said)).otherwise("name"),
        mark=pl.when(~nobody).then("mark"),
    )


def _same_mark(records: pl.DataFrame) -> list[tuple[str, str, float]]:
    """Return pairs of records that the platform itself marks as one."""
    groups = records.drop_nulls("mark").group_by("mark", maintain_order=True).agg("id")["id"]
    return [(ids[0], other, 1.0) for ids in groups.to_list() for other in ids[1:]]


def _same_firm(records: pl.DataFrame) -> list[tuple[str, str, float]]:
    """Return pairs of records that name one firm in one country; a mark counts where it is another record's firm."""
    named = records.drop_nulls(["company", "country"]).select("id", "country", name=pl.col("company"))
    mark = pl.col("mark").str.splitn(":", 2).struct.field("field_1")
    marked = records.drop_nulls(["mark", "country"]).select("id", "country", name=mark)
    plain = pl.col("name").str.to_lowercase().str.replace_all(r"\s+", " ")
    firms = named.with_columns(plain)
    known = pl.concat([firms, marked.with_columns(plain).join(firms, on=["country", "name"], how="semi")])
    groups = (
        known.unique(maintain_order=True).group_by("country", "name", maintain_order=True).agg("id")["id"]
    )
    return [(ids[0], other, 1.0) for ids in groups.to_list() for other in ids[1:]]
