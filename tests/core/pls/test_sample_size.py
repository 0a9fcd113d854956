"""Least samples, against printed tables."""

from __future__ import annotations

import pytest

from fondaco.pls.errors import PlsError
from fondaco.pls.sample_size import minimum_sample_size

pytestmark = pytest.mark.requirement("R12")

# Hair, Hult, Ringle and Sarstedt (2022), A Primer on PLS-SEM, table 1.7: power 80 %, by the level in percent.
PRINTED = {
    0.1: {1: 1004, 5: 619, 10: 451},
    0.2: {1: 251, 5: 155, 10: 113},
    0.3: {1: 112, 5: 69, 10: 51},
    0.4: {1: 63, 5: 39, 10: 29},
    0.5: {1: 41, 5: 25, 10: 19},
}


@pytest.mark.parametrize(("path", "level"), [(path, level) for path, row in PRINTED.items() for level in row])
def test_inverse_square_root_gives_the_printed_table(path, level):
    assert minimum_sample_size(path, level=level / 100).inverse_square_root == PRINTED[path][level]


def test_both_rules_give_the_papers_example():
    # Kock and Hadaya (2018), abstract and text: 160 and 146 for a path of 0.197.
    found = minimum_sample_size(-0.197)
    assert (found.inverse_square_root, found.gamma_exponential) == (160, 146)


@pytest.mark.parametrize("path", [0.02, 0.05, 0.197, 0.4, 0.7, 0.95, 1.0])
def test_the_second_rule_never_asks_for_more(path):
    found = minimum_sample_size(path)
    assert 1 <= found.gamma_exponential <= found.inverse_square_root


@pytest.mark.parametrize(
    "options", [{"path": 0}, {"path": 1.2}, {"path": 0.2, "level": 0}, {"path": 0.2, "power": 1}]
)
def test_what_is_no_probability_is_refused(options):
    with pytest.raises(PlsError):
        minimum_sample_size(**options)
