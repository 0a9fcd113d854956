"""Does the posterior predict orders by country better than what one would do without it?

The real wholesaler's transactions (UCI Online Retail: a gift wholesaler in the United Kingdom,
December 2010 to December 2011) go through the ledger as any firm's would.  The ranking is fitted on
the first eight months (December 2010 to July 2011) and predicts the orders of each of the next four
months in each country, beside raw averages, the global mean and trade potential alone, each both as
a Poisson and as a negative binomial whose dispersion is fitted on the same months.  There are no
trade data by product for the United Kingdom here, so that its total exports by destination (2006)
stand for trade potential.  December 2011 is not whole and is not predicted.

Log score and CRPS: less is better.  Cover: share of counts inside the printed 80 % interval, which
for small counts must hold more than 80 %, and the share at the nominal level (randomised PIT).

    python benchmarks/backtest_markets.py posterior [--data ../shared/data] [--origins 4 5 6 7 8 9 10 11]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import optimize

from fondaco.ledger import Workspace
from fondaco.markets.observed import Observed, observe
from fondaco.markets.periods import month_name, month_number
from fondaco.markets.prior import terms as prior_terms
from fondaco.numerics.rates import Predictive, Rates, fit_rates
from fondaco.reference import countries
from fondaco.workflows import take_in

Array = npt.NDArray[np.float64]

HOME = "GBR"
FIRST, MONTHS, TRAINED, AHEAD = date(2010, 12, 1), 12, 8, 4
#: Stands for a rate of zero, of which no logarithm can be taken: half an order in all.
HALF = 0.5


@dataclass(frozen=True)
class Case:
    """Orders by market and month, and the flow that stands for trade potential (NaN: not known)."""

    markets: tuple[str, ...]
    orders: Array
    flow: Array
    bought: npt.NDArray[np.bool_]


def read(data: Path, folder: Path) -> Case:
    """Bring the wholesaler's file in and count its orders by market and month."""
    workspace = Workspace(folder / "home")
    file = data / "online_retail" / "online_retail.csv.gz"
    take_in(workspace, "wholesaler", [file], home="GB", currency="GBP", now=datetime(2026, 1, 1, tzinfo=UTC))
    return arrange(observe(workspace.ledger("wholesaler").table("orders")), flows(data))


def flows(data: Path) -> dict[str, float]:
    """Return the United Kingdom's exports by destination."""
    with gzip.open(data / "gravity_cepii" / "gravity_zeros_2006.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["iso_o"] == HOME and row["iso_d"] != HOME]
    return {row["iso_d"]: float(row["flow"]) for row in rows if countries.is_market(row["iso_d"])}


def arrange(seen: Observed, flow: Mapping[str, float]) -> Case:
    assert seen.orders is not None
    first = month_number(FIRST) - seen.orders.months[0]
    markets = tuple(sorted((set(seen.orders.counts) | set(flow)) - {HOME}))
    orders = seen.orders.matrix(markets)[:, first : first + MONTHS]
    return Case(markets, orders, np.array([flow.get(m, np.nan) for m in markets]), orders.sum(axis=1) > 0)


def posterior(case: Case, trained: int, *, shared: bool = True, potential: bool = True) -> Rates:
    held = {m: f for m, f in zip(case.markets, case.flow, strict=True) if np.isfinite(f)}
    terms = prior_terms(case.markets, HOME, potential=held if potential else None)
    seen = case.orders[:, :trained]
    return fit_rates(seen, np.ones(trained), terms, shared=shared, never=seen.sum(axis=1) == 0)


def rivals(case: Case, trained: int) -> dict[str, Predictive]:
    """Return what one would predict without the posterior, the same for each month ahead."""
    seen, scope = case.orders[:, :trained], case.bought
    flow = np.nan_to_num(case.flow, nan=float(np.nanmedian(case.flow[scope])))
    means = {
        "raw average": (seen.sum(axis=1) + HALF) / trained,
        "raw average of the last three months": (seen[:, -3:].sum(axis=1) + HALF) / 3,
        "global mean": np.full(len(seen), seen[scope].mean()),
        "trade potential alone": flow / flow[scope].sum() * seen[scope].sum() / trained,
    }
    found = {}
    for name, mean in means.items():
        mean = np.maximum(mean, HALF / trained / 10)
        found[f"{name}, Poisson"] = Predictive(mean, np.full(len(mean), 1e9))
        found[f"{name}, negative binomial"] = Predictive(
            mean, np.full(len(mean), dispersion(mean, seen, scope))
        )
    return found


def dispersion(mean: Array, seen: Array, scope: npt.NDArray[np.bool_]) -> float:
    def loss(size: float) -> float:
        held = Predictive(mean[scope], np.full(scope.sum(), np.exp(size)))
        return float(sum(held.log_score(month).sum() for month in seen[scope].T))

    return float(np.exp(optimize.minimize_scalar(loss, bounds=(-5, 10), method="bounded").x))


def judge(predicted: Sequence[Predictive], actual: Array, scope: npt.NDArray[np.bool_]) -> Array:
    """Return log score, CRPS and both kinds of cover, shape (months, 4): means over the markets."""
    rows = []
    for month, held in enumerate(predicted):
        part, counts = Predictive(held.mean[scope], held.size[scope]), actual[scope, month]
        printed, nominal = part.covered(counts)
        rows.append([part.log_score(counts).mean(), part.crps(counts).mean(), printed.mean(), nominal.mean()])
    return np.array(rows)


def compare(case: Case, trained: int, scope: npt.NDArray[np.bool_]) -> dict[str, Array]:
    ahead = min(AHEAD, MONTHS - trained)
    actual = case.orders[:, trained : trained + ahead]
    models = {
        "posterior": posterior(case, trained),
        "  without trade data (GDP instead)": posterior(case, trained, potential=False),
        "  without the common tide": posterior(case, trained, shared=False),
    }
    found = {
        name: judge([rates.predict(h) for h in range(1, ahead + 1)], actual, scope)
        for name, rates in models.items()
    }
    return found | {
        name: judge([held] * ahead, actual, scope) for name, held in rivals(case, trained).items()
    }


def show(title: str, found: Mapping[str, Array]) -> None:
    print(f"\n{title}\n{'':45}{'log score':>10}{'CRPS':>8}{'cover':>8}{'nominal':>9}")
    for name, scores in found.items():
        log, crps, printed, nominal = scores.mean(axis=0)
        print(f"{name:45}{log:10.4f}{crps:8.4f}{printed:8.1%}{nominal:9.1%}")


def show_losses(case: Case, trained: int) -> None:
    """Print where the posterior did worse than the best rival, and what its intervals missed."""
    rates, best = posterior(case, trained), rivals(case, trained)["raw average, negative binomial"]
    held = [rates.predict(h) for h in range(1, AHEAD + 1)]
    actual = case.orders[:, trained : trained + AHEAD]
    ours = np.array([p.log_score(actual[:, h]) for h, p in enumerate(held)])
    theirs = np.array([best.log_score(month) for month in actual.T])
    lost = (ours - theirs).sum(axis=0)
    print("\nLosing cases: markets where raw averages (negative binomial) had the better log score")
    for i in np.argsort(-lost):
        if lost[i] <= 0.05:
            break
        told = ", ".join(f"{p.mean[i]:.1f}" for p in held)
        print(
            f"  {case.markets[i]}: worse by {lost[i]:.2f}; expected {told}; raw {best.mean[i]:.1f}; came {_whole(actual[i])}"
        )
    print("\nOutside the printed 80 % interval")
    for h, p in enumerate(held):
        low, high = p.interval()
        out = [
            f"{case.markets[i]} {actual[i, h]:.0f} ({low[i]:.0f}-{high[i]:.0f})"
            for i in np.flatnonzero((actual[:, h] < low) | (actual[:, h] > high))
        ]
        print(f"  {month_name(month_number(FIRST) + trained + h)}: {', '.join(out) or 'none'}")


def _whole(counts: Array) -> str:
    return ", ".join(f"{count:.0f}" for count in counts)


def show_totals(case: Case, trained: int) -> None:
    """Judge the four months together, one number for each market."""
    rates = posterior(case, trained)
    actual = case.orders[:, trained : trained + AHEAD].sum(axis=1, keepdims=True)
    four = {"posterior": judge([rates.predict(months=AHEAD)], actual, case.bought)}
    for name, held in rivals(case, trained).items():
        wide = Predictive(held.mean * AHEAD, held.size * AHEAD)
        four[name] = judge([wide], actual, case.bought)
    show("The four months together", four)


def run(case: Case, origins: Sequence[int]) -> bool:
    """Print everything; return whether the posterior beat every rival in both scores."""
    rates = posterior(case, TRAINED)
    print(
        f"{len(case.markets)} foreign markets, {case.bought.sum()} of them with orders; prior shape "
        f"{rates.prior_shape:.2f}, noise {rates.noise:.0f}, drift {rates.drift:.3f}, mean closed {rates.closed.mean():.2f}; coefficients "
        + ", ".join(f"{n} {c:.2f}" for n, c in zip(rates.terms.names, rates.coefficients, strict=True))
    )
    within = case.orders[:, :TRAINED][case.bought]
    busy = within[within.mean(axis=1) >= 3]
    factor = (busy.var(axis=1, ddof=1) / busy.mean(axis=1)).round(1)
    print(f"Variance over mean of monthly orders, markets with 3 or more a month: {factor.tolist()}")
    found = compare(case, TRAINED, case.bought)
    show("Fitted on eight months, the next four: markets with orders", found)
    for h in range(AHEAD):
        print(
            f"  posterior, {month_name(month_number(FIRST) + TRAINED + h)}: cover {found['posterior'][h, 2]:.0%}, nominal {found['posterior'][h, 3]:.0%}"
        )
    show("The same, all markets", compare(case, TRAINED, np.ones(len(case.markets), dtype=bool)))
    show_totals(case, TRAINED)
    rolled = [compare(case, origin, case.bought) for origin in origins]
    joined = {name: np.concatenate([each[name] for each in rolled]) for name in rolled[0]}
    show(f"Rolling origins, fitted on {min(origins)} to {max(origins)} months, up to four ahead", joined)
    show_losses(case, TRAINED)
    ours = found["posterior"].mean(axis=0)[:2]
    lost = [name for name in rivals(case, TRAINED) if not (ours < found[name].mean(axis=0)[:2]).all()]
    print(
        f"\nThe posterior beats {'every rival' if not lost else 'all but ' + '; '.join(lost)} in both scores."
    )
    return not lost


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the backtest; 0 where the posterior beat every rival in both scores."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--origins", type=int, nargs="*", default=list(range(4, 12)))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if run(read(options.data, Path(folder)), options.origins) else 1


if __name__ == "__main__":
    raise SystemExit(main())
