"""What codings say side by side: rounds within a case, cases, whose view, facts and inferences, links against evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fondaco.evidence.coding.project import STANDINGS, VIEWS, Coding, Link, Project, Source


@dataclass(frozen=True)
class WaveLine:
    """One code in one case: how many passages of each round have it; round 0 is not told."""

    case: str
    code: str
    counts: dict[int, int]

    @property
    def says(self) -> str:
        """What changed between the first round told and the last."""
        told = sorted(wave for wave in self.counts if wave)
        if len(told) < 2:
            return "one round only" if told else "round not told"
        first, last = self.counts[told[0]], self.counts[told[-1]]
        if not first and not last:
            return "in neither the first nor the last"
        return "new" if not first else "gone" if not last else "in both"


@dataclass(frozen=True)
class OutOfTime:
    """A statement that does not fit the round in which it was made."""

    coding: Coding
    source: Source
    why: str


def waves(project: Project) -> tuple[WaveLine, ...]:
    """Return for each case and code how often each round of interviews has it.

    A round in which the case was interviewed and the code does not appear counts 0; one that there was not is left out.
    """
    rounds: dict[str, set[int]] = {}
    for source in project.sources:
        rounds.setdefault(source.case, set()).add(source.wave)
    counts: dict[tuple[str, str], Counter[int]] = {}
    by_id = {source.id: source for source in project.sources}
    for coding in project.codings:
        source = by_id[coding.source]
        key = (source.case, project.book.now(coding.code).id)
        counts.setdefault(key, Counter())[source.wave] += 1
    order = {code: place for place, code in enumerate(project.book.codes)}
    return tuple(
        WaveLine(case, project.book.codes[code].name, {wave: held[wave] for wave in sorted(rounds[case])})
        for (case, code), held in sorted(counts.items(), key=lambda item: (item[0][0], order[item[0][1]]))
    )


def out_of_time(project: Project) -> tuple[OutOfTime, ...]:
    """Return the statements that speak of a later round than the one in which they were made, or of one where none is told.

    The coder says of which round a statement speaks (`Coding.speaks_of`); the source says when it was made.
    """
    by_id = {source.id: source for source in project.sources}
    held = []
    for coding in project.codings:
        source = by_id[coding.source]
        if coding.speaks_of and source.wave and coding.speaks_of > source.wave:
            why = f"said in round {source.wave}, needs what round {coding.speaks_of} could know"
            held.append(OutOfTime(coding, source, why))
        elif coding.speaks_of and not source.wave:
            held.append(
                OutOfTime(
                    coding,
                    source,
                    f"speaks of round {coding.speaks_of}; the round of the interview is not told",
                )
            )
    return tuple(held)


def case_table(project: Project) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return the columns of all cases and each case's values in them; empty where a case does not tell."""
    columns = tuple(dict.fromkeys(name for case in project.cases for name, _ in case.values))
    rows = tuple(
        (case.name, tuple(dict(case.values).get(name, "") for name in columns)) for case in project.cases
    )
    return columns, rows


def views(project: Project) -> dict[str, dict[str, int]]:
    """Return interviews, informants and passages by whose view they give; none is left out, so that gaps are seen."""
    held: dict[str, dict[str, int]] = {}
    for view in VIEWS:
        sources = [source for source in project.sources if source.view == view]
        ids = {source.id for source in sources}
        if view or sources:
            held[view or "not told"] = {
                "interviews": len(sources),
                "informants": len({(source.case, source.informant) for source in sources}),
                "passages": sum(coding.source in ids for coding in project.codings),
            }
    return held


def standings(project: Project) -> tuple[tuple[str, dict[str, int], int], ...]:
    """Return for each code how many passages are stated facts, inferences and examples, and how many firms say so.

    A code that one firm alone carries is an example, whatever its passages are: the number of firms says which.
    """
    by_id = {source.id: source for source in project.sources}
    held: list[tuple[str, dict[str, int], int]] = []
    for code in project.book.living:
        mine = [coding for coding in project.codings if project.book.now(coding.code).id == code.id]
        if mine:
            counts = Counter(coding.standing for coding in mine)
            firms = len({by_id[coding.source].case for coding in mine} - {""})
            held.append(
                (code.name, {each or "not told": counts[each] for each in STANDINGS if counts[each]}, firms)
            )
    return tuple(held)


@dataclass(frozen=True)
class LinkLine:
    """A link against the evidence of each case: codings that support it, and that contradict it."""

    link: Link
    supports: dict[str, tuple[Coding, ...]]
    contradicts: dict[str, tuple[Coding, ...]]
    cases: tuple[str, ...]

    @property
    def says(self) -> str:
        """The line in words."""
        both = [case for case in self.cases if case in self.supports and case in self.contradicts]
        yes = [case for case in self.cases if case in self.supports and case not in both]
        no = [case for case in self.cases if case in self.contradicts and case not in both]
        none = [case for case in self.cases if case not in self.supports and case not in self.contradicts]
        told = (("supported in", yes), ("contradicted in", no), ("both in", both), ("no evidence in", none))
        return "; ".join(f"{words} {', '.join(names)}" for words, names in told if names)


def link_table(project: Project) -> tuple[LinkLine, ...]:
    """Return each link of the model beside the evidence of each case; a case without any is named as such."""
    by_id = {source.id: source for source in project.sources}
    codings = {coding.id: coding for coding in project.codings}
    told = [case.name for case in project.cases] + [source.case for source in project.sources if source.case]
    held = []
    for link in project.links:
        sides: dict[bool, dict[str, list[Coding]]] = {True: {}, False: {}}
        for each in project.backing:
            if each.link == link.id:
                coding = codings[each.coding]
                sides[each.supports].setdefault(by_id[coding.source].case, []).append(coding)
        supports, contradicts = (
            {case: tuple(mine) for case, mine in sides[side].items()} for side in (True, False)
        )
        held.append(LinkLine(link, supports, contradicts, tuple(dict.fromkeys(told))))
    return tuple(held)


@dataclass(frozen=True)
class Quote:
    """A passage as a table of quotations shows it."""

    dimension: str
    theme: str
    code: str
    text: str
    case: str
    informant: str
    wave: int
    view: str
    standing: str
    flag: str
    coder: str

    def to_json(self) -> dict[str, Any]:
        """Return the quotation as JSON values."""
        return dict(vars(self))


def quotes(project: Project, *, each: int = 3) -> tuple[Quote, ...]:
    """Return up to `each` passages of each code in the order of the structure, of as many cases as there are.

    Passages are taken case by case, the longer first, so that no firm speaks for all; one that two coders marked
    alike comes once.
    """
    by_id = {source.id: source for source in project.sources}
    flags = {held.coding.id: held.why for held in out_of_time(project)}
    found = []
    for code in _ordered(project):
        once = {
            (coding.source, coding.start, coding.end): coding
            for coding in reversed(project.codings)
            if project.book.now(coding.code).id == code
        }
        mine = sorted(once.values(), key=lambda c: (c.start - c.end, c.source, c.start, c.id))
        rank: Counter[str] = Counter()
        placed = []
        for coding in mine:
            case = by_id[coding.source].case
            placed.append((rank[case], case, coding))
            rank[case] += 1
        placed.sort(key=lambda item: item[:2])
        path = {node.level: node.name for node in project.book.path(code)}
        for _, case, coding in placed[:each]:
            source = by_id[coding.source]
            found.append(Quote(
                path.get(3, ""), path.get(2, ""), path.get(1, ""), project.quote(coding), case, source.informant, source.wave, source.view,
                coding.standing, flags.get(coding.id, ""), project.coder(coding.coder),
            ))  # fmt: skip
    return tuple(found)


def _ordered(project: Project) -> tuple[str, ...]:
    """Return the ids of first-order codes in the order of the structure, the unassigned last."""
    book = project.book
    themes = [
        theme
        for dimension in (*book.of_level(3), None)
        for theme in book.under(dimension.id if dimension else None, 2)
    ]
    return tuple(code.id for theme in (*themes, None) for code in book.under(theme.id if theme else None, 1))
