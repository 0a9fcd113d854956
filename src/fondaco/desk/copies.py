"""Texts that several buyers sent: who else wrote nearly the same, found without comparing each with each."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from fondaco.reference.names.romanising import romanised

#: Words in a run, runs of a text that are kept, and buyers from which on a text is a platform's form; all set.
_RUN, _KEPT, _FORM = 5, 12, 8


class Copies:
    """Texts by the runs of words that they hold.

    A text that very many send is a form that a platform offers, and no sign of anything.

    Examples
    --------
    >>> text = "Dear friend we are a very large buyer and we want to order all of your goods at once"
    >>> held = Copies([("a", text), ("b", text + " today"), ("c", "What does one cost?")])
    >>> [buyer for buyer, _ in held.others("a", text)], held.others("c", "What does one cost?")
    (['b'], ())
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._by_run: dict[int, dict[str, str]] = defaultdict(dict)
        for buyer, text in texts:
            for run in _runs(text):
                held = self._by_run[run]
                if len(held) <= _FORM:
                    held.setdefault(buyer, text)

    def others(self, buyer: str, text: str) -> Sequence[tuple[str, str]]:
        """Return buyers and texts that share a run with this one, without those of the same buyer."""
        found: dict[str, str] = {}
        for run in _runs(text):
            held = self._by_run.get(run, {})
            if len(held) <= _FORM:
                found |= held
        found.pop(buyer, None)
        return tuple(found.items())


def _runs(text: str) -> set[int]:
    """Return the smallest of the runs' marks: of two texts that share most runs, some of them are the same."""
    words = romanised(text[:4000]).lower().split()
    marks = sorted({zlib.crc32(" ".join(words[n : n + _RUN]).encode()) for n in range(len(words) - _RUN + 1)})
    return set(marks[:_KEPT])
