"""What a path model is: constructs with their indicators, paths between them, and what must hold.

A model is a frozen record.  `fondaco.pls.parse` makes one from text; it can be built in Python as well:

>>> Model(
...     constructs=(Construct("X", ("x1", "x2")), Construct("Y", ("y1",))),
...     paths=(("X", "Y"),),
... ).outcomes
('Y',)
"""

from __future__ import annotations

import dataclasses
import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from fondaco.pls.errors import PlsError

Kind = Literal["common_factor", "composite"]
Mode = Literal["A", "B", "unit"]
MODES: tuple[Mode, ...] = get_args(Mode)


class ModelError(PlsError):
    """A model that cannot be estimated as written.

    Attributes
    ----------
    line, column
        Where in the text, counted from 1; None for a model that was built in Python.
    """

    def __init__(self, message: str, where: tuple[int, int] | None = None) -> None:
        self.line: int | None = where[0] if where else None
        self.column: int | None = where[1] if where else None
        super().__init__(f"Line {where[0]}, column {where[1]}: {message}" if where else message)


@dataclass(frozen=True)
class Construct:
    """A construct and what measures it.

    Attributes
    ----------
    name
        Its name.
    indicators
        Columns of the data; empty for a construct of higher order.
    kind
        ``common_factor`` (``=~``: what the indicators share; corrected for attenuation by consistent
        PLS) or ``composite`` (``<~``: what the indicators make up; never corrected).
    mode
        How outer weights are found: ``A`` by correlation, ``B`` by regression, ``unit`` all equal.
    of
        Constructs that measure it, for a construct of higher order; otherwise empty.
    """

    name: str
    indicators: tuple[str, ...] = ()
    kind: Kind = "common_factor"
    mode: Mode = "A"
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interaction:
    """A product of constructs that points to an outcome: ``X:Z``, or ``X^2`` for a square.

    Attributes
    ----------
    name
        As it stands in `Model.paths`: ``X:Z``, ``X^2``.
    factors
        The constructs multiplied, in the order written; a square names its construct twice.
    """

    name: str
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """A path model that is whole: every construct measured, no cycle, all connected.

    Attributes
    ----------
    constructs
        In the order in which they were first measured.
    paths
        (from, to) pairs in the order written; the first may be an interaction's name.
    interactions
        Products that some path starts from.

    Raises
    ------
    ModelError
        Where one of these does not hold; the message names what and says what to do.
    """

    constructs: tuple[Construct, ...]
    paths: tuple[tuple[str, str], ...]
    interactions: tuple[Interaction, ...] = ()

    def __post_init__(self) -> None:
        check(self, {})

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the constructs."""
        return tuple(construct.name for construct in self.constructs)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Columns of the data that the model uses, block after block."""
        return tuple(column for construct in self.constructs for column in construct.indicators)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Constructs that something points to, in the order of `constructs`."""
        ends = {end for _, end in self.paths}
        return tuple(name for name in self.names if name in ends)

    @property
    def higher_order(self) -> tuple[Construct, ...]:
        """Constructs measured by constructs."""
        return tuple(construct for construct in self.constructs if construct.of)

    def construct(self, name: str) -> Construct:
        """Return the construct of that name.

        Raises
        ------
        ModelError
            If there is none; the message names those that come near.
        """
        for construct in self.constructs:
            if construct.name == name:
                return construct
        raise ModelError(f"The model has no construct {name!r}. {nearest(name, self.names)}")

    def predecessors(self, name: str) -> tuple[str, ...]:
        """Return what points to `name`, in the order of `paths`."""
        return tuple(start for start, end in self.paths if end == name)

    def with_modes(self, modes: Mapping[str, Mode]) -> Model:
        """Return the model with other modes for the constructs named.

        Examples
        --------
        >>> model = Model((Construct("X", ("x1", "x2")), Construct("Y", ("y1",))), (("X", "Y"),))
        >>> model.with_modes({"X": "B"}).construct("X").mode
        'B'
        """
        for name, mode in modes.items():
            self.construct(name)
            if mode not in MODES:
                raise ModelError(f"{name} cannot have mode {mode!r}; the modes are {', '.join(MODES)}.")
        changed = (dataclasses.replace(one, mode=modes.get(one.name, one.mode)) for one in self.constructs)
        return dataclasses.replace(self, constructs=tuple(changed))


Positions = Mapping[str, tuple[int, int]]


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a sentence with the names that come near `name`, or with all of a few.

    Examples
    --------
    >>> nearest("imge", ["image", "loyalty"])
    'Did you mean image?'
    """
    known = list(names)
    lowered = {one.lower(): one for one in known}
    close = [lowered[one] for one in difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.6)]
    if close:
        return f"Did you mean {' or '.join(close)}?"
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"There is {shown}." if known else ""


def check(model: Model, where: Positions) -> None:
    """Raise `ModelError` unless the model is whole; `where` says where each name first stands."""
    _check_measured(model, where)
    _check_paths(model, where)
    _check_no_cycle(model, where)
    _check_connected(model, where)


def _check_measured(model: Model, where: Positions) -> None:
    names = model.names
    for name, count in Counter(names).items():
        if count > 1:
            raise ModelError(
                f"{name} is measured twice; put all of its indicators into one line.", where.get(name)
            )
    owner: dict[str, str] = {}
    for construct in model.constructs:
        if construct.mode not in MODES:
            raise ModelError(
                f"{construct.name} cannot have mode {construct.mode!r}; the modes are {', '.join(MODES)}."
            )
        if bool(construct.indicators) == bool(construct.of):
            raise ModelError(
                f"{construct.name} must be measured either by columns or by constructs"
                + (", not by both." if construct.of else "; it has neither."),
                where.get(construct.name),
            )
        for column in (*construct.indicators, *construct.of):
            if column in owner:
                again = "twice by " + column if owner[column] == construct.name else f"by {column}"
                raise ModelError(
                    f"{construct.name} is measured {again}, which already measures {owner[column]}; "
                    "an indicator belongs to one construct.",
                    where.get(column),
                )
            owner[column] = construct.name
        for part in construct.of:
            if part not in names:
                raise ModelError(
                    f"{construct.name} is measured by {part}, which is never measured itself. {nearest(part, names)}",
                    where.get(part),
                )


def _check_paths(model: Model, where: Positions) -> None:
    names = model.names
    if not model.paths:
        raise ModelError("The model has no path; add a line such as `Y ~ X`, read as X points to Y.")
    products = {term.name: term for term in model.interactions}
    for start, end in model.paths:
        for name in (*products[start].factors, end) if start in products else (start, end):
            if name not in names:
                raise ModelError(
                    f"{name} has a path but is never measured; add a line such as `{name} =~ {name.lower()}_1 + "
                    f"{name.lower()}_2`. {nearest(name, names)}",
                    where.get(name),
                )
        if start == end or (start in products and end in products[start].factors):
            raise ModelError(f"{end} points to itself; take the path {start} -> {end} out.", where.get(end))
    for (start, end), count in Counter(model.paths).items():
        if count > 1:
            raise ModelError(f"The path {start} -> {end} is written twice; keep one.", where.get(end))


def _check_no_cycle(model: Model, where: Positions) -> None:
    following: dict[str, list[str]] = {}
    factors = {term.name: term.factors for term in model.interactions}
    for start, end in model.paths:
        for name in factors.get(start, (start,)):
            following.setdefault(name, []).append(end)
    for construct in model.higher_order:
        for part in construct.of:
            if part == construct.name:
                raise ModelError(f"{part} is measured by itself; take it out.", where.get(part))
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            loop = " -> ".join([*trail[trail.index(name) :], name])
            raise ModelError(
                f"The paths run in a circle: {loop}. PLS path models are recursive; take one of these paths out.",
                where.get(name),
            )
        if name not in done:
            for end in following.get(name, ()):
                walk(end, (*trail, name))
            done.add(name)

    for name in model.names:
        walk(name, ())


def _check_connected(model: Model, where: Positions) -> None:
    links: dict[str, set[str]] = {name: set() for name in model.names}
    factors = {term.name: term.factors for term in model.interactions}
    pairs = [(name, end) for start, end in model.paths for name in factors.get(start, (start,))]
    pairs += [(part, one.name) for one in model.higher_order for part in one.of]
    for start, end in pairs:
        links[start].add(end)
        links[end].add(start)
    reached, edge = {model.names[0]}, [model.names[0]]
    while edge:
        new = links[edge.pop()] - reached
        reached |= new
        edge += new
    apart = [name for name in model.names if name not in reached]
    if apart:
        raise ModelError(
            f"The model falls apart: no path joins {', '.join(apart)} with {', '.join(sorted(reached))}. "
            "Join them by a path, or fit them as two models.",
            where.get(apart[0]),
        )
