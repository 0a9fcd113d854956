"""Which record to screen next: those first that read most like what was included.

Words and pairs of words, weighted by how rare they are (TF-IDF), and a linear support vector machine on what was decided
so far, in which the few included outweigh the many excluded.  It is refitted as decisions come in.  The penalty and the
balance are those of ELAS u4, the default of ASReview LAB 2 and 3 (Apache-2.0), tuned there on many reviews; but where
that scales the weights up with the number of decisions, here they grow less, which keeps the model a little stiffer.

>>> texts = ["small firms export", "weather at sea", "liver enzymes in mice", "more on mice", "firms that export"]
>>> int(Ranking(texts).order({0: True, 2: False})[0])
4
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC


class Ranking:
    """Texts prepared once, to be put in order again and again.

    Parameters
    ----------
    texts
        Of each record: title, abstract, keywords.  One without words stands where the model knows nothing.
    seed
        Breaks ties, and decides the order while there is nothing to learn from.
    """

    def __init__(self, texts: Sequence[str], *, seed: int = 1) -> None:
        self.count = len(texts)
        self._words = _words(texts)
        self._chance = np.random.default_rng(seed).random(self.count)

    def order(self, decided: Mapping[int, bool]) -> NDArray[np.int64]:
        """Return the places of the undecided records, the one to screen next first."""
        rest = np.setdiff1d(np.arange(self.count), np.fromiter(decided, dtype=np.int64, count=len(decided)))
        scores = self.scores(decided)[rest]
        return rest[np.lexsort((self._chance[rest], -scores))]

    def scores(self, decided: Mapping[int, bool]) -> NDArray[np.float64]:
        """Return for every record how far it lies on the side of the included; zeros while not both kinds of decisions are there."""
        places = np.fromiter(decided, dtype=np.int64, count=len(decided))
        included = np.fromiter(decided.values(), dtype=bool, count=len(decided))
        if not included.any() or included.all() or not self._words.shape[1]:
            return np.zeros(self.count)
        model = LinearSVC(C=_LOOSE, random_state=1)
        model.fit(self._words[places], included, sample_weight=_weights(included))
        return np.asarray(model.decision_function(self._words))


#: How loosely the model may follow the decisions (the inverse of its penalty).
_LOOSE = 0.11
#: So many times as much as all excluded together do all included weigh.
_OUTWEIGH = 9.8
#: How weights grow with decisions: 1 in proportion, 0 not at all.
_GROWTH = 0.75


def _weights(included: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return weights: all included together outweigh all excluded, and both grow as decisions do.

    In full proportion the model follows every decision; without growth it keeps to what the included have in common,
    which loses much where they have little (docs/rules/screening.md).
    """
    weights = np.where(included, 1.0, included.sum() / (_OUTWEIGH * (~included).sum()))
    return np.asarray(weights * (len(weights) / weights.sum()) ** _GROWTH)


def _words(texts: Sequence[str]) -> sparse.csr_matrix:
    made = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, max_df=0.9, strip_accents="unicode", dtype=np.float64
    )
    try:
        return made.fit_transform(texts).tocsr()
    except ValueError:  # no words at all, or the same in every record
        return sparse.csr_matrix((len(texts), 0))
