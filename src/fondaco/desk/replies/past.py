"""Drafts from past good answers: what the firm itself wrote to the most similar message, where an order came of it.

Likeness is the cosine of two messages' letter triples to quintuples, weighted by how rare they are among the firm's
own (tf-idf): it needs no list of words and so works in any script.  What belonged to the earlier buyer is taken out: its
names are put in place of by the new buyer's, and every number is marked for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.desk.replies.filling import gap

#: Below this likeness a message is not held to be similar; set.
LEAST = 0.15
#: Suggestions, at most.
MOST = 3
#: Facts by which one case differs from another.
_THEIRS = ("buyer", "company", "product")
_NUMBER = re.compile(r"\d[\d.,:/\u00a0\u202f -]*\d|\d")


@dataclass(frozen=True)
class Past:
    """An answer that was sent: the message it answers, its text, and whether an order came of it (None: too early).

    `facts` are the earlier case's: ``buyer``, ``company``, ``product``.
    """

    case: str
    message: str
    text: str
    language: str
    ordered: bool | None
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Suggestion:
    """A past answer made ready for another buyer: how alike the messages are (0 to 1), and what to look at."""

    case: str
    likeness: float
    language: str
    text: str
    look_at: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the suggestion as JSON values."""
        return {
            "from_case": self.case, "likeness": round(self.likeness, 3), "language": self.language, "text": self.text,
            "look_at": list(self.look_at),
        }  # fmt: skip


def suggestions(
    message: str, facts: Mapping[str, str], past: Sequence[Past]
) -> tuple[tuple[Suggestion, ...], str]:
    """Return the answers that led to orders for the most similar messages, and in words why there are none.

    Examples
    --------
    >>> told = Past("a:1", "What does your red wine cost for 60 bottles?", "Dear Ada, 60 bottles cost 540 EUR.", "en", True,
    ...     {"buyer": "Ada"})
    >>> found, why = suggestions("What does the red wine cost for 120 bottles?", {"buyer": "Bo"}, [told])
    >>> found[0].text
    'Dear Bo, [[60]] bottles cost [[540]] EUR.'
    """
    good = [each for each in past if each.ordered and each.message.strip() and each.text.strip()]
    if not message.strip():
        return (), "The buyer's text is not known, so nothing can be compared with it."
    if not good:
        early = sum(each.ordered is None for each in past)
        more = f" Of {early} it is too early to say." if early else ""
        return (), f"None of the {len(past)} answers kept here led to an order yet.{more}"
    scores = _likeness(message, [each.message for each in good])
    ranked = sorted(zip(scores, good, strict=True), key=lambda pair: (-pair[0], pair[1].case))
    near = [(score, each) for score, each in ranked if score >= LEAST][:MOST]
    if not near:
        return (), f"None of the {len(good)} answers that led to an order was to a similar message."
    return tuple(_suggestion(score, each, facts) for score, each in near), ""


def _likeness(message: str, others: Sequence[str]) -> list[float]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [text[:4000].casefold() for text in (message, *others)]
    try:
        held = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts)
    except ValueError:  # nothing but signs
        return [0.0] * len(others)
    return [float(each) for each in (held[1:] @ held[0].T).toarray().ravel()]


def _suggestion(score: float, past: Past, facts: Mapping[str, str]) -> Suggestion:
    text, look = past.text, []
    theirs = {name: past.facts.get(name, "").strip() for name in _THEIRS}
    # Longer names first: one may hold another.
    named = sorted((name for name in _THEIRS if len(theirs[name]) > 1), key=lambda name: -len(theirs[name]))
    marks: dict[str, str] = {}
    for n, name in enumerate(named):
        mark = f"\ue000{chr(0xE100 + n)}\ue001"  # letters for private use: no text of a person has them
        text, times = re.subn(re.escape(theirs[name]), mark, text, flags=re.IGNORECASE)
        if times:
            marks[mark] = facts.get(name, "").strip() or gap(name)
            look.append(f"{theirs[name]!r} was the earlier buyer's; now {marks[mark]!r}")
    numbers = list(dict.fromkeys(_NUMBER.findall(text)))
    text = _NUMBER.sub(lambda match: gap(match[0]), text)
    for mark, said in marks.items():
        text = text.replace(mark, said)
    if numbers:
        look.append(f"numbers and days of the earlier answer: {', '.join(numbers[:12])}")
    return Suggestion(past.case, score, past.language, text, tuple(look))
