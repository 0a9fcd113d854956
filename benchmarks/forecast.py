"""Forecasts of repeat buying: speed, and how they turned out.

python benchmarks/forecast.py speed [CUSTOMERS]       fit a BG/NBD
python benchmarks/forecast.py retail FILE             first eight months of Online Retail to fit, last four to judge
python benchmarks/forecast.py small FILE [REPEATS]    firms of 12, 25 and 50 buyers drawn from it, shrunken and not
python benchmarks/forecast.py known [REPEATS]         parameters and ranges on made firms whose truth is known
python benchmarks/forecast.py lifetimes HISTORIES     the same fit by `lifetimes`, in an environment that has it

`speed` writes the histories it fitted to a file, which `lifetimes` reads.
"""

from __future__ import annotations

import math
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

TRUTH = (0.8, 9.0, 0.7, 2.5)


def made(n: int, seed: int, days: int = 728) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw customers of a BG/NBD by day: x, t_x, T in weeks."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = TRUTH
    rate, lost = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    T = rng.integers(1, days, n) / 7  # noqa: N806
    x, t_x, t = np.zeros(n), np.zeros(n), np.zeros(n)
    there = np.ones(n, dtype=bool)
    while there.any():
        t[there] += rng.exponential(1 / rate[there])
        there &= t <= T
        x[there] += 1
        t_x[there] = np.round(t[there] * 7) / 7
        there &= rng.random(n) >= lost
    return x, np.minimum(t_x, T), T


def speed(n: int) -> None:
    from fondaco.numerics.histories import histories
    from fondaco.numerics.purchases import BGNBD

    x, t_x, T = made(n, 1)  # noqa: N806
    file = Path(tempfile.gettempdir()) / "fondaco-histories.npz"
    np.savez(file, x=x, t_x=t_x, T=T)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    held = histories(x, t_x, T)
    counted = time.perf_counter() - wall
    found = BGNBD.fit(held)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{n:,} customers, {len(held.x):,} distinct histories (counted in {counted:.2f} s)")
    print(
        f"fondaco: {wall:.2f} s on the clock, {cpu:.2f} s of processor time, peak {peak:,.0f} MiB ({before:,.0f} before)"
    )
    print(
        "  parameters",
        BGNBD.unpack(found.mode).round(4),
        "truth",
        TRUTH,
        f"log-likelihood {found.log_likelihood:.3f}",
    )

    print(f"histories for `lifetimes`: {file}")


def lifetimes(file: Path) -> None:
    """Fit by lifetimes, on the histories that `speed` left."""
    from lifetimes import BetaGeoFitter  # type: ignore[import-not-found]

    held = np.load(file)
    wall, cpu = time.perf_counter(), time.process_time()
    found = BetaGeoFitter(penalizer_coef=0.0).fit(held["x"], held["t_x"], held["T"])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"lifetimes: {len(held['x']):,} customers, {wall:.2f} s, {cpu:.2f} s of processor time, peak {peak:,.0f} MiB"
    )
    print(
        "  parameters",
        dict(found.params_),
        f"log-likelihood {found._negative_log_likelihood_ * -len(held['x']):.3f}",
    )


def orders_of(file: Path):
    """Return the orders of Online Retail with a customer: goods, positive, not cancelled."""
    import polars as pl

    none = ["POST", "DOT", "M", "C2", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS"]
    raw = pl.read_csv(file, infer_schema_length=0)
    goods = raw.filter(
        pl.col("CustomerID").is_not_null()
        & ~pl.col("InvoiceNo").str.starts_with("C")
        & ~pl.col("StockCode").str.to_uppercase().is_in(none)
    ).with_columns(q=pl.col("Quantity").cast(pl.Float64), p=pl.col("UnitPrice").cast(pl.Float64))
    return (
        goods.filter((pl.col("q") > 0) & (pl.col("p") > 0))
        .group_by("InvoiceNo", maintain_order=True)
        .agg(
            buyer=pl.col("CustomerID").first(),
            market=pl.col("Country").first(),
            day=pl.col("InvoiceDate").first().str.slice(0, 10).str.to_date(),
            net=(pl.col("q") * pl.col("p")).sum(),
        )
        .select(pl.lit("shop").alias("platform"), "buyer", "market", "day", "net")
    )


CUT, END = date(2011, 8, 9), date(2011, 12, 9)
AHEAD = {"held out": (END - CUT).days / 7}


def retail(file: Path) -> None:
    from fondaco.relationships.buying import from_orders
    from fondaco.relationships.forecast import forecast
    from fondaco.relationships.judging import errors, judge

    orders = orders_of(file)
    then, later = from_orders(orders, {"shop": CUT}), from_orders(orders, {"shop": END})
    held = then.customers
    np.savez(Path(tempfile.gettempdir()) / "fondaco-histories.npz", x=held.x, t_x=held.t_x, T=held.T)
    for model in ("BG/NBD", "Pareto/NBD"):
        wall = time.perf_counter()
        found: Any = forecast(then, ahead=AHEAD, model=model)
        took = time.perf_counter() - wall
        told = judge(found, then, later, "held out")
        total = found.total.orders["held out"]
        print(
            f"{model}: {told.customers:,} customers, {took:.1f} s; {found.model.to_json()['parameters']}, unclear {found.model.unclear}"
        )
        print(f"  model {told.model}\n  naive {told.naive}")
        print(
            f"  coverage {told.coverage:.3f} of {told.level}; total {total.estimate:,.0f} ({total.low:,.0f} to {total.high:,.0f}), came {told.came:,}"
        )
        print("  deciles", " | ".join(f"{one:.2f} {two:.2f}" for one, two in told.deciles))
    counts = dict(
        zip(*later.between((CUT - date(1970, 1, 1)).days, (END - date(1970, 1, 1)).days), strict=True)
    )
    key = dict(zip(later.names, later.customers.key, strict=True))
    came = np.array([counts.get(key[name], 0) for name in then.names], dtype=float)
    pooled = np.full(len(came), held.x.sum() / held.T.sum() * AHEAD["held out"])
    print("  one rate for all", errors(pooled, came))


def small(file: Path, repeats: int) -> None:
    """Firms of few buyers: ranges and log score of the shrunken forecast beside the unshrunken one."""
    import polars as pl

    from fondaco.numerics.posterior import BOUND
    from fondaco.numerics.purchases import BGNBD
    from fondaco.relationships.buying import from_orders
    from fondaco.relationships.forecast import forecast
    from fondaco.relationships.judging import judge

    orders = orders_of(file)
    names = orders.filter(pl.col("day") <= CUT)["buyer"].unique(maintain_order=True).to_numpy()
    rng = np.random.default_rng(5)
    for size in (12, 25, 50):
        sums: dict[str, Any] = {
            "totals": 0,
            "buyers": [],
            "mae": [],
            "mae alone": [],
            "naive": [],
            "score": [],
            "score alone": [],
            "lost": 0,
        }
        for _ in range(repeats):
            chosen = rng.choice(names, size, replace=False).tolist()
            part = orders.filter(pl.col("buyer").is_in(chosen))
            then, later = from_orders(part, {"shop": CUT}), from_orders(part, {"shop": END})
            found = forecast(then, ahead=AHEAD, model="BG/NBD")
            told = judge(found, then, later, "held out")
            sums["totals"] += told.total_held
            sums["buyers"].append(told.coverage)
            sums["mae"].append(told.model.mae)
            sums["naive"].append(told.naive.mae)
            held = then.customers
            counts = dict(
                zip(*later.between((CUT - date(1970, 1, 1)).days, (END - date(1970, 1, 1)).days), strict=True)
            )
            key = dict(zip(later.names, later.customers.key, strict=True))
            came = np.array([counts.get(key[name], 0) for name in then.names])
            one = held.x, held.t_x, held.T
            alone = BGNBD.fit(held.histories())
            sums["lost"] += bool(alone.vague.any())
            weeks = AHEAD["held out"]
            # Both by 2,000 drawn futures of each buyer, so that they are scored alike.
            for name, draws in (
                ("score", BGNBD.fit(held.histories(), BGNBD.prior).draws(200, seed=1)),
                ("score alone", np.clip(alone.mode, -BOUND, BOUND)[None]),
            ):
                futures = BGNBD.simulate(
                    np.repeat(BGNBD.unpack(draws), 2000 // len(draws), axis=0), np.array([weeks]), *one, rng
                )[0]
                chance = ((futures == came).sum(axis=0) + 0.5) / (len(futures) + 1)
                sums[name].append(-np.log(chance).mean())
            sums["mae alone"].append(
                np.abs(BGNBD.expected(BGNBD.unpack(alone.mode), weeks, *one) - came).mean()
            )
        print(
            f"{size} buyers, {repeats} firms: totals within their 90 % range {sums['totals'] / repeats:.1%}, buyers {np.mean(sums['buyers']):.1%}; "
            f"mean absolute error {np.mean(sums['mae']):.3f}, unshrunken {np.mean(sums['mae alone']):.3f}, own rate {np.mean(sums['naive']):.3f}; "
            f"log score {np.mean(sums['score']):.3f}, unshrunken {np.mean(sums['score alone']):.3f}; "
            f"without a maximum of the likelihood {sums['lost'] / repeats:.0%}"
        )


def known(repeats: int) -> None:
    """Made firms: are the true parameters and what came within their ranges as often as told?"""
    import polars as pl

    from fondaco.numerics.bgnbd import pack
    from fondaco.numerics.purchases import BGNBD
    from fondaco.relationships.buying import from_orders
    from fondaco.relationships.forecast import forecast
    from fondaco.relationships.judging import judge

    start, middle, end = date(2024, 1, 1), date(2025, 12, 29), date(2026, 6, 29)
    truth = pack(np.array(TRUTH))
    for size in (12, 50, 300):
        totals, buyers, inside, bias = 0, [], [], []
        for seed in range(repeats):
            rng = np.random.default_rng(1000 + seed)
            r, alpha, a, b = TRUTH
            rows = []
            for i in range(size):
                rate, lost, first = rng.gamma(r, 1 / alpha / 7), rng.beta(a, b), True
                day = float(rng.integers(0, 720))
                while day <= (end - start).days:
                    rows.append(("shop", f"b{i}", None, start + timedelta(days=int(day)), None))
                    if not first and rng.random() < lost:
                        break
                    day, first = day + float(rng.exponential(1 / rate)), False
            frame = pl.DataFrame(
                rows,
                schema={
                    "platform": pl.String,
                    "buyer": pl.String,
                    "market": pl.String,
                    "day": pl.Date,
                    "net": pl.Float64,
                },
                orient="row",
            )
            then, later = from_orders(frame, {"shop": middle}), from_orders(frame, {"shop": end})
            told = judge(forecast(then, ahead={"half": 26.0}, model="BG/NBD"), then, later, "half")
            totals += told.total_held
            buyers.append(told.coverage)
            if math.isfinite(told.model.bias):
                bias.append((told.expected, told.came))
            draws = BGNBD.fit(then.customers.histories(), BGNBD.prior).draws(400, seed=seed)
            low, high = np.quantile(draws, (0.05, 0.95), axis=0)
            inside.append((low <= truth) & (truth <= high))
        sums = np.sum(bias, axis=0)
        print(
            f"{size} buyers, {repeats} firms: totals within their 90 % range {totals / repeats:.1%}, buyers {np.mean(buyers):.1%}; "
            f"parameters within theirs {np.mean(inside, axis=0).round(3)}; expected over come {sums[0] / sums[1]:.3f}"
        )


def main() -> None:
    what, *rest = sys.argv[1:] or ["speed"]
    if what == "speed":
        speed(int(rest[0]) if rest else 1_000_000)
    elif what == "lifetimes":
        lifetimes(Path(rest[0]))
    elif what == "retail":
        retail(Path(rest[0]))
    elif what == "small":
        small(Path(rest[0]), int(rest[1]) if len(rest) > 1 else 100)
    else:
        known(int(rest[0]) if rest else 100)


if __name__ == "__main__":
    main()
