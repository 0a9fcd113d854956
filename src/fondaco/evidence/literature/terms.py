"""What a question means: ``"social media -> international performance"``, ``"social media"``, ``"-> export performance"``.

An arrow parts driver and outcome, as do "effect of ... on ...", "does ... improve ..." and "what drives ..."; between two arrows stands a mediator; without one a word may be anything. Words
are read tolerantly: as a concept (`concepts.toml`), as a variable's label, as words of labels or definitions, and at
last as a slip of the pen for one of these; what each was taken to mean is part of the answer.

>>> from fondaco.evidence.literature.base import shipped
>>> asked = read_question(shipped(), "SNS -> internationalisation")
>>> asked.driver.means, asked.outcome.means, "intl_speed" in asked.outcome.variables
('social media', 'internationalization', True)
>>> read_question(shipped(), "socail media").anywhere.says
"'socail media' was read as 'social media'"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz import fuzz, process

from fondaco.evidence.literature.base import Base
from fondaco.kernel import InputError

#: How alike two words must be, of 100, for one to be taken as a slip for the other; and to be named as near.
SLIP, NEAR = 84, 60

_ARROW = re.compile(r"\s*(?:-+>|=+>|→|⇒)\s*")
_ACTS = "(?:affect|influence|impact|improve|help|raise|increase|reduce|lower|harm|hurt|drive|foster|support)s?|leads? to"
#: An effect asked for in a sentence: what acts, which may be left out, and on what.
_EFFECT = re.compile(
    rf"(?:what is )?(?:the )?(?:effect|impact|influence)s? of (.+) on (.+)|(?:how )?(?:do|does|can|will) (.+?) (?:{_ACTS}) (.+)"
    rf"|(what) (?:{_ACTS}) (.+)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:\bor\b|\band\b|[,/;+&])\s*")
_STOP = {"of", "the", "on", "in", "a", "an", "to", "for", "by", "with", "and", "or"}


@dataclass(frozen=True)
class Term:
    """One side of a question: what was said, what it was taken to mean, and names near it where it means nothing."""

    said: str
    how: Literal["concept", "variable", "words", "slip", "unknown"]
    means: str
    variables: tuple[str, ...]
    near: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """How it was read, where that is worth a sentence."""
        if self.how == "unknown":
            near = f"; near it: {', '.join(self.near)}" if self.near else ""
            return f"Nothing in the base is called {self.said!r}{near}"
        if self.how == "slip":
            return f"{self.said!r} was read as {self.means!r}"
        return ""

    def to_json(self) -> dict[str, object]:
        """Return the term as JSON values."""
        return {
            "said": self.said,
            "how": self.how,
            "means": self.means or None,
            "variables": list(self.variables),
            "near": list(self.near),
        }


@dataclass(frozen=True)
class Question:
    """A question: any of driver, mediator, outcome, or something anywhere in a finding."""

    said: str
    driver: Term | None = None
    mediator: Term | None = None
    outcome: Term | None = None
    anywhere: Term | None = None

    @property
    def terms(self) -> Mapping[str, Term]:
        """What was stated, by its place."""
        held = {
            "driver": self.driver,
            "mediator": self.mediator,
            "outcome": self.outcome,
            "anywhere": self.anywhere,
        }
        return {place: term for place, term in held.items() if term is not None}


def read_question(base: Base, text: str) -> Question:
    """Read a question.

    Raises
    ------
    InputError
        For one that says nothing, or has more than two arrows.
    """
    text = text.strip()
    asked = _EFFECT.fullmatch(text.rstrip("?! "))
    parts = [part for part in asked.groups() if part] if asked else _ARROW.split(text)
    if asked and parts[0].casefold() == "what":
        parts[0] = ""
    if not any(parts) or len(parts) > 3:
        raise InputError(
            f'A question of the literature is one thing, as "social media", or "DRIVER -> OUTCOME", or '
            f'"DRIVER -> MEDIATOR -> OUTCOME"; found {text!r}.'
        )
    terms = [read_term(base, part) if part else None for part in parts]
    if len(terms) == 1:
        return Question(text, anywhere=terms[0])
    if len(terms) == 2:
        return Question(text, driver=terms[0], outcome=terms[1])
    return Question(text, driver=terms[0], mediator=terms[1], outcome=terms[2])


def read_term(base: Base, said: str) -> Term:
    """Return what a word or phrase means among the variables of a base; ``=name`` means one variable alone."""
    said = said.strip().strip("\"'").strip()
    if (found := _exactly(base, said)) is not None:
        return Term(said, *found)
    parts = [part for part in _JOINT.split(said) if part]
    read = [_exactly(base, part) or _by_words(base, key(part)) for part in parts]
    held = [each for each in read if each is not None]
    if len(parts) > 1 and len(held) == len(parts):
        variables = tuple(dict.fromkeys(name for each in held for name in each[2]))
        return Term(said, "words", ", ".join(each[1] for each in held), variables)
    if (found := _by_words(base, key(said))) is not None:
        return Term(said, *found)
    corrected = _corrected(base, said)
    if corrected and (found := _exactly(base, corrected) or _by_words(base, corrected)) is not None:
        return Term(said, "slip", found[1], found[2])
    return Term(said, "unknown", "", (), near_names(base, said))


def near_names(base: Base, said: str, limit: int = 5) -> tuple[str, ...]:
    """Return the names of the base that look most like a text; may be none."""
    names = [*(c.name for c in base.concepts), *(v.label for v in base.variables.values())]
    found = process.extract(
        key(said), names, scorer=fuzz.WRatio, processor=key, limit=limit, score_cutoff=NEAR
    )
    return tuple(dict.fromkeys(name for name, _, _ in found))


_Reading = tuple[Literal["concept", "variable", "words"], str, tuple[str, ...]]


def _exactly(base: Base, said: str) -> _Reading | None:
    """Read a text as a variable's name, a concept or a label."""
    name, labels, concepts = said.removeprefix("=").strip(), _labels(base), _names(base)
    if name in base.variables and (said.startswith("=") or "_" in name):
        return "variable", base.variables[name].label, (name,)
    if key(said) in concepts:
        concept = base.concepts[concepts[key(said)]]
        return "concept", concept.name, concept.variables
    if key(said) in labels:
        return "variable", base.variables[labels[key(said)]].label, (labels[key(said)],)
    return None


def _by_words(base: Base, wanted: str) -> _Reading | None:
    """Read a text as words that all stand in a label, or else in a label with its definition."""
    tokens = {word for word in wanted.split() if word not in _STOP}
    if not tokens:
        return None
    labels = _labels(base)
    for texts in (labels, {f"{label} {key(base.variables[v].definition)}": v for label, v in labels.items()}):
        held = tuple(name for label, name in texts.items() if tokens <= set(label.split()))
        if held:
            return "words", wanted, held
    return None


def _corrected(base: Base, said: str) -> str:
    """Return the words with slips of the pen set right; empty where a word is like none."""
    known = sorted(
        {w for text in (*_names(base), *_labels(base)) for w in text.split() if w not in _STOP and len(w) > 2}
    )
    words = []
    for word in key(said).split():
        if word in _STOP or word in known:
            words.append(word)
            continue
        near = (
            process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=SLIP) if len(word) > 3 else None
        )
        near = near or (_swapped(word, known) if len(word) > 3 else None)
        if near is None:
            return ""
        words.append(near[0])
    return " ".join(words)


def _swapped(word: str, known: list[str]) -> tuple[str, float, int] | None:
    """Return a known word of the same letters with two neighbours swapped."""
    for at in range(len(word) - 1):
        turned = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if turned in known:
            return turned, 100.0, 0
    return None


def _names(base: Base) -> Mapping[str, int]:
    """The concepts' places by each of their words."""
    return {
        key(word): at for at, concept in enumerate(base.concepts) for word in (concept.name, *concept.words)
    }


def _labels(base: Base) -> Mapping[str, str]:
    return {key(variable.label): name for name, variable in base.variables.items()}


@cache
def key(text: str) -> str:
    """Return a text as it is compared: lower case, one spelling, no hyphens, singular.

    >>> key("E-Commerce platforms"), key("Internationalisation"), key("digital capabilities")
    ('ecommerce platform', 'internationalization', 'digital capability')
    """
    text = re.sub(r"\be[- ](?=[a-z])", "e", text.casefold().replace("_", " "))
    text = re.sub(r"[^\w ]+", " ", text)
    return " ".join(_singular(word) for word in text.split())


def _singular(word: str) -> str:
    word = {"intl": "international", "labour": "labor"}.get(word, word)
    word = re.sub(r"is(ation|ing|ed|e)$", r"iz\1", word) if len(word) > 8 else word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
