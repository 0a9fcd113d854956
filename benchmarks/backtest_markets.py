"""Backtests of market rankings on real data; they can fail, and print where they do.

    python benchmarks/backtest_markets.py potential [--trade FILE]
    python benchmarks/backtest_markets.py posterior ...

``potential``: trade of the EU-15 by section of goods, 2007 to 2016 (Eurostat, as packaged by fixest).  Potential
is worked out on the first five years and ranks the markets of each exporter, and of each exporter in each
section; the ranking is compared with what exports to these markets gained in the five years after, beside
naive rankings that know the same five years.

Two things may be meant by growth, and both are shown: the gain in euros (where the money came from) and
the rate (which market grew fastest).  A ranking that is good at one is seldom good at the other.  The claim is
that `outlook / actual` ranks the rate better than every naive ranking; the exit code says whether it holds.
`CLOSING`, the one number in the outlook, was fitted on 2007 to 2011 alone; the form of the outlook was chosen after the
other rankings had been seen to lose on the later years, so that other data have yet to confirm it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(
    0, str(Path(__file__).resolve().parent.parent)
)  # so that neighbours are found, also as a script

from benchmarks.scoring import mean, ndcg_at, sign_test, spearman

TRADE = Path(__file__).resolve().parents[2] / "shared/data/trade_fixest_eu15/trade.csv.gz"
BEFORE, AFTER = range(2007, 2012), range(2012, 2017)

#: Rankings that know no model.
NAIVE = ("last year's exports", "import growth", "market size")

#: Two more that the issue of growth suggests: exports that rose go on rising, small shares grow fastest.
ALSO_NAIVE = ("own momentum", "small share")

Lists = dict[tuple[str, str], pl.DataFrame]


def main(arguments: list[str]) -> int:
    """Run one of the backtests."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    chosen = parser.add_subparsers(dest="what", required=True)
    potential = chosen.add_parser("potential", help="trade potential against realised growth of exports")
    potential.add_argument("--trade", type=Path, default=TRADE)
    chosen.add_parser("posterior", help="the posterior of markets against later orders", add_help=False)
    if arguments[:1] == ["posterior"]:
        from benchmarks.backtest_posterior import main as posterior  # type: ignore[import-not-found,unused-ignore]

        return int(posterior(arguments[1:]) or 0)
    asked = parser.parse_args(arguments or ["potential"])
    if not asked.trade.is_file():
        print(f"{asked.trade} is not there: name a table of trade with --trade.")
        return 0
    return backtest_potential(asked.trade)


def backtest_potential(path: Path) -> int:
    """Print the scores; return 0 when growth is ranked better than by every naive ranking, else 1."""
    from fondaco.reference import trade

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "flows.parquet"
        taken = trade.read(path, target)
        flows = trade.open_flows([target], [taken])
        gravity_gaps = _gravity_gaps(flows)
        exporters = sorted(pl.read_parquet(target)["exporter"].unique().to_list())
        after = (
            pl.read_parquet(target)
            .filter(pl.col("year").is_in(list(AFTER)))
            .group_by("exporter", "importer", "product")
            .agg((pl.col("value").sum() / len(AFTER)).alias("after"))
        )
        trend = _trend(pl.read_parquet(target))
        single: Lists = {}
        whole: Lists = {}
        for exporter in exporters:
            rows = _rankings(flows, exporter, after, trend, gravity_gaps)
            whole[exporter, "all"] = rows.group_by("market").agg(pl.exclude("product").sum()).sort("market").with_columns(
                _rates()
            )  # fmt: skip
            for (section,), some in rows.group_by("product"):
                single[exporter, str(section)] = some.sort("market").with_columns(_rates())
    print(f"{path.name}: fitted on {BEFORE[0]} to {BEFORE[-1]}, judged by {AFTER[0]} to {AFTER[-1]}\n")
    lost = 0
    for title, lists in (("By exporter, all goods", whole), ("By exporter and section of goods", single)):
        lost += _report(title, lists)
    return 1 if lost else 0


def _trend(stated: pl.DataFrame) -> pl.DataFrame:
    """Return imports of each market and product: the last year's over the first's, and the mean."""
    return stated.filter(pl.col("year").is_in(list(BEFORE))).group_by("importer", "product").agg(
        (pl.col("value").filter(pl.col("year") == BEFORE[-1]).sum()).alias("m_last"),
        (pl.col("value").filter(pl.col("year") == BEFORE[0]).sum()).alias("m_first"),
        (pl.col("value").sum() / len(BEFORE)).alias("size"),
    )  # fmt: skip


def _rankings(
    flows, exporter: str, after: pl.DataFrame, trend: pl.DataFrame, gaps: pl.DataFrame
) -> pl.DataFrame:
    """Return one row for each market and section: all that the rankings know, and what came after."""
    from fondaco.markets.potential import potential

    found = potential(flows.table, exporter, years=list(BEFORE))
    last = potential(flows.table, exporter, years=[BEFORE[-1]]).frame.select(
        "market", "product", last="actual"
    )
    recent = potential(flows.table, exporter, years=list(BEFORE[-2:])).frame.select(
        "market", "product", recent="actual"
    )
    ours = after.filter(pl.col("exporter") == exporter).select("product", "after", market="importer")
    rows = (
        found.frame.select("market", "product", "potential", "unrealised", "actual", "outlook")
        .join(last, on=["market", "product"], how="left")
        .join(recent, on=["market", "product"], how="left")
        .join(trend.rename({"importer": "market"}), on=["market", "product"], how="left")
        .join(ours, on=["market", "product"], how="left")
        .join(
            gaps.filter(pl.col("exporter") == exporter).select("market", "usual", "total"),
            on="market",
            how="left",
        )
        .with_columns(
            pl.col(
                "unrealised", "potential", "outlook", "last", "recent", "after", "m_last", "m_first"
            ).fill_null(0.0)
        )
    )
    # The gravity model knows all goods together: each section gets its share of the gap.
    share = pl.col("actual") / pl.col("actual").sum().over("market")
    return rows.with_columns(gap=(pl.col("usual") - pl.col("total")) * share).drop("usual", "total")


def _rates() -> list[pl.Expr]:
    tiny = 1.0  # euro
    growth = ((pl.col("m_last") + tiny) / (pl.col("m_first") + tiny)).alias("import growth")
    return [
        (pl.col("after") - pl.col("actual")).alias("gain"),
        ((pl.col("after") + tiny) / (pl.col("actual") + tiny)).log().alias("rate"),
        growth,
        (pl.col("potential") * growth).alias("potential x import growth"),
        (pl.col("unrealised") / (pl.col("actual") + tiny)).alias("unrealised / actual"),
        pl.col("unrealised").alias("unrealised potential"),
        pl.col("last").alias("last year's exports"),
        pl.col("size").alias("market size"),
        pl.col("gap").alias("gravity gap"),
        (pl.col("outlook") - pl.col("actual")).alias("outlook - actual"),
        (pl.col("outlook") / (pl.col("actual") + tiny)).alias("outlook / actual"),
        (pl.col("recent") - pl.col("actual")).alias("own momentum"),
        (pl.col("size") / (pl.col("actual") + tiny)).alias("small share"),
    ]


OURS = ("unrealised potential", "potential", "potential x import growth", "unrealised / actual", "outlook - actual",
        "outlook / actual", "gravity gap")  # fmt: skip


def _gravity_gaps(flows) -> pl.DataFrame:
    """Return for each pair usual and actual trade of all goods, mean of the first five years."""
    from fondaco.workflows.trade import gravity_of

    model = gravity_of(flows, years=list(BEFORE))
    return (
        model.predicted.group_by("exporter", market="importer")
        .agg(usual=pl.col("predicted").mean(), total=pl.col("actual").mean())
    )  # fmt: skip


def _report(title: str, lists: Lists) -> int:
    """Print the scores of all rankings, and the lists in which the first of ours loses; return tables lost."""
    lost = 0
    scores: dict[str, dict[str, list[float]]] = {}
    kinds: dict[str, tuple[str, Callable[..., float]]] = {
        "gain, Spearman": ("gain", spearman), "gain, NDCG@5": ("gain", ndcg_at),
        "rate, Spearman": ("rate", spearman), "rate, NDCG@5": ("rate", ndcg_at),
    }  # fmt: skip
    for name in (*OURS, *NAIVE, *ALSO_NAIVE):
        scores[name] = {
            kind: [score(rows[name].to_list(), rows[target].to_list()) for rows in lists.values()]
            for kind, (target, score) in kinds.items()
        }
    print(f"{title}: {len(lists)} lists (mean ± standard error)")
    print(f"  {'':26}" + "".join(f"{kind:>18}" for kind in kinds))
    for name, by_kind in scores.items():
        mark = " " if name in OURS else "*"
        print(f"{mark} {name:26}" + "".join(f"{mean(values)!s:>18}" for values in by_kind.values()))
    print("  (* naive)")
    for kind, (target, _) in kinds.items():
        _judge(kind, "unrealised potential", scores, list(lists))
        if target == "gain":
            _judge(kind, "outlook - actual", scores, list(lists))
        else:  # the claim
            lost += _judge(kind, "outlook / actual", scores, list(lists))
    print()
    return lost


def _judge(
    kind: str, ours: str, scores: dict[str, dict[str, list[float]]], lists: list[tuple[str, str]]
) -> int:
    """Print how one ranking does beside the best naive one, with its largest losses; return 1 where it loses."""
    rival = max((*NAIVE, *ALSO_NAIVE), key=lambda name: float(np.mean(scores[name][kind])))
    mine, theirs = scores[ours][kind], scores[rival][kind]
    won, beaten, p = sign_test(mine, theirs)
    loses = float(np.mean(mine)) <= float(np.mean(theirs))
    print(
        f"  {kind}: {ours} {'LOSES' if loses else 'wins'} against {rival}, {won} lists to {beaten} "
        f"(sign test p = {p:.2g})"
    )
    worst = sorted(zip(lists, mine, theirs, strict=True), key=lambda case: case[1] - case[2])
    shown = [f"{e} {s} {a:.2f} < {b:.2f}" for (e, s), a, b in worst[:5] if a < b]
    print(f"      largest losses: {'; '.join(shown) or 'none'}")
    return int(loses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
