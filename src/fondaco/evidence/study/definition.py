"""What does a study ask, of whom, and by which model? A definition as data (TOML), checked as a whole.

A path model is written as `fondaco.pls.syntax` says, a regression as ``readiness ~ a + b``; a name in it is a question
(`items`), the mean of several (`scores`), or a figure that the ledger tells (`behaviour`).
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import tomli_w

from fondaco.evidence.study.behaviour import MEANINGS
from fondaco.kernel import InputError, UnknownName
from fondaco.pls import ModelError, parse

Kind = Literal["pls", "regression"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: No study is run on fewer answers, whatever its definition says.
LEAST_ANSWERS = 30
#: What a definition may hold at most, in letters.
MOST_LETTERS = 40_000


@dataclass(frozen=True)
class Study:
    """A study, before any answer is seen.

    Attributes
    ----------
    title, question
        What it is called, and what it asks.
    kind, model
        ``pls`` with a path model, or ``regression`` with a formula.
    items
        Columns of the answers, with their questions in words.
    scores
        Names that stand for the mean of several items.
    reverse
        Items that speak against what they measure: an answer counts as low + high less itself.
    low, high
        Ends of the scale of the items.
    behaviour
        Figures computed from each firm's ledger, by the names of `MEANINGS`.
    groups
        A column whose groups are compared; empty for none.
    minimum
        Complete answers without which it is not run; never below `LEAST_ANSWERS`.
    smallest_effect
        The smallest standardised path or coefficient that matters.
    who
        Who is asked, in words.
    hypotheses
        What is expected, each in a sentence.
    rests_on
        The study that the model is taken from, cited.
    fictional
        How invented answers are made for a demonstration (`fondaco.evidence.study.fictional`).
    """

    title: str
    question: str
    kind: Kind
    model: str
    items: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reverse: tuple[str, ...] = ()
    low: float = 1.0
    high: float = 7.0
    behaviour: tuple[str, ...] = ()
    groups: str = ""
    minimum: int = 60
    smallest_effect: float = 0.2
    who: str = ""
    hypotheses: tuple[str, ...] = ()
    rests_on: str = ""
    fictional: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the answers that the model needs, scores as the items behind them."""
        return tuple(dict.fromkeys(item for name in self.names for item in self.scores.get(name, (name,))))

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the model that the data must give."""
        if self.kind == "pls":
            return parse(self.model).indicators
        return tuple(dict.fromkeys(_WORD.findall(_without_calls(self.model))))

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns that the answers themselves must hold: all but what the ledger tells."""
        return tuple(name for name in self.columns if name not in self.behaviour)

    @property
    def terms(self) -> int:
        """The most arrows that point at one construct, or the predictors of a regression."""
        if self.kind == "regression":
            return len(self.names) - 1
        held = parse(self.model)
        return max((len(held.predecessors(name)) for name in held.names), default=1)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is asked and how it is answered; how the demonstration's answers are made is left out."""
        said = asdict(replace(self, fictional={}))
        return hashlib.sha256(
            json.dumps(said, sort_keys=True, ensure_ascii=False, default=list).encode()
        ).hexdigest()

    def to_toml(self) -> str:
        """Return the definition as text that `parse_study` reads."""
        said = {
            name: value
            for name, value in asdict(self).items()
            if value not in ("", (), {}) and name != "fictional"
        }
        if self.fictional:
            said["fictional"] = self.fictional
        return tomli_w.dumps(said, multiline_strings=True)


_WORD = re.compile(r"[^\W\d]\w*")


def _without_calls(formula: str) -> str:
    """Leave out names of functions, as the C of ``C(country)``."""
    return re.sub(r"\b\w+\s*\(", "(", formula)


def parse_study(text: str, *, name: str = "The study") -> Study:
    r"""Read a definition.

    Raises
    ------
    InputError
        Saying which field is wrong, what was found, and what to write; a fault of the model with its line.

    Examples
    --------
    >>> parse_study('title = "T"\nquestion = "Q"\nkind = "regression"\nmodel = "y ~ x"').names
    ('y', 'x')
    """
    if len(text) > MOST_LETTERS:
        raise InputError(f"{name} has {len(text):,} letters; a definition has at most {MOST_LETTERS:,}.")
    try:
        said = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is no TOML: {error}. Texts stand between quotes.") from None
    return made(said, name)


def made(said: Mapping[str, Any], name: str = "The study") -> Study:
    """Return the study that these fields say, checked; raises as `parse_study`."""
    known = {each.name for each in fields(Study)}
    if unknown := sorted(set(said) - known):
        raise InputError(f"{name}: {unknown[0]!r} is no field of a study. It has {', '.join(sorted(known))}.")
    for needed in ("title", "question", "kind", "model"):
        if not isinstance(said.get(needed), str) or not str(said[needed]).strip():
            raise InputError(f'{name}: say its {needed}, as {needed} = "...".')
    for one in ("groups", "who", "rests_on"):
        if not isinstance(said.get(one, ""), str):
            raise InputError(f"{name}: {one} is {said[one]!r}; write a text between quotes.")
    study = Study(
        **{
            **said,
            "items": _texts(said.get("items", {}), name),
            "scores": _lists(said.get("scores", {}), name),
            "behaviour": _list(said.get("behaviour", ()), f"{name}: behaviour"),
            "reverse": _list(said.get("reverse", ()), f"{name}: reverse"),
            "hypotheses": _list(said.get("hypotheses", ()), f"{name}: hypotheses"),
        }
    )
    _check(study, name)
    # Written one way, so that the same study has one fingerprint.
    return replace(
        study,
        model=study.model.rstrip(),
        low=float(study.low),
        high=float(study.high),
        smallest_effect=float(study.smallest_effect),
    )


def _texts(said: Any, name: str) -> dict[str, str]:
    if not isinstance(said, Mapping) or not all(isinstance(each, str) for each in said.values()):
        raise InputError(f'{name}: items are columns with their questions, as ex1 = "We look for ...".')
    return {str(key): str(value).strip() for key, value in said.items()}


def _lists(said: Any, name: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(said, Mapping):
        raise InputError(f'{name}: scores are lists of items, as knowledge = ["k1", "k2"].')
    return {str(key): _list(each, f"{name}: the score {key}") for key, each in said.items()}


def _list(said: Any, where: str) -> tuple[str, ...]:
    if not isinstance(said, list | tuple) or not all(isinstance(each, str) for each in said):
        raise InputError(f'{where} is {said!r}; write a list of texts, as ["a", "b"].')
    return tuple(each.strip() for each in said)


def _number(value: Any, what: str, low: float, high: float, name: str) -> None:
    right = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if not right:
        raise InputError(f"{name}: {what} is {value!r}; write a number from {low:g} to {high:g}.")


def _check(study: Study, name: str) -> None:
    if study.kind not in KINDS:
        raise InputError(f"{name}: kind {study.kind!r} is none of {', '.join(KINDS)}.")
    _number(study.minimum, "minimum", LEAST_ANSWERS, 1_000_000, name)
    _number(study.smallest_effect, "smallest_effect", 0.01, 0.95, name)
    _number(study.low, "low", -1_000, 1_000, name)
    _number(study.high, "high", study.low + 1, 1_000, name)
    if not isinstance(study.minimum, int):
        raise InputError(f"{name}: minimum is {study.minimum!r}; write a whole number.")
    for one in study.behaviour:
        if one not in MEANINGS:
            raise InputError(f"{name}: behaviour {one!r} is none of {', '.join(MEANINGS)}.")
    for one in study.reverse:
        if one not in study.items:
            raise InputError(f"{name}: reverse {one!r} is none of the items.")
    for score, of in study.scores.items():
        if not of:
            raise InputError(f"{name}: the score {score} has no items: list at least one.")
        if score in of or any(item in study.scores for item in of):
            raise InputError(f"{name}: the score {score} is made of scores: list items.")
    _check_model(study, name)


def _check_model(study: Study, name: str) -> None:
    if study.kind == "pls":
        try:
            parse(study.model)
        except ModelError as error:
            raise InputError(f"{name}, the model. {error}") from None
    else:
        left, tilde, right = study.model.partition("~")
        if not tilde or not _WORD.fullmatch(left.strip()) or not _WORD.search(right) or "~" in right:
            raise InputError(f"{name}: the formula {study.model.strip()!r} is none: write it as y ~ a + b.")
        if re.search(r"\bC\s*\(", right):
            raise InputError(
                f"{name}: a study's formula takes numbers only: code groups as 0 and 1, without C()."
            )
    if study.items:
        held = {*study.items, *study.behaviour}
        missing = [column for column in study.columns if column not in held and column != study.groups]
        if missing and study.kind == "pls":
            raise InputError(
                f"{name}: the model asks for {', '.join(missing[:5])}, which is neither an item nor behaviour: "
                "list it under items with its question."
            )


@cache
def templates() -> Mapping[str, Study]:
    """Return the studies that ship, by their names."""
    folder = files("fondaco.evidence.study") / "data"
    held = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name
    )
    return {
        each.name.removesuffix(".toml"): parse_study(each.read_text("utf-8"), name=each.name) for each in held
    }


def template(name: str) -> Study:
    """Return one that ships; raises `UnknownName` where there is none of that name."""
    try:
        return templates()[name]
    except KeyError:
        raise UnknownName(f"There is no template {name!r}. There are {', '.join(templates())}.") from None
