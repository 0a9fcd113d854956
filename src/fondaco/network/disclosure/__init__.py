"""What may pass from one firm's figures to another's eyes: the only door.

A member's figure goes out in one sum only: members who share an indicator are put into blocks of five and more that
do not overlap, each block's mean is rounded so that nobody in it can work out anybody else, and every question is
answered from these published means and nothing else.  So no sequence of questions tells more than they do.  See
docs/disclosure.md.
"""

from fondaco.network.disclosure.answers import Cell, Group, Withheld, answer, answers, group_of
from fondaco.network.disclosure.audit import Release, bounds
from fondaco.network.disclosure.blocks import Contribution, split
from fondaco.network.disclosure.cells import Interval, Policy, dominated, interval
from fondaco.network.disclosure.history import Block, History, publish, withdraw
from fondaco.network.disclosure.indicators import SCALES, Figure, Indicator, MemberFigures, Scale, indicator

__all__ = [
    "SCALES",
    "Block",
    "Cell",
    "Contribution",
    "Figure",
    "Group",
    "History",
    "Indicator",
    "Interval",
    "MemberFigures",
    "Policy",
    "Release",
    "Scale",
    "Withheld",
    "answer",
    "answers",
    "bounds",
    "dominated",
    "group_of",
    "indicator",
    "interval",
    "publish",
    "split",
    "withdraw",
]
