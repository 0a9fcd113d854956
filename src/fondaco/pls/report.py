"""What a fit gives to people: a summary to read, tables to publish, a diagram."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from fondaco.pls import typeset
from fondaco.pls.diagram import Arrow, Item, Node, draw
from fondaco.pls.errors import PlsError
from fondaco.pls.intervals import Method
from fondaco.pls.journal import JournalTable, Source, journal_tables, testable
from fondaco.pls.measures import Quantity
from fondaco.pls.mediation import Mediation, mediation

if TYPE_CHECKING:
    from fondaco.pls.bootstrap import Bootstrap
    from fondaco.pls.estimate import Fit

#: What a report can be, by the end of its name.
KINDS = (".xlsx", ".html", ".tex", ".txt")


def summary(
    fit: Fit,
    bootstrap: Bootstrap | None = None,
    *,
    method: Method = "percentile",
    level: float = 0.95,
    more: Sequence[JournalTable] = (),
) -> str:
    """Return the results as text for a terminal; `more` are further tables.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> fitted = fit("X =~ a; Y =~ b; Y ~ X", {"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]})
    >>> print(summary(fitted).split(chr(10))[0])
    4 cases; the weights settled after 1 steps.
    """
    tables = [*journal_tables(Source(fit, bootstrap, method, level)), *more]
    return _plain(fit, bootstrap, tables, method, level)


def report(
    fit: Fit,
    path: str | os.PathLike[str],
    bootstrap: Bootstrap | None = None,
    *,
    method: Method = "percentile",
    level: float = 0.95,
    more: Sequence[JournalTable] = (),
) -> Path:
    """Write the tables of a results section to a file.

    Parameters
    ----------
    fit, bootstrap
        What to report.
    path
        Its ending says what is written: ``.xlsx``, ``.html`` (with the diagram), ``.tex`` or ``.txt``.  A file that
        is there is replaced, as a whole or not at all.
    method, level
        Of the intervals.
    more
        Further tables, such as those of a prediction.

    Raises
    ------
    PlsError
        For another ending, or a file that cannot be written.
    """
    tables = [*journal_tables(Source(fit, bootstrap, method, level)), *more]
    target = checked_name(path)
    if target.suffix.lower() == ".html":
        return write(target, typeset.page("Results", _html(fit, bootstrap, tables)).encode())
    if target.suffix.lower() == ".txt":
        return write(target, _plain(fit, bootstrap, tables, method, level).encode())
    return write_tables(tables, target)


def checked_name(path: str | os.PathLike[str]) -> Path:
    """Return the path of a report.

    Raises
    ------
    PlsError
        When its ending is none of `KINDS`.
    """
    target = Path(path)
    if target.suffix.lower() not in KINDS:
        raise PlsError(
            f"A report cannot be written as {target.name!r}: name a file that ends with {', '.join(KINDS)}."
        )
    return target


def write_tables(tables: Sequence[JournalTable], path: str | os.PathLike[str]) -> Path:
    """Write tables alone, as the ending of the file's name says.

    Raises
    ------
    PlsError
        As `report`.
    """
    target = checked_name(path)
    match target.suffix.lower():
        case ".xlsx":
            from fondaco.pls.workbook import workbook

            return write(target, workbook(tables))
        case ".html":
            return write(target, typeset.page("Results", typeset.html(tables)).encode())
        case ".tex":
            return write(target, typeset.latex(tables).encode())
    return write(target, typeset.text(tables).encode())


def diagram(
    fit: Fit, bootstrap: Bootstrap | None = None, *, method: Method = "percentile", level: float = 0.95
) -> str:
    """Return the path diagram as SVG, with stars where there is a bootstrap.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> fitted = fit("X =~ a; Y =~ b; Y ~ X", {"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]})
    >>> diagram(fitted).startswith("<svg")
    True
    """
    source = Source(fit, bootstrap, method, level)
    found = source.intervals()
    plan = fit.plan
    explained = {row["start"]: row["estimate"] for row in fit.rows("r2")}
    nodes = []
    for name, block, mode in zip(plan.names, plan.blocks, plan.modes, strict=True):
        kind = "weight" if mode == "B" else "loading"
        own = plan.indicators[block]
        product = any(name == one.name for one in fit.model.interactions)
        items = () if product else tuple(Item(one, fit.value(kind, name, one), mode == "B") for one in own)
        nodes.append(Node(name, explained.get(name), items))
    arrows = []
    for row in fit.rows("path"):
        one = found.get(Quantity("path", row["start"], row["end"]))
        arrows.append(Arrow(row["start"], row["end"], row["estimate"], one.p if one else None))
    marks = (
        []
        if source.bootstrap is None
        else ["*** p < .001, ** p < .01, * p < .05 (two-sided); dashed: p of .05 or more."]
    )
    beside = "Loadings beside indicators that reflect their construct"
    if "B" in plan.modes:
        beside += ", weights beside those that form it"
    return draw(nodes, arrows, title="Path diagram", notes=[f"{beside}. {source.rests_on}", *marks])


def rich_html(fit: Fit, bootstrap: Bootstrap | None = None) -> str:
    """Return the results as a notebook shows them: head, diagram and tables."""
    return _html(fit, bootstrap, journal_tables(Source(fit, bootstrap)))


def _plain(
    fit: Fit, bootstrap: Bootstrap | None, tables: Sequence[JournalTable], method: Method, level: float
) -> str:
    held = testable(bootstrap)
    words = _in_words(mediation(fit, held, method=method, level=level)) if held else []
    return "\n".join([*_head(fit, bootstrap), "", typeset.text(tables), *words]).rstrip() + "\n"


def _in_words(routes: Sequence[Mediation]) -> list[str]:
    """Return what mediates what, in sentences; routes without any effect are counted."""
    found = [route for route in routes if route.kind != "no effect"]
    lines = [f"- {route.words}" for route in found]
    if rest := len(routes) - len(found):
        lines.append(
            f"- {rest} {'other ' if found else ''}route{'s' if rest > 1 else ''} without effect, direct or indirect."
        )
    return ["In words", *lines] if lines else []


def _html(fit: Fit, bootstrap: Bootstrap | None, tables: Sequence[JournalTable]) -> str:
    head = "".join(f"<p>{escape(line)}</p>\n" for line in _head(fit, bootstrap))
    return typeset.html(tables, before=f"{head}{diagram(fit, bootstrap)}")


def _head(fit: Fit, bootstrap: Bootstrap | None) -> list[str]:
    """Return what must be known before any number is read."""
    settled = (
        f"the weights settled after {fit.iterations} steps" if fit.converged else "the weights did NOT settle"
    )
    lines = [f"{fit.n} cases; {settled}."]
    problems = [*fit.problems, *(bootstrap.problems if bootstrap else ())]
    return lines + [
        f"Problem: {problem.reason} {problem.cure}" if problem.cure else f"Note: {problem.reason}"
        for problem in problems
    ]


def write(target: Path, content: bytes) -> Path:
    """Write a file as a whole or not at all.

    Raises
    ------
    PlsError
        When the folder is not there or may not be written to.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as out:
            out.write(content)
        Path(out.name).chmod(0o644)
        os.replace(out.name, target)
    except OSError as error:
        raise PlsError(
            f"{target} cannot be written ({error.strerror}): name a file in a folder that is yours."
        ) from None
    return target
