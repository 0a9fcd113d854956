"""Asking the literature: findings that answer a question, how far they agree, and what is missing.

>>> from fondaco.evidence.literature.base import shipped
>>> answer = ask(shipped(), "social media -> international performance")
>>> sorted({each.study for each in answer.findings})[:3]
['alarcon_del_amo_etal_2018', 'caputo_etal_2022', 'eid_etal_2020']
>>> ask(shipped(), "blockchain").why
"Nothing in the base is called 'blockchain'."
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from fondaco.evidence.literature.base import Base, Finding, Study
from fondaco.evidence.literature.gaps import THEMES, VAGUE, gap, gaps
from fondaco.evidence.literature.regions import region_of
from fondaco.evidence.literature.strength import Reader, directness, strength
from fondaco.evidence.literature.terms import Question, Term, key, read_question
from fondaco.evidence.literature.votes import agreement
from fondaco.kernel import InputError

#: Other words for the base's own.
_OTHERWISE = {
    "platform": {
        "marketplace": "e-commerce", "marketplaces": "e-commerce", "sales": "e-commerce", "social": "social media",
        "social networks": "social media", "reach": "social media", "freelance": "online labour", "own": "proprietary",
    },
    "design": {
        "case": "case_study", "cases": "case_study", "case studies": "case_study", "interview": "interviews",
        "panel": "longitudinal", "over time": "longitudinal",
    },
    "theme": {"resources": "resources_capabilities", "capabilities": "resources_capabilities", "adoption": "adoption_use",
              "use": "adoption_use", "benefits": "benefits_risks", "risks": "benefits_risks"},
    "theory": {"rbv": "resource-based view", "tce": "transaction cost economics", "toe": "technology-organization-environment framework"},
    "unit": {}, "focus": {},
}  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """Which studies to ask; empty is all.

    Attributes
    ----------
    country
        Where the firms are, alpha-3.
    platform, theme, theory, focus
        A type of platform, a section of the review, a theory, ``antecedents``, ``phenomenon`` or ``outcomes``.
    design
        ``quantitative``, ``mixed``, ``qualitative``, or a method: ``survey``, ``case study``, ``longitudinal``, ...
    unit
        What was studied: ``SME``, ``MSME``, ``INV`` (new venture), ``firm``, ...
    """

    country: str = ""
    platform: str = ""
    design: str = ""
    theme: str = ""
    theory: str = ""
    focus: str = ""
    unit: str = ""

    def read(self, base: Base) -> Filters:
        """Return the filters in the base's own words.

        Raises
        ------
        InputError
            For a word that no study carries, with those that there are.
        """
        said = {name: getattr(self, name) for name in _OTHERWISE}
        own = {
            name: _own(word, name, sorted({v for s in base.studies.values() for v in _values(s, name)}))
            for name, word in said.items()
        }
        return Filters(country=self.country, **own)

    def take(self, study: Study) -> bool:
        """Whether a study passes; `read` comes first."""
        if self.country and self.country not in study.countries:
            return False
        return all(not (word := getattr(self, name)) or word in _values(study, name) for name in _OTHERWISE)

    def to_json(self) -> dict[str, str]:
        """Return those that are set."""
        return {name: value for name, value in vars(self).items() if value}


def _values(study: Study, name: str) -> tuple[str, ...]:
    """Return what a study carries under the name of a filter."""
    if name == "design":
        parts = [
            word for word in ("survey", "case_study", "secondary_data", "interviews") if word in study.method
        ]
        over = ["longitudinal"] if study.longitudinal else []
        return (study.design, study.method, *parts, *over)
    held: dict[str, tuple[str, ...]] = {
        "platform": study.platforms, "theme": study.themes, "theory": study.theories, "focus": study.focus,
        "unit": (study.unit,),
    }  # fmt: skip
    return held[name]


def _own(word: str, name: str, choices: Sequence[str]) -> str:
    """Return the base's own word for one that was said."""
    if not word:
        return ""
    others = {**{key(c): c for c in choices}, **{key(w): c for w, c in _OTHERWISE[name].items()}}
    if name == "theme":
        others |= {key(said): own for own, said in THEMES.items()}
    if (found := others.get(key(word))) in choices:
        return str(found)
    near = process.extract(key(word), list(others), scorer=fuzz.WRatio, limit=2, score_cutoff=75)
    hint = f" Did you mean {' or '.join(dict.fromkeys(others[each[0]] for each in near))}?" if near else ""
    raise InputError(f"--{name}: no study is of {word!r}.{hint} There are: {', '.join(choices)}.")


@dataclass(frozen=True)
class Answer:
    """What the literature says to a question; `why` where it says nothing."""

    base: Base
    question: Question
    filters: Filters
    findings: tuple[Finding, ...]
    reader: Reader | None
    why: str
    notes: tuple[str, ...]

    @property
    def studies(self) -> tuple[Study, ...]:
        """The studies of the findings, each once."""
        return tuple(self.base.studies[key_] for key_ in dict.fromkeys(each.study for each in self.findings))

    @property
    def gaps(self) -> list[dict[str, Any]]:
        """What the answer leaves open; a question that nothing answers is a gap itself."""
        if self.findings:
            return gaps(self.base, self.studies)
        if any(term.how == "unknown" for term in self.question.terms.values()):
            return []
        found = [{"kind": "question", "missing": self.question.said, "everywhere": False, "says": self.why}]
        if self.filters.country and (region := _unstudied(self.base, self.filters.country)):
            found.append(gap("region", region, True, f"no study of firms in {region}"))
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON values; `docs/json.md` says what each is."""
        return {
            "query": self.question.said,
            "read_as": {place: term.to_json() for place, term in self.question.terms.items()},
            "filters": self.filters.to_json(),
            "findings": [finding_json(self.base, each, self.reader) for each in self.findings],
            "agreement": agreement(self.base, self.findings),
            "gaps": self.gaps,
            "why": self.why or None,
            "notes": list(self.notes),
        }


def ask(base: Base, query: str, filters: Filters | None = None, reader: Reader | None = None) -> Answer:
    """Return what a base says to a question (`terms` says how it is written).

    The findings stand in the order in which one may lean on them: tested before told, stated signs before inferred,
    and, for a reader, the same country and platform first; then by sample.

    Raises
    ------
    InputError
        For a question without words, or a filter that no study carries.
    """
    question = read_question(base, query)
    wanted = (filters or Filters()).read(base)
    matched = [each for each in base.findings if _matches(each, question)]
    taken = [each for each in matched if wanted.take(base.study_of(each))]
    ordered = tuple(sorted(taken, key=lambda each: _order(each, base.study_of(each), reader)))
    why = "" if ordered else _why(base, question, wanted, matched)
    return Answer(
        base, question, wanted, ordered, reader, why, tuple(_notes(base, question, wanted, matched))
    )


def _matches(finding: Finding, question: Question) -> bool:
    held: dict[str, tuple[str, ...]] = {
        "driver": (finding.driver,),
        "mediator": (finding.mediator,),
        "outcome": (finding.outcome,),
        "anywhere": finding.variables,
    }
    return all(set(held[place]) & set(term.variables) for place, term in question.terms.items())


def _order(finding: Finding, study: Study, reader: Reader | None) -> tuple[Any, ...]:
    kinds = ("effect", "association", "mechanism", "pattern", "typology")
    near = directness(study, reader) if reader is not None else {}
    far = [
        {"same": 0, "region": 1}.get(near.get(each, ""), 2) for each in ("country", "platform", "industry")
    ]
    return (
        not finding.votes,
        finding.sign != "stated",
        sum(far),
        kinds.index(finding.kind),
        -(study.n or 0),
        finding.id,
    )


def _why(base: Base, question: Question, filters: Filters, matched: Sequence[Finding]) -> str:
    """Say why nothing was found."""
    unknown = [term.says for term in question.terms.values() if term.how == "unknown"]
    if unknown:
        return f"{'. '.join(unknown)}."
    if not matched:
        parts = [_alone(base, place, term) for place, term in question.terms.items()]
        return f"No finding of the base links them. {' '.join(parts)}"
    told = ", ".join(f"{name} {value}" for name, value in filters.to_json().items())
    studies = len({each.study for each in matched})
    words = f"{len(matched)} findings of {studies} studies answer the question, none of them with {told}."
    if filters.country and not any(filters.country in s.countries for s in base.studies.values()):
        region = _unstudied(base, filters.country)
        nor = f", nor anywhere in {region}" if region else ""
        words += f" No study of the base is of firms in {filters.country}{nor}."
    return words


def _unstudied(base: Base, country: str) -> str:
    """Return a country's region where no study is of firms there; else nothing."""
    region = region_of(country)
    held = any(region == region_of(c) for each in base.studies.values() for c in each.countries)
    return "" if held else region


def _alone(base: Base, place: str, term: Term) -> str:
    """Say what the base has of one side of the question."""
    count = sum(bool(set(each.variables) & set(term.variables)) for each in base.findings)
    other = sorted(
        {base.variables[f.outcome if place == "driver" else f.driver].label for f in base.findings
         if (f.driver if place == "driver" else f.outcome) in term.variables}
    )  # fmt: skip
    way = "to" if place == "driver" else "from"
    linked = f", linked {way} {', '.join(other[:6])}" if other else ""
    return f"{term.means.capitalize()}: {count} findings name it{linked}."


def _notes(base: Base, question: Question, filters: Filters, matched: Sequence[Finding]) -> list[str]:
    found = [f"{term.says}." for term in question.terms.values() if term.how == "slip"]
    studies = [base.studies[name] for name in dict.fromkeys(each.study for each in matched)]
    if filters.country and (unnamed := sum(not each.countries for each in studies)):
        found.append(f"{_number(unnamed)} left out whose countries are not named.")
    vague = sum(set(each.platforms) <= set(VAGUE) for each in studies)
    if filters.platform and filters.platform not in VAGUE and vague:
        found.append(f"{_number(vague)} left out that name no type of platform, or only 'several'.")
    return found


def _number(studies: int) -> str:
    return "One study was" if studies == 1 else f"{studies} studies were"


def finding_json(base: Base, finding: Finding, reader: Reader | None = None) -> dict[str, Any]:
    """Return a finding as JSON values."""
    study = base.study_of(finding)
    return {
        "id": finding.id,
        "study": finding.study,
        "driver": finding.driver,
        "direction": finding.direction,
        "outcome": finding.outcome,
        "mediator": finding.mediator or None,
        "moderator": finding.moderator or None,
        "moderator_role": finding.moderator_role or None,
        "n": study.n,
        "country": "; ".join(study.countries) or None,
        "says": sentence(base, finding),
        "note": finding.note or None,
        "cited": study.cited,
        "title": study.title or None,
        "doi": study.doi or None,
        "platforms": list(study.platforms),
        "source": finding.source,
        "coder": finding.coder,
        "strength": strength(finding, study, reader),
    }


_ROLES = {
    "strengthens": "more so with {}",
    "weakens": "less so with {}",
    "required": "only with {}",
    "no_effect": "whatever the {}",
    "context": "seen with: {}",
}


def sentence(base: Base, finding: Finding) -> str:
    """Return a finding in a line.

    >>> from fondaco.evidence.literature.base import shipped
    >>> sentence(shipped(), shipped().by_id["rienda_etal_2021_f1"])
    'social media presence (+) international performance, only with corporate website'
    """
    label = {name: base.variables[name].label for name in finding.variables}
    words = f"{label[finding.driver]} ({finding.direction}) {label[finding.outcome]}"
    if finding.mediator:
        words += f", by way of {label[finding.mediator]}"
    if finding.moderator:
        words += ", " + _ROLES[finding.moderator_role].format(label[finding.moderator])
    return words
