"""Which record to screen next: those first that read most like what was included.

Words and pairs of words, weighted by how rare they are (TF-IDF), and a linear model of what was decided so far, in which
the included weigh as much as the excluded.  It is refitted as decisions come in.

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
from sklearn.linear_model import LogisticRegression


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
        """Return for every record the log odds of inclusion; zeros while not both kinds of decisions are there."""
        places = np.fromiter(decided, dtype=np.int64, count=len(decided))
        included = np.fromiter(decided.values(), dtype=bool, count=len(decided))
        if not included.any() or included.all() or not self._words.shape[1]:
            return np.zeros(self.count)
        model = LogisticRegression(C=_LOOSE, solver="liblinear", dual=True, tol=1e-2, random_state=1)
        model.fit(self._words[places], included, sample_weight=_weights(included))
        return np.asarray(model.decision_function(self._words))


#: How loosely the model may follow the decisions (the inverse of its penalty); chosen by measuring, see the rules' page.
_LOOSE = 1.0


def _weights(included: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return weights by which the included count as much as the excluded."""
    return np.where(included, max(1.0, (~included).sum() / included.sum()), 1.0)


def _words(texts: Sequence[str]) -> sparse.csr_matrix:
    made = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95, strip_accents="unicode", dtype=np.float64)
    try:
        return made.fit_transform(texts).tocsr()
    except ValueError:  # no words at all, or the same in every record
        return sparse.csr_matrix((len(texts), 0))
