"""Regions of the world, after the United Nations' M49."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

#: Those in which firms could be studied.
REGIONS = ("Africa", "Americas", "Asia", "Europe", "Oceania")


@cache
def _regions() -> Mapping[str, str]:
    held = tomllib.loads((Path(__file__).parent / "data" / "regions.toml").read_text("utf-8"))
    return {market: region for region, markets in held.items() for market in markets.split()}


def region_of(market: str) -> str:
    """Return the region of a market (alpha-3).

    >>> region_of("KEN"), region_of("KAZ"), region_of("MEX")
    ('Africa', 'Asia', 'Americas')
    """
    return _regions()[market]
