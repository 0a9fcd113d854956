"""Write docs/pls/validation.md: every number of other programs that ours was compared with.

    python tools/pls_validation.py                       write the page
    python tools/pls_validation.py --check               exit 1 where a difference is beyond its tolerance
    python tools/pls_validation.py --reference FOLDER    where the reference values lie

The reference values were made by other programs on public data sets and are not part of Fondaco; without
their folder nothing is written.  A comparison is a function that yields `Row`s; further modules beside this
one, `tools/pls_validation_*.py`, add theirs in a list named COMPARISONS.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fondaco import pls
from fondaco.pls.intervals import bounds

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "pls" / "validation.md"
REFERENCE = ROOT.parent / "shared" / "reference" / "plssem"


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    case, what, peer
        Which model and data, which numbers, and who computed them.
    count, largest
        How many numbers, and the largest absolute difference.
    tolerance
        What it must not exceed.
    note
        What a reader must know, such as Monte-Carlo error.
    """

    case: str
    what: str
    peer: str
    count: int
    largest: float
    tolerance: float = 1e-6
    note: str = ""

    @property
    def agrees(self) -> bool:
        return self.count > 0 and self.largest <= self.tolerance


class Reference:
    """The folder of reference values."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @lru_cache(maxsize=64)  # noqa: B019 - one object lives as long as the program
    def expected(self, name: str) -> dict[str, Any]:
        held: dict[str, Any] = json.loads((self.folder / "expected" / f"{name}.json").read_text("utf-8"))
        return held

    @lru_cache(maxsize=8)  # noqa: B019
    def table(self, name: str) -> pl.DataFrame:
        return pl.read_csv(self.folder / "data" / name, infer_schema_length=None)

    def csv(self, name: str) -> tuple[list[str], np.ndarray[Any, Any]]:
        """Return the columns but the first, and their numbers, shape (rows, columns)."""
        path = self.folder / "expected" / name
        names = path.open(encoding="utf-8").readline().strip().split(",")[1:]
        return names, np.genfromtxt(path, delimiter=",", skip_header=1, dtype=np.float64)[:, 1:]

    def rows(self, name: str) -> np.ndarray[Any, Any]:
        """Return fixed resamples, shape (resamples, n)."""
        return np.loadtxt(self.folder / "expected" / name, delimiter=",", dtype=np.int64)

    def fit(self, name: str, **options: Any) -> pls.Fit:
        """Fit the model that an expected file states to the data that it names."""
        held = self.expected(name)
        return pls.fit(
            model_of(held),
            self.table(Path(held["data"]["file"]).name),
            marker=-99,
            **(options_of(held) | options),
        )


def model_of(held: Mapping[str, Any]) -> pls.Model:
    """Return the model of an expected file; mode C is a common factor under consistent PLS."""
    constructs = tuple(
        pls.Construct(
            one["name"],
            tuple(one["indicators"]),
            "common_factor" if one["mode"] == "C" or len(one["indicators"]) == 1 else "composite",
            "B" if one["mode"] == "B" else "A",
        )
        for one in held["model"]["constructs"]
    )
    return pls.Model(constructs, tuple((start, end) for start, end in held["model"]["paths"]))


def options_of(held: Mapping[str, Any]) -> dict[str, Any]:
    said = json.dumps(held["settings"])
    return {
        "scheme": "factorial" if "factor" in held["settings"]["inner_weighting_scheme"] else "path",
        "missing": "casewise" if "listwise" in said or "omitted" in said or "dropped" in said else "mean",
        "consistent": any(one["mode"] == "C" for one in held["model"]["constructs"]),
        "tolerance": 1e-13,
    }


def difference(pairs: Iterable[tuple[float | None, float | None]]) -> tuple[int, float]:
    """Return how many numbers were compared, and the largest absolute difference; None is not given."""
    gaps = [abs(ours - theirs) for ours, theirs in pairs if theirs is not None and ours is not None]
    return len(gaps), max((math.inf if math.isnan(gap) else gap for gap in gaps), default=math.inf)


def arrow(text: str) -> tuple[str, str]:
    start, end = text.split(" -> ")
    return start, end


# --- estimation and assessment beside R seminr --------------------------------------------------------

SEMINR = (
    "a_corp_rep_simple",
    "a_corp_rep_simple_factorial",
    "b_corp_rep_extended",
    "b_corp_rep_extended_factorial",
    "b_corp_rep_extended_listwise",
    "c_mobi_ecsi",
    "c_mobi_ecsi_factorial",
    "c_mobi_ecsi_modeB",
    "d_plsc_corp_rep_simple",
    "d_plsc_mobi",
    "d_plsc_threecommonfactors",
)


def beside_seminr(reference: Reference) -> Iterator[Row]:
    for name in SEMINR:
        fitted = reference.fit(name)
        results = reference.expected(name)["results"]
        for what, pairs in seminr_pairs(fitted, results):
            yield Row(name, what, "R seminr 2.3.4", *difference(pairs))


def seminr_pairs(
    fitted: pls.Fit, results: Mapping[str, Any]
) -> Iterator[tuple[str, list[tuple[float | None, float | None]]]]:
    value, names = fitted.value, fitted.plan.names
    scores, uncorrected = fitted.score_correlations, fitted.outer.cross[:, :, 0]
    number = {name: k for k, name in enumerate(names)}
    row = {name: i for i, name in enumerate(fitted.plan.indicators)}
    yield "paths", [(value("path", *arrow(key)), x) for key, x in results["path_coefficients"].items()]
    for kind, key in (("weight", "outer_weights"), ("loading", "outer_loadings")):
        yield f"{kind}s", [(value(kind, one["col"], one["row"]), one["value"]) for one in results[key]]
    yield "R2", [(value("r2", key), x) for key, x in results["r_squared"].items()]
    yield "adjusted R2", [(value("r2_adjusted", key), x) for key, x in results["r_squared_adjusted"].items()]
    yield (
        "correlations of scores",
        [
            (float(scores[number[a], number[b]]), x)
            for a, line in results["construct_score_correlations"].items()
            for b, x in line.items()
        ],
    )
    yield "total effects", [(value("total", *arrow(key)), x) for key, x in results["total_effects"].items()]
    yield (
        "total indirect effects",
        [(value("total_indirect", *arrow(key)), x) for key, x in results["total_indirect_effects"].items()],
    )
    for kind, key in (("alpha", "alpha"), ("rho_c", "rhoC"), ("ave", "AVE"), ("rho_a", "rhoA")):
        yield key, [(value(kind, name), one[key]) for name, one in results["reliability"].items()]
    yield "HTMT", [(either(fitted, "htmt", *arrow(key)), x) for key, x in results["htmt"].items()]
    yield (
        "cross-loadings (scores not corrected)",
        [
            (float(uncorrected[row[item], number[name]]), x)
            for item, line in results["cross_loadings"].items()
            for name, x in line.items()
        ],
    )
    yield (
        "Fornell-Larcker (scores not corrected)",
        [
            (math.sqrt(value("ave", a)) if a == b else float(scores[number[a], number[b]]), x)
            for a, line in results["fornell_larcker"].items()
            for b, x in line.items()
        ],
    )
    yield "VIF of items", [(value("item_vif", *key), x) for *key, x in entries(fitted, results["item_vif"])]
    yield (
        "VIF of predecessors (scores not corrected)",
        list(uncorrected_vifs(fitted, results["antecedent_vif"])),
    )
    for kind in ("AIC", "BIC"):
        yield (
            f"{kind} (scores not corrected)",
            [
                (criterion(fitted, kind, uncorrected_r2(fitted, name), name), x)
                for name, x in results["information_criteria"][kind].items()
            ],
        )
    if "f_squared_scores_held_fixed" in results:
        yield (
            "f2",
            [(value("f2", *arrow(key)), x) for key, x in results["f_squared_scores_held_fixed"].items()],
        )
        again = pls.f2_reestimated(fitted)
        theirs = results["f_squared_peer_reestimated"]
        yield "f2 with the model estimated again", [(again[arrow(key)], x) for key, x in theirs.items()]


def entries(fitted: pls.Fit, held: Any) -> Iterator[tuple[str, str, float]]:
    """Yield (construct, indicator, value) of a nested mapping, or of one row for each indicator."""
    if isinstance(held, dict):
        yield from ((outer, inner, x) for outer, line in held.items() for inner, x in line.items())
    else:
        owners = [fitted.plan.names[k] for k in fitted.plan.owner]
        yield from zip(owners, fitted.plan.indicators, (line[0] for line in held), strict=True)


def either(fitted: pls.Fit, kind: str, a: str, b: str) -> float:
    """Return what holds for a pair in any order."""
    first, second = sorted((a, b), key=fitted.plan.names.index)
    return fitted.value(kind, first, second)


def uncorrected_vifs(
    fitted: pls.Fit, lines: Mapping[str, Any]
) -> Iterator[tuple[float | None, float | None]]:
    names = fitted.plan.names
    for line in lines.values():
        if not isinstance(line, dict):
            continue
        index = [names.index(name) for name in line]
        inverse = np.linalg.inv(fitted.score_correlations[np.ix_(index, index)])
        yield from zip(np.diag(inverse).tolist(), line.values(), strict=True)


def uncorrected_r2(fitted: pls.Fit, name: str) -> float:
    """Return the R2 of the scores, which PLSc corrects."""
    end = fitted.plan.names.index(name)
    index = list(fitted.plan.predecessors[end])
    between = fitted.score_correlations
    target = between[index, end]
    return float(target @ np.linalg.solve(between[np.ix_(index, index)], target))


def criterion(fitted: pls.Fit, kind: str, r2: float, name: str) -> float:
    n = fitted.n
    parameters = len(fitted.plan.predecessors[fitted.plan.names.index(name)]) + 1
    penalty = 2.0 if kind == "AIC" else math.log(n)
    return n * math.log((1 - r2) * (n - 1) / n) + parameters * penalty


# --- assessment beside R cSEM -------------------------------------------------------------------------

CSEM = {
    "h_csem_corp_rep_simple": "a_corp_rep_simple",
    "h_csem_corp_rep_extended": "b_corp_rep_extended",
    "h_csem_mobi_ecsi": "c_mobi_ecsi",
    "h_csem_corp_rep_simple_plsc": "d_plsc_corp_rep_simple",
    "h_csem_mobi_plsc": "d_plsc_mobi",
    "h_csem_threecommonfactors_plsc": "d_plsc_threecommonfactors",
}


def beside_csem(reference: Reference) -> Iterator[Row]:
    for name, model in CSEM.items():
        fitted = reference.fit(model)
        for what, pairs in csem_pairs(fitted, reference.expected(name)["results"]):
            yield Row(name, what, "R cSEM 0.6.1.9000", *difference(pairs))


def csem_pairs(
    fitted: pls.Fit, results: Mapping[str, Any]
) -> Iterator[tuple[str, list[tuple[float | None, float | None]]]]:
    value, names = fitted.value, fitted.plan.names
    number = {name: k for k, name in enumerate(names)}
    between, scores = fitted.construct_correlations, fitted.score_correlations
    yield "paths", [(value("path", *arrow(key)), x) for key, x in results["path_coefficients"].items()]
    for kind in ("weight", "loading"):
        yield f"{kind}s", [(value(kind, one["col"], one["row"]), one["value"]) for one in results[f"{kind}s"]]
    yield "R2", [(value("r2", key), x) for key, x in results["r2"].items()]
    yield "adjusted R2", [(value("r2_adjusted", key), x) for key, x in results["r2_adj"].items()]
    yield (
        "reliabilities used in the correction",
        [
            (float(fitted.measured.reliability[number[key], 0]), x)
            for key, x in results["reliabilities"].items()
        ],
    )
    for what, held, key in (
        ("correlations of constructs", between, "construct_vcv"),
        ("correlations of scores", scores, "proxy_vcv"),
    ):
        yield (
            what,
            [
                (float(held[number[a], number[b]]), x)
                for a, line in results[key].items()
                for b, x in line.items()
            ],
        )
    yield "f2", [(value("f2", one["col"], one["row"]), one["value"]) for one in results["f2"]]
    for kind, key in (("ave", "ave"), ("rho_c", "rho_C"), ("alpha", "rho_T_tau_equivalent_alpha")):
        yield key, [(value(kind, name), x) for name, x in results[key].items()]
    for kind in ("htmt", "htmt2"):
        yield (
            kind.upper(),
            [
                (either(fitted, kind, one["col"], one["row"]), one["value"])
                for one in results[kind]
                if one["row"] != one["col"]
                and (kind == "htmt2" or no_negative(fitted, one["col"], one["row"]))
            ],
        )
    yield (
        "VIF of predecessors",
        [
            (value("vif", names[start], end), x)
            for end, line in results["vif"].items()
            if len(line) > 1
            for start, x in zip(csem_order(fitted, end), line, strict=True)
        ],
    )
    if results["vif_modeB"]:
        yield (
            "VIF of Mode B items",
            [(value("item_vif", x["row"], x["col"]), x["value"]) for x in results["vif_modeB"]],
        )
    for kind in ("AIC", "BIC"):
        yield kind, [(value(kind.lower(), name), x) for name, x in results["model_selection"][kind].items()]
    for which in ("estimated", "saturated"):
        for kind, key in (("srmr", "srmr"), ("d_uls", "d_L_uls"), ("d_g", "d_G")):
            yield f"{key}, {which}", [(value(kind, which), results[f"fit_{which}"][key])]
    for kind, key in (
        ("path", "Direct_effect"),
        ("total_indirect", "Indirect_effect"),
        ("total", "Total_effect"),
    ):
        yield (
            key.replace("_", " ").lower() + "s",
            [(value(kind, *reversed(pair.split(" ~ "))), x) for pair, x in results["effects"][key].items()],
        )


def no_negative(fitted: pls.Fit, a: str, b: str) -> bool:
    """Whether no indicators of two constructs correlate negatively: cSEM's HTMT lets signs cancel, ours does not."""
    blocks = [fitted.plan.blocks[fitted.plan.names.index(name)] for name in (a, b)]
    held = fitted.indicator_correlations
    return all((held[first, second] >= 0).all() for first in blocks for second in blocks)


def csem_order(fitted: pls.Fit, end: str) -> list[int]:
    """Return predecessors in the order of constructs."""
    return sorted(fitted.plan.predecessors[fitted.plan.names.index(end)])


# --- the bootstrap ------------------------------------------------------------------------------------

FIXED = {"b_corp_rep_extended": "corp_rep_extended", "c_mobi_ecsi": "mobi_ecsi"}
KINDS = {"w": "weight", "l": "loading", "r2": "r2", "htmt": "htmt"}


def fixed_resamples(reference: Reference) -> Iterator[Row]:
    """Compare 200 given resamples number by number; means replace missing values within each."""
    for name, file in FIXED.items():
        fitted = reference.fit(name)
        held = pls.bootstrap(
            fitted, rows=reference.rows(f"i_fixed_resamples_{file}_rows0.csv"), tolerance=1e-12
        )
        columns, theirs = reference.csv(f"i_fixed_resamples_{file}_estimates.csv")
        gaps: dict[str, list[float]] = {}
        for column, draws in zip(columns, theirs[1:].T, strict=True):
            kind, start, end = column_of(fitted, column)
            gaps.setdefault(kind, []).append(float(np.abs(held.draws_of(kind, start, end) - draws).max()))
        for kind, found in gaps.items():
            yield Row(f"{name}, 200 given resamples", kind, "R seminr 2.3.4", 200 * len(found), max(found))


def column_of(fitted: pls.Fit, column: str) -> tuple[str, str, str]:
    """Return what a column of fixed resamples holds: kind, start, end."""
    first, *rest = column.split(":")
    if not rest:
        return ("path", *arrow(column))
    if first == "r2":
        return "r2", rest[0], ""
    if first == "htmt":
        start, end = sorted(arrow(rest[0]), key=fitted.plan.names.index)
        return "htmt", start, end
    return KINDS[first], rest[1], rest[0]


def intervals_from_draws(reference: Reference) -> Iterator[Row]:
    """Compare intervals made from one saved set of resampled paths, and leave-one-out paths."""
    name = "i_csem_ci_kinds_threecommonfactors"
    columns, draws = reference.csv(f"{name}_resampled_paths.csv")
    _, left_out = reference.csv("i_csem_jackknife_threecommonfactors_paths.csv")
    results = reference.expected(name)["results"]
    fitted = reference.fit("d_plsc_threecommonfactors")
    pairs = [(column.split(" ~ ")[1], column.split(" ~ ")[0]) for column in columns]
    estimates = np.array([fitted.value("path", *pair) for pair in pairs])
    bias = draws.mean(axis=0) - estimates
    for key, method in (
        ("CI_percentile", "percentile"),
        ("CI_basic", "basic"),
        ("CI_bc", "bc"),
        ("CI_standard_z", "normal"),
        ("CI_standard_t", "t"),
    ):
        ends = bounds(estimates, draws.T, None, method=method, level=0.95, cases=fitted.n)  # type: ignore[arg-type]
        shift = 2 * bias if method == "basic" else 0 * bias
        compared = [
            (float(end[i] - shift[i]), results[key][side][column])
            for end, side in zip(ends, ("95%L", "95%U"), strict=True)
            for i, column in enumerate(columns)
        ]
        note = (
            "less twice the bias, which cSEM takes off and the textbook does not" if method == "basic" else ""
        )
        yield Row(name, f"{method} interval", "R cSEM 0.6.1.9000", *difference(compared), note=note)
    held = pls.bootstrap(fitted, 2, tolerance=1e-12)
    ours = np.array([held.jackknife[fitted.quantities.index(pls.Quantity("path", *pair))] for pair in pairs])
    yield Row(
        name, "jackknife (for BCa)", "R cSEM 0.6.1.9000", ours.size, float(np.abs(ours - left_out.T).max())
    )


BOOTSTRAPS = {
    "i_bootstrap_10000_simple": "a_corp_rep_simple",
    "i_bootstrap_10000_ext": "b_corp_rep_extended",
    "i_bootstrap_10000_mobi": "c_mobi_ecsi",
}


def random_resamples(reference: Reference) -> Iterator[Row]:
    """Compare 10,000 resamples of ours with 10,000 of theirs, in units of the Monte-Carlo error of the difference."""
    for name, model in BOOTSTRAPS.items():
        fitted = reference.fit(model)
        held = pls.bootstrap(fitted, 10_000, seed=1)
        ours = {(one.kind, one.start, one.via, one.end): one for one in held.intervals()}
        for group, entries_ in reference.expected(name)["results"].items():
            ratios = []
            for label, theirs in entries_.items():
                one = ours[labelled(fitted, group, label)]
                for value, key in (
                    (one.mean, "mean"),
                    (one.se, "se"),
                    (one.low, "ci_2.5"),
                    (one.high, "ci_97.5"),
                ):
                    error = theirs["mc_error"][key]
                    if error > 1e-9:
                        ratios.append(abs(value - theirs[key]) / (math.sqrt(2) * error))
            note = "in Monte-Carlo standard errors of the difference"
            yield Row(name, group.replace("_", " "), "R seminr 2.3.4", len(ratios), max(ratios), 5.0, note)


def labelled(fitted: pls.Fit, group: str, label: str) -> tuple[str, str, tuple[str, ...], str]:
    """Return kind, start, via and end of an entry."""
    if group in {"loadings", "weights"}:
        item, name = label.split(" in ")
        return group[:-1], name, (), item
    start, *via, end = label.split(" -> ")
    if group == "htmt":
        start, end = sorted((start, end), key=fitted.plan.names.index)
    kind = {"paths": "path", "total_effects": "total", "htmt": "htmt"}.get(group, "indirect")
    return kind, start, tuple(via), end


def exact_fit(reference: Reference) -> Iterator[Row]:
    """Compare the test of exact fit; critical values carry the Monte-Carlo error of 499 resamples."""
    results = reference.expected("h_csem_exact_fit_bootstrap")["results"]
    for name, model in (
        ("threecommonfactors", "d_plsc_threecommonfactors"),
        ("corp_rep_simple", "a_corp_rep_simple"),
    ):
        tested = pls.exact_fit(reference.fit(model), 2_000)
        ours = {one.measure: one for one in tested.tests}
        theirs = results[name]
        order = [("d_g", "dG", 0), ("srmr", "SRMR", 1), ("d_uls", "dL", 2)]
        statistics = [(ours[kind].statistic, theirs["test_statistic"][key]) for kind, key, _ in order]
        yield Row(f"exact fit, {name}", "statistics", "R cSEM 0.6.1.9000", *difference(statistics))
        ratios = [abs(ours[kind].critical_95 / theirs["critical_value_95"][i] - 1) for kind, _, i in order]
        yield Row(
            f"exact fit, {name}",
            "critical values",
            "R cSEM 0.6.1.9000",
            3,
            max(ratios),
            0.15,
            "relative; 499 resamples",
        )
        agree = [ours[kind].rejected != theirs["decision_keep_model"][i] for kind, _, i in order]
        yield Row(f"exact fit, {name}", "decisions", "R cSEM 0.6.1.9000", 3, float(3 - sum(agree)), 0.0)


Comparison = Callable[[Reference], Iterator[Row]]
COMPARISONS: list[Comparison] = [
    beside_seminr,
    beside_csem,
    fixed_resamples,
    intervals_from_draws,
    random_resamples,
    exact_fit,
]


def all_comparisons() -> list[Comparison]:
    """Return ours, and those of the modules beside this one."""
    held = list(COMPARISONS)
    for path in sorted(Path(__file__).parent.glob("pls_validation_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        held += module.COMPARISONS
    return held


HEAD = """\
# Validation of path models

<!-- Written by tools/pls_validation.py. -->

What `fondaco.pls` gives beside what other programs gave for the same data and settings: how many numbers were
compared, and the largest absolute difference. Where programs disagree, [Traps](traps.md) says which is right and
why. R seminr and R cSEM ran at a tolerance of 1e-12 or tighter; their data sets are not part of Fondaco.
"""


def page(rows: list[Row]) -> str:
    numbers = sum(row.count for row in rows)
    exact = [row for row in rows if row.tolerance <= 1e-6]
    largest = max((row.largest for row in exact), default=math.nan)
    lines = [HEAD]
    lines.append(
        f"{len(rows)} comparisons, {numbers} numbers. Among the {len(exact)} comparisons that must agree within 1e-6 the "
        f"largest difference is {largest:.1e}.\n"
    )
    lines.append("| case | numbers | by | count | largest difference | tolerance | |")
    lines.append("|---|---|---|--:|--:|--:|---|")
    for row in rows:
        verdict = row.note if row.agrees else f"**differs** {row.note}".strip()
        lines.append(
            f"| {row.case} | {row.what} | {row.peer} | {row.count} | {row.largest:.1e} | {row.tolerance:.0e} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--reference", type=Path, default=REFERENCE)
    asked.add_argument("--check", action="store_true")
    asked.add_argument("--only", default="", help="compare only functions whose name holds this")
    given = asked.parse_args()
    if not given.reference.is_dir():
        print(
            f"There is no folder {given.reference}; name the reference values by --reference.",
            file=sys.stderr,
        )
        return 2
    reference = Reference(given.reference)
    rows = [row for one in all_comparisons() if given.only in one.__name__ for row in one(reference)]
    wrong = [row for row in rows if not row.agrees]
    for row in wrong:
        print(
            f"{row.case}: {row.what} beside {row.peer}: {row.largest:.3g} beyond {row.tolerance:g}",
            file=sys.stderr,
        )
    print(f"{len(rows)} comparisons, {len(wrong)} beyond their tolerance.")
    if not given.check and not given.only:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(rows), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
