"""The text that a model is written in: the syntax of lavaan and cSEM.

==============================  ==========================================================
``F =~ x1 + x2``                F is a common factor (reflective), Mode A
``C <~ x1 + x2``                C is a composite (formative), Mode B
``C <~ x1 + x2 @ A``            a composite with Mode A; ``@ B`` and ``@ unit`` likewise, for ``=~`` too
``S =~ x1``                     a single item
``Y ~ X1 + X2``                 X1 and X2 point to Y
``Y ~ X + Z + X:Z``             and so does their product, the interaction
``Y ~ X * Z``                   short for ``X + Z + X:Z``, as in R
``Y ~ X + X^2``                 a quadratic effect
``H =~ F1 + F2``                H is of higher order: F1 and F2 are constructs
==============================  ==========================================================

A statement ends with its line or with ``;``.  A line that ends with ``+`` or an operator, or is followed
by one that begins with ``+``, goes on.  ``#`` starts a comment.  A name that is no plain word stands
between backticks: ```my column```.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fondaco.pls.model import MODES, Construct, Interaction, Kind, Mode, Model, ModelError, check

_TOKEN = re.compile(
    r"""(?P<space>[^\S\n]+) | (?P<comment>[#!][^\n]*) | (?P<newline>\n)
    | (?P<quoted>`[^`\n]+`) | (?P<name>[^\W\d](?:\w|\.(?=\w))*) | (?P<number>\d+(?:\.\d+)?)
    | (?P<op>=~|<~|~~|~|\+|:|\*|\^|@|;)""",
    re.VERBOSE,
)
_RELATIONS = ("=~", "<~", "~")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    where: tuple[int, int]


def parse(text: str) -> Model:
    """Return the model that `text` describes.

    Parameters
    ----------
    text
        Statements as described at the head of `fondaco.pls.syntax`.

    Raises
    ------
    ModelError
        With line and column, what was found and what to do.

    Examples
    --------
    >>> model = parse('''
    ...     Use  =~ use1 + use2 + use3     # platform data use
    ...     Know <~ k1 + k2 @ A
    ...     Perf =~ perf
    ...     Know ~ Use
    ...     Perf ~ Use + Know
    ... ''')
    >>> model.paths
    (('Use', 'Know'), ('Use', 'Perf'), ('Know', 'Perf'))
    >>> model.construct("Know")
    Construct(name='Know', indicators=('k1', 'k2'), kind='composite', mode='A', of=())
    """
    reader = _Reader()
    for statement in _statements(list(_tokens(text))):
        reader.read(statement)
    return reader.model()


def _tokens(text: str) -> Iterator[_Token]:
    line, start, at = 1, 0, 0
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    while at < len(text):
        found = _TOKEN.match(text, at)
        where = (line, at - start + 1)
        if found is None:
            raise ModelError(
                f"{text[at]!r} has no meaning here. Names that are no plain words stand between backticks: `my column`.",
                where,
            )
        kind = str(found.lastgroup)
        if kind == "newline":
            line, start = line + 1, found.end()
            yield _Token("end", "\n", where)
        elif kind == "op" and found.group() == ";":
            yield _Token("end", ";", where)
        elif kind not in {"space", "comment"}:
            named = found.group().strip("`").strip() if kind == "quoted" else found.group()
            yield _Token("name" if kind == "quoted" else kind, named, where)
        at = found.end()


def _statements(tokens: Sequence[_Token]) -> Iterator[list[_Token]]:
    held: list[_Token] = []
    for place, token in enumerate(tokens):
        if token.kind != "end":
            held.append(token)
            continue
        after = next((later for later in tokens[place:] if later.text != "\n"), None)
        goes_on = (
            token.text == "\n" and held and (held[-1].kind == "op" or (after and after.text in {"+", "@"}))
        )
        if held and not goes_on:
            yield held
            held = []
    if held:
        yield held


class _Reader:
    """Gathers statements; a name's first place is kept for messages."""

    def __init__(self) -> None:
        self.measured: dict[str, tuple[Kind, Mode, list[str]]] = {}
        self.paths: list[tuple[str, str]] = []
        self.products: dict[tuple[str, ...], Interaction] = {}
        self.where: dict[str, tuple[int, int]] = {}

    def read(self, tokens: list[_Token]) -> None:
        at = next(
            (i for i, token in enumerate(tokens) if token.kind == "op" and token.text in _RELATIONS), None
        )
        if at is None:
            covariance = next((token for token in tokens if token.text == "~~"), None)
            if covariance:
                raise ModelError(
                    "`~~` (a covariance) is nothing that PLS estimates; take the line out.", covariance.where
                )
            raise ModelError(
                f"A statement needs one of =~, <~ or ~ (found {_shown(tokens)}); write `F =~ x1 + x2` to measure a "
                "construct and `Y ~ X` for a path.",
                tokens[0].where,
            )
        left, relation, right = tokens[:at], tokens[at], tokens[at + 1 :]
        if not right:
            raise ModelError(f"Nothing stands after {relation.text}.", relation.where)
        if relation.text == "~":
            self._structure(left, right, relation)
        else:
            self._measurement(left, right, relation)

    def _measurement(self, left: list[_Token], right: list[_Token], relation: _Token) -> None:
        if len(left) != 1 or left[0].kind != "name":
            raise ModelError(
                f"One construct's name stands before {relation.text}.", (left or [relation])[0].where
            )
        name = left[0]
        if name.text in self.measured:
            raise ModelError(
                f"{name.text} is measured twice; put all of its indicators into one line.", name.where
            )
        composite = relation.text == "<~"
        mode: Mode = "B" if composite else "A"
        at = next((i for i, token in enumerate(right) if token.text == "@" and token.kind == "op"), None)
        if at is not None:
            mode, right = _mode(right[at + 1 :], right[at]), right[:at]
        columns = []
        for term in _split(right, relation):
            if len(term) != 1 or term[0].kind != "name":
                raise ModelError(
                    f"{_shown(term)} is no indicator's name; write `{name.text} {relation.text} x1 + x2`.",
                    term[0].where,
                )
            columns.append(term[0].text)
            self.where.setdefault(term[0].text, term[0].where)
        self.where[name.text] = name.where
        self.measured[name.text] = ("composite" if composite else "common_factor", mode, columns)

    def _structure(self, left: list[_Token], right: list[_Token], relation: _Token) -> None:
        ends = _split(left, relation)
        for end in ends:
            if len(end) != 1 or end[0].kind != "name":
                raise ModelError(
                    f"The outcomes before ~ are constructs' names, not {_shown(end)}.", end[0].where
                )
        starts: list[str] = []
        for term in _split(right, relation):
            starts += [start for start in self._term(term) if start not in starts]
        for end in ends:
            self.where.setdefault(end[0].text, end[0].where)
            self.paths += [(start, end[0].text) for start in starts]

    def _term(self, term: list[_Token]) -> list[str]:
        """Return what a term of a structural equation contributes: names of constructs and products."""
        names = term[::2]
        if any(token.kind == "number" for token in names[:1]):
            raise ModelError(
                f"{_shown(term)}: a path's coefficient is estimated, not given, and there is no intercept; "
                "write the construct's name alone.",
                term[0].where,
            )
        signs = {token.text for token in term[1::2]}
        squared = signs == {"^"} and len(term) == 3 and term[2].text in {"2", "3"}
        if not squared and (
            len(term) % 2 == 0
            or any(token.kind != "name" for token in names)
            or signs - {":", "*"}
            or len(signs) > 1
        ):
            raise ModelError(
                f"{_shown(term)} is no term; write X, X:Z (product), X*Z (both and their product) or X^2.",
                term[0].where,
            )
        for token in names:
            if token.kind == "name":
                self.where.setdefault(token.text, token.where)
        if squared:
            return [self._product((names[0].text,) * int(term[2].text), f"{names[0].text}^{term[2].text}")]
        factors = tuple(token.text for token in names)
        if len(factors) == 1:
            return [factors[0]]
        if len(factors) > 2 and signs == {"*"}:
            raise ModelError(
                "X*Y*Z stands for seven terms; write out with : and + those you mean.", term[0].where
            )
        product = self._product(factors, ":".join(factors))
        return [*factors, product] if signs == {"*"} else [product]

    def _product(self, factors: tuple[str, ...], name: str) -> str:
        if len(set(factors)) == 1:
            name = f"{factors[0]}^{len(factors)}"
        return self.products.setdefault(tuple(sorted(factors)), Interaction(name, factors)).name

    def model(self) -> Model:
        if not self.measured:
            raise ModelError("The model measures no construct; begin with a line such as `F =~ x1 + x2`.")
        constructs = []
        for name, (kind, mode, columns) in self.measured.items():
            parts = [column for column in columns if column in self.measured]
            if parts and len(parts) < len(columns):
                other = next(column for column in columns if column not in self.measured)
                raise ModelError(
                    f"{name} is measured by constructs ({', '.join(parts)}) and by {other}, which is none; measure "
                    f"{other} as a construct of one item first.",
                    self.where.get(other),
                )
            of, indicators = (tuple(parts), ()) if parts else ((), tuple(columns))
            constructs.append(Construct(name, indicators, kind, mode, of))
        made = object.__new__(Model)
        object.__setattr__(made, "constructs", tuple(constructs))
        object.__setattr__(made, "paths", tuple(self.paths))
        object.__setattr__(made, "interactions", tuple(self.products.values()))
        check(made, self.where)
        return made


def _split(tokens: list[_Token], relation: _Token) -> list[list[_Token]]:
    """Return the terms between plus signs."""
    terms: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == "op" and token.text == "+":
            if not terms[-1]:
                raise ModelError("Nothing stands before this +.", token.where)
            terms.append([])
        elif token.kind == "op" and token.text in {*_RELATIONS, "~~"}:
            raise ModelError(
                f"A second {token.text} in one statement; begin a new line, or put ; before it.", token.where
            )
        elif token.kind == "name" and terms[-1] and terms[-1][-1].kind in {"name", "number"}:
            raise ModelError(f"A + is missing before {token.text}.", token.where)
        else:
            terms[-1].append(token)
    if not terms[-1]:
        where = tokens[-1].where if tokens else relation.where
        raise ModelError(
            "A name is missing here." if tokens else f"Nothing stands before {relation.text}.", where
        )
    return terms


def _mode(tokens: list[_Token], at: _Token) -> Mode:
    given = tokens[0].text if len(tokens) == 1 else _shown(tokens)
    named = {mode.lower(): mode for mode in MODES}.get(given.lower())
    if named is None:
        raise ModelError(
            f"After @ stands the mode, one of {', '.join(MODES)}; found {given or 'nothing'}.", at.where
        )
    return named


def _shown(tokens: Sequence[_Token]) -> str:
    return " ".join(token.text for token in tokens)
