"""Landed cost of 2,000 products in 60 markets: the batch beside a hand-written Polars expression.

The expression is what a person would write who knew beforehand that duties are a percentage and an amount per
kilogram, that excise goes by litres of alcohol, and that every code is matched at six digits: one equi-join and
arithmetic in floating point.  The batch looks codes up by their longest prefix, takes any expression and the
markets' rules, tells what is not known, and rounds as the exact engine does.  Goal: within 5 times.

    python benchmarks/landed_cost.py [--products 2000] [--markets 60]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fondaco.reference import countries
from fondaco.reference.tariffs import TariffBook, add
from fondaco.strategy.price.batch import landed_costs
from fondaco.strategy.price.customs_cases import Asked, cases_of
from fondaco.strategy.price.landed_cost import Transport, landed_cost
from fondaco.strategy.price.quote import Consignment, entry_of

TODAY = date(2026, 11, 30)
CURRENCIES = ("EUR", "USD", "GBP", "JPY")
RATES = {"EUR": Decimal(1), "USD": Decimal("1.1172"), "GBP": Decimal("0.8338"), "JPY": Decimal("171.53")}


def rate_of(one: str, other: str) -> Decimal:
    """Return a rate through the euro, eight digits."""
    return Decimal(1) if one == other else Decimal(f"{RATES[other] / RATES[one]:.8g}")


def world(folder: Path, markets: list[str], codes: list[str]) -> TariffBook:
    """Write rows for every code and market, and a rule for every market."""
    draw = np.random.default_rng(1)
    rows = [
        f"{market},{code},{draw.integers(0, 30) / 2}%{' + 12 EUR/100kg' if draw.random() < 0.2 else ''},2026-01-01,made up"
        for market in markets
        for code in codes
    ]
    table = folder / "rows.csv"
    table.write_text("market,hs,duty,valid_from,source\n" + "\n".join(rows) + "\n", "utf-8")
    rules = folder / "rules.toml"
    rules.write_text(
        "\n".join(
            f'''[[market]]
market = "{market}"
currency = "{CURRENCIES[n % 4]}"
basis = "{"CIF" if n % 3 else "FOB"}"
tax = "{5 + n % 20}%"
tax_base = ["value", "duty", "excise"]
valid_from = 2026-01-01
source = "made up"
excise_on = ["22"]
[[market.excise]]
name = "excise"
rate = "{10 + n}.62 EUR/l_alcohol"
hs = ["22"]
'''
            for n, market in enumerate(markets)
        ),
        "utf-8",
    )
    for path in (table, rules):
        add(folder / "tariffs", path, TODAY)
    return TariffBook(folder / "tariffs")


def by_hand(goods: pl.DataFrame, sides: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Work the same out as one Polars expression."""
    cents = pl.col("places")
    value = pl.when("cif").then(pl.col("goods") + pl.col("freight")).otherwise(pl.col("goods"))
    return (
        goods.lazy()
        .join(sides.lazy(), how="cross")
        .join(rates.lazy(), on=["market", "hs6"], how="left")
        .with_columns(fx=pl.col("per_euro") / pl.col("home_per_euro"))
        .with_columns(goods=pl.col("price") * pl.col("quantity") * pl.col("fx"), freight=pl.col("carriage") * pl.col("fx"))
        .with_columns(value=(value * 10**cents).round() / 10**cents)
        .with_columns(
            duty=((pl.col("value") * pl.col("percent") + pl.col("kg") * pl.col("per_kg") * pl.col("per_euro")) * 10**cents).round()
            / 10**cents
        )
        .with_columns(
            excise=pl.when(pl.col("hs6").str.starts_with("22"))
            .then((pl.col("alcohol") * pl.col("per_alcohol") * pl.col("per_euro") * 10**cents).round() / 10**cents)
            .otherwise(0.0)
        )
        .with_columns(
            tax=((pl.col("value") + pl.col("duty") + pl.col("excise")) * pl.col("vat") * 10**cents).round() / 10**cents
        )
        .with_columns(
            landed=((pl.col("goods") + pl.col("freight")) * 10**cents).round() / 10**cents
            + pl.col("duty") + pl.col("excise") + pl.col("tax")
        )
        .select("sku", "market", "value", "duty", "excise", "tax", "landed")
        .collect()
    )  # fmt: skip


def tables(
    sold: list[Consignment], markets: list[str], book: TariffBook
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Lay out for the expression what the batch is given: goods, markets, rates by six digits."""
    goods = pl.DataFrame(
        {
            "sku": [one.sku for one in sold],
            "hs6": [one.hs[:6] for one in sold],
            "price": [float(one.price) for one in sold],
            "quantity": [one.quantity for one in sold],
            "carriage": [60.0] * len(sold),
            "kg": [float(one.quantities.net_weight_kg or 0) for one in sold],
            "alcohol": [
                float((one.quantities.litres or 0) * (one.alcohol_by_volume or 0) / 100) for one in sold
            ],
            "home_per_euro": [float(RATES[one.currency]) for one in sold],
        }
    )
    rules = [rule for market in markets if (rule := book.rule(market, TODAY))]
    sides = pl.DataFrame(
        {
            "market": [rule.market for rule in rules],
            "per_euro": [float(RATES[rule.currency]) for rule in rules],
            "places": [0 if rule.currency == "JPY" else 2 for rule in rules],
            "cif": [rule.basis == "CIF" for rule in rules],
            "vat": [float(rule.tax.rstrip("%")) / 100 for rule in rules],
            "per_alcohol": [float(rule.excises[0].expression.split()[0]) for rule in rules],
        }
    )
    rows = book.frame(markets, TODAY).filter(pl.col("layer") == 0)
    rates = rows.select(
        "market", hs6=pl.col("hs"),
        percent=pl.col("duty").str.extract(r"([\d.]+)%").cast(pl.Float64) / 100,
        per_kg=pl.when(pl.col("duty").str.contains("kg")).then(0.12).otherwise(0.0),
    )  # fmt: skip
    return goods, sides, rates


def best_of(count: int, work: Callable[[], Any]) -> float:
    """Return the shortest of several runs, in seconds."""
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def check(sold: list[Consignment], markets: list[str], book: TariffBook, sheet: Any, cells: int) -> int:
    """Return how many of some random cells differ from the exact engine."""
    draw, wrong = np.random.default_rng(2), 0
    for _ in range(cells):
        row, column = int(draw.integers(len(sold))), int(draw.integers(len(markets)))
        one, rule = sold[row], book.rule(markets[column], TODAY)
        assert rule is not None
        found = book.duty(markets[column], one.hs, one.origin, TODAY)
        case = cases_of(
            found, rule, Asked(one.hs, one.origin, one.alcohol_by_volume, False), TODAY, rate_of
        ).cases[0]
        entry = entry_of(one, case, rule, rate_of)
        entry = type(entry)(
            **{**vars(entry), "goods": type(entry.goods)(one.price * one.quantity, one.currency, one.quantities),
               "transport": Transport(Decimal(60), Decimal(0), Decimal(0), one.currency)}
        )  # fmt: skip
        wrong += Decimal(repr(float(sheet.landed_cost[row, column]))) != landed_cost(entry).landed_cost
    return wrong


def main() -> None:
    """Print times, their ratio, and how many cells of a sample differ from the exact engine."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--products", type=int, default=2000)
    asked.add_argument("--markets", type=int, default=60)
    told = asked.parse_args()
    draw = np.random.default_rng(0)
    shipped = {"GBR", "KOR", "USA"}
    markets = [code for code in countries.markets() if code not in shipped][: told.markets]
    codes = sorted(
        {f"{chapter:02}{n:04}" for chapter in (4, 15, 22, 42, 61) for n in draw.integers(100, 9999, 100)}
    )
    sold = [
        Consignment(
            f"S-{n}", codes[int(draw.integers(len(codes)))], "ITA", Decimal(int(draw.integers(100, 50_000))) / 100,
            CURRENCIES[n % 3], int(draw.integers(1, 600)), Decimal("0.75"), Decimal("1.3"), Decimal("0.75"), Decimal(13),
        )
        for n in range(told.products)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        book = world(Path(folder), markets, codes)
        freight = np.full((len(sold), len(markets)), 60.0)
        sheet = landed_costs(sold, markets, book, TODAY, rate_of, freight)
        batch = best_of(7, lambda: landed_costs(sold, markets, book, TODAY, rate_of, freight))
        laid = tables(sold, markets, book)
        hand = best_of(7, lambda: by_hand(*laid))
        differ = check(sold, markets, book, sheet, 500)
        cells = len(sold) * len(markets)
        known = int((sheet.why == 0).sum())
        print(f"{cells:,} cells, {known:,} with a figure, {sheet.again} of them worked out again exactly")
        print(f"batch             {batch * 1000:8.1f} ms")
        print(f"Polars expression {hand * 1000:8.1f} ms")
        print(f"ratio             {batch / hand:8.2f}  (goal: 5)")
        print(f"of 500 cells, {differ} differ from the exact engine")


if __name__ == "__main__":
    main()
