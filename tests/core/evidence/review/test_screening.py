"""Prioritised screening, and the rule that says when one may stop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fondaco.evidence.review import labels, ranking
from fondaco.evidence.review.simulation import by_chance, simulate
from fondaco.evidence.review.stopping import Rule, at_most, stand
from fondaco.kernel import InputError

TOPICS = ("export platform digital trade buyer market abroad seller", "mouse liver enzyme cell protein gene tissue dose",
          "wave wind storm ocean tide coast salt depth", "poem verse rhyme metre stanza novel prose drama")  # fmt: skip


def library(count: int, relevant: int, seed: int, *, odd: float = 0.0) -> tuple[list[str], list[bool]]:
    """Return made-up abstracts, the relevant of one topic; a share of `odd` of them reads like the others."""
    rng = np.random.default_rng(seed)
    chosen = set(rng.choice(count, relevant, replace=False).tolist())
    texts = []
    for place in range(count):
        topic = 0 if place in chosen and rng.random() >= odd else rng.integers(1, 4)
        own = rng.choice(TOPICS[topic].split(), 8)
        other = rng.choice(" ".join(TOPICS).split(), 12)
        texts.append(" ".join([*own, *other]))
    return texts, [place in chosen for place in range(count)]


def test_relevant_records_come_early() -> None:
    texts, held = library(600, 30, 1)
    run = simulate(texts, held, seed=1)
    assert sorted(run.order.tolist()) == list(range(600))
    wss, atd = run.wss(0.95), run.atd
    assert wss is not None
    assert atd is not None
    assert wss > 0.6
    assert atd < 0.15
    assert run.recall_at(1.0) == 1.0


def test_the_measures_are_those_worked_out_by_hand() -> None:
    texts, held = library(200, 10, 2)
    run = simulate(texts, held, seed=3)
    at = [place + 1 for place, which in enumerate(run.order) if held[which]]
    assert run.wss(0.95) == pytest.approx(1 - at[9] / 200 - 0.05)
    assert run.wss(0.8) == pytest.approx(1 - at[7] / 200 - 0.2)
    assert run.recall_at(0.1) == sum(place <= 20 for place in at) / 10
    assert run.atd == pytest.approx(sum(at) / 10 / 200)


def test_the_same_seed_gives_the_same_order() -> None:
    texts, held = library(150, 8, 4)
    assert simulate(texts, held, seed=5).order.tolist() == simulate(texts, held, seed=5).order.tolist()


def test_where_the_relevant_stand_in_the_file_helps_nobody() -> None:
    texts = ["the same words"] * 300
    first = simulate(texts, [True] * 10 + [False] * 290, seed=1).atd
    assert first is not None
    assert 0.25 < first < 0.75, "with nothing to tell records apart, the order is by chance"


def test_none_one_and_only_relevant_records() -> None:
    texts, _ = library(50, 5, 6)
    none = simulate(texts, [False] * 50, seed=1)
    assert (none.wss(0.95), none.atd, none.recall_at(0.5), none.stop.screened) == (None, None, None, 50)
    one = simulate(texts, [True] + [False] * 49, seed=1)
    assert one.known == 0
    assert one.recall_at(1.0) == 1.0
    every = simulate(texts, [True] * 50, seed=1)
    assert every.recall_at(0.5) == 0.5


def test_by_chance_is_what_many_random_orders_give() -> None:
    rng = np.random.default_rng(1)
    places = [np.sort(rng.permutation(400)[:12]) + 1 for _ in range(4000)]
    saved = np.mean([1 - at[11] / 400 - 0.05 for at in places])
    assert by_chance(400, 12)["wss95"] == pytest.approx(saved, abs=0.003)
    assert by_chance(400, 12)["atd"] == pytest.approx(np.mean([at.mean() / 400 for at in places]), abs=0.003)


@pytest.mark.parametrize(
    ("rest", "drawn", "found"), [(500, 0, 0), (500, 200, 0), (500, 200, 3), (80, 80, 4), (1000, 640, 1)]
)
def test_the_bound_is_wider_than_that_of_one_look(rest: int, drawn: int, found: int) -> None:
    """Beside the largest number that a hypergeometric test of one look does not reject at 5 %."""
    one_look = max(
        k
        for k in range(found, rest - (drawn - found) + 1)
        if stats.hypergeom.cdf(found, rest, k, drawn) > 0.05
    )
    bound = at_most(rest, drawn, found, 0.95)
    assert bound >= one_look
    if drawn in (0, rest):
        assert bound == (rest if drawn == 0 else found)


@given(st.integers(1, 300), st.data())
@settings(max_examples=80, deadline=None)
def test_the_bound_holds_what_was_found_and_no_more_than_there_is(rest: int, data: st.DataObject) -> None:
    drawn = data.draw(st.integers(0, rest))
    found = data.draw(st.integers(0, drawn))
    assert found <= at_most(rest, drawn, found, 0.9) <= rest - (drawn - found)


@pytest.mark.parametrize("relevant", [1, 2, 4, 12])
def test_the_bound_is_crossed_no_more_often_than_stated_however_often_one_looks(relevant: int) -> None:
    """Worked out over every order in which relevant records may come, looking after each record."""
    rest, confidence, crossed = 120, 0.9, 0.0
    chance = {0: 1.0}  # of having found so many without the bound having been too low yet
    for drawn in range(1, rest + 1):
        now: dict[int, float] = {}
        for found, share in chance.items():
            hit = (relevant - found) / (rest - drawn + 1)
            for more, part in ((1, hit), (0, 1 - hit)):
                if part > 0:
                    now[found + more] = now.get(found + more, 0.0) + share * part
        low = {found for found in now if at_most(rest, drawn, found, confidence) < relevant}
        crossed += sum(now[found] for found in low)
        chance = {found: share for found, share in now.items() if found not in low}
    assert crossed <= 1 - confidence + 1e-9
    assert crossed > 0.005, "a bound that is never crossed is wider than it need be"


@pytest.mark.parametrize(("odd", "recall"), [(0.0, 0.9), (0.0, 0.95), (0.2, 0.9), (0.2, 0.95)])
def test_the_rule_reaches_its_recall_in_its_share_of_runs(odd: float, recall: float) -> None:
    rule = Rule(recall=recall, confidence=0.9, least=30)
    reached = []
    for seed in range(12):
        texts, held = library(250, 25, seed, odd=odd)
        stop = simulate(texts, held, seed=seed, rule=rule).stop
        assert stop.recall is not None
        reached.append(stop.recall >= recall - 1e-12)
    # Where the share is 0.9, fewer than 9 of 12 come about three times in a hundred; the seeds are fixed.
    assert sum(reached) >= 9


def test_what_is_drawn_last_is_not_vouched_for() -> None:
    said = stand(Rule(), before=43, rest=1000, drawn=100, found=0)
    assert not said.may_stop
    assert said.recall < 0.95


@pytest.mark.parametrize(
    ("text", "relevant"),
    [
        ("title,abstract,label_included\nA b,c d,1\nE f,,0\n", 1),
        ("Title;Abstract;Included\nA;b;yes\nC;d;no\n", 1),
        ("title\tabstract\tdecision\nA\tb\tIncluded\nC\td\tExcluded\n", 1),
        ("title,abstract,relevant\nA,b,TRUE\nC,d,FALSE\n", 1),
        ("title,abstract,included\nA,b,1.0\nC,d,0.0\n", 1),
        ("\ufefftitle,abstract,included\nA,b,0\nC,d,0\n", 0),
    ],
)
def test_decisions_are_read_however_they_are_written(text: str, relevant: int) -> None:
    held = labels.read(text.encode(), "x.csv", None)
    assert sum(held.labels) == relevant
    assert len(held.labels) == 2


def test_labels_are_told_where_they_are_none() -> None:
    text = "title,abstract,mine\nA,b,1\nC,d,perhaps\nE,f,\nA,b,0\n"
    with pytest.raises(InputError, match="--labels"):
        labels.read(text.encode(), "x.csv", None)
    with pytest.raises(InputError, match="no column 'yours'"):
        labels.read(text.encode(), "x.csv", "yours")
    held = labels.read(text.encode(), "x.csv", "mine")
    assert (held.labels, held.repeated, len(held.kept)) == ([True, False], 1, 1)
    assert [each.kind for each in held.problems] == ["label", "undecided"]
    with pytest.raises(InputError, match="is empty"):
        labels.read(b"", "x.csv", "mine")
    with pytest.raises(InputError, match="no row has a decision"):
        labels.read(b"title,included\nA,\n", "x.csv", None)


def test_labels_in_the_notes_of_ris() -> None:
    text = "TY  - JOUR\nTI  - A\nN1  - ASReview_relevant\nER  -\nTY  - JOUR\nTI  - B\nN1  - ASReview_irrelevant\nER  -\n"
    assert labels.read(text.encode(), "x.ris", None).labels == [True, False]


def test_a_real_review_saves_most_of_the_reading(shared: Path) -> None:
    import gzip

    held = labels.read(
        gzip.decompress((shared / "data/screening/Kitchenham_2010.csv.gz").read_bytes()), "k.csv", None
    )
    assert (len(held.labels), sum(held.labels)) == (1704, 45)
    run = simulate(held.texts, held.labels, seed=1)
    wss = run.wss(0.95)
    assert wss is not None
    assert wss > 0.673, "what ASReview's default saves on average of ten seeds"
    assert run.stop.recall is not None
    assert run.stop.recall >= 0.95


@pytest.mark.parametrize(
    ("column", "yes", "no", "none"),
    [
        (None, "N1  - ASReview_relevant", "N1  - ASReview_irrelevant", "N1  - ASReview_not_seen"),
        ("included", "N1  - ASReview_relevant", "N1  - ASReview_irrelevant", "KW  - included"),
        ("included", "N1  - Included: yes", "N1  - read twice\nN1  - included: 0", "N1  - included: -1"),
        ("LB", "LB  - 1", "LB  - 0", "LB  - "),
        (
            None,
            "N1  - ASReview_irrelevant\nN1  - ASReview_relevant",
            "N1  - ASReview_irrelevant",
            "PY  - 2001",
        ),
    ],
)
def test_labels_of_ris_stand_in_notes_or_under_a_tag(
    column: str | None, yes: str, no: str, none: str
) -> None:
    text = "".join(
        f"TY  - JOUR\nTI  - A study {n}\n{said}\nER  - \n" for n, said in enumerate((yes, no, none))
    )
    held = labels.read(text.encode(), "x.ris", column)
    assert held.labels == [True, False]
    assert [problem.count for problem in held.problems] == [1], "one record without a decision is told"


def test_a_word_that_is_no_decision_in_ris_is_told_and_no_label_at_all_says_where_they_are_looked_for() -> (
    None
):
    text = "TY  - JOUR\nTI  - A\nLB  - perhaps\nER  - \nTY  - JOUR\nTI  - B\nLB  - 1\nER  - \n"
    held = labels.read(text.encode(), "x.ris", "LB")
    assert held.labels == [True] and "perhaps" in held.problems[0].reason
    with pytest.raises(InputError, match="ASReview_relevant"):
        labels.read(text.encode(), "x.ris", None)


def test_the_few_included_outweigh_the_many_excluded_and_both_grow_with_decisions() -> None:
    few, many = (ranking._weights(np.arange(n) < 5) for n in (20, 500))
    for held in (few, many):
        assert held[:5].sum() / held[5:].sum() == pytest.approx(9.8)
    grown = many[0] / few[0]
    assert 1 < grown < 500 / 20, "more than not at all, less than in proportion"
