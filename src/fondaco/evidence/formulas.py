"""Looking at a regression's formula before it is run: which columns it names, and nothing but arithmetic.

The engine that works formulas out runs them as Python.  So only names of columns, numbers and the functions in
`FUNCTIONS` are let through.
"""

from __future__ import annotations

import ast
import re

from fondaco.evidence.surveys import Survey
from fondaco.kernel import InputError

#: What a formula may call: coding of categories, quoting of names, and a few transformations.
FUNCTIONS = ("C", "Q", "I", "center", "standardize", "scale", "Treatment", "Sum")
_NUMPY = ("log", "log2", "log10", "log1p", "exp", "sqrt", "abs", "square")

_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")


def check_formula(formula: str, survey: Survey) -> tuple[str, tuple[str, ...]]:
    """Return the outcome as written and the columns that a formula names.

    Raises
    ------
    InputError
        When it is no formula, names a column that is not there, or does more than arithmetic.

    Examples
    --------
    >>> import polars as pl
    >>> survey = Survey("a.csv", pl.DataFrame({"y": [1.0], "a": [2.0], "my col": [3.0]}), rows=(2,))
    >>> check_formula("y ~ np.log(a) + a:Q('my col')", survey)
    ('y', ('y', 'a', 'my col'))
    """
    sides = _STRINGS.sub("", formula).split("~")
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise InputError(f"{formula!r} is no formula: write the outcome, ~ and the predictors, as y ~ a + b.")
    left, right = formula.split("~", 1)
    names: dict[str, None] = {}
    for side in (left, right):
        for name in _names(_parsed(side, formula), survey):
            names[name] = None
    survey.require(names)
    return plain_name(left.strip()), tuple(names)


def plain_name(term: str) -> str:
    """Return a term without the quoting of its names.

    >>> plain_name("Q('my col'):a")
    'my col:a'
    """
    return re.sub(r"Q\((?:'([^']*)'|\"([^\"]*)\")\)", lambda m: m[1] or m[2], term)


def _parsed(side: str, formula: str) -> ast.expr:
    # A colon is an interaction, which Python does not know; the place of an operator is the same.
    arithmetic = "".join(
        part if part[:1] in "'\"" else part.replace(":", "*")
        for part in re.split(r"('[^']*'|\"[^\"]*\")", side.strip())
    )
    try:
        return ast.parse(arithmetic, mode="eval").body
    except (SyntaxError, ValueError):
        raise InputError(
            f"The formula {formula!r} cannot be read near {side.strip()!r}. Write it as y ~ a + b; a column whose name "
            "has blanks or signs as Q('its name')."
        ) from None


def _names(node: ast.expr, survey: Survey) -> list[str]:
    """Return the columns in an expression, refusing whatever is not arithmetic on columns."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Constant(value=int() | float()):
            return []
        case ast.BinOp(left=left, right=right):
            return [*_names(left, survey), *_names(right, survey)]
        case ast.UnaryOp(operand=operand):
            return _names(operand, survey)
        case ast.Call(func=ast.Name(id="Q"), args=[ast.Constant(value=str(name))], keywords=[]):
            return [name]
        case ast.Call(func=ast.Name(id="C"), args=[first, *rest]) if all(_is_coding(one) for one in rest):
            return _names(first, survey)
        case ast.Call(func=ast.Name(id=function), args=[first], keywords=[]) if function in FUNCTIONS:
            return _names(first, survey)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="np"), attr=function), args=[first], keywords=[]
        ) if function in _NUMPY:
            return _names(first, survey)
    raise InputError(
        f"A formula may not hold {ast.unparse(node)!r}: only columns, numbers, + - * / : **, "
        f"{', '.join(f'{name}()' for name in FUNCTIONS[:3])} and np.{', np.'.join(_NUMPY[:5])}."
    )


def _is_coding(node: ast.expr) -> bool:
    match node:
        case ast.Name(id="Treatment" | "Sum"):
            return True
        case ast.Call(func=ast.Name(id="Treatment" | "Sum"), args=arguments, keywords=[]):
            return all(isinstance(one, ast.Constant) for one in arguments)
    return False
