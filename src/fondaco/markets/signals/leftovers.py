"""Texts that are alike, among those in which the lexicon found nothing.

Each text is a bag of its two to four letter pieces, weighted by how telling they are (TF-IDF), which
serves all scripts and forgives endings and slips.  Texts are joined from the bottom up while the mean
cosine distance between two groups stays below `FARTHEST` (average linkage).  A group is labelled by
the words, or in Chinese, Japanese and Korean the pieces, that stand in it far more often than elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.markets.signals.requests import WORD, fold

#: Mean cosine distance up to which groups are joined.
FARTHEST = 0.65
#: Different texts that are compared with one another; of more, the latest.
MOST = 2000
FEWEST = 3

_PIECES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")


@dataclass(frozen=True)
class Group:
    """Texts that are alike.

    Attributes
    ----------
    label
        Up to four telling words.
    members
        Places of its texts among those given.
    """

    label: tuple[str, ...]
    members: tuple[int, ...]


def alike(texts: Sequence[str], *, fewest: int = FEWEST) -> tuple[Group, ...]:
    """Return groups of at least `fewest` texts that are alike, the largest first.

    Parameters
    ----------
    texts
        Oldest first; texts that differ in figures only count as the same text.
    """
    same: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        same.setdefault(_plain(text), []).append(place)
    same.pop("", None)
    distinct = list(same)[-MOST:]
    if sum(len(same[text]) for text in distinct) < fewest:
        return ()
    held: dict[int, list[str]] = {}
    for text, number in zip(distinct, _joined(distinct), strict=True):
        held.setdefault(number, []).append(text)
    everywhere = Counter(word for text in distinct for word in _telling(text))
    found = [
        Group(
            _label(group, everywhere, len(distinct)), tuple(sorted(p for text in group for p in same[text]))
        )
        for group in held.values()
    ]
    large = [group for group in found if len(group.members) >= fewest]
    return tuple(sorted(large, key=lambda group: (-len(group.members), group.members)))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\d+(?:[.,]\d+)*", "0", fold(text)).split())


def _joined(texts: Sequence[str]) -> list[int]:
    """Return the number of each text's group."""
    if len(texts) == 1:
        return [0]
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit_transform(texts)
    joining = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=FARTHEST
    )
    return [int(number) for number in joining.fit_predict(weights.toarray())]


def _telling(text: str) -> set[str]:
    """Return the words of a text; of scripts without spaces, the pieces of two to four characters."""
    words = {word for word in WORD.findall(text) if len(word) > 2 and not _PIECES.match(word)}
    runs = _PIECES.findall(text)
    pieces = {run[i : i + n] for run in runs for n in (2, 3, 4) for i in range(len(run) - n + 1)}
    return words | pieces


def _label(group: Sequence[str], everywhere: Counter[str], texts: int) -> tuple[str, ...]:
    """Return the words whose share in the group exceeds that elsewhere most."""
    here = Counter(word for text in group for word in _telling(text))

    def excess(word: str) -> float:
        elsewhere = (everywhere[word] - here[word]) / max(texts - len(group), 1)
        return here[word] / len(group) - elsewhere

    chosen: list[str] = []
    for word in sorted(here, key=lambda word: (-round(excess(word), 6), -len(word), word)):
        if not any(word in other or other in word for other in chosen):
            chosen.append(word)
        if len(chosen) == 4:
            break
    return tuple(chosen)
