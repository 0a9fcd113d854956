"""Ten thousand bootstrap resamples of a path model beside the least that they can take, and beside two packages.

``python benchmarks/pls.py`` runs the extended corporate reputation model (Hair et al.: 8 constructs, 31
indicators, 13 paths, n = 344) with full assessment: weights, loadings, cross-loadings, paths, total and every
specific indirect effect, R2, f2, VIF of constructs and items, reliability, HTMT and HTMT2, SRMR and d_ULS, and the
percentile interval of each.  Each contender runs in a process of its own, in turn, several times; medians are
printed, with the ratio to two bounds that only form the sums of products of the same resamples:

each     X_b' X_b for every resample, one product after the other, a thread for each core
at once  Z' counts, one product for all, where Z holds the products of each pair of columns

The second is the least we know of; the first is what forming them one by one takes.  The goal is a ratio of at
most 8 to the first (4 would be remarkable).  The packages `seminr` and `plspm` (PyPI, GPL) run fewer resamples
and are scaled up, and say so; they compute less.  ``--growth`` shows n = 344 to 344,000 and 31 to 310 indicators on
simulated data.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from importlib.util import find_spec
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from fondaco import pls

GOAL = 8.0
#: Constructs: indicators' stem, number of indicators, relation.
BLOCKS = {
    "QUAL": ("qual", 8, "<~"),
    "PERF": ("perf", 5, "<~"),
    "CSOR": ("csor", 5, "<~"),
    "ATTR": ("attr", 3, "<~"),
    "COMP": ("comp", 3, "=~"),
    "LIKE": ("like", 3, "=~"),
    "CUSA": ("cusa", 1, "=~"),
    "CUSL": ("cusl", 3, "=~"),
}
PATHS = {
    "COMP": ["QUAL", "PERF", "CSOR", "ATTR"],
    "LIKE": ["QUAL", "PERF", "CSOR", "ATTR"],
    "CUSA": ["COMP", "LIKE"],
    "CUSL": ["COMP", "LIKE", "CUSA"],
}


def columns(stem: str, count: int) -> list[str]:
    return [stem] if count == 1 else [f"{stem}_{i + 1}" for i in range(count)]


def model_text(times: int = 1) -> str:
    """Return the model with `times` as many indicators."""
    lines = [
        f"{name} {relation} {' + '.join(columns(stem, count * times))}"
        for name, (stem, count, relation) in BLOCKS.items()
    ]
    return "\n".join(lines + [f"{end} ~ {' + '.join(starts)}" for end, starts in PATHS.items()])


def simulated(n: int, times: int) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    scores: dict[str, Any] = {}
    common = rng.normal(size=n)
    data = {}
    for name, (stem, count, _) in BLOCKS.items():
        if name in PATHS:
            scores[name] = sum(0.35 * scores[start] for start in PATHS[name]) + 0.7 * rng.normal(size=n)
        else:
            scores[name] = 0.7 * common + 0.7 * rng.normal(size=n)
        for column in columns(stem, count * times):
            data[column] = scores[name] + 0.8 * rng.normal(size=n)
    return data


def survey() -> dict[str, Any]:
    """Return the public survey where `seminr` carries it, and simulated data of its size otherwise."""
    if find_spec("seminr") is None:
        return simulated(344, 1)
    with resources.as_file(resources.files("seminr.datasets") / "corp_rep_data.csv") as path:
        names = path.open(encoding="utf-8").readline().replace('"', "").strip().split(",")
        values = np.genfromtxt(path, delimiter=",", skip_header=1)
    return {name: values[:, k] for k, name in enumerate(names)}


# --- the contenders: each takes data, a model and a number of resamples, and returns the seconds it took -----


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def each(data: dict[str, Any], times: int, resamples: int) -> float:
    fitted = pls.fit(model_text(times), data, marker=-99)
    cases, n = fitted.standardised, fitted.n
    rows = np.random.default_rng(1).integers(n, size=(resamples, n), dtype=np.int32)
    cores = os.cpu_count() or 1

    def part(start: int) -> float:
        return sum(
            float((sample.T @ sample)[0, 1]) for sample in (cases[chosen] for chosen in rows[start::cores])
        )

    with threadpool_limits(1), ThreadPoolExecutor(cores) as pool:
        return timed(lambda: list(pool.map(part, range(cores))))


def at_once(data: dict[str, Any], times: int, resamples: int) -> float:
    fitted = pls.fit(model_text(times), data, marker=-99)
    cases = fitted.standardised
    first, second = np.triu_indices(cases.shape[1])
    step, block = max(1, 4_000_000 // len(first)), min(512, resamples)
    counts = np.random.default_rng(1).integers(3, size=(fitted.n, block)).astype(float)

    def pass_over() -> None:
        for _ in range(0, resamples, block):
            total = np.zeros((len(first), block))
            for start in range(0, fitted.n, step):
                total += products[start] @ counts[start : start + step]

    products = {
        start: np.ascontiguousarray(
            (cases[start : start + step, first] * cases[start : start + step, second]).T
        )
        for start in range(0, fitted.n, step)
    }
    return timed(pass_over) * resamples / (-(-resamples // block) * block)


def ours(data: dict[str, Any], times: int, resamples: int, *, geodesic: bool = False) -> float:
    fitted = pls.fit(model_text(times), data, marker=-99)
    pls.bootstrap(fitted, 64)  # what is loaded once
    return timed(lambda: pls.bootstrap(fitted, resamples, seed=1, geodesic=geodesic).intervals())


def ours_with_d_g(data: dict[str, Any], times: int, resamples: int) -> float:
    return ours(data, times, resamples, geodesic=True)


def seminr(data: dict[str, Any], times: int, resamples: int) -> float:
    import seminr as s

    constructs = [
        s.composite(name, columns(stem, count * times), s.mode_B if relation == "<~" else s.mode_A)
        for name, (stem, count, relation) in BLOCKS.items()
    ]
    estimated = s.estimate_pls(
        data={
            column: data[column] for _, (stem, k, _) in BLOCKS.items() for column in columns(stem, k * times)
        },
        measurement_model=s.constructs(*constructs),
        structural_model=s.relationships(*(s.paths(from_=starts, to=end) for end, starts in PATHS.items())),
        missing=s.mean_replacement,
        missing_value=-99,
    )
    cores = os.cpu_count() or 1
    return timed(lambda: s.bootstrap_model(estimated, nboot=resamples, seed=1, cores=cores))


def plspm(data: dict[str, Any], times: int, resamples: int) -> float:
    import pandas as pd
    import plspm.config as c
    from plspm.mode import Mode
    from plspm.plspm import Plspm
    from plspm.scheme import Scheme

    structure = c.Structure()
    for end, starts in PATHS.items():
        structure.add_path(starts, [end])
    config = c.Config(structure.path(), scaled=False)
    for name, (stem, count, relation) in BLOCKS.items():
        mode = Mode.B if relation == "<~" else Mode.A
        config.add_lv(name, mode, *(c.MV(column) for column in columns(stem, count * times)))
    frame = pd.DataFrame({k: data[k] for _, (stem, n, _) in BLOCKS.items() for k in columns(stem, n * times)})
    frame = frame.mask(frame == -99).fillna(frame.mean())
    plain = timed(lambda: Plspm(frame, config, Scheme.PATH))
    cores = os.cpu_count() or 1
    both = timed(
        lambda: Plspm(
            frame, config, Scheme.PATH, bootstrap=True, bootstrap_iterations=resamples, processes=cores
        )
    )
    return both - plain


PEERS = ("seminr", "plspm")
CONTENDERS = {one.__name__: one for one in (each, at_once, ours, ours_with_d_g, seminr, plspm)}


def run_alone(name: str, n: int, times: int, resamples: int) -> dict[str, Any]:
    """Run a contender in a process of its own."""
    ran = subprocess.run(
        [
            sys.executable,
            __file__,
            "--alone",
            name,
            "--n",
            str(n),
            "--times",
            str(times),
            "--resamples",
            str(resamples),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode and name in PEERS:
        return {"seconds": float("nan"), "peak_mb": float("nan"), "failed": ran.stderr.splitlines()[-1]}
    if ran.returncode:
        raise SystemExit(f"{name} failed:\n{ran.stderr[-2000:]}")
    held: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return held


def alone(name: str, n: int, times: int, resamples: int) -> None:
    data = survey() if (n, times) == (344, 1) else simulated(n, times)
    seconds = CONTENDERS[name](data, times, resamples)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


def beside(resamples: int, repeats: int, fewer: int) -> bool:
    names = [name for name in CONTENDERS if name not in PEERS or find_spec(name)]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for turn in range(repeats):
        for name in names:
            peer = name in PEERS
            if not peer or turn == 0:
                held = run_alone(name, 344, 1, fewer if peer else resamples)
                runs[name].append(held | {"seconds": held["seconds"] * (resamples / fewer if peer else 1)})
    medians = {name: statistics.median(one["seconds"] for one in held) for name, held in runs.items()}
    print(f"{resamples} resamples, {os.cpu_count()} cores, median of {repeats}\n")
    print("| contender | seconds | x each | x at once | peak MB | |")
    print("|---|--:|--:|--:|--:|---|")
    for name in names:
        note = f"scaled up from {fewer}" if name in PEERS else ""
        note = f"does not run here: {runs[name][0]['failed']}" if "failed" in runs[name][0] else note
        peak = max(one["peak_mb"] for one in runs[name])
        ratios = f"{medians[name] / medians['each']:.1f} | {medians[name] / medians['at_once']:.1f}"
        print(f"| {name.replace('_', ' ')} | {medians[name]:.2f} | {ratios} | {peak:.0f} | {note} |")
    return bool(medians["ours"] <= GOAL * medians["each"])


def growth(resamples: int) -> None:
    print(f"\nGrowth, {resamples} resamples of simulated data\n")
    print("| n | indicators | ours, seconds | each | at once | ours x each | peak MB |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for n, times in ((344, 1), (3_440, 1), (34_400, 1), (344_000, 1), (344, 3), (344, 10), (3_440, 10)):
        held = {name: run_alone(name, n, times, resamples) for name in ("ours", "each", "at_once")}
        mine = held["ours"]["seconds"]
        p = sum(count if count == 1 else count * times for _, count, _ in BLOCKS.values())
        print(
            f"| {n} | {p} | {mine:.2f} | {held['each']['seconds']:.2f} | {held['at_once']['seconds']:.2f} "
            f"| {mine / held['each']['seconds']:.1f} | {held['ours']['peak_mb']:.0f} |",
            flush=True,
        )


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--resamples", type=int, default=10_000)
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--fewer", type=int, default=2_000, help="resamples of the other packages, scaled up")
    asked.add_argument("--growth", action="store_true")
    asked.add_argument("--alone", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    asked.add_argument("--n", type=int, default=344, help=argparse.SUPPRESS)
    asked.add_argument("--times", type=int, default=1, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.alone:
        alone(given.alone, given.n, given.times, given.resamples)
        return 0
    if given.growth:
        growth(given.resamples)
        return 0
    reached = beside(given.resamples, given.repeats, given.fewer)
    print(f"\nThe goal of {GOAL:g} times `each` is {'reached' if reached else 'missed'}.")
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
