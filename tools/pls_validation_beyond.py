"""What goes beyond one estimate, beside other programs: products, higher order, prediction, groups, and the rest.

Read by tools/pls_validation.py, which writes the page.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fondaco import pls
from fondaco.pls.cta import tetrad_analysis
from fondaco.pls.fimix import mixture
from fondaco.pls.groups import compare_groups
from fondaco.pls.ipma import combine, importance_performance
from fondaco.pls.micom import Micom, micom
from fondaco.pls.nca import Necessity, necessary_conditions
from fondaco.pls.predict import Antecedents, Predictions, predict

# Loaded by its path from tools/pls_validation.py, which is in sys.modules under one of these names.
_main = (
    sys.modules.get("pls_validation") or sys.modules.get("tools.pls_validation") or sys.modules["__main__"]
)
Row: Any = _main.Row
difference: Any = _main.difference
arrow: Any = _main.arrow

SEMINR, EXTRAS, CSEM = "R seminr 2.3.4", "R seminrExtras 1.0.3", "R cSEM 0.6.1.9000"
Pairs = list[tuple[float | None, float | None]]
MONTE_CARLO = "in Monte-Carlo standard errors of the difference"


def table_of(reference: Any, held: Mapping[str, Any]) -> Any:
    return reference.table(Path(held["data"]["file"]).name)


def filled(reference: Any, name: str = "corp_rep_data.csv") -> dict[str, Any]:
    """Return a table with -99 replaced by the mean of the column, as the peers had it."""
    table = reference.table(name)
    held = {}
    for column in table.columns:
        values = table[column].to_numpy().astype(float)
        values[values == -99] = np.nan
        held[column] = np.where(np.isnan(values), np.nanmean(values), values)
    return held


# --- products and higher order -----------------------------------------------------------------------

APPROACHES = {
    "two_stage": "two-stage",
    "product_indicator": "product indicator",
    "orthogonal": "orthogonalising",
}


def term(name: str) -> str:
    """Return what an interaction of the peer is called here."""
    first, _, second = name.partition("*")
    return name if not second else f"{first}^2" if first == second else f"{first}:{second}"


def with_products(held: Mapping[str, Any]) -> pls.Model:
    constructs, products = [], []
    for one in held["model"]["constructs"]:
        if "*" in one["name"]:
            products.append(pls.Interaction(term(one["name"]), tuple(one["name"].split("*"))))
        else:
            constructs.append(pls.Construct(one["name"], tuple(one["indicators"]), "composite", one["mode"]))
    paths = tuple((term(start), term(end)) for start, end in held["model"]["paths"])
    return pls.Model(tuple(constructs), paths, tuple(products))


def products(reference: Any) -> Iterator[Any]:
    for path in sorted((reference.folder / "expected").glob("e_*.json")):
        held = reference.expected(path.stem)
        if "model" not in held:
            continue
        approach = next(ours for theirs, ours in APPROACHES.items() if path.stem.endswith(theirs))
        fitted = pls.fit(
            with_products(held), table_of(reference, held), marker=-99, approach=approach, tolerance=1e-13
        )
        results = held["results"]
        names = {key: tuple(term(one) for one in arrow(key)) for key in results["path_coefficients"]}
        pairs: Pairs = [
            (fitted.value("path", *names[key]), x) for key, x in results["path_coefficients"].items()
        ]
        yield Row(
            path.stem, f"paths, {approach}", SEMINR, *difference(pairs), note="scale of the raw product"
        )
        known = {name for name in fitted.plan.names if ":" not in name and "^" not in name}
        for kind, key in (("weight", "outer_weights"), ("loading", "outer_loadings")):
            rows = [one for one in results.get(key, []) if one["col"] in known]
            if rows:
                got = [(fitted.value(kind, one["col"], one["row"]), one["value"]) for one in rows]
                yield Row(path.stem, f"{kind}s of measured constructs", SEMINR, *difference(got))
        yield Row(
            path.stem,
            "R2",
            SEMINR,
            *difference((fitted.value("r2", k), x) for k, x in results["r_squared"].items() if k in known),
        )
    yield from sequential(reference)


def sequential(reference: Any) -> Iterator[Any]:
    """CSEM keeps the weights of the model without product, and regresses on the centred product of scores."""
    held = reference.expected("e_moderation_corp_rep_two_stage")
    theirs = reference.expected("e_moderation_corp_rep_csem_sequential")["results"]["paths"]
    model = with_products(held)
    plain = pls.Model(model.constructs, tuple(path for path in model.paths if ":" not in path[0]))
    fitted = pls.fit(plain, table_of(reference, held), marker=-99, tolerance=1e-13)
    scores = dict(zip(fitted.plan.names, fitted.scores.T, strict=True))
    product = scores["CUSA"] * scores["SC"]
    design = np.column_stack(
        [*(scores[name] for name in ("COMP", "LIKE", "CUSA", "SC")), product - product.mean()]
    )
    b = np.linalg.lstsq(design, scores["CUSL"], rcond=None)[0]
    keys = [f"{name} -> CUSL" for name in ("COMP", "LIKE", "CUSA", "SC", "CUSA.SC")]
    yield Row(
        "e_moderation_corp_rep_csem_sequential",
        "paths to CUSL, weights of the first stage kept",
        CSEM,
        *difference(zip(b.tolist(), (theirs[key] for key in keys), strict=True)),
        tolerance=2e-3,
        note="from our scores of the first stage; cSEM's weights of that stage differ a little",
    )


def higher_order(reference: Any) -> Iterator[Any]:
    for path in sorted((reference.folder / "expected").glob("f_*.json")):
        held = reference.expected(path.stem)
        names = {one["name"] for one in held["model"]["constructs"]}
        constructs = tuple(
            pls.Construct(one["name"], (), "composite", one["mode"][-1], of=tuple(one["indicators"]))
            if names.issuperset(one["indicators"])
            else pls.Construct(one["name"], tuple(one["indicators"]), "composite", one["mode"])
            for one in held["model"]["constructs"]
        )
        model = pls.Model(constructs, tuple((a, b) for a, b in held["model"]["paths"]))
        fitted = pls.fit(model, table_of(reference, held), marker=-99, tolerance=1e-13)
        second = held["results"]["stage_two"]
        pairs: Pairs = [
            (fitted.value("path", *arrow(key)), x) for key, x in second["path_coefficients"].items()
        ]
        yield Row(path.stem, "paths, disjoint two-stage", SEMINR, *difference(pairs))
        own = set(zip((fitted.plan.names[k] for k in fitted.plan.owner), fitted.plan.indicators, strict=True))
        for kind, key in (("weight", "weights_combined"), ("loading", "loadings_combined")):
            rows = [one for one in second[key] if (one["col"], one["row"]) in own]
            yield Row(
                path.stem,
                f"{kind}s",
                SEMINR,
                *difference((fitted.value(kind, x["col"], x["row"]), x["value"]) for x in rows),
            )
        if isinstance(second["r_squared"], dict):
            yield Row(
                path.stem,
                "R2",
                SEMINR,
                *difference((fitted.value("r2", k), x) for k, x in second["r_squared"].items()),
            )


# --- prediction --------------------------------------------------------------------------------------

KINDS: tuple[tuple[str, Antecedents], ...] = (("DA", "direct"), ("EA", "earliest"))
PREDICTED = {
    "g_plspredict_corp_rep_simple": "a_corp_rep_simple",
    "g_plspredict_corp_rep_extended": "b_corp_rep_extended",
    "g_plspredict_mobi": "c_mobi_ecsi",
}


def prediction(reference: Any) -> Iterator[Any]:
    for name, model in PREDICTED.items():
        results = reference.expected(name)["results"]
        fitted = reference.fit(model)
        for letters, antecedents in KINDS:
            found = predict(
                fitted, fold_of=np.arange(fitted.n) % 10, antecedents=antecedents, impute="before"
            )
            for what, pairs in predicted_pairs(found, results, letters):
                yield Row(f"{name}, {antecedents}", what, SEMINR, *difference(pairs))
    spread = reference.expected("g_plspredict_corp_rep_simple_ranges")["results"]["rmse_over_30_splits"]
    found = predict(reference.fit("a_corp_rep_simple"), repetitions=30, impute="before", benchmark="others")
    gaps = []
    for one in found.indicators:
        for ours, theirs in ((one.rmse, spread[one.indicator]), (one.rmse_lm, spread[f"LM.{one.indicator}"])):
            gaps.append((abs((ours or math.inf) - theirs["mean"]) / (theirs["sd"] * math.sqrt(2 / 30)), 0.0))
    yield Row(
        "g_plspredict_corp_rep_simple_ranges",
        "RMSE over 30 random splits",
        SEMINR,
        *difference(gaps),
        tolerance=4,
        note=MONTE_CARLO,
    )


def predicted_pairs(
    found: Predictions, results: Mapping[str, Any], letters: str
) -> Iterator[tuple[str, Pairs]]:
    for metric in ("rmse", "mae"):
        yield (
            f"{metric.upper()}",
            [(getattr(found.of(key), metric), x) for key, x in results[f"pls_{letters}"][metric].items()],
        )
        inside = results[f"pls_{letters}_in_sample_mean_of_9_fits"][metric]
        yield (
            f"{metric.upper()} in sample",
            [(getattr(found.of(key), f"{metric}_in"), x) for key, x in inside.items()],
        )
    held = results[f"q2_predict_{letters}_own_arithmetic"]
    yield "Q2_predict", [(found.of(key).q2_predict, x) for key, x in held.items()]
    names = [one.indicator for one in found.indicators]
    rows = results[f"first_5_rows_pls_{letters}_predictions"]
    yield (
        "predictions of five cases",
        [
            (float(found.predicted[0, int(row) - 1, names.index(key)]), x)
            for row, line in rows.items()
            for key, x in line.items()
        ],
    )
    errors = {(one.indicator, one.benchmark): one for one in found.benchmarks}
    for benchmark, key in (
        ("others", "lm_peer_all_other_indicators"),
        ("exogenous", "lm_exogenous_indicators_only_own_lm"),
    ):
        yield (
            f"linear benchmark ({benchmark})",
            [
                (getattr(errors[item, benchmark], metric), x)  # type: ignore[index]
                for metric in ("rmse", "mae")
                for item, x in results[key][metric].items()
            ],
        )


# --- groups ------------------------------------------------------------------------------------------


def groups(reference: Any) -> Iterator[Any]:
    case = "h_csem_micom_mga_corp_rep"
    results = reference.expected(case)["results"]
    model, data = reference.fit("a_corp_rep_simple").model, filled(reference)
    found = compare_groups(model, data, "servicetype", permutations=4_999, resamples=4_999, tolerance=1e-12)
    for name, held in results["groups"].items():
        fitted = found.fits[name]
        yield Row(
            case,
            f"paths of group {name}",
            CSEM,
            *difference((fitted.value("path", *arrow(k)), x) for k, x in held["paths"].items()),
        )
        rows = [(fitted.value("weight", one["col"], one["row"]), one["value"]) for one in held["weights"]]
        yield Row(case, f"weights of group {name}", CSEM, *difference(rows))
    tests = results["multi_group"]
    chin = tests["Chin"]["Test_statistic"]["1_2"]
    ours = {key: found.difference(*quantity(key)) for key in chin}
    yield Row(
        case,
        "differences of paths and weights",
        CSEM,
        *difference((ours[k].difference, x) for k, x in chin.items()),
    )
    distance, klesel = found.distances[0], tests["Klesel"]["Test_statistic"]
    yield Row(
        case,
        "distance of the whole model",
        CSEM,
        *difference([(distance.d_l, klesel["dL"]), (distance.d_g, klesel["dG"])]),
    )
    p_klesel = tests["Klesel"]["P_value"]
    kinds: list[tuple[str, list[tuple[float | None, float | None]]]] = [
        (
            "p of the whole model, permutation",
            [(distance.p_l, p_klesel["dL"]), (distance.p_g, p_klesel["dG"])],
        ),
    ]
    for what, peer, field in (
        ("p, permutation", "Chin", "permutation_p"),
        ("p, pooled variances", "Keil", "p_pooled"),
        ("p, unequal variances", "Nitzl", "p_welch"),
        ("p, Henseler", "Henseler", "henseler_p"),
    ):
        theirs = tests[peer]["P_value"]["none"]["1_2"]
        kinds.append(
            (what, [(getattr(ours[k], field), x) for k, x in theirs.items() if x is not None and x <= 1])
        )
    for what, pairs in kinds:
        yield Row(
            case, what, CSEM, *difference(pairs), tolerance=0.06, note="Monte-Carlo, 999 draws of the peer's"
        )
    yield from invariance(model, data, results)


def quantity(key: str) -> tuple[str, str, str]:
    if "<~" in key:
        construct, indicator = key.split(" <~ ")
        return "weight", construct, indicator
    end, start = key.split(" ~ ")
    return "path", start, end


def invariance(model: pls.Model, data: dict[str, Any], results: Mapping[str, Any]) -> Iterator[Any]:
    case = "h_csem_micom_mga_corp_rep"
    options: dict[str, Any] = {"permutations": 4_999, "tolerance": 1e-12}
    raw = micom(model, data, "servicetype", scaling="raw", **options)
    step = results["micom_step2"]
    theirs = step["Test_statistic"]["1_2"]
    yield Row(
        case, "MICOM step 2, c on raw data", CSEM, *difference((raw.of(k).c, x) for k, x in theirs.items())
    )
    own = micom(model, data, "servicetype", **options)
    yield Row(
        case,
        "MICOM step 2, c on standardised data",
        CSEM,
        *difference((own.of(k).c, x) for k, x in theirs.items()),
        tolerance=2e-4,
        note="weights are those of standardised indicators; cSEM takes c on raw ones, so that it depends on their units",
    )
    p = step["P_value"]["none"]["1_2"]
    yield Row(
        case,
        "MICOM step 2, p",
        CSEM,
        *difference((raw.of(k).c_p, x) for k, x in p.items()),
        tolerance=0.06,
        note="Monte-Carlo, 999 draws",
    )
    yield from step_three(micom(model, data, first_rows(data), **options), results["micom_step3"])


def first_rows(data: Mapping[str, Any]) -> list[int]:
    """Return as many cases as group 1 has from the head of the table as group 1: what cSEM's step 3 compares."""
    size = int((np.asarray(data["servicetype"]) == 1).sum())
    return [1 if row < size else 2 for row in range(len(data["servicetype"]))]


def step_three(found: Micom, theirs: Mapping[str, Any]) -> Iterator[Any]:
    note = (
        "of the first 125 rows against the rest, which is what cSEM compares here: it does not sort the scores by group; "
        "our own step 3 compares the groups (cusa: -0.097, not 0.139)"
    )
    for what, key, field in (
        ("means", "Mean", "mean_difference"),
        ("log variances", "Var", "variance_difference"),
    ):
        held = theirs[key]["Test_statistic"]["1_2"]
        pairs: Pairs = [(getattr(found.of(name), field), x) for name, x in held.items()]
        yield Row("h_csem_micom_mga_corp_rep", f"MICOM step 3, {what}", CSEM, *difference(pairs), note=note)


# --- necessity, importance, segments, tetrads --------------------------------------------------------


def necessity(reference: Any) -> Iterator[Any]:
    fitted = reference.fit("a_corp_rep_simple")
    scores = dict(zip(fitted.plan.names, fitted.scores.T, strict=True))
    causes = {name: scores[name] for name in ("COMP", "LIKE", "CUSA")}
    found = necessary_conditions(causes, scores["CUSL"], name="CUSL")
    case = "h_extras_nca_corp_rep_simple"
    results = reference.expected(case)["results"]
    lines = {"ce_fdh": "CE-FDH", "cr_fdh": "CR-FDH"}
    sizes: Pairs = [
        (found.ceiling(name, lines[key]).effect, x)  # type: ignore[arg-type]
        for name, held in results["effect_sizes"].items()
        for key, x in held.items()
    ]
    yield Row(case, "effect sizes", EXTRAS, *difference(sizes))
    p: Pairs = [
        (found.ceiling(name, lines[key]).p, x)  # type: ignore[arg-type]
        for name, held in results["significance"].items()
        for key, x in held.items()
    ]
    yield Row(case, "p, permutation", EXTRAS, *difference(p), tolerance=0.01, note="Monte-Carlo")
    yield Row(
        case,
        "bottleneck tables",
        EXTRAS,
        *difference(bottlenecks(found, results, lines)),
        tolerance=0.0501,
        note="the peer rounds to 0.1; it gives nothing at 100 %, where the highest case is",
    )
    yield from importance(reference, fitted, found)


def bottlenecks(found: Necessity, results: Mapping[str, Any], lines: Mapping[str, str]) -> Pairs:
    ours = {(one.condition, one.line, one.level): one.required for one in found.bottlenecks}
    return [
        (ours[name, lines[key], row["CUSL"]], row[name])  # type: ignore[index]
        for key, table in results["bottleneck"].items()
        for row in table
        for name in ("COMP", "LIKE", "CUSA")
    ]


def importance(reference: Any, fitted: pls.Fit, found: Necessity) -> Iterator[Any]:
    case = "h_extras_cipma_corp_rep_simple"
    results = reference.expected(case)["results"]
    theirs = importance_performance(fitted, "CUSL", scale=(1, 7), weights="standardised")
    ours = importance_performance(fitted, "CUSL", scale=(1, 7))
    for what, key, field in (
        ("importance", "importance_unstd", "importance"),
        ("importance, standardised", "importance_std", "importance_standardised"),
        ("performance", "performance", "performance"),
    ):
        yield Row(
            case,
            f"{what} (standardised weights)",
            EXTRAS,
            *difference((getattr(theirs.of(k), field), x) for k, x in results[key].items()),
        )
    yield Row(
        case,
        "importance (unstandardised weights, our default)",
        EXTRAS,
        *difference((ours.of(k).importance, x) for k, x in results["importance_unstd"].items()),
        tolerance=0.004,
        note="the rescaled score is then the estimated one (Ringle and Sarstedt 2016; cSEM's documentation)",
    )
    held = {one.construct: one.priority for one in combine(ours, found)}
    same: Pairs = [
        (float(held[one["Construct"]] != one["Priority"].lower()), 0.0) for one in results["classification"]
    ]
    yield Row(case, "priorities", EXTRAS, *difference(same), tolerance=0)


def segments(reference: Any) -> Iterator[Any]:
    case = "h_extras_fimix_corp_rep_extended"
    results = reference.expected(case)["results"]
    fitted = reference.fit("b_corp_rep_extended")
    scores = dict(zip(fitted.plan.names, fitted.scores.T, strict=True))
    found = mixture(scores, fitted.model.paths, 2)
    note = "EM ends near the same optimum; ours is not lower"
    yield Row(
        case,
        "log-likelihood",
        EXTRAS,
        *difference([(found.criteria.ln_l, results["log_likelihood"])]),
        tolerance=1e-4,
        note=note,
    )
    criteria = ("AIC", "AIC3", "AIC4", "BIC", "CAIC", "HQ")
    pairs: Pairs = [(getattr(found.criteria, key.lower()), results["info_criteria"][key]) for key in criteria]
    yield Row(case, "information criteria", EXTRAS, *difference(pairs), tolerance=2e-4)
    half = found.criteria.mdl5 - 4.5 * math.log(found.n) * found.criteria.parameters
    yield Row(
        case,
        "MDL5",
        EXTRAS,
        *difference([(half, results["info_criteria"]["MDL5"])]),
        tolerance=2e-4,
        note="with the peer's penalty of ln(n) / 2; ours is 5 ln(n) (Sarstedt et al. 2011)",
    )
    order = np.argsort(list(results["segment_proportions"].values()))[::-1]
    paths: Pairs = [
        (found.path(segment, start, end), results["segment_paths"][place][start][end])
        for segment, place in enumerate(order)
        for start, end in fitted.model.paths
    ]
    yield Row(
        case,
        "paths of the segments",
        EXTRAS,
        *difference(paths),
        tolerance=2e-3,
        note="the likelihood is flat near its top",
    )


def tetrads(reference: Any) -> Iterator[Any]:
    case = "h_extras_cta_mobi"
    results = reference.expected(case)["results"]
    fitted = reference.fit("c_mobi_ecsi")
    table = reference.table("mobi.csv")
    blocks = {one.name: one.indicators for one in fitted.model.constructs}
    joined: dict[str, list[str]] = {name: [] for name in blocks}
    for start, end in fitted.model.paths:
        joined[start].append(end)
        joined[end].append(start)
    data = {column: table[column].to_numpy() for column in fitted.plan.indicators}
    found = tetrad_analysis(blocks, data, neighbours=joined)
    ours = {(test.construct, one.tetrad): one for test in found.tests for one in test.tetrads}
    theirs = {(name, one["Tetrad"]): one for name, held in results["tetrad_details"].items() for one in held}
    yield Row(
        case,
        "tetrads",
        EXTRAS,
        *difference((ours[key].estimate, one["Estimate"]) for key, one in theirs.items()),
    )
    errors: Pairs = [(ours[key].se / one["Boot_SD"], 1.0) for key, one in theirs.items()]
    yield Row(
        case,
        "bootstrap standard errors",
        EXTRAS,
        *difference(errors),
        tolerance=0.1,
        note="relative; 2,000 resamples of the peer's",
    )
    verdicts = {one["Construct"]: one["Verdict"] for one in results["construct_results"]}
    same: Iterable[tuple[float, float]] = [
        (float((verdicts[test.construct] == "Reflective supported") != test.reflective), 0.0)
        for test in found.tests
        if test.construct in verdicts
    ]
    yield Row(
        case,
        "verdicts",
        EXTRAS,
        *difference(same),
        tolerance=0,
        note="ours tests independent tetrads with Bonferroni",
    )


COMPARISONS = [products, higher_order, prediction, groups, necessity, segments, tetrads]
