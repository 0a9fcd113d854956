"""`fondaco regress`: what others script against, and what is said of wrong input."""

from __future__ import annotations

import numpy as np
import pytest
from tests.cli.conftest import Shell

pytestmark = pytest.mark.requirement("R13", "R16")

#: Magni, Chierici, Fait and Lefebvre (2022), International Marketing Review 39(3), n = 300, as printed.
AGRO = """,customer,market,economic,risk,readiness
customer,1,,,,
market,0.011,1,,,
economic,0.108,0.067,1,,
risk,0.433**,0.031,0.139*,1,
readiness,0.098,0.115*,0.114*,-0.076,1
"""


def survey() -> str:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(40, 2))
    y = rows.sum(axis=1) + rng.normal(size=40)
    return "y,a,b\n" + "".join(f"{u:.4f},{v:.4f},{w:.4f}\n" for u, (v, w) in zip(y, rows, strict=True))


def test_a_published_matrix(shell: Shell) -> None:
    path = shell.file("agro.csv", AGRO)
    told = shell.run("regress", "readiness", "--correlations", path, "--n", "300", "--json").json
    assert {"n", "r2", "r2_adjusted", "f", "durbin_watson", "terms", "corrections"} <= set(told)
    assert (told["n"], told["durbin_watson"]) == (300, None)
    assert told["r2"] == pytest.approx(0.053, abs=5e-4)
    assert all({"name", "beta", "b", "se", "t", "p", "vif", "alone_p"} <= set(term) for term in told["terms"])
    assert [term["t"] for term in told["terms"]] == pytest.approx([2.460, 1.951, 1.958, -2.565], abs=5e-4)
    assert [term["vif"] for term in told["terms"]] == pytest.approx([1.234, 1.005, 1.027, 1.245], abs=5e-4)
    assert set(told["corrections"]) == {"holm", "benjamini_hochberg"}
    assert set(told["corrections"]["holm"]) == {"customer", "market", "economic", "risk"}
    assert told["notes"][0].startswith("2 of 4 terms miss p < .05")


@pytest.mark.requirement("R15")
def test_stars_are_checked_at_the_levels_stated(shell: Shell) -> None:
    path = shell.file("agro.csv", AGRO)
    words = ("regress", "readiness", "--correlations", path, "--n", "300", "--stars", "**=.05,*=.10")
    told = shell.run(*words, "--json").json
    assert sum(not star["agrees"] for star in told["stars"]) == 5
    shown = shell.run(*words).out
    assert "*** p < .001, ** p < .01, * p < .05" in shown
    assert "5 of 10 correlations carry other stars" in shown


def test_a_printed_table_is_compared(shell: Shell) -> None:
    path = shell.file("agro.csv", AGRO)
    printed = shell.file("b.csv", "term,t,p,stars\nmarket,1.950,0.052,*\neconomic,1.968,0.050,**\n")
    words = (
        "regress",
        "readiness",
        "--correlations",
        path,
        "--n",
        "300",
        "--printed",
        printed,
        "--stars",
        "**=.05,*=.10",
    )
    told = shell.run(*words, "--json").json
    assert [(one["name"], one["quantity"], one["agrees"]) for one in told["printed"]] == [
        ("market", "t", True), ("market", "p", True), ("economic", "t", True), ("economic", "p", True),
    ]  # fmt: skip
    assert any("economic carries **" in note for note in told["notes"])


def test_a_survey(shell: Shell) -> None:
    path = shell.file("s.csv", survey())
    told = shell.run("regress", "y ~ a + b", "--data", path, "--json").json
    assert told["n"] == 40
    assert 0 < told["durbin_watson"] < 4
    assert told["intercept"]["name"] == "Intercept"
    assert [term["name"] for term in told["terms"]] == ["a", "b"]
    robust = shell.run("regress", "y ~ a + b", "--data", path, "--robust", "HC3", "--json").json
    assert robust["terms"][0]["b"] == pytest.approx(told["terms"][0]["b"])
    assert robust["terms"][0]["se"] != told["terms"][0]["se"]
    assert "VIF" in shell.run("regress", "y ~ a + b", "--data", path).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["y ~ a"], "--data"),
        (["y ~ a", "--data", "s.csv", "--correlations", "r.csv"], "--data"),
        (["y ~ a", "--data", "s.csv", "--n", "40"], "--n"),
        (["y ~ a", "--data", "s.csv", "--robust", "HC9"], "HC3"),
        (["y ~ a", "--data", "s.csv", "--level", "5"], "level"),
        (["y ~ c", "--data", "s.csv"], "no column 'c'"),
        (["y ~ a", "--data", "gone.csv"], "no file"),
        (["y ~ a", "--data", "text.csv"], "row 3, column 'a'"),
        (["y", "--correlations", "r.csv"], "--n"),
        (["z", "--correlations", "r.csv", "--n", "30"], "no variable 'z'"),
        (["y", "--correlations", "r.csv", "--n", "30", "--marker", "-99"], "--marker"),
        (["y", "--correlations", "r.csv", "--n", "30", "--stars", "many"], "--stars"),
    ],
)
def test_wrong_words_are_told_in_a_sentence(shell: Shell, words: list[str], said: str) -> None:
    shell.file("s.csv", survey())
    shell.file("text.csv", "y,a\n1,2\n2,many\n3,1\n")
    shell.file("r.csv", ",y,a\ny,1,\na,.3,1\n")
    assert said in shell.run("regress", *words, code=2).err
