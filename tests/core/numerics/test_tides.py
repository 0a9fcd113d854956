"""What all markets share from month to month."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.numerics.tides import season, tide


def test_a_season_comes_back_and_growth_is_no_season() -> None:
    year = np.array([10.0] * 11 + [40.0]) * 20
    found = season(np.concatenate([year, 2 * year]), first=0)
    assert found is not None
    assert found.mean() == pytest.approx(1)
    assert found[11] == pytest.approx(3.2, rel=0.02)
    rotated = season(np.concatenate([year, 2 * year]), first=3)
    assert rotated is not None
    assert rotated[2] == pytest.approx(3.2, rel=0.02)


def test_the_tide_of_nothing_is_flat() -> None:
    assert tide([0, 0, 0], [1, 1, 1]).ahead == 1.0
