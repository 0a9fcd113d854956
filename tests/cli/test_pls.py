"""`fondaco pls`: what others script against, fixed resamples, and what is said of wrong input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Shell

from fondaco import pls

pytestmark = pytest.mark.requirement("R12")

MODEL = "Use =~ u1 + u2 + u3\nKnow =~ k1 + k2\nPerf <~ p1 + p2\nKnow ~ Use\nPerf ~ Use + Know\n"
COLUMNS = ("u1", "u2", "u3", "k1", "k2", "p1", "p2")
N = 90


def answers() -> np.ndarray:
    rng = np.random.default_rng(11)
    use = rng.normal(size=N)
    know = 0.7 * use + rng.normal(size=N)
    perf = 0.7 * know + rng.normal(size=N)
    parts = [use, use, use, know, know, perf, perf]
    return np.round(np.column_stack([part + 0.5 * rng.normal(size=N) for part in parts]), 3)


@pytest.fixture
def survey(shell: Shell) -> Path:
    rows = "\n".join(",".join(map(str, row)) for row in answers())
    return shell.file("survey.csv", ",".join(COLUMNS) + "\n" + rows + "\n")


@pytest.fixture
def model(shell: Shell) -> Path:
    return shell.file("model.txt", MODEL)


def test_the_fields_that_are_kept(shell: Shell, survey: Path, model: Path) -> None:
    told = shell.run(
        "pls", "fit", model, "--data", survey, "--bootstrap", "200", "--seed", "1", "--json"
    ).json
    assert {
        "n", "converged", "iterations", "problems", "paths", "loadings", "weights", "r2", "r2_adjusted", "f2",
        "total_effects", "indirect_effects", "mediation", "reliability", "htmt", "vif", "fit", "bootstrap",
    } <= set(told)  # fmt: skip
    assert (told["n"], told["converged"]) == (N, True)
    assert (
        {"from", "to", "estimate"}
        == set(told["paths"][0])
        == set(told["f2"][0])
        == set(told["total_effects"][0])
    )
    assert {"construct", "indicator", "estimate"} == set(told["loadings"][0]) == set(told["weights"][0])
    assert set(told["r2"]) == {"Know", "Perf"}
    assert told["indirect_effects"][0]["path"] == ["Use", "Know", "Perf"]
    assert {"from", "via", "to", "kind"} <= set(told["mediation"][0])
    assert {"construct", "alpha", "rho_a", "rho_c", "ave"} == set(told["reliability"][0])
    assert {"a", "b", "estimate"} == set(told["htmt"][0])
    assert {"srmr", "d_uls", "d_g"} <= set(told["fit"])
    assert {"resamples", "seconds", "intervals"} <= set(told["bootstrap"])
    kept = {"kind", "from", "to", "estimate", "mean", "se", "t", "p", "low", "high", "method"}
    assert all(kept <= set(one) for one in told["bootstrap"]["intervals"])


def test_the_command_says_what_the_library_says(shell: Shell, survey: Path, model: Path) -> None:
    told = shell.run(
        "pls", "fit", model, "--data", survey, "--consistent", "--scheme", "factorial", "--json"
    ).json
    fitted = pls.fit(MODEL, (answers(), COLUMNS), consistent=True, scheme="factorial")
    assert {(one["from"], one["to"]): one["estimate"] for one in told["paths"]} == pytest.approx(
        {(row["start"], row["end"]): row["estimate"] for row in fitted.rows("path")}
    )
    assert told["fit"]["srmr"] == fitted.value("srmr", "estimated")
    assert told["fit"]["saturated"]["srmr"] == fitted.value("srmr", "saturated")


def test_the_model_may_be_the_text_itself(shell: Shell, survey: Path, model: Path) -> None:
    by_file = shell.run("pls", "fit", model, "--data", survey, "--json").json
    by_text = shell.run("pls", "fit", MODEL.replace("\n", "; "), "--data", survey, "--json").json
    assert by_text["paths"] == by_file["paths"]


LAYOUTS = {
    "rows": ("row", lambda rows: rows),
    "columns": ("column", lambda rows: rows.T),
    "rows after their numbers": ("row", lambda rows: np.column_stack([np.arange(len(rows)), rows])),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_fixed_resamples_are_read_in_either_direction(
    shell: Shell, survey: Path, model: Path, layout: str
) -> None:
    rows = np.random.default_rng(2).integers(0, N, size=(40, N))
    direction, lay = LAYOUTS[layout]
    path = shell.folder / "rows.csv"
    np.savetxt(path, lay(rows), fmt="%d", delimiter=",")
    told = shell.run("pls", "fit", model, "--data", survey, "--resamples", path, "--json").json["bootstrap"]
    assert f"one in each {direction}" in told["layout"]
    drawn = pls.bootstrap(pls.fit(MODEL, (answers(), COLUMNS)), rows=rows)
    assert told["resamples"] == 40
    found = {(one["kind"], one["from"], one["to"]): one for one in told["intervals"] if one["kind"] == "path"}
    for one in drawn.intervals(kinds=["path"]):
        same = found["path", one.start, one.end]
        assert (same["mean"], same["se"], same["low"]) == pytest.approx((one.mean, one.se, one.low))


def test_resamples_that_leave_everything_as_it_is_give_the_estimate(
    shell: Shell, survey: Path, model: Path
) -> None:
    path = shell.folder / "rows.csv"
    np.savetxt(path, np.tile(np.arange(N), (3, 1)), fmt="%d", delimiter=",")
    told = shell.run("pls", "fit", model, "--data", survey, "--resamples", path, "--json").json
    for one in told["bootstrap"]["intervals"]:
        if one["estimate"] is not None and one["kind"] != "d_g":
            assert one["mean"] == pytest.approx(one["estimate"], abs=1e-6)


def test_reports_and_the_diagram_are_written(shell: Shell, survey: Path, model: Path) -> None:
    words = ("pls", "fit", model, "--data", survey, "--bootstrap", "100", "--json")
    for name in ("out.xlsx", "out.html", "out.tex"):
        told = shell.run(*words, "--report", name, "--diagram", "out.svg").json
        assert told["written"] == [name, "out.svg"]
        assert (shell.folder / name).stat().st_size > 2000
    assert (shell.folder / "out.svg").read_text("utf-8").startswith("<svg")


def test_people_get_tables(shell: Shell, survey: Path, model: Path) -> None:
    shown = shell.run("pls", "fit", model, "--data", survey, "--bootstrap", "300").out
    assert "Structural model: path coefficients" in shown
    assert "Use acts on Perf only through Know: full mediation." in shown


def test_a_marker_says_what_is_missing_and_one_that_was_forgotten_is_told(
    shell: Shell, survey: Path, model: Path
) -> None:
    text = survey.read_text("utf-8").splitlines()
    for place in range(1, N + 1):
        text[place] = ",".join(str(round(float(cell) + 4)) for cell in text[place].split(","))
    text[3] = "-99," + text[3].partition(",")[2]
    path = shell.file("marked.csv", "\n".join(text) + "\n")
    forgotten = shell.run("pls", "fit", model, "--data", path, "--json").json
    assert any("u1 (-99)" in note and "--marker" in note for note in forgotten["notes"])
    told = shell.run("pls", "fit", model, "--data", path, "--marker", "-99", "--json").json
    assert told["notes"] == []
    assert told["n"] == N
    assert (
        shell.run(
            "pls", "fit", model, "--data", path, "--marker", "-99", "--missing", "casewise", "--json"
        ).json["n"]
        == N - 1
    )


def test_a_result_that_must_be_looked_at_ends_with_one(shell: Shell) -> None:
    """Two constructs that are one: corrected for attenuation, they correlate beyond 1."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    cells = x[:, None] + rng.normal(size=(60, 4)) * 1.5
    path = shell.file("s.csv", "a,b,c,d\n" + "\n".join(",".join(map(str, row)) for row in cells) + "\n")
    ran = shell.run(
        "pls", "fit", "X =~ a + b; Y =~ c + d; Y ~ X", "--data", path, "--consistent", "--json", code=None
    )
    told = ran.json
    assert ran.code == (1 if any(one["cure"] for one in told["problems"]) else 0)
    assert told["admissible"] is (not any(one["kind"] == "inadmissible" for one in told["problems"]))


WRONG = {
    "unknown column": ("Use =~ u1 + u9; Know =~ k1 + k2; Know ~ Use", [], "u1"),
    "no such file": ("model9.txt", [], "There is no file model9.txt"),
    "never measured": ("Use =~ u1 + u2; Know ~ Use", [], "Know"),
    "cycle": ("Use =~ u1 + u2; Know =~ k1 + k2; Know ~ Use; Use ~ Know", [], "Know"),
    "indicator twice": ("Use =~ u1 + u2; Know =~ k1 + u2; Know ~ Use", [], "u2"),
    "unknown scheme": (MODEL, ["--scheme", "fast"], "path"),
    "unknown rule for missing": (MODEL, ["--missing", "guess"], "casewise"),
    "unknown report": (MODEL, ["--report", "x.doc"], ".xlsx"),
    "folder that is not there": (MODEL, ["--report", "no/x.tex"], "folder"),
    "diagram of another kind": (MODEL, ["--diagram", "x.png"], ".svg"),
    "too few resamples": (MODEL, ["--bootstrap", "1"], "at least 2"),
    "two kinds of resamples": (MODEL, ["--bootstrap", "10", "--resamples", "survey.csv"], "one of the two"),
    "resamples of another survey": (MODEL, ["--resamples", "few.csv"], "90 row numbers"),
    "unknown interval": (MODEL, ["--bootstrap", "10", "--method", "best"], "bca"),
    "unknown weight": (MODEL, ["--weights", "w"], "no column 'w'"),
}


@pytest.mark.parametrize(("text", "words", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_a_sentence(
    shell: Shell, survey: Path, text: str, words: list[str], said: str
) -> None:
    shell.file("few.csv", "0,1,2\n2,1,0\n")
    ran = shell.run("pls", "fit", text, "--data", survey, *words, code=2)
    assert said in ran.err
    assert not list(shell.folder.glob("x.*"))


SURVEYS = {
    "empty": (b"", "empty"),
    "text in numbers": (b"u1,u2,k1\n1,2,3\n2,high,1\n3,1,2\n", "row 3, column 'u2'"),
    "all missing": (b"u1,u2,k1\n1,,3\n2,,1\n3,,2\n", "'u2'"),
    "doubled column": (b"u1,u2,u2,k1\n1,2,3,4\n2,3,4,5\n3,1,1,2\n", "more than once"),
    "one case": (b"u1,u2,k1\n1,2,3\n", "1 case"),
    "constant": (b"u1,u2,k1\n1,2,3\n1,3,4\n1,1,1\n1,5,2\n", "'u1'"),
}


@pytest.mark.parametrize(("content", "said"), SURVEYS.values(), ids=SURVEYS)
def test_a_wrong_survey_is_told_in_a_sentence(shell: Shell, content: bytes, said: str) -> None:
    path = shell.file("s.csv", content)
    ran = shell.run("pls", "fit", "Use =~ u1 + u2; Know =~ k1; Know ~ Use", "--data", path, code=2)
    assert said in ran.err


def test_necessary_conditions(shell: Shell, survey: Path, model: Path) -> None:
    told = shell.run("pls", "nca", model, "--data", survey, "--permutations", "99", "--json").json
    assert {"n", "outcome", "permutations", "ceilings", "bottlenecks", "problems", "notes"} <= set(told)
    assert told["outcome"] == "Perf"
    assert {(one["condition"], one["line"]) for one in told["ceilings"]} == {
        (name, line) for name in ("Use", "Know") for line in ("CE-FDH", "CR-FDH")
    }
    assert all(0 <= one["effect"] <= 1 for one in told["ceilings"])
    shown = shell.run("pls", "nca", model, "--data", survey, "--permutations", "0", "--target", "Know").out
    assert "Necessary for Know" in shown
    assert (
        "no construct 'Knw'"
        in shell.run("pls", "nca", model, "--data", survey, "--target", "Knw", code=2).err
    )
    assert (
        "Nothing points to Use"
        in shell.run("pls", "nca", model, "--data", survey, "--target", "Use", code=2).err
    )


def test_tetrads(shell: Shell, survey: Path, model: Path) -> None:
    told = shell.run("pls", "cta", model, "--data", survey, "--bootstrap", "200", "--json").json
    tests = {one["construct"]: one for one in told["tests"]}
    assert set(tests) == {"Use", "Know", "Perf"}
    assert tests["Use"]["reflective"] is True  # it was made so
    assert {"tetrad", "estimate", "low", "high", "differs"} <= set(tests["Use"]["tetrads"][0])
    assert "one common cause" in shell.run("pls", "cta", model, "--data", survey, "--bootstrap", "99").out


def test_endogeneity(shell: Shell, survey: Path, model: Path) -> None:
    told = shell.run("pls", "copula", model, "--data", survey, "--bootstrap", "60", "--json").json
    assert {one["construct"] for one in told["normality"]} == {"Use", "Know"}
    assert all(not one["trusted"] for one in told["terms"])  # 90 cases are too few
    assert "Normal scores" in shell.run("pls", "copula", model, "--data", survey, "--bootstrap", "60").out


def test_products_come_with_simple_slopes(shell: Shell, survey: Path) -> None:
    text = MODEL.replace("Perf ~ Use + Know", "Perf ~ Use * Know")
    told = shell.run("pls", "fit", text, "--data", survey, "--bootstrap", "50", "--json").json
    slopes = told["simple_slopes"]
    assert {(one["origin"], one["moderator"], one["at"]) for one in slopes} == {
        (a, b, at) for a, b in (("Use", "Know"), ("Know", "Use")) for at in (-1, 0, 1)
    }
    assert all(one["low"] <= one["estimate"] <= one["high"] for one in slopes if one["at"] == 0)
    assert told["approach"] == "two-stage"
    other = shell.run("pls", "fit", text, "--data", survey, "--approach", "orthogonalising", "--json").json
    assert other["approach"] == "orthogonalising"
    assert (
        "orthogonalising" in shell.run("pls", "fit", text, "--data", survey, "--approach", "best", code=2).err
    )


def test_segments(shell: Shell, survey: Path, model: Path) -> None:
    told = shell.run(
        "pls", "fimix", model, "--data", survey, "--segments", "2", "--starts", "3", "--json"
    ).json
    assert [one["segments"] for one in told["solutions"]] == [1, 2]
    one = told["solutions"][1]
    assert len(one["assignment"]) == sum(one["sizes"]) == N
    assert {"aic3", "caic", "en"} <= set(one["criteria"])


def test_prediction(shell: Shell, survey: Path, model: Path) -> None:
    words = ("pls", "predict", model, "--data", survey, "--repetitions", "2")
    told = shell.run(*words, "--report", "p.xlsx", "--json").json
    assert (told["n"], told["folds"], told["repetitions"]) == (N, 10, 2)
    known = {one["indicator"]: one for one in told["indicators"]}
    assert set(known) == {"k1", "k2", "p1", "p2"}
    assert known["k1"]["q2_predict"] > 0  # knowledge was made from use
    assert {"rmse", "rmse_lm", "mae", "mae_lm", "beats_lm"} <= set(known["k1"])
    assert {one["benchmark"] for one in told["benchmarks"]} == {"exogenous", "antecedents", "others"}
    assert next(one["against"] for one in told["cvpat"]) == "indicator means"
    assert told["written"] == ["p.xlsx"] and (shell.folder / "p.xlsx").exists()
    assert shell.run(*words, "--seed", "1", "--json").json["indicators"] == told["indicators"]
    assert "PLSpredict" in shell.run(*words).out
    assert "folds" in shell.run(*words, "--folds", "900", code=2).err


def test_prediction_with_folds_of_a_column_and_beside_another_model(
    shell: Shell, survey: Path, model: Path
) -> None:
    lines = survey.read_text("utf-8").splitlines()
    rows = [lines[0] + ",fold", *(f"{line},{i % 5}" for i, line in enumerate(lines[1:]))]
    path = shell.file("folds.csv", "\n".join(rows) + "\n")
    weaker = MODEL.replace("Perf ~ Use + Know", "Perf ~ Use")
    told = shell.run(
        "pls", "predict", model, "--data", path, "--fold-column", "fold", "--against", weaker, "--json"
    ).json
    assert (told["folds"], told["repetitions"], told["seed"]) == (5, 1, None)
    assert told["cvpat"][-1]["against"] == "the other model"


def test_models_of_one_outcome_are_compared(shell: Shell, survey: Path, model: Path) -> None:
    weaker = MODEL.replace("Perf ~ Use + Know", "Perf ~ Use")
    told = shell.run("pls", "compare", model, weaker, "--data", survey, "--json").json
    assert told["target"] == "Perf"
    assert told["models"][0]["model"] == "model.txt"  # performance was made from knowledge
    assert sum(one["bic_weight"] for one in told["models"]) == pytest.approx(1)
    assert "two or more" in shell.run("pls", "compare", model, "--data", survey, code=2).err


def test_the_least_number_of_cases(shell: Shell) -> None:
    """The example of Kock and Hadaya (2018): 160 and 146 cases for a path of .197."""
    told = shell.run("pls", "sample-size", "0.197", "--json").json
    assert (told["inverse_square_root"], told["gamma_exponential"]) == (160, 146)
    assert "160 cases" in shell.run("pls", "sample-size", "0.197").out
    assert "between 0 and 1" in shell.run("pls", "sample-size", "2", code=2).err


@pytest.fixture
def two_lands(shell: Shell) -> Path:
    """Knowledge comes of use in Italy, hardly in France."""
    rng = np.random.default_rng(4)
    lines = ["land,u1,u2,k1,k2"]
    for land, strength in (("Italy", 0.9), ("France", 0.0)):
        use = rng.normal(size=80)
        know = strength * use + rng.normal(size=80) * 0.5
        for u, k in zip(use, know, strict=True):
            noise = rng.normal(size=4) * 0.3
            lines.append(
                f"{land},{u + noise[0]:.3f},{u + noise[1]:.3f},{k + noise[2]:.3f},{k + noise[3]:.3f}"
            )
    return shell.file("lands.csv", "\n".join(lines) + "\n")


def test_groups(shell: Shell, two_lands: Path) -> None:
    text = "Use =~ u1 + u2; Know =~ k1 + k2; Know ~ Use"
    words = (
        "pls",
        "groups",
        text,
        "--data",
        two_lands,
        "--by",
        "land",
        "--permutations",
        "200",
        "--bootstrap",
        "100",
    )
    told = shell.run(*words, "--json").json
    assert {name: one["n"] for name, one in told["groups"].items()} == {"France": 80, "Italy": 80}
    path = next(one for one in told["differences"] if one["kind"] == "path")
    assert path["permutation_p"] < 0.05 and path["p_welch"] < 0.05
    assert {one["construct"] for one in told["micom"]} == {"Use", "Know"}
    assert {"d_l", "d_g", "p_l"} <= set(told["distances"][0])
    shown = shell.run(*words).out
    assert "France (80 cases)" in shown and "Do the constructs mean the same?" in shown
    assert (
        "no column 'lnd'" in shell.run("pls", "groups", text, "--data", two_lands, "--by", "lnd", code=2).err
    )


def test_importance_and_performance(shell: Shell, survey: Path, model: Path) -> None:
    told = shell.run(
        "pls",
        "ipma",
        model,
        "--data",
        survey,
        "--scale",
        "-9:9",
        "--necessity",
        "--permutations",
        "50",
        "--json",
        code=None,
    ).json
    assert told["target"] == "Perf"
    assert (
        {one["construct"] for one in told["drivers"]}
        == {"Use", "Know"}
        == {one["construct"] for one in told["combined"]}
    )
    assert all(0 <= one["performance"] <= 100 for one in told["indicators"])
    assert (
        "What drives Know"
        in shell.run("pls", "ipma", model, "--data", survey, "--target", "Know", code=None).out
    )
    assert "--scale" in shell.run("pls", "ipma", model, "--data", survey, "--scale", "high", code=2).err


def test_power(shell: Shell) -> None:
    """With loadings of 1 nothing is shrunk; a path of .8 can hardly be missed, one of 0 is found five times in a hundred."""
    text = "X =~ x; Z =~ z; Y =~ y; Y ~ 0.8*X + 0*Z"
    words = ("pls", "power", text, "--sizes", "40", "--repetitions", "60", "--bootstrap", "100")
    told = shell.run(*words, "--json").json
    power = {(one["start"], one["end"]): one["power"] for one in told["effects"] if one["kind"] == "path"}
    assert power["X", "Y"] > 0.95
    assert power["Z", "Y"] < 0.25
    assert told["monte_carlo_error"] == pytest.approx((0.16 / 60) ** 0.5)
    assert "Effects" in shell.run(*words).out
    assert "--sizes" in shell.run("pls", "power", text, "--sizes", "many", code=2).err
    assert "no value" in shell.run("pls", "power", "X =~ x; Y =~ y; Y ~ X", "--sizes", "40", code=2).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fit", " ", "--data", "survey.csv"], "The model is empty"),
        (["fit", MODEL, "--data", "survey.csv", "--bootstrap", "50", "--seed", "-1"], "--seed"),
        (["nca", MODEL, "--data", "survey.csv", "--permutations", "-3"], "--permutations"),
        (["fimix", MODEL, "--data", "survey.csv", "--segments", "0"], "--segments"),
        (["fit", MODEL, "--data", "survey.csv", "--marker", "none"], "--marker"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(
    shell: Shell, survey: Path, words: list[str], said: str
) -> None:
    assert said in shell.run("pls", *words, code=2).err
