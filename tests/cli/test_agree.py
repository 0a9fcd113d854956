"""`fondaco agree`: Krippendorff's own example from a file, and files that are not right."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

pytestmark = pytest.mark.requirement("R18")

#: Krippendorff (2011): a column for each of four observers.
CODED = """A,B,C,D
1,1,,1
2,2,3,2
3,3,3,3
3,3,3,3
2,2,2,2
1,2,3,4
4,4,4,4
1,1,2,1
2,2,2,2
,5,5,5
,,1,1
,3,,
"""


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_own_example(shell: Shell, metric: str, alpha: float) -> None:
    told = shell.run("agree", shell.file("coded.csv", CODED), "--metric", metric, "--json").json
    assert told["alpha"]["estimate"] == pytest.approx(alpha, abs=0.0005)
    assert told["alpha"]["low"] < alpha < told["alpha"]["high"]
    assert (told["units"], told["values"], len(told["kappas"])) == (11, 40, 6)


def test_words_are_judged_too_and_coders_can_be_chosen(shell: Shell) -> None:
    file = shell.file(
        "coded.csv", "text,Ana,Bo\ns1,trust,trust\ns2,price,price\ns3,trust,price\ns4,price,trust\n"
    )
    told = shell.run("agree", file, "--coder", "Ana", "--coder", "Bo", "--json").json
    assert told["categories"] == ["price", "trust"] and told["kappas"][0]["kappa"]["estimate"] == 0
    assert "Krippendorff's alpha" in shell.run("agree", file, "--coder", "Ana", "--coder", "Bo").out


def test_a_column_that_names_what_was_judged_is_no_coder(shell: Shell) -> None:
    file = shell.file("coded.csv", "unit_id,Ana,Bo\n1,2,2\n2,1,1\n3,2,1\n4,1,3\n")
    told = shell.run("agree", file, "--metric", "ordinal", "--json").json
    assert (told["coders"], told["left_out"]) == (["Ana", "Bo"], ["unit_id"])
    assert "unit_id" in shell.run("agree", file).out
    named = shell.run("agree", file, "--coder", "unit_id", "--coder", "Bo", "--json").json
    assert named["coders"] == ["unit_id", "Bo"], "who names a column means it"


def test_kappa_weighs_disagreements_by_their_distance(shell: Shell) -> None:
    file = shell.file("coded.csv", "A,B\n1,1\n2,2\n3,3\n3,2\n")
    for weights, kappa in (("none", 7 / 11), ("linear", 5 / 7), ("quadratic", 0.8)):
        told = shell.run("agree", file, "--metric", "ordinal", "--weights", weights, "--json").json
        assert told["kappas"][0]["kappa"]["estimate"] == pytest.approx(kappa, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        ("A,B\n1,x\n2,2\n", ("--metric", "ordinal"), "row 2, column B: 'x' is no number"),
        ("A,B\n1,-2\n2,2\n", ("--metric", "ratio"), "below zero"),
        ("A,B\n1,2\n2,2\n", ("--coder", "C"), "no column 'C'"),
        ("A,B\n1,2\n2,2\n", ("--coder", "A"), "two coders"),
        ("A,B\n1,2\n2,2\n", ("--weights", "linear"), "Names have no distance"),
        ("A,B\n1,2\n2,2\n", ("--metric", "ordinal", "--weights", "cubic"), "none, linear, quadratic"),
        ("A,B\n1,2\n2,2\n", ("--metric", "kappa"), "nominal, ordinal"),
        ("A,B\n1,inf\n2,2\n", ("--metric", "interval"), "is no number"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    shell: Shell, text: str, words: tuple[str, ...], says: str
) -> None:
    assert says in shell.run("agree", shell.file("coded.csv", text), *words, "--json", code=2).json["error"]


def test_two_columns_of_one_name_are_not_taken_for_one_coder(shell: Shell) -> None:
    file = shell.file("coded.csv", "A,A\n1,2\n2,1\n3,3\n")
    assert "'A' more than once (columns 1 and 2)" in shell.run("agree", file, "--json", code=2).json["error"]
    twice = shell.run(
        "agree", shell.file("b.csv", "A,B\n1,2\n2,1\n"), "--coder", "A", "--coder", "A", "--json", code=2
    )
    assert "two coders" in twice.json["error"], "nobody agrees with oneself"


def test_numbers_are_read_as_a_spreadsheet_writes_them(shell: Shell) -> None:
    plain = shell.file("plain.csv", "A,B\n1.5,1.5\n2,2.5\n3,\n4,4\n")
    comma = shell.file("comma.csv", "A;B\n1,5;1,5\n2;2,5\n3;NA\n4;4,0\n")
    first, second = (
        shell.run("agree", file, "--metric", "interval", "--json").json for file in (plain, comma)
    )
    assert first == second and first["units"] == 3
    huge = shell.file("huge.csv", "A,B\n1e308,1\n2,2\n-1e308,2\n")
    told = shell.run("agree", huge, "--metric", "interval", "--json", code=2).json["error"]
    assert "row 2, column A: '1e308'" in told


def test_what_was_judged_is_shown_so_that_two_spellings_are_seen(shell: Shell) -> None:
    out = shell.run("agree", shell.file("coded.csv", "A,B\nyes,Yes\nno,no\nno,NA\n")).out
    assert "Judged as: NA, Yes, no, yes." in out
    assert ".." not in out
