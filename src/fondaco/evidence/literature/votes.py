"""How far findings agree, by counting votes, with what a count cannot say.

One sample has one vote, however many papers and rows it filled. Signs that the review does not state are counted
apart; patterns of use and typologies are no votes. No rate is made of the count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.evidence.literature.base import DIRECTIONS, Base, Finding
from fondaco.evidence.literature.strength import sample_words
from fondaco.evidence.words import listed

#: What a sample can say: one direction in all its rows, or several.
ANSWERS = (*DIRECTIONS, "mixed")


@dataclass(frozen=True)
class Tally:
    """Samples by what they say; adds up to `samples`.

    >>> tally([("a", "+"), ("a", "+"), ("b", "+"), ("b", "0"), ("c", "0")])
    Tally(counts={'+': 1, '-': 0, '0': 1, 'U': 0, 'mixed': 1})
    """

    counts: dict[str, int]

    @property
    def samples(self) -> int:
        """How many samples voted."""
        return sum(self.counts.values())


def tally(votes: Iterable[tuple[str, str]]) -> Tally:
    """Count votes, each a sample and a direction; a sample that says different things is ``mixed``."""
    said: dict[str, set[str]] = {}
    for sample, direction in votes:
        said.setdefault(sample, set()).add(direction)
    counted = Counter(next(iter(each)) if len(each) == 1 else "mixed" for each in said.values())
    return Tally({answer: counted[answer] for answer in ANSWERS})


def agreement(base: Base, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return how far findings agree, as JSON values; `docs/json.md` says what each field is."""
    voting = [each for each in findings if each.votes]
    stated = [each for each in voting if each.sign == "stated"]
    heard = {base.study_of(each).sample for each in stated}
    inferred = [each for each in voting if base.study_of(each).sample not in heard]
    tested = [each for each in stated if each.kind != "mechanism"]
    cases = [each for each in stated if each.kind == "mechanism"]
    valued = [each for each in stated if base.variables[each.outcome].desirable]
    votes = _tally(base, stated)
    return {
        "votes": votes.counts,
        "samples": votes.samples,
        "studies": len({each.study for each in stated}),
        "tested": _tally(base, tested).counts,
        "cases": _tally(base, cases).counts,
        "inferred": _tally(base, inferred).counts,
        "by_study": tally((each.study, each.direction) for each in stated).counts,
        "good_for_the_firm": _tally(base, valued, lambda each: _good(base, each)).counts,
        "by_outcome": _by_outcome(base, stated),
        "no_votes": [each.id for each in findings if not each.votes],
        "disagreements": _disagreements(base, findings, stated),
        "says": _says(base, stated, votes),
        "weaknesses": _weaknesses(base, findings, stated, inferred),
    }


def _tally(
    base: Base, findings: Sequence[Finding], says: Callable[[Finding], str] = lambda each: each.direction
) -> Tally:
    return tally((base.study_of(each).sample, says(each)) for each in findings)


def _good(base: Base, finding: Finding) -> str:
    """Return the direction turned so that ``+`` is good for the firm."""
    if finding.direction in {"0", "U"} or base.variables[finding.outcome].desirable == 1:
        return finding.direction
    return "-" if finding.direction == "+" else "+"


def _by_outcome(base: Base, stated: Sequence[Finding]) -> list[dict[str, Any]]:
    found = []
    for name in dict.fromkeys(each.outcome for each in stated):
        votes = _tally(base, [each for each in stated if each.outcome == name])
        found.append(
            {"outcome": name, "label": base.variables[name].label, "samples": votes.samples, **votes.counts}
        )
    return sorted(found, key=lambda row: (-row["samples"], row["outcome"]))


def _disagreements(
    base: Base, findings: Sequence[Finding], stated: Sequence[Finding]
) -> list[dict[str, Any]]:
    held = {each.id for each in findings}
    found: list[dict[str, Any]] = [
        {
            "about": dispute.id,
            "says": dispute.says,
            "findings": [id_ for id_ in dispute.findings if id_ in held],
            "beyond": [id_ for id_ in dispute.findings if id_ not in held],
        }
        for dispute in base.disputes
        if held & set(dispute.findings)
    ]
    told = {id_ for each in found for id_ in each["findings"]}
    for name in dict.fromkeys(each.outcome for each in stated):
        here = [each for each in stated if each.outcome == name]
        if len({each.direction for each in here}) > 1 and not {each.id for each in here} <= told:
            found.append(
                {
                    "about": name,
                    "says": f"On {base.variables[name].label} the directions differ: "
                    + "; ".join(
                        f"{base.variables[each.driver].label} {each.direction} ({base.study_of(each).cited})"
                        for each in here
                    )
                    + ". Drivers and samples differ as well.",
                    "findings": [each.id for each in here],
                    "beyond": [],
                }
            )
    return found


def _says(base: Base, stated: Sequence[Finding], votes: Tally) -> str:
    if not stated:
        return "No finding here whose direction the review states: nothing to count."
    if votes.samples == 1:
        study = base.study_of(stated[0])
        return (
            f"One sample says so ({study.cited}: {sample_words(study)}). It is a finding of that sample, "
            "and no general rate."
        )
    told = listed(
        [
            f"{count} {'says' if count == 1 else 'say'} {answer}"
            for answer, count in votes.counts.items()
            if count
        ]
    )
    return (
        f"Of {votes.samples} samples {told}. That is a count of samples: it says neither how large an effect is "
        "nor how often it holds."
    )


def _weaknesses(
    base: Base, findings: Sequence[Finding], stated: Sequence[Finding], inferred: Sequence[Finding]
) -> list[str]:
    if not findings:
        return []
    sizes = sorted({n for each in stated if (n := base.study_of(each).n) is not None})
    found = []
    if len(sizes) > 1:
        found.append(f"A sample of {sizes[0]:,} has one vote, and so has one of {sizes[-1]:,}.")
    found.append("The review codes no sizes of effects, and a count of votes misses small ones.")
    found.append("What found no effect is published less often than what did.")
    groups: dict[str, list[str]] = {}
    for study in dict.fromkeys(each.study for each in stated):
        if base.studies[study].overlap_group:
            groups.setdefault(base.studies[study].overlap_group, []).append(study)
    for members in groups.values():
        if len(members) > 1:
            how = base.studies[members[0]].overlap
            cited = listed([base.studies[each].cited for each in members])
            found.append(f"{cited} count once: it is {how} that they share a sample (our conclusion).")
    if inferred:
        count = len({base.study_of(each).sample for each in inferred})
        found.append(
            f"{count} more {_samples(count)} only a sign that the review does not state; counted apart."
        )
    if any(each.kind == "mechanism" for each in stated):
        found.append("Some were told by cases, which show how something can come about, not how often.")
    if len({each.outcome for each in stated}) > 1:
        found.append("Several outcomes are counted together; `by_outcome` parts them.")
    if left := sum(not each.votes for each in findings):
        found.append(
            f"{left} {'row is a pattern or typology' if left == 1 else 'rows are patterns or typologies'}: no votes."
        )
    return found


def _samples(count: int) -> str:
    return "sample has" if count == 1 else "samples have"
