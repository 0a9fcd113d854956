"""Estimates agree with the algorithm written out on scores, and keep what must not change them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.pls.helpers import (
    MEDIATION,
    MIXED,
    by_scores,
    mediation_data,
    mixed_data,
    standardised,
)

from fondaco import pls
from fondaco.pls import PlsError, fit, parse

pytestmark = pytest.mark.requirement("R12", "F83")


@pytest.mark.parametrize("scheme", ["path", "factorial", "centroid"])
@pytest.mark.parametrize("every", [None, "A", "B", "unit"])
def test_weights_and_paths_are_those_of_the_algorithm_on_scores(scheme: Any, every: Any) -> None:
    data, model = mixed_data(), parse(MIXED)
    if every:
        model = model.with_modes(dict.fromkeys(model.names, every))
    fitted = fit(model, data, scheme=scheme, tolerance=1e-13)
    weights, paths = by_scores(
        data,
        {one.name: list(one.indicators) for one in model.constructs},
        {one.name: one.mode for one in model.constructs},
        list(model.paths),
        scheme,
    )
    for one in model.constructs:
        ours = [fitted.value("weight", one.name, item) for item in one.indicators]
        assert ours == pytest.approx(weights[one.name].tolist(), abs=1e-9)
    for (start, end), value in paths.items():
        assert fitted.value("path", start, end) == pytest.approx(value, abs=1e-9)


def test_scores_have_variance_one_and_the_stated_correlations() -> None:
    fitted = fit(MIXED, mixed_data())
    assert fitted.scores.std(axis=0, ddof=1) == pytest.approx(np.ones(5), abs=1e-12)
    assert np.corrcoef(fitted.scores.T) == pytest.approx(fitted.score_correlations, abs=1e-12)
    r2 = 1 - np.linalg.lstsq(fitted.scores[:, [0, 1]], fitted.scores[:, 2], rcond=None)[1][0] / 149
    assert fitted.value("r2", "C") == pytest.approx(r2, abs=1e-12)


def test_loadings_are_correlations_of_items_with_scores() -> None:
    data = mixed_data()
    fitted = fit(MIXED, data)
    for i, item in enumerate(fitted.plan.indicators):
        for k, name in enumerate(fitted.plan.names):
            expected = np.corrcoef(data[item], fitted.scores[:, k])[0, 1]
            kind = "loading" if fitted.plan.owner[i] == k else "cross_loading"
            assert fitted.value(kind, name, item) == pytest.approx(expected, abs=1e-12)


def test_reliability_is_as_published_formulas_give_it() -> None:
    data = mixed_data()
    fitted = fit(MIXED, data)
    items = np.column_stack([data[f"l{i}"] for i in (1, 2, 3)])
    z = standardised(items)
    alpha = 3 / 2 * (1 - 3 / z.sum(axis=1).var(ddof=1))
    loadings = np.array([fitted.value("loading", "L", f"l{i}") for i in (1, 2, 3)])
    w = np.array([fitted.value("weight", "L", f"l{i}") for i in (1, 2, 3)])
    S = np.corrcoef(items.T)
    off = S - np.diag(np.diag(S))
    outer = np.outer(w, w)
    rho_a = (w @ w) ** 2 * (w @ off @ w) / (w @ (outer - np.diag(np.diag(outer))) @ w)
    assert fitted.value("alpha", "L") == pytest.approx(alpha, abs=1e-12)
    assert fitted.value("rho_a", "L") == pytest.approx(rho_a, abs=1e-10)
    assert fitted.value("ave", "L") == pytest.approx((loadings**2).mean(), abs=1e-12)
    rho_c = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert fitted.value("rho_c", "L") == pytest.approx(rho_c, abs=1e-12)
    assert [fitted.value(kind, "S") for kind in ("alpha", "rho_a", "rho_c", "ave")] == [1, 1, 1, 1]


def test_htmt_is_the_ratio_of_mean_correlations() -> None:
    data = mixed_data()
    fitted = fit(MIXED, data)
    c, level = [f"c{i}" for i in (1, 2, 3)], [f"l{i}" for i in (1, 2, 3)]
    r = {(a, b): abs(np.corrcoef(data[a], data[b])[0, 1]) for a, b in itertools.product(c + level, repeat=2)}
    hetero = [r[a, b] for a in c for b in level]
    mono = [[r[a, b] for a, b in itertools.combinations(block, 2)] for block in (c, level)]
    expected = np.mean(hetero) / np.sqrt(np.mean(mono[0]) * np.mean(mono[1]))
    geometric = [float(np.exp(np.log(one).mean())) for one in (hetero, *mono)]
    assert fitted.value("htmt", "C", "L") == pytest.approx(expected, abs=1e-12)
    assert fitted.value("htmt2", "C", "L") == pytest.approx(
        geometric[0] / np.sqrt(geometric[1] * geometric[2]), abs=1e-12
    )


def test_f2_and_vif_hold_the_scores_fixed() -> None:
    fitted = fit(MIXED, mixed_data())
    scores = dict(zip(fitted.plan.names, fitted.scores.T, strict=True))

    def r2(names: list[str], end: str) -> float:
        design = np.column_stack([scores[name] for name in names])
        residual = scores[end] - design @ np.linalg.lstsq(design, scores[end], rcond=None)[0]
        return float(1 - residual @ residual / (scores[end] @ scores[end]))

    both, alone = r2(["S", "C"], "L"), r2(["C"], "L")
    assert fitted.value("f2", "S", "L") == pytest.approx((both - alone) / (1 - both), abs=1e-10)
    assert fitted.value("vif", "S", "L") == pytest.approx(1 / (1 - r2(["C"], "S")), abs=1e-10)
    again = pls.f2_reestimated(fitted)
    assert again["S", "L"] != pytest.approx(fitted.value("f2", "S", "L"), abs=1e-6)


def test_effects_add_up() -> None:
    fitted = fit(MIXED, mixed_data())
    B = fitted.path_matrix
    total = np.linalg.inv(np.eye(len(B)) - B) - np.eye(len(B))
    names = fitted.plan.names
    for row in fitted.rows("total"):
        expected = total[names.index(row["start"]), names.index(row["end"])]
        assert row["estimate"] == pytest.approx(expected, abs=1e-12)
    for row in fitted.rows("total_indirect"):
        routes = [
            one["estimate"]
            for one in fitted.rows("indirect")
            if (one["start"], one["end"]) == (row["start"], row["end"])
        ]
        assert row["estimate"] == pytest.approx(sum(routes), abs=1e-12)


def test_distances_are_those_of_matrices_written_out() -> None:
    fitted = fit(MIXED, mixed_data())
    loadings = np.zeros((len(fitted.plan.indicators), 5))
    loadings[np.arange(len(loadings)), fitted.plan.owner] = fitted.outer_loadings
    sigma = loadings @ fitted.construct_correlations @ loadings.T
    S = fitted.indicator_correlations
    for block in fitted.plan.blocks:
        sigma[block, block] = S[block, block]
    d_uls = np.tril((S - sigma) ** 2).sum()
    p = len(S)
    assert fitted.value("d_uls", "saturated") == pytest.approx(d_uls, abs=1e-12)
    assert fitted.value("srmr", "saturated") == pytest.approx(np.sqrt(d_uls / (p * (p + 1) / 2)), abs=1e-12)
    logs = np.log10(np.linalg.eigvals(np.linalg.solve(S, sigma)).real)
    assert fitted.value("d_g", "saturated") == pytest.approx((logs**2).sum() / 2, abs=1e-10)


def test_consistent_pls_recovers_the_population() -> None:
    fitted = fit(MEDIATION, mediation_data(100_000, 4), consistent=True)
    # Use has variance 1, Know 0.36 + 0.64 = 1; Perf 0.25 + 1 = 1.25
    assert fitted.value("path", "Use", "Know") == pytest.approx(0.6, abs=0.01)
    assert fitted.value("path", "Know", "Perf") == pytest.approx(0.5 / np.sqrt(1.25), abs=0.01)
    assert fitted.value("loading", "Use", "use1") == pytest.approx(1 / np.sqrt(1.25), abs=0.01)
    assert fitted.value("rho_a", "Use") == pytest.approx(3 / (3 + 0.25), abs=0.01)
    assert fitted.value("srmr", "estimated") < 0.01


def test_consistent_pls_never_corrects_composites() -> None:
    text = MIXED.replace("=~", "<~") + "\n"
    data = mixed_data()
    plain, consistent = fit(text, data), fit(text, data, consistent=True)
    assert consistent.estimates == pytest.approx(plain.estimates, abs=1e-14)


def test_beside_composites_only_the_common_factors_are_corrected() -> None:
    data = mixed_data()
    text = MIXED.replace("C =~ c1 + c2 + c3", "C <~ c1 + c2 + c3 @ A")
    fitted = fit(text, data, consistent=True)
    assert dict(zip(fitted.plan.names, fitted.corrected.tolist(), strict=True)) == {
        "Q": False, "P": False, "C": False, "S": False, "L": True,
    }  # fmt: skip
    plain = fit(text, data)
    assert fitted.value("path", "Q", "C") == pytest.approx(plain.value("path", "Q", "C"), abs=1e-12)
    rho = plain.value("rho_a", "L")
    assert fitted.value("correlation", "C", "L") == pytest.approx(
        plain.value("correlation", "C", "L") / np.sqrt(rho), abs=1e-12
    )


@given(seed=st.integers(0, 1000), scale=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3))
@settings(max_examples=15, deadline=None)
def test_units_of_indicators_do_not_matter(seed: int, scale: float, shift: float) -> None:
    data = mediation_data(60, seed)
    other = data | {"use1": data["use1"] * scale + shift, "perf2": data["perf2"] * 7 - 3}
    assert fit(MEDIATION, other).estimates == pytest.approx(
        fit(MEDIATION, data).estimates, abs=1e-6, nan_ok=True
    )


@given(st.permutations(range(60)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_cases_does_not_matter(order: list[int]) -> None:
    data = mediation_data(60)
    other = {name: column[order] for name, column in data.items()}
    assert fit(MEDIATION, other).estimates == pytest.approx(fit(MEDIATION, data).estimates, abs=1e-9)


@given(st.permutations([line for line in MIXED.splitlines() if line.strip()]))
@settings(max_examples=10, deadline=None)
def test_the_order_of_statements_does_not_matter(lines: list[str]) -> None:
    data = mixed_data()
    first, second = fit(MIXED, data), fit("\n".join(lines), data)
    for row in first.rows("path") + first.rows("indirect") + first.rows("r2"):
        kind = "r2" if not row["end"] else ("indirect" if row["via"] else "path")
        assert second.value(kind, row["start"], row["end"], row["via"]) == pytest.approx(
            row["estimate"], abs=1e-8
        )


def test_an_iteration_that_does_not_settle_is_a_problem() -> None:
    fitted = fit(MIXED, mixed_data(), max_iterations=2)
    assert not fitted.converged
    assert not fitted.admissible
    assert [problem.kind for problem in fitted.problems] == ["convergence"]


def test_collinear_mode_b_indicators_are_a_problem_by_name() -> None:
    data = mixed_data()
    data["q4"] = data["q1"] + data["q2"]
    fitted = fit(MIXED, data)
    [problem] = [one for one in fitted.problems if one.kind == "collinear"]
    assert "Q (q1, q2, q3, q4)" in problem.reason
    assert not fitted.admissible


def test_impossible_results_of_consistent_pls_are_problems() -> None:
    rng = np.random.default_rng(8)
    y, apart = rng.normal(size=(2, 40))
    data = {"x1": y + apart, "x2": 1.1 * y - apart, "y": y}  # hardly correlated, and both with y
    fitted = fit("X =~ x1 + x2; Y =~ y; Y ~ X", data, consistent=True)
    assert fitted.converged
    assert not fitted.admissible
    assert "inadmissible" in {problem.kind for problem in fitted.problems}


def test_a_product_without_its_parts_is_a_problem() -> None:
    from fondaco.pls.problems import _of_model

    model = parse("X =~ x; Z =~ z; Y =~ y; Y ~ X + X:Z")
    assert ["without Z" in problem.reason or "Z" in problem.cure for problem in _of_model(model)] == [True]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"scheme": "paths"}, "no weighting scheme 'paths'"),
        ({"missing": "listwise"}, "no rule 'listwise'"),
        ({"tolerance": 0}, "must be more than 0"),
        ({"max_iterations": 0}, "allow at least 1"),
        ({"modes": {"Us": "A"}}, "no construct 'Us'. Did you mean Use"),
        ({"modes": {"Use": "C"}}, "the modes are A, B, unit"),
    ],
)
def test_wrong_settings_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(PlsError, match=says):
        fit(MEDIATION, mediation_data(), **options)


def test_tables_say_what_single_numbers_say() -> None:
    fitted = fit(MIXED, mixed_data())
    assert fitted.paths.columns == ["from", "to", "estimate", "f2", "vif"]
    assert fitted.loadings.shape == (14, 4)
    assert fitted.weights["estimate"].to_list() == pytest.approx(fitted.outer_weights.tolist())
    assert fitted.reliability.columns == ["construct", "alpha", "rho_a", "rho_c", "ave"]
    assert fitted.htmt.shape == (10, 4)
    assert fitted.fornell_larcker.shape == (5, 6)
    assert fitted.cross_loadings.shape == (14, 6)
    assert fitted.indirect_effects["path"].to_list()[0] == ["Q", "C", "S"]
    assert fitted.fit["model"].to_list() == ["saturated", "estimated"]
    assert fitted.r2["construct"].to_list() == ["C", "S", "L"]
    with pytest.raises(PlsError, match="no path L -> Q"):
        fitted.value("path", "L", "Q")


def test_a_stack_of_samples_gives_what_each_gives_alone() -> None:
    plan = pls.plan_of(parse(MEDIATION))
    fits = [fit(MEDIATION, mediation_data(80, seed)) for seed in range(70)]
    stack = np.stack([one.indicator_correlations for one in fits], axis=2)
    found = pls.run(stack, plan, pls.Settings())
    measured = pls.measure(stack, found, plan, pls.Settings(), 80)
    assert measured.rows == pytest.approx(np.column_stack([one.estimates for one in fits]), abs=1e-8)


@given(seed=st.integers(0, 100_000), consistent=st.booleans(), missing=st.sampled_from(["mean", "pairwise"]))
@settings(max_examples=40, deadline=None)
def test_a_result_is_impossible_exactly_where_a_problem_says_so(
    seed: int, consistent: bool, missing: Any
) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(8, 40))
    common, lines = rng.normal(size=n), []
    data: dict[str, Any] = {}
    for name in "XMY":
        items = [f"{name.lower()}{i}" for i in range(rng.integers(1, 4))]
        score = rng.normal(size=n) + rng.normal() * common
        data |= {item: rng.normal() * score + rng.choice([0.1, 1, 3]) * rng.normal(size=n) for item in items}
        lines.append(
            f"{name} {rng.choice(['=~', '<~'])} {' + '.join(items)} @ {rng.choice(['A', 'B', 'unit'])}"
        )
    data["x0"] = np.where(rng.random(n) < 0.15, np.nan, data["x0"])
    try:
        fitted = fit("\n".join([*lines, "M ~ X; Y ~ X + M"]), data, consistent=consistent, missing=missing)
    except PlsError:
        return
    impossible = {"convergence", "collinear", "inadmissible"} & {one.kind for one in fitted.problems}
    assert fitted.admissible == (not impossible)


def test_a_result_of_few_cases_says_so_wherever_it_goes():
    rng = np.random.default_rng(4)
    x = rng.normal(size=30)
    data = {"x": x, "y": x + rng.normal(size=30)}
    held = pls.fit("X =~ x; Y =~ y; Y ~ X", {name: values[:29] for name, values in data.items()})
    assert [(each.kind, each.count) for each in held.problems] == [("few", 29)]
    assert "29 cases only" in held.summary()
    assert pls.fit("X =~ x; Y =~ y; Y ~ X", data).problems == ()
