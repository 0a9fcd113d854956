"""Write docs/pls/power.md: what studies of the mediation model of the data-driven study would find.

python tools/pls_power.py                     the page, in about ten quiet minutes on two processors
python tools/pls_power.py --repetitions 50    a quick look, printed only
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from fondaco.pls.power import PowerStudy, power

PAGE = Path(__file__).resolve().parent.parent / "docs" / "pls" / "power.md"
STUDY_CASES = 110  # Cassia and Magno (2022)
RESAMPLES = 500
CURVE = (50, 75, STUDY_CASES, 150, 200, 300, 500)

STRUCTURE = """
Know ~ {use_know}*Use
Perf ~ {know_perf}*Know + 0*Use
"""
COMPOSITES = """
Use  <~ 1*use1 + 1*use2 + 1*use3 @ A
Know <~ 1*know1 + 1*know2 + 1*know3 + 1*know4 @ A
Perf <~ 1*perf1 + 1*perf2 + 1*perf3 @ A
"""
FACTORS = """
Use  =~ 0.8*use1 + 0.8*use2 + 0.8*use3
Know =~ 0.8*know1 + 0.8*know2 + 0.8*know3 + 0.8*know4
Perf =~ 0.8*perf1 + 0.8*perf2 + 0.8*perf3
"""
STRONG, WEAK = {"use_know": 0.5, "know_perf": 0.4}, {"use_know": 0.3, "know_perf": 0.3}
ROUTE = ("Use", "Perf", ("Know",))

HEAD = """# How many firms a study needs

<!-- Written by tools/pls_power.py; do not edit. -->

The data-driven study (Cassia and Magno 2022, see [citing](../citing.md)) reports, from {cases} Italian exporters of food
and beverages, that using platform data raises foreign market knowledge, which raises export performance, with nothing
left over beside it: full mediation. Its abstract prints the directions and not the sizes of the effects. This page asks
what studies of that design find when the claim is true, for sizes that we choose and say.

Each line rests on {repetitions} simulated samples, each with {resamples} bootstrap resamples and 95 % percentile
intervals. A share near 95 % is known to ±{error:.1f} points (two Monte-Carlo standard errors).

The population: `Use -> Know` {use_know}, `Know -> Perf` {know_perf}, no direct path `Use -> Perf`; three, four and three
indicators.

## Are the intervals right?

Share of samples with n = {cases} whose interval takes in the true value; it should be 95 %.

| path | true value | composites, PLS | common factors, consistent PLS | common factors, plain PLS |
|---|---|---|---|---|
"""

AFTER_COVERAGE = """
Composites have indicators that correlate 0.3; common factors have loadings of 0.8. Where coverage falls short of 95 %
with PLS between composites, it is because weights fit chance as well, so that paths come out a little too strong in
samples of this size (means of `Use -> Know` and `Know -> Perf`: {means}; consistent PLS: {consistent}).

Plain PLS puts weighted sums in the place of common factors and estimates weaker paths, in the largest sample too
({limits}). Its intervals cover *those* values in {covered} of the samples, and the true ones less often, as the last
column shows. Use `--consistent` where the constructs are common factors.

## How often does full mediation show?

Share of samples whose interval of the indirect effect leaves out zero while that of the direct effect takes it in
(indirect-only mediation, Zhao, Lynch and Chen 2010). It cannot pass 95 %: in 5 % of samples the direct effect, which is
zero, seems not to be. Composites, PLS.

| firms | effects {strong} | effects {weak} |
|---|---|---|
"""

TAIL = """
The power of the indirect effect alone:

| firms | effects {strong} | effects {weak} |
|---|---|---|
{power}

With effects {strong}, a power of 80 % is reached at {enough_strong}; with effects {weak}, at {enough_weak}.

A share of full mediation is a poor goal for planning: with few firms a direct effect that does exist is overlooked
as well, and "full" then only means "too few". Plan for the indirect effect, and report the interval of the direct one.

Your own model: write it with values and run `fondaco pls power MODEL`, or `fondaco.pls.power.power` in Python.
"""


def study(
    measurement: str,
    effects: dict[str, float],
    sizes: tuple[int, ...],
    repetitions: int,
    *,
    consistent: bool = False,
) -> PowerStudy:
    start = time.perf_counter()

    def told(done: int, of: int) -> None:
        if done % 250 == 0:
            print(f"  {done} of {of} samples, {time.perf_counter() - start:.0f} s", file=sys.stderr)

    text = measurement + STRUCTURE.format(**effects)
    return power(
        text, sizes, repetitions=repetitions, resamples=RESAMPLES, progress=told, consistent=consistent
    )


def coverage(studies: dict[str, PowerStudy]) -> list[str]:
    rows = []
    for start, end, via in (("Use", "Know", ()), ("Know", "Perf", ()), ("Use", "Perf", ()), ROUTE):
        kind = "indirect" if via else "path"
        found = [one.of(STUDY_CASES, kind, start, end, via) for one in studies.values()]
        name = " -> ".join((start, *via, end))
        shares = " | ".join(f"{100 * one.coverage:.1f} %" for one in found)
        rows.append(f"| {name} | {found[0].value:.2f} | {shares} |")
    return rows


def means(found: PowerStudy) -> str:
    return " and ".join(
        f"{found.of(STUDY_CASES, 'path', *ends).mean:.3f}" for ends in (("Use", "Know"), ("Know", "Perf"))
    )


def full(found: PowerStudy, n: int) -> float:
    return next(one.full for one in found.mediation if one.n == n)


def page(repetitions: int) -> str:
    print("coverage", file=sys.stderr)
    strong = study(COMPOSITES, STRONG, CURVE, repetitions)
    studies = {
        "composites": strong,
        "consistent": study(FACTORS, STRONG, (STUDY_CASES,), repetitions, consistent=True),
        "plain": study(FACTORS, STRONG, (STUDY_CASES,), repetitions),
    }
    weak = study(COMPOSITES, WEAK, CURVE, repetitions)
    plain = [
        studies["plain"].of(STUDY_CASES, "path", *ends)
        for ends in (("Use", "Know"), ("Know", "Perf"), ("Use", "Perf"))
    ]
    share = [100 * one.coverage_of_limit for one in plain]
    names = {
        "strong": "{use_know} and {know_perf}".format(**STRONG),
        "weak": "{use_know} and {know_perf}".format(**WEAK),
    }
    enough = [one.least("indirect", ROUTE[0], ROUTE[1], ROUTE[2]) for one in (strong, weak)]
    parts = [
        HEAD.format(
            cases=STUDY_CASES,
            repetitions=f"{repetitions:,}",
            resamples=RESAMPLES,
            error=200 * (0.95 * 0.05 / repetitions) ** 0.5,
            **STRONG,
        ),
        "\n".join(coverage(studies)) + "\n",
        AFTER_COVERAGE.format(
            limits=", ".join(f"{one.limit:.2f} for {one.value:.2f}" for one in plain),
            means=means(studies["composites"]),
            consistent=means(studies["consistent"]),
            covered=f"{min(share):.1f} to {max(share):.1f} %",
            **names,
        ),
        "\n".join(f"| {n} | {100 * full(strong, n):.0f} % | {100 * full(weak, n):.0f} % |" for n in CURVE)
        + "\n",
        TAIL.format(
            power="\n".join(
                f"| {n} | "
                + " | ".join(f"{100 * one.of(n, 'indirect', *ROUTE).power:.0f} %" for one in (strong, weak))
                + " |"
                for n in CURVE
            ),
            enough_strong=f"{enough[0]} firms" if enough[0] else "none of these sizes",
            enough_weak=f"{enough[1]} firms" if enough[1] else "none of these sizes",
            **names,
        ),
    ]
    return "".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repetitions", type=int, default=1_000)
    repetitions = parser.parse_args().repetitions
    text = page(repetitions)
    if repetitions < 1_000:
        print(text)
        return
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
