"""The bootstrap gives what fitting each resample gives, whatever the threads, and says what failed."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.core.pls.helpers import MEDIATION, MIXED, Floats, mediation_data, mixed_data

from fondaco.pls import Bootstrap, Fit, PlsError, bootstrap, fit, mediation
from fondaco.pls.intervals import bounds

pytestmark = pytest.mark.requirement("R12", "F83", "X08")

module = importlib.import_module("fondaco.pls.bootstrap")


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(MEDIATION, mediation_data(120), tolerance=1e-12)


@pytest.fixture(scope="module")
def drawn(fitted: Fit) -> Bootstrap:
    return bootstrap(fitted, 1500, seed=11)


def resampled(data: dict[str, Floats], rows: Any) -> dict[str, Floats]:
    return {name: column[rows] for name, column in data.items()}


def test_drawing_every_case_once_gives_the_estimate(fitted: Fit) -> None:
    held = bootstrap(fitted, rows=np.tile(np.arange(fitted.n), (3, 1)), tolerance=1e-12, geodesic=True)
    for draw in held.draws.T:
        assert draw == pytest.approx(fitted.estimates, abs=1e-12)


@pytest.mark.parametrize("missing", ["mean", "pairwise"])
@pytest.mark.parametrize("consistent", [False, True])
def test_each_resample_gives_what_fitting_it_gives(missing: Any, consistent: bool) -> None:
    data = mixed_data(90)
    rng = np.random.default_rng(4)
    for name in ("q1", "s1", "l2"):
        data[name] = np.where(rng.random(90) < 0.06, np.nan, data[name])
    rows = rng.integers(90, size=(12, 90))
    whole = fit(MIXED, data, missing=missing, consistent=consistent, tolerance=1e-12)
    held = bootstrap(whole, rows=rows, tolerance=1e-12, geodesic=True, keep_inadmissible=True)
    assert held.usable == 12
    for draw, chosen in zip(held.draws.T, rows, strict=True):
        alone = fit(MIXED, resampled(data, chosen), missing=missing, consistent=consistent, tolerance=1e-12)
        assert draw == pytest.approx(alone.estimates, abs=1e-8, nan_ok=True)


def test_case_weights_hold_in_each_resample() -> None:
    data = mediation_data(60)
    weights = np.random.default_rng(2).uniform(0.2, 3, size=60)
    rows = np.random.default_rng(3).integers(60, size=(4, 60))
    held = bootstrap(fit(MEDIATION, data, weights=weights), rows=rows, tolerance=1e-12)
    for draw, chosen in zip(held.draws_of("path", "Use", "Know"), rows, strict=True):
        alone = fit(MEDIATION, resampled(data, chosen), weights=weights[chosen])
        assert draw == pytest.approx(alone.value("path", "Use", "Know"), abs=1e-8)


def test_a_seed_gives_the_same_whatever_the_threads(fitted: Fit) -> None:
    one, two = (bootstrap(fitted, 300, seed=5, threads=threads) for threads in (1, 2))
    assert np.array_equal(one.draws, two.draws, equal_nan=True)
    assert not np.array_equal(one.draws, bootstrap(fitted, 300, seed=6).draws, equal_nan=True)


def test_a_seed_gives_the_same_whatever_goes_through_at_once(
    fitted: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = bootstrap(fitted, 300, seed=5).draws
    monkeypatch.setattr(module, "_BLOCK_NUMBERS", 1)
    assert module.block_size(8, 120) == module.CHUNK
    assert bootstrap(fitted, 300, seed=5).draws == pytest.approx(usual, abs=1e-6, nan_ok=True)


def test_more_resamples_begin_with_the_same(fitted: Fit) -> None:
    few, more = bootstrap(fitted, 100, seed=5), bootstrap(fitted, 150, seed=5)
    assert more.draws[:, :100] == pytest.approx(few.draws, abs=1e-6, nan_ok=True)


def test_cases_are_drawn_evenly() -> None:
    counts = module.drawn(50, 0, 640, 9)
    assert counts.shape == (640, 50)
    assert (counts.sum(axis=1) == 50).all()
    # 32000 draws into 50 cells, chi-square at 0.001
    assert stats.chisquare(counts.sum(axis=0)).pvalue > 0.001
    # the variance of a binomial count of 50 draws at 1/50 is 0.98
    assert counts.var() == pytest.approx(0.98, abs=0.05)


def test_no_two_resamples_are_copies() -> None:
    counts = module.drawn(40, 0, 500, 3)
    assert len(np.unique(counts, axis=0)) == 500


def test_standard_errors_are_those_of_theory() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=400)
    data = {"x": x, "y": 0.5 * x + np.sqrt(0.75) * rng.normal(size=400)}
    [path] = bootstrap(fit("X =~ x; Y =~ y; Y ~ X", data), 4000).intervals(kinds=["path"])
    # the path is a correlation: (1 - r^2) / sqrt(n)
    assert path.se == pytest.approx((1 - path.estimate**2) / 20, rel=0.1)
    assert path.t == pytest.approx(path.estimate / path.se)
    assert path.p == pytest.approx(2 * stats.t.sf(path.t, 399), rel=1e-6)


def test_percentiles_are_quantiles_of_the_draws(drawn: Bootstrap) -> None:
    draws = drawn.draws_of("path", "Use", "Know")
    [one] = [i for i in drawn.intervals(kinds=["path"], level=0.9) if (i.start, i.end) == ("Use", "Know")]
    assert (one.low, one.high) == pytest.approx(tuple(np.quantile(draws, [0.05, 0.95])), abs=1e-12)
    assert one.mean == pytest.approx(draws.mean())
    assert one.se == pytest.approx(draws.std(ddof=1))


def test_bca_is_that_of_scipy() -> None:
    x = np.random.default_rng(12).gamma(2.0, size=60)
    theirs = stats.bootstrap((x,), np.mean, n_resamples=4000, method="BCa", rng=np.random.default_rng(1))
    jackknife = np.array([np.delete(x, i).mean() for i in range(60)])
    low, high = bounds(
        np.array([x.mean()]),
        theirs.bootstrap_distribution[None],
        jackknife[None],
        method="bca",
        level=0.95,
        cases=60,
    )
    assert (low[0], high[0]) == pytest.approx(tuple(theirs.confidence_interval), abs=2e-3)


def test_the_jackknife_leaves_each_case_out(fitted: Fit) -> None:
    held = bootstrap(fitted, 2, tolerance=1e-12)
    assert held.jackknife.shape[1] == fitted.n
    data = mediation_data(120)
    without = fit(MEDIATION, {name: np.delete(column, 7) for name, column in data.items()})
    row = fitted.quantities.index(next(one for one in fitted.quantities if one.kind == "path"))
    assert held.jackknife[row, 7] == pytest.approx(without.estimates[row], abs=1e-9)


@pytest.mark.parametrize("method", ["percentile", "bca", "bc", "basic", "normal", "t"])
def test_every_interval_holds_a_clear_effect(drawn: Bootstrap, method: Any) -> None:
    [one] = [i for i in drawn.intervals(method=method, kinds=["path"]) if (i.start, i.end) == ("Use", "Know")]
    assert 0.2 < one.low < one.estimate < one.high < 0.9
    assert one.excludes_zero


def test_zero_is_no_question_for_reliability_and_htmt(drawn: Bootstrap) -> None:
    for one in drawn.intervals(kinds=["alpha", "rho_c", "htmt", "vif", "srmr"]):
        assert np.isnan(one.p)
        assert np.isfinite(one.low)


def test_a_single_item_has_no_uncertainty_about_its_weight() -> None:
    held = bootstrap(fit(MIXED, mixed_data()), 200)
    [one] = [i for i in held.intervals(kinds=["weight"]) if i.end == "s1"]
    assert one.se == 0
    assert (one.low, one.high) == pytest.approx((1, 1))
    assert np.isnan(one.p)


def test_resamples_in_which_an_item_does_not_vary_are_counted() -> None:
    data = mediation_data(12)
    data["use1"] = np.array([1.0] + [0.0] * 11)  # absent from about a third of the resamples
    held = bootstrap(fit(MEDIATION, data), 600, seed=2)
    expected = (1 - 1 / 12) ** 12
    assert held.unsettled / 600 == pytest.approx(expected, abs=0.07)
    assert held.usable == 600 - held.unsettled - held.inadmissible
    assert "left out" in held.problems[0].reason


def test_inadmissible_resamples_are_counted_and_may_be_kept() -> None:
    data = mediation_data(30)
    whole = fit(MEDIATION, data, consistent=True)
    held, kept = (bootstrap(whole, 400, keep_inadmissible=keep) for keep in (False, True))
    assert held.inadmissible > 0
    assert kept.usable == held.usable + held.inadmissible
    assert any("inadmissible" in problem.reason for problem in held.problems)


def test_signs_are_left_alone_unless_asked() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, 40))
    data = {"x1": x + 0.3 * rng.normal(size=40), "x2": -x + 0.3 * rng.normal(size=40), "y": 0.1 * x + y}
    whole = fit("X =~ x1 + x2; Y =~ y; Y ~ X", data)
    loading = ("loading", "X", "x1")
    free, individual, turned = (
        bootstrap(whole, 400, signs=signs) for signs in ("none", "individual", "construct")
    )
    wanted = np.sign(whole.value(*loading))
    assert (np.sign(free.draws_of(*loading)) != wanted).any()
    assert (np.sign(individual.draws_of(*loading)) == wanted).all()
    assert (np.sign(turned.draws_of(*loading)) == wanted).mean() > 0.99
    # turning a construct turns its path with it: the product stays
    product = free.draws_of(*loading) * free.draws_of("path", "X", "Y")
    assert turned.draws_of(*loading) * turned.draws_of("path", "X", "Y") == pytest.approx(product, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"resamples": 1}, "at least 2"),
        ({"resamples": 100.5}, "whole number"),
        ({"seed": -1}, "whole number, 0 or more"),
        ({"threads": -2}, "whole number, 1 or more"),
        ({"rows": [[0], [0, 1]]}, "their numbers differ"),
        ({"signs": "some"}, "no treatment of signs 'some'"),
        ({"rows": [[0, 1]]}, "names 2 cases"),
        ({"rows": np.full((2, 120), 120)}, "counted from 0 to 119"),
        ({"rows": np.zeros((2, 120))}, "whole numbers"),
    ],
)
def test_wrong_settings_are_refused(fitted: Fit, options: dict[str, Any], says: str) -> None:
    with pytest.raises(PlsError, match=says):
        bootstrap(fitted, **options)


def test_wrong_intervals_are_refused(drawn: Bootstrap) -> None:
    with pytest.raises(PlsError, match="no interval 'student'"):
        drawn.intervals(method="student")  # type: ignore[arg-type]
    with pytest.raises(PlsError, match="between 0 and 1"):
        drawn.intervals(level=95)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    bootstrap(fit(MEDIATION, mediation_data()), 100, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (100, 100)


@pytest.mark.parametrize(
    ("direct", "kind"), [(0.0, "indirect-only"), (0.8, "complementary"), (-0.9, "competitive")]
)
def test_mediation_is_told_in_words(direct: float, kind: str) -> None:
    whole = fit(MEDIATION, mediation_data(400, 7, direct=direct), consistent=True)
    [route] = mediation(whole, bootstrap(whole, 1000))
    assert (route.start, route.via, route.end, route.kind) == ("Use", ("Know",), "Perf", kind)
    assert route.indirect + (route.direct or 0) == pytest.approx(route.total)
    if kind == "complementary":
        assert route.vaf == pytest.approx(route.indirect / route.total)
        assert "partial" in route.words
    if kind == "competitive":
        assert route.vaf is None


def test_mediation_without_a_direct_path_is_not_called_full() -> None:
    whole = fit(MEDIATION.replace("Know + Use", "Know"), mediation_data(300))
    [route] = mediation(whole, bootstrap(whole, 500))
    assert route.kind == "no direct path"
    assert route.direct is None


def test_no_effect_and_direct_only() -> None:
    rng = np.random.default_rng(3)
    x, m, e = rng.normal(size=(3, 300))
    text = "X =~ x; M =~ m; Y =~ y; M ~ X; Y ~ M + X"
    none = fit(text, {"x": x, "m": m, "y": e})
    assert mediation(none, bootstrap(none, 500))[0].kind == "no effect"
    direct = fit(text, {"x": x, "m": m, "y": x + e})
    assert mediation(direct, bootstrap(direct, 500))[0].kind == "direct-only"
