"""Tables of a results section: what stands in them, which threshold judges them, and what no file can do to others."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from fondaco import pls
from fondaco.pls import typeset
from fondaco.pls.journal import JournalTable, Source, journal_tables
from fondaco.pls.told import told
from fondaco.pls.workbook import workbook

pytestmark = pytest.mark.requirement("R12")

MODEL = """
    Use  =~ use1 + use2 + use3
    Know <~ know1 + know2
    Perf =~ perf1 + perf2
    Know ~ Use
    Perf ~ Use + Know
"""


@pytest.fixture(scope="module")
def fitted() -> pls.Fit:
    rng = np.random.default_rng(5)
    use, noise = rng.normal(size=150), lambda: rng.normal(size=150)
    know = 0.7 * use + noise()
    perf = 0.7 * know + noise()
    data = {f"use{i}": use + 0.6 * noise() for i in (1, 2)} | {"use3": 0.3 * use + noise()}
    data |= {f"know{i}": know + 0.6 * noise() for i in (1, 2)}
    data |= {f"perf{i}": perf + 0.6 * noise() for i in (1, 2)}
    return pls.fit(MODEL, data)


@pytest.fixture(scope="module")
def drawn(fitted: pls.Fit) -> pls.Bootstrap:
    return pls.bootstrap(fitted, 300, seed=2)


def table(tables: list[JournalTable], name: str) -> JournalTable:
    return next(one for one in tables if one.name == name)


def test_each_table_names_its_thresholds_and_what_it_rests_on(drawn: pls.Bootstrap) -> None:
    tables = journal_tables(Source(drawn.fit, drawn))
    assert [one.name for one in tables] == [
        "Reflective measurement", "Formative measurement", "HTMT", "Fornell-Larcker", "Structural model",
        "Explained variance", "Mediation", "Fit",
    ]  # fmt: skip
    for one in tables:
        assert any("19" in note or "20" in note for note in one.notes), one.name  # who, and when
        assert one.notes[-1].startswith("n = 150; path weighting; percentile intervals from")
        assert all(len(row) == len(one.header) for row in one.rows)


def test_a_bootstrap_without_a_usable_resample_leaves_the_estimates(drawn: pls.Bootstrap) -> None:
    empty = replace(drawn, draws=drawn.draws[:, :0], unsettled=300)
    assert "300 of 300 resamples did not converge" in empty.summary()
    assert "***" in drawn.diagram() and "***" not in empty.diagram()
    printed = told(drawn.fit, empty)
    assert printed["bootstrap"]["intervals"] == []
    assert printed["mediation"][0]["kind"] == "not tested"
    assert printed["paths"] == told(drawn.fit)["paths"]


def test_a_weak_loading_is_marked(fitted: pls.Fit) -> None:
    """The third indicator of Use was made with three tenths of its construct."""
    measured = table(journal_tables(Source(fitted)), "Reflective measurement")
    marked = {str(measured.rows[i][1]) for i, j in measured.missed if measured.header[j] == "Loading"}
    assert marked == {"use3"}
    assert "† misses its threshold." in measured.notes


def test_the_structural_table_holds_the_numbers_of_the_fit(drawn: pls.Bootstrap) -> None:
    structural = table(journal_tables(Source(drawn.fit, drawn)), "Structural model")
    assert structural.header == ("Path", "Coefficient", "SE", "95% CI", "t", "p", "f²", "VIF")
    row = next(row for row in structural.rows if row[0] == "Know → Perf")
    [interval] = [one for one in drawn.intervals(kinds=["path"]) if (one.start, one.end) == ("Know", "Perf")]
    assert row[1] == drawn.fit.value("path", "Know", "Perf")
    assert row[3] == (interval.low, interval.high)
    assert row[6] == drawn.fit.value("f2", "Know", "Perf")


def test_mediation_is_said_in_words(drawn: pls.Bootstrap) -> None:
    """Performance was made from knowledge alone."""
    row = table(journal_tables(Source(drawn.fit, drawn)), "Mediation").rows[0]
    assert row[0] == "Use → Know → Perf"
    assert row[-1] == "full (indirect-only)"
    assert "Use acts on Perf only through Know: full mediation." in drawn.summary()


def test_the_root_of_the_ave_stands_on_the_diagonal(fitted: pls.Fit) -> None:
    square = table(journal_tables(Source(fitted)), "Fornell-Larcker")
    assert square.rows[0][1] == pytest.approx(math.sqrt(fitted.value("ave", "Use")))
    assert square.rows[1][2] is None  # a formative construct has none
    assert square.rows[2][1] == pytest.approx(fitted.construct_correlations[2, 0])


def test_a_product_is_in_the_structure_and_in_no_table_of_measurement() -> None:
    rng = np.random.default_rng(8)
    x, z = rng.normal(size=(2, 120))
    data = {"x": x, "z1": z, "z2": z + rng.normal(size=120), "y": x + z + 0.5 * x * z + rng.normal(size=120)}
    tables = journal_tables(Source(pls.fit("X =~ x; Z =~ z1 + z2; Y =~ y; Y ~ X * Z", data)))
    slopes = {(row[0], row[1]): row[2] for row in table(tables, "Simple slopes").rows}
    assert len(slopes) == 6
    low, high = (slopes["X → Y", f"Z at {at} SD"] for at in ("-1", "+1"))
    assert isinstance(low, float) and isinstance(high, float) and low < high  # the product raises it
    assert "X:Z → Y" in [row[0] for row in table(tables, "Structural model").rows]
    for name in ("Reflective measurement", "HTMT", "Fornell-Larcker"):
        assert "X:Z" not in [*table(tables, name).header, *(row[0] for row in table(tables, name).rows)]


def test_a_summary_reads_in_a_terminal(fitted: pls.Fit) -> None:
    text = fitted.summary()
    assert text.startswith("150 cases; the weights settled after")
    assert "Use → Know" in text
    assert max(len(line) for line in text.splitlines()) < 120


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


HOSTILE = JournalTable(
    "=bad[1]", "=1+1", ("=HYPERLINK(A1)", "b"), (("=cmd()", 1.5), ("<script>", float("nan"))), ("@note",)
)


def test_a_workbook_holds_numbers_and_no_formulas(drawn: pls.Bootstrap) -> None:
    tables = [*journal_tables(Source(drawn.fit, drawn)), HOSTILE]
    book = openpyxl.load_workbook(io.BytesIO(workbook(tables)))
    assert len(book.sheetnames) == len(tables)
    structural = book["Structural model"]
    assert structural["B4"].value == pytest.approx(drawn.fit.value("path", "Use", "Know"))
    assert [cell.value for cell in structural[3]][3:5] == ["95% CI low", "95% CI high"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert not [cell for cell in cells if str(cell.value).startswith(("=", "@"))]


def test_html_shows_names_and_runs_none() -> None:
    body = typeset.html([HOSTILE])
    parser = _Text()
    parser.feed(body)
    assert "script" not in parser.tags
    assert "&lt;script&gt;" in body


def test_latex_takes_every_name() -> None:
    code = typeset.latex([JournalTable("t", "50 % of a_b", ("x_1", "#"), (("a & b", -0.5), ("[c]", 0.1)))])
    assert r"50 \% of a\_b" in code and r"a \& b & $-$.500 \\" in code and r"{[c]} & .100" in code
    assert code.count(r"\begin{") == code.count(r"\end{")


@pytest.mark.parametrize("kind", [".xlsx", ".html", ".tex", ".txt"])
def test_a_report_is_written_whole(fitted: pls.Fit, tmp_path: Path, kind: str) -> None:
    path = fitted.report(tmp_path / f"out{kind}")
    assert path.stat().st_size > 2000
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    if kind == ".html":
        assert "<svg" in path.read_text(encoding="utf-8")


def test_a_report_of_no_known_kind_is_refused(fitted: pls.Fit, tmp_path: Path) -> None:
    with pytest.raises(pls.PlsError, match=r"\.xlsx, \.html"):
        fitted.report(tmp_path / "out.doc")
    with pytest.raises(pls.PlsError, match="cannot be written"):
        fitted.report(tmp_path / "no" / "out.tex")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_it(fitted: pls.Fit) -> None:
    shown = fitted._repr_html_()
    assert "<svg" in shown and "<table" in shown
