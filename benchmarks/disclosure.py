"""Attacks on the network's door: random sequences of questions, withdrawals, joinings and new figures, each answer audited.

``python benchmarks/disclosure.py [SEQUENCES] [SEED]`` prints how many sequences were run, how many answers were given,
how many figures somebody could work out to less than a fifth of the scale (the goal: 0), and the time.  The same attacks
on the rule "no mean of fewer than five" are printed beside it: they show that the judge finds
leaks where there are some.

Each sequence has up to 18 members in two networks that overlap; half of the figures are 0 or 1, where means tell most.
The attacker knows who is in every figure and all figures of one member.  True figures never change, and the attacker
knows that for as long as the days they rest on overlap.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from fondaco.network.disclosure import (
    Cell,
    Contribution,
    Figure,
    History,
    Indicator,
    Policy,
    Release,
    answer,
    bounds,
    publish,
    withdraw,
)

WIDTH = Fraction(1, 5)
STEPS = 9
POLICY = Policy()
#: Of `RESPONSE_RATE`, whose scale is 0 to 1.
INDICATOR = Indicator.RESPONSE_RATE
GROUPS = ((), (("home", "ITA"),), (("home", "KOR"),), (("size", "1-9"),), (("size", "10-49"),),
          (("home", "ITA"), ("size", "1-9")), (("home", "KOR"), ("size", "10-49")))  # fmt: skip


@dataclass
class Attacker:
    """Keeps all that was published, and says what can be worked out of it.

    A member's figures are one unknown for as long as their days overlap.
    """

    truth: dict[str, Fraction]
    releases: list[Release] = field(default_factory=list)
    unknowns: dict[str, list[tuple[str, date, date]]] = field(default_factory=dict)

    def learns(
        self, members: tuple[str, ...], since: date, until: date, low: Fraction, high: Fraction
    ) -> int:
        """Take in a published mean; return how many figures can now be worked out."""
        named = frozenset(self._unknown(member, since, until) for member in members)
        release = Release(named, low, high)
        if release in self.releases:
            return 0
        self.releases.append(release)
        return self._leaks(named)

    def _unknown(self, member: str, since: date, until: date) -> str:
        held = self.unknowns.setdefault(member, [])
        for name, first, last in held:
            if since < last and first < until:
                return name
        held.append((f"{member}@{len(held)}", since, until))
        return held[-1][0]

    def _leaks(self, about: frozenset[str]) -> int:
        """Try every member as the one whose figures are known; those who look alike are tried once."""
        linked = [release for release in self.releases if release.members & about]
        reached = set(about).union(*(release.members for release in linked))
        alike: dict[object, list[str]] = {}
        for name in reached:
            alike.setdefault(frozenset(r for r in self.releases if name in r.members), []).append(name)
        leaks, tried = 0, set()
        for who in sorted({name.partition("@")[0] for name in reached}):
            known = {name: self.truth[who] for name, *_ in self.unknowns[who]}
            for kind, names in alike.items():
                target = next((name for name in names if name not in known), None)
                mark = (self.truth[who], frozenset(self._kinds(known)), kind)
                if target is None or mark in tried:
                    continue
                tried.add(mark)
                found = bounds(self.releases, known, target)
                assert found is not None, "what is published contradicts itself"
                true = self.truth[target.partition("@")[0]]
                assert found[0] - Fraction(1, 10**6) <= true <= found[1] + Fraction(1, 10**6), (
                    "what is published is false"
                )
                leaks += found[1] - found[0] < WIDTH
        return leaks

    def _kinds(self, names: dict[str, Fraction]) -> list[frozenset[Release]]:
        return [frozenset(r for r in self.releases if name in r.members) for name in names]


@dataclass
class World:
    """Members of two networks, what they share, and the day."""

    draw: random.Random
    truth: dict[str, Fraction]
    traits: dict[str, dict[str, str]]
    sharing: dict[str, set[str]]
    today: date = date(2026, 1, 1)

    def contributions(self, network: str) -> list[Contribution]:
        """Return the figures of those who share, of the year until today."""
        return [
            Contribution(
                name, self.traits[name],
                Figure(float(self.truth[name]), self.today - timedelta(days=365), self.today),
            )
            for name in sorted(self.sharing[network])
        ]  # fmt: skip


def world(draw: random.Random) -> World:
    """Make a small world."""
    names = [f"m{number}" for number in range(draw.randint(5, 18))]
    few = draw.choice([(0, 1), (0, 1, Fraction(1, 2)), tuple(Fraction(k, 20) for k in range(21))])
    truth = {
        name: Fraction(draw.choice(few)) if draw.random() < 0.5 else Fraction(draw.randint(0, 60), 60)
        for name in names
    }
    homes = draw.choice([("ITA",), ("ITA", "KOR"), ("ITA", "ITA", "ITA", "KOR")])
    traits = {
        name: {"home": draw.choice(homes), "size": draw.choice(["1-9", "1-9", "10-49"])} for name in names
    }
    part = set(draw.sample(names, draw.randint(0, len(names))))
    return World(draw, truth, traits, {"a": set(names), "b": part})


def sequence(draw: random.Random) -> tuple[int, int]:
    """Run one sequence against the door; return (answers, leaks)."""
    here = world(draw)
    attacker = Attacker(here.truth)
    history = History(INDICATOR)
    answers = leaks = 0
    for _ in range(STEPS):
        what = draw.random()
        network = draw.choice("ab")
        if what < 0.12 and here.sharing[network]:
            gone = draw.choice(sorted(here.sharing[network]))
            here.sharing[network].discard(gone)
            history = withdraw(history, network, [gone])
        elif what < 0.22:
            here.sharing[network].add(draw.choice(sorted(here.truth)))
        elif what < 0.34:
            here.today += timedelta(days=draw.choice([1, 90, 200, 365, 400]))
        else:
            history = publish(history, network, here.contributions(network), here.today, POLICY)
            leaks += _published(attacker, history)
            sharing = {name: here.traits[name] for name in here.sharing[network]}
            found = answer(history, sharing, draw.choice(GROUPS), viewer=None, policy=POLICY)
            answers += 1
            if isinstance(found, Cell):
                leaks += _answered(attacker, history, sharing, found)
    return answers, leaks


def _published(attacker: Attacker, history: History) -> int:
    """Let the attacker see every block as it is, which is more than any answer tells."""
    return sum(
        attacker.learns(
            block.members, block.since, block.until, Fraction(str(block.mean.low)), Fraction(str(block.mean.high))
        )
        for block in history.blocks
        if block.mean is not None
    )  # fmt: skip


def _answered(attacker: Attacker, history: History, sharing: dict[str, dict[str, str]], found: Cell) -> int:
    """Let the attacker see an answer and know whom it counts; bounds are told to three digits."""
    told = [
        block
        for block in history.blocks
        if block.mean and set(block.members) <= set(sharing) and set(found.group) <= set(block.traits.items())
    ]
    if len(told) < 2 or len({(block.since, block.until) for block in told}) > 1:
        return 0  # one block, seen already, or figures of other days
    members = tuple(name for block in told for name in block.members)
    slack = Fraction(1, 1000)
    low, high = Fraction(str(found.low)) - slack, Fraction(str(found.high)) + slack
    return attacker.learns(members, told[0].since, told[0].until, low, high)


def naive(draw: random.Random) -> tuple[int, int]:
    """Run one sequence against a rule that only counts to five."""
    here = world(draw)
    attacker = Attacker(here.truth)
    answers = leaks = 0
    for _ in range(STEPS):
        network = draw.choice("ab")
        if draw.random() < 0.2 and here.sharing[network]:
            here.sharing[network].discard(draw.choice(sorted(here.sharing[network])))
        group = set(draw.choice(GROUPS))
        members = tuple(
            name for name in sorted(here.sharing[network]) if group <= set(here.traits[name].items())
        )
        if len(members) < 5:
            continue
        mean = sum((here.truth[name] for name in members), Fraction(0)) / len(members)
        answers += 1
        leaks += attacker.learns(members, here.today - timedelta(days=365), here.today, mean, mean)
    return answers, leaks


def attack(run: Callable[[random.Random], tuple[int, int]], sequences: int, seed: int) -> Counter[str]:
    """Run so many sequences; return the counts of sequences, answers, leaks, and sequences with a leak."""
    counts: Counter[str] = Counter()
    for number in range(sequences):
        answers, leaks = run(random.Random(seed * 1_000_003 + number))
        counts += Counter(sequences=1, answers=answers, leaks=leaks, leaking=leaks > 0)
    return counts


def main() -> None:
    sequences = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for name, run, many in (("fondaco", sequence, sequences), ("counting to five", naive, sequences // 1000)):
        began = time.perf_counter()
        counts = attack(run, many, seed)
        print(
            f"{name}: {counts['sequences']:,} sequences, {counts['answers']:,} answers, {counts['leaks']:,} leaks in "
            f"{counts['leaking']:,} sequences, {time.perf_counter() - began:.0f} s"
        )


if __name__ == "__main__":
    main()
