"""Mean sizes drawn towards the mean of all, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.numerics.credibility import shrunken_means


def test_two_groups_by_hand() -> None:
    # Groups 8, 12 and 28, 32: within (8 + 8) / 2 = 8; apart 2 x 100 x 2 - 8 = 392; spare 4 - 8 / 4 = 2; between 196.
    found = shrunken_means([2, 2], [20, 60], [208, 1808])
    assert (found.within, found.between) == (8.0, 196.0)
    weight = 2 * 196 / (2 * 196 + 8)
    assert found.weight == pytest.approx([weight, weight])
    assert found.mean == pytest.approx([20 - 10 * weight, 20 + 10 * weight])
    assert found.sd == pytest.approx(np.sqrt(196 * (1 - weight)))


def test_a_group_without_values_has_the_mean_of_all() -> None:
    found = shrunken_means([5, 5, 0], [50, 100, 0], [510, 2010, 0])
    assert found.weight[2] == 0
    assert found.mean[2] == pytest.approx(found.overall)


def test_groups_that_do_not_differ_beyond_chance_have_one_mean() -> None:
    found = shrunken_means([4, 4], [40, 41], [800, 820])
    assert found.between == 0
    assert found.mean == pytest.approx([81 / 8, 81 / 8])


def test_single_values_tell_no_difference() -> None:
    found = shrunken_means([1, 1], [10, 30], [100, 900])
    assert found.mean == pytest.approx([20, 20])


def test_shrinking_comes_closer_to_the_truth() -> None:
    rng = np.random.default_rng(8)
    truth = rng.normal(100, 20, 60)
    counts = rng.integers(1, 6, 60)
    values = [rng.normal(mean, 60, n) for mean, n in zip(truth, counts, strict=True)]
    found = shrunken_means(counts, [v.sum() for v in values], [(v**2).sum() for v in values])
    own = np.array([v.mean() for v in values])
    assert ((found.mean - truth) ** 2).mean() < 0.5 * ((own - truth) ** 2).mean()


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no group"):
        shrunken_means([0], [0], [0])


def test_a_group_without_values_has_the_common_mean_also_where_values_never_differ_within_one() -> None:
    found = shrunken_means([2, 2, 0], [20, 60, 0], [200, 1800, 0])
    assert found.weight[2] == 0 and found.mean[2] == found.overall and np.isfinite(found.mean).all()
