"""Filling a template: only from facts; what is not known is a visible gap, and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fondaco.desk.replies.templates import FACTS, PLACE, Language, Template

#: How a line begins that is left out where one of its facts is not known.
_OPTIONAL = "? "


@dataclass(frozen=True)
class Draft:
    """A reply for a person to finish and send.

    Attributes
    ----------
    gaps
        Facts that are not known and stand in the text as ``[[name]]``.
    left_out
        Facts whose line was left out because they are not known.
    """

    template: str
    language: str
    subject: str
    text: str
    gaps: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing has to be filled in."""
        return not self.gaps

    def to_json(self) -> dict[str, Any]:
        """Return the draft as JSON values."""
        return {
            "template": self.template, "language": self.language, "subject": self.subject, "text": self.text,
            "gaps": [{"fact": name, "is": FACTS[name]} for name in self.gaps], "left_out": list(self.left_out),
            "complete": self.complete,
        }  # fmt: skip


def gap(name: str) -> str:
    """Return what stands for a fact that is not known.

    >>> gap("product")
    '[[product]]'
    """
    return f"[[{name}]]"


def fill(template: Template, language: Language, facts: Mapping[str, str]) -> Draft:
    """Fill a template.

    Parameters
    ----------
    facts
        Texts by the names of `FACTS`, already as the language writes them; empty or missing ones are not known.

    Examples
    --------
    >>> from fondaco.desk.replies.templates import language_of
    >>> english = language_of("en")
    >>> draft = fill(english.templates["samples"], english, {"product": "Red wine", "firm": "Vineyard"})
    >>> draft.subject, draft.gaps, draft.left_out
    ('Samples of Red wine', ('samples',), ('sender',))
    """
    greeting = language.greeting if facts.get("buyer") else language.greeting_unnamed
    gaps: dict[str, None] = {}
    left: dict[str, None] = {}
    whole = f"{greeting}\n\n{template.body.strip()}\n\n{language.close}"
    lines = [_line(line, facts, gaps, left) for line in whole.split("\n")]
    subject = " ".join(_put(template.subject, facts, gaps).split())
    text = "\n".join(line for line in lines if line is not None)
    return Draft(template.name, template.language, subject, text, tuple(gaps), tuple(left))


def _line(line: str, facts: Mapping[str, str], gaps: dict[str, None], left: dict[str, None]) -> str | None:
    if not line.startswith(_OPTIONAL):
        return _put(line, facts, gaps)
    missing = [name for name in PLACE.findall(line) if not facts.get(name)]
    if missing:
        left.update(dict.fromkeys(missing))
        return None
    return _put(line.removeprefix(_OPTIONAL), facts, gaps)


def _put(text: str, facts: Mapping[str, str], gaps: dict[str, None]) -> str:
    """Put facts in their places, in one go: what a fact itself says is never read as a place."""

    def fact(match: Any) -> str:
        name = match[1]
        if not facts.get(name):
            gaps[name] = None
            return gap(name)
        return facts[name]

    return PLACE.sub(fact, text)
