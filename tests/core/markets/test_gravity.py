"""The gravity model, beside statsmodels and beside the published table."""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fondaco.kernel import InputError, UnreadableFile
from fondaco.markets.gravity import gravity
from fondaco.reference.trade import read_pairs

pyfixest = pytest.importorskip("pyfixest")


def made(seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    countries = [f"C{n}" for n in range(8)]
    size = dict(zip(countries, rng.normal(0, 1, 8), strict=True))
    rows = []
    for one, other in itertools.product(countries, countries):
        km = 0.3 + abs(int(one[1:]) - int(other[1:])) + 0.1 * ((int(one[1:]) * int(other[1:])) % 5)
        border = float(abs(int(one[1:]) - int(other[1:])) == 1)
        for year in (2020, 2021):
            mean = math.exp(
                2 + size[one] + size[other] - 0.9 * math.log(km) + 0.4 * border + 0.1 * (year - 2020)
            )
            rows.append((one, other, year, float(rng.poisson(mean)), math.log(km), border))
    return pl.DataFrame(
        rows, schema=["exporter", "importer", "year", "value", "ln_distance", "contiguity"], orient="row"
    )


def test_it_agrees_with_a_poisson_regression_with_dummies() -> None:
    import statsmodels.api as sm

    held = made().filter(pl.col("exporter") != pl.col("importer"))
    found = gravity(made(), ["ln_distance", "contiguity"])
    year = held["year"].cast(pl.String)
    dummies = pl.concat(
        [(held["exporter"] + year).alias("s").to_dummies(), (held["importer"] + year).alias("b").to_dummies()], how="horizontal"
    ).to_numpy().astype(float)  # fmt: skip
    dummies = dummies[:, ~np.isin(np.arange(dummies.shape[1]), [16, 17])]  # one buyer a year is the base
    x = np.column_stack([held.select("ln_distance", "contiguity").to_numpy(), dummies])
    theirs = sm.GLM(held["value"].to_numpy(), x, family=sm.families.Poisson()).fit(tol=1e-12, maxiter=200)
    assert [term.estimate for term in found.terms] == pytest.approx(theirs.params[:2].tolist(), abs=1e-6)
    predicted = found.predicted.sort("exporter", "importer", "year")["predicted"].to_numpy()
    order = held.with_row_index().sort("exporter", "importer", "year")["index"].to_numpy()
    assert predicted == pytest.approx(theirs.fittedvalues[order], rel=1e-5)
    assert found.n == 112
    assert found.pairs == 28
    assert "16 rows of trade within a country are left out." in found.notes


def test_each_sellers_predicted_trade_adds_up_to_its_trade() -> None:
    """What Poisson regression with effects for sellers and buyers always does (Fally 2015)."""
    found = gravity(made(), ["ln_distance", "contiguity"])
    sums = found.predicted.group_by("exporter", "year").agg(pl.col("actual", "predicted").sum())
    assert sums["predicted"].to_numpy() == pytest.approx(sums["actual"].to_numpy(), rel=1e-6)
    beside = found.of("C1")
    assert [row["gap"] for row in beside] == sorted((row["gap"] for row in beside), reverse=True)


def test_terms_that_effects_swallow_are_refused() -> None:
    held = made().with_columns(own=(pl.col("exporter") == "C1").cast(pl.Float64))
    with pytest.raises(InputError, match="cannot be told apart"):
        gravity(held, ["ln_distance", "own"])


def test_without_trade_abroad_there_is_no_model() -> None:
    with pytest.raises(InputError, match="no trade between different countries"):
        gravity(made().filter(pl.col("exporter") == pl.col("importer")), ["ln_distance"])


def test_without_pyfixest_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    with pytest.raises(InputError, match=r"fondaco\[gravity\]"):
        gravity(made(), ["ln_distance"])


PAIRS = "exporter,importer,year,trade,dist,cntg\nITA,USA,2020,10,7000,0\nITA,FRA,2020,20,.,1\nFRA,ITA,2020,5,900,1\nAtlantis,ITA,2020,5,900,1\n"


def test_pairs_are_read_with_the_usual_columns(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(PAIRS)
    found = read_pairs(tmp_path / "p.csv")
    assert found.terms == ("ln_distance", "contiguity")
    assert found.frame["ln_distance"].to_list() == pytest.approx(
        [math.log(7000), math.log(900), math.log(900)]
    )
    assert len(found.notes) == 2
    assert read_pairs(tmp_path / "p.csv", terms=["dist"]).frame["dist"][0] == 7000
    assert read_pairs(tmp_path / "p.csv", terms=["ln(dist)"]).terms == ("ln_dist",)


def test_pairs_that_lack_something_say_so(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(PAIRS)
    with pytest.raises(InputError, match="no column 'height'"):
        read_pairs(tmp_path / "p.csv", terms=["height"])
    with pytest.raises(InputError, match="no whole row of these years"):
        read_pairs(tmp_path / "p.csv", years=[1990])
    with pytest.raises(InputError, match="no logarithm"):
        read_pairs(tmp_path / "p.csv", terms=["ln(cntg)"])
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_pairs(tmp_path / "none.csv")


def test_the_first_application_of_the_advanced_guide(shared: Path) -> None:
    """Yotov, Piermartini, Monteiro and Larch (2016), application 1: PPML on international flows."""
    pairs = read_pairs(
        shared / "data/gravity_agtpa/agtpa_applications.csv.gz", years=[1986, 1990, 1994, 1998, 2002, 2006]
    )
    found = gravity(pairs.frame, pairs.terms)
    told = {term.name: (round(term.estimate, 4), round(term.se, 4)) for term in found.terms}
    assert found.n == 28_152
    assert told["ln_distance"] == (-0.8409, 0.0321)
    assert (told["contiguity"][0], told["language"][0], told["colony"][0]) == (0.4374, 0.2475, -0.2225)
