"""How much work the order of `fondaco review screen` saves, beside peers written here, on labelled texts that it was not made for.

    .venv/bin/python benchmarks/screening.py [SEEDS [WORD IN A TASK'S NAME...]]

A review's own labels are there for one collection alone (Kitchenham et al. 2010).  The other tasks take labels that do not
stand in the text which the model reads:

- *topic*: abstracts of that collection without their titles; relevant is what has a word in its title;
- *goods*: descriptions of the Harmonized System, or of the United States' tariff lines; relevant is a chapter;
- *mood*: sentences of reviews of restaurants; relevant are complaints, thinned to a share.

Peers, each with one relevant and one other record known at the start and refitted as often as ours: ``bayes`` is TF-IDF of
words and naive Bayes, as the earlier default of ASReview; ``scaled`` is a linear support vector machine whose weights are
scaled up with the number of decisions, as its present one; ``stiff`` is the same without scaling.
"""

from __future__ import annotations

import csv
import gzip
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from fondaco.evidence.review import ranking, simulation

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
Task = tuple[list[str], list[bool]]


def rows(path: str) -> list[dict[str, str]]:
    opened = gzip.open if path.endswith(".gz") else open
    with opened(SHARED / path, "rt", encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


# --- tasks ------------------------------------------------------------------------------------------------


def kitchenham() -> Task:
    held = rows("screening/Kitchenham_2010.csv.gz")
    return [f"{r['title']} {r['abstract']}" for r in held], [r["label_included"] == "1" for r in held]


def topic(*words: str) -> Task:
    """Return abstracts; relevant is one whose title, which is taken away, holds one of the words."""
    held = [r for r in rows("screening/Kitchenham_2010.csv.gz") if len(r["abstract"]) > 200]
    return [r["abstract"] for r in held], [any(w in r["title"].casefold() for w in words) for r in held]


def goods(chapter: str) -> Task:
    """Return descriptions of the Harmonized System at six digits."""
    held = [r for r in rows("hs_codes/harmonized-system.csv") if len(r["hscode"]) == 6]
    return [r["description"] for r in held], [r["hscode"].startswith(chapter) for r in held]


def lines(chapter: str, count: int) -> Task:
    """Return tariff lines, each with the lines above it as a person reads them."""
    held, above = [], dict[int, str]()
    for row in rows("tariff_us_hts/htsdata_2024-07.csv.gz"):
        level = int(row["Indent"])
        above = {key: text for key, text in above.items() if key < level} | {level: row["Description"]}
        if len(row["HTS Number"]) >= 10:
            # Without the heading, which would say the chapter outright.
            own = " ".join(text for key, text in above.items() if key or not level)
            held.append((own, row["HTS Number"].startswith(chapter)))
    chosen = np.random.default_rng(1).permutation(len(held))[:count]
    return [held[i][0] for i in chosen], [held[i][1] for i in chosen]


def mood(share: float) -> Task:
    held = rows("reviews_english/kotzias_reviews_yelp.csv.gz")
    good = [r["text"] for r in held if r["sentiment"] == "1.0"]
    bad = [r["text"] for r in held if r["sentiment"] != "1.0"][: round(share * len(good) / (1 - share))]
    return [*good, *bad], [False] * len(good) + [True] * len(bad)


TASKS: dict[str, Callable[[], Task]] = {
    "review of software reviews": kitchenham,
    "topic: inspection": lambda: topic("inspection"),
    "topic: effort, cost": lambda: topic("effort", "cost"),
    "topic: test": lambda: topic("testing", "test "),
    "topic: open source": lambda: topic("open source", "open-source"),
    "topic: requirements": lambda: topic("requirement"),
    "topic: experiment": lambda: topic("experiment"),
    "topic: object": lambda: topic("object-oriented", "object oriented"),
    "goods: beverages (22)": lambda: goods("22"),
    "goods: vehicles (87)": lambda: goods("87"),
    "goods: pharmacy (30)": lambda: goods("30"),
    "goods: chemicals (29)": lambda: goods("29"),
    "tariff lines: toys (95)": lambda: lines("95", 4000),
    "tariff lines: instruments (90)": lambda: lines("90", 4000),
    "mood: complaints, 10 %": lambda: mood(0.10),
    "mood: complaints, 25 %": lambda: mood(0.25),
}

# --- peers ------------------------------------------------------------------------------------------------


class Peer(ranking.Ranking):
    """A peer that has the words and pairs of words that ours has."""

    def scores(self, decided: Mapping[int, bool]) -> NDArray[np.float64]:
        places = np.fromiter(decided, dtype=np.int64, count=len(decided))
        included = np.fromiter(decided.values(), dtype=bool, count=len(decided))
        if not included.any() or included.all() or not self._words.shape[1]:
            return np.zeros(self.count)
        return self.learnt(places, included)

    def learnt(self, places: NDArray[np.int64], included: NDArray[np.bool_]) -> NDArray[np.float64]:
        raise NotImplementedError


def balanced(included: NDArray[np.bool_], ratio: float) -> NDArray[np.float64]:
    weights = np.where(included, 1.0, included.sum() / (ratio * (~included).sum()))
    return np.asarray(weights * len(included) / weights.sum())


class Bayes(Peer):
    def __init__(self, texts: list[str], *, seed: int = 1) -> None:
        super().__init__(texts, seed=seed)
        self._words = TfidfVectorizer(stop_words="english").fit_transform(texts).tocsr()

    def learnt(self, places: NDArray[np.int64], included: NDArray[np.bool_]) -> NDArray[np.float64]:
        model = MultinomialNB(alpha=3.82)
        model.fit(self._words[places], included, sample_weight=balanced(included, 1.2))
        return np.asarray(model.predict_log_proba(self._words)[:, 1])


class Scaled(Peer):
    def learnt(self, places: NDArray[np.int64], included: NDArray[np.bool_]) -> NDArray[np.float64]:
        model = LinearSVC(C=0.11, random_state=1)
        model.fit(self._words[places], included, sample_weight=balanced(included, 9.8))
        return np.asarray(model.decision_function(self._words))


class Stiff(Peer):
    def learnt(self, places: NDArray[np.int64], included: NDArray[np.bool_]) -> NDArray[np.float64]:
        model = LinearSVC(C=0.11, random_state=1)
        weights = np.where(included, 1.0, included.sum() / (9.8 * (~included).sum()))
        model.fit(self._words[places], included, sample_weight=weights)
        return np.asarray(model.decision_function(self._words))


PEERS: dict[str, type[ranking.Ranking]] = {
    "ours": ranking.Ranking,
    "bayes": Bayes,
    "scaled": Scaled,
    "stiff": Stiff,
}


def saved(task: Task, kind: type[ranking.Ranking], seed: int) -> tuple[float, float]:
    """Return WSS@95 and ATD of one run."""
    texts, labels = task
    relevant = np.asarray(labels)
    start = simulation._start(relevant, np.random.default_rng(seed))  # noqa: SLF001  # the same start for all
    order = simulation._screened(kind(texts, seed=seed), relevant, start)  # noqa: SLF001
    found = np.flatnonzero(relevant[order]) + 1
    run = simulation.Run(order, found, len(start), simulation.Stop(0, None, 0, 0.0))
    return run.wss(0.95) or 0.0, run.atd or 0.0


def main(seeds: int) -> None:
    print(
        f"{'task':32} {'n':>6} {'rel.':>5}  " + "  ".join(f"{name:^13}" for name in PEERS) + "   WSS@95, ATD"
    )
    totals = {name: list[tuple[float, float]]() for name in PEERS}
    only = sys.argv[2:]
    for name, make in TASKS.items():
        if only and not any(w in name for w in only):
            continue
        task = make()
        line, began = "", time.monotonic()
        for peer, kind in PEERS.items():
            wss, atd = np.mean([saved(task, kind, seed) for seed in range(1, seeds + 1)], axis=0)
            totals[peer].append((wss, atd))
            line += f"  {wss:.3f} {atd:.3f}  "
        print(f"{name:32} {len(task[0]):>6} {sum(task[1]):>5}{line} {time.monotonic() - began:5.0f} s", flush=True)  # fmt: skip
    means = {peer: np.mean(held, axis=0) for peer, held in totals.items()}
    print(f"{'mean':44} " + "  ".join(f" {wss:.3f} {atd:.3f} " for wss, atd in means.values()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
