"""Public survey data beside published values, another program, and reference values where they are there.

The data sets come with the Python package `seminr` (Hair et al.'s corporate reputation survey, n = 344, and the
European customer satisfaction index, n = 250), which also computes what ours is compared with.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from fondaco.pls import Fit, bootstrap, fit

pytestmark = pytest.mark.requirement("R12")

seminr = pytest.importorskip("seminr")

SIMPLE = """
    COMP <~ comp_1 + comp_2 + comp_3 @ A
    LIKE <~ like_1 + like_2 + like_3 @ A
    CUSA <~ cusa
    CUSL <~ cusl_1 + cusl_2 + cusl_3 @ A
    CUSA ~ COMP + LIKE
    CUSL ~ COMP + LIKE + CUSA
"""
EXTENDED = (
    SIMPLE
    + """
    QUAL <~ qual_1 + qual_2 + qual_3 + qual_4 + qual_5 + qual_6 + qual_7 + qual_8
    PERF <~ perf_1 + perf_2 + perf_3 + perf_4 + perf_5
    CSOR <~ csor_1 + csor_2 + csor_3 + csor_4 + csor_5
    ATTR <~ attr_1 + attr_2 + attr_3
    COMP + LIKE ~ QUAL + PERF + CSOR + ATTR
"""
)
ECSI = """
    Image        =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
    Expectation  =~ CUEX1 + CUEX2 + CUEX3
    Quality      =~ PERQ1 + PERQ2 + PERQ3 + PERQ4 + PERQ5 + PERQ6 + PERQ7
    Value        =~ PERV1 + PERV2
    Satisfaction =~ CUSA1 + CUSA2 + CUSA3
    Complaints   =~ CUSCO
    Loyalty      =~ CUSL1 + CUSL2 + CUSL3
    Expectation ~ Image
    Quality ~ Expectation
    Value ~ Expectation + Quality
    Satisfaction ~ Image + Expectation + Quality + Value
    Complaints ~ Satisfaction
    Loyalty ~ Image + Satisfaction + Complaints
"""


def survey(name: str) -> pl.DataFrame:
    with resources.as_file(resources.files("seminr.datasets") / name) as path:
        return pl.read_csv(path, infer_schema_length=None)


@pytest.fixture(scope="module")
def reputation() -> pl.DataFrame:
    return survey("corp_rep_data.csv")


@pytest.fixture(scope="module")
def extended(reputation: pl.DataFrame) -> Fit:
    return fit(EXTENDED, reputation, marker=-99)


@pytest.fixture(scope="module")
def ecsi() -> pl.DataFrame:
    return survey("mobi.csv")


def test_explained_variances_are_those_that_smartpls_printed(extended: Fit) -> None:
    """Hair et al., slides to *A Primer on PLS-SEM*, extended corporate reputation model: four digits."""
    printed = {"COMP": 0.6309, "LIKE": 0.5576, "CUSA": 0.2919, "CUSL": 0.5620}
    for name, value in printed.items():
        assert extended.value("r2", name) == pytest.approx(value, abs=5e-5)


def test_ecsi_paths_are_those_in_the_tests_of_another_port(ecsi: pl.DataFrame) -> None:
    """Paths of a smaller model that R seminr gave, in the tests of GoogleCloudPlatform/plspm-python."""
    fitted = fit(
        """Expectation =~ CUEX1 + CUEX2 + CUEX3; Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
        Quality <~ PERQ1 + PERQ2 + PERQ3 + PERQ4 + PERQ5 + PERQ6 + PERQ7
        Loyalty =~ CUSL1 + CUSL2 + CUSL3; Complaints =~ CUSCO
        Expectation ~ Image; Loyalty ~ Expectation + Quality + Complaints""",
        ecsi,
    )
    expected = {
        ("Expectation", "Loyalty"): 0.124534792831633,
        ("Quality", "Loyalty"): 0.405693671851465,
        ("Image", "Expectation"): 0.512876954138615,
        ("Complaints", "Loyalty"): 0.176081956818542,
    }
    for (start, end), value in expected.items():
        assert fitted.value("path", start, end) == pytest.approx(value, abs=1e-6)


def test_trap_1_only_common_factors_are_corrected(ecsi: pl.DataFrame) -> None:
    """Image -> Loyalty is -0.091 when all are common factors; a composite Image is left as it is."""
    factors = fit(ECSI, ecsi, consistent=True)
    assert factors.value("path", "Image", "Loyalty") == pytest.approx(-0.09097, abs=1e-5)
    mixed = fit(
        ECSI.replace("Image        =~", "Image <~").replace("IMAG5", "IMAG5 @ A"), ecsi, consistent=True
    )
    assert mixed.measured.reliability[0, 0] == 1
    assert mixed.measured.reliability[1, 0] < 1


def test_trap_2_f2_keeps_the_scores(reputation: pl.DataFrame) -> None:
    """CUSA -> CUSL: 0.4099 with scores kept (SmartPLS, cSEM), 0.4010 estimated again (seminr)."""
    from fondaco.pls import f2_reestimated

    fitted = fit(SIMPLE, reputation, marker=-99)
    assert fitted.value("f2", "CUSA", "CUSL") == pytest.approx(0.409906, abs=1e-6)
    assert f2_reestimated(fitted)["CUSA", "CUSL"] == pytest.approx(0.400980, abs=1e-6)


def test_trap_5_settings_hold_in_each_resample(reputation: pl.DataFrame) -> None:
    """Means of the resample stand in for missing values; so does the scheme."""
    names = list(fit(SIMPLE, reputation, marker=-99).plan.indicators)
    values = np.where(reputation.select(names).to_numpy() == -99, np.nan, reputation.select(names).to_numpy())
    rows = np.random.default_rng(1).integers(344, size=(3, 344))
    held = bootstrap(fit(SIMPLE, (values, names), scheme="factorial"), rows=rows, tolerance=1e-12)
    for place, chosen in enumerate(rows):
        alone = fit(SIMPLE, (values[chosen], names), scheme="factorial")
        assert held.draws_of("path", "CUSA", "CUSL")[place] == pytest.approx(
            alone.value("path", "CUSA", "CUSL"), abs=1e-9
        )


def test_trap_7_every_indicator_is_scaled_by_its_own_deviation(ecsi: pl.DataFrame) -> None:
    wide = ecsi.with_columns(pl.col("IMAG1") * 100)
    assert fit(ECSI, wide).value("path", "Image", "Loyalty") == pytest.approx(
        fit(ECSI, ecsi).value("path", "Image", "Loyalty"), abs=1e-9
    )


def test_trap_8_an_inadmissible_result_says_so(ecsi: pl.DataFrame) -> None:
    fitted = fit(ECSI, ecsi, consistent=True)
    assert not fitted.admissible
    assert any("not positive semi-definite" in problem.reason for problem in fitted.problems)


def test_trap_11_criteria_under_consistent_pls_rest_on_the_corrected_r2(reputation: pl.DataFrame) -> None:
    text = SIMPLE.replace("<~", "=~").replace(" @ A", "")
    fitted = fit(text, reputation, marker=-99, consistent=True)
    assert fitted.value("bic", "CUSL") == pytest.approx(-397.909496, abs=1e-5)  # cSEM
    assert fit(text, reputation, marker=-99).value("bic", "CUSL") == pytest.approx(-261.653843, abs=1e-5)


def test_trap_12_rho_c_is_that_of_loadings(extended: Fit) -> None:
    """0.8687, not the 0.8705 of a principal component."""
    assert extended.value("rho_c", "COMP") == pytest.approx(0.868694, abs=1e-6)


@pytest.mark.parametrize("scheme", ["path", "factorial"])
@pytest.mark.parametrize("model", ["simple", "ecsi"])
def test_weights_and_paths_are_those_of_the_package_seminr(
    reputation: pl.DataFrame, ecsi: pl.DataFrame, model: str, scheme: Any
) -> None:
    text, data = (SIMPLE, reputation) if model == "simple" else (ECSI, ecsi)
    ours = fit(text, data, marker=-99, scheme=scheme)
    theirs = by_seminr(ours, data, scheme)
    for start, end in ours.plan.paths:
        pair = ours.plan.names[start], ours.plan.names[end]
        assert ours.value("path", *pair) == pytest.approx(theirs(*pair), abs=1e-6)


def by_seminr(ours: Fit, data: pl.DataFrame, scheme: str) -> Any:
    """Return the package's paths as a function of from and to."""
    names = ours.plan.names
    measurement = seminr.constructs(
        *(
            seminr.composite(name, list(ours.plan.indicators[block]), seminr.mode_A)
            for name, block in zip(names, ours.plan.blocks, strict=True)
        )
    )
    structure = seminr.relationships(
        *(seminr.paths(from_=names[start], to=names[end]) for start, end in ours.plan.paths)
    )
    held = {name: data[name].to_numpy().astype(float) for name in ours.plan.indicators}
    estimated = seminr.estimate_pls(
        data=held,
        measurement_model=measurement,
        structural_model=structure,
        inner_weights=seminr.path_weighting if scheme == "path" else seminr.path_factorial,
        missing=seminr.mean_replacement,
        missing_value=-99,
        stop_criterion=12,
    )
    table = estimated.path_coef
    return table.get


@pytest.fixture(scope="module")
def validation() -> ModuleType:
    path = Path(__file__).resolve().parents[3] / "tools" / "pls_validation.py"
    spec = importlib.util.spec_from_file_location("pls_validation", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pls_validation"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "comparison", ["beside_seminr", "beside_csem", "fixed_resamples", "intervals_from_draws", "exact_fit"]
)
def test_every_reference_value_is_reproduced(shared: Path, validation: ModuleType, comparison: str) -> None:
    reference = validation.Reference(shared / "reference" / "plssem")
    rows = list(getattr(validation, comparison)(reference))
    assert rows
    assert [row for row in rows if not row.agrees] == []


@pytest.mark.slow
def test_ten_thousand_resamples_agree_within_monte_carlo_error(shared: Path, validation: ModuleType) -> None:
    rows = list(validation.random_resamples(validation.Reference(shared / "reference" / "plssem")))
    assert [row for row in rows if not row.agrees] == []
