"""Programmes of a supporting body: which training is needed, what was given and reached, and a release without names."""

from fondaco.network.programmes.board import Row, Way, ways
from fondaco.network.programmes.following import Sign, Told, next_step
from fondaco.network.programmes.needs import Need, needs
from fondaco.network.programmes.release import CODEBOOK, Record, Release, release

__all__ = [
    "CODEBOOK",
    "Need",
    "Record",
    "Release",
    "Row",
    "Sign",
    "Told",
    "Way",
    "needs",
    "next_step",
    "release",
    "ways",
]
