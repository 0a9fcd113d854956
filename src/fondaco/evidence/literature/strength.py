"""How far one may lean on a finding: how it was got, of how many, and how near it is to a firm.

No grade is made of these: a grade would hide which of them is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.evidence.literature.base import Finding, Study
from fondaco.evidence.literature.regions import region_of

#: How the findings of a kind were got, in words.
GOT = {
    "effect": "tested",
    "association": "an association",
    "mechanism": "told by cases",
    "pattern": "a pattern of use, no effect",
    "typology": "a way of sorting firms, no effect",
}


@dataclass(frozen=True)
class Reader:
    """Whom the findings are read for; what is not known is left empty.

    Attributes
    ----------
    country
        Home of the firm, alpha-3.
    platforms, industries
        Types of platforms and industries, in the words of the base.
    name
        How the firm is called.
    """

    country: str = ""
    platforms: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    name: str = ""


def basis_of(finding: Finding, study: Study) -> str:
    """Return what a finding is: ``pattern``, ``inferred`` (the sign is our conclusion), ``example`` (of one firm), ``stated``."""
    if not finding.votes:
        return "pattern"
    if finding.sign == "inferred":
        return "inferred"
    return "example" if study.one_case else "stated"


def directness(study: Study, reader: Reader) -> dict[str, str]:
    """Return how near a study's firms are to the reader's: ``same``, ``region``, ``other``, ``not known`` for each respect."""
    return {
        "country": _country(study, reader.country),
        "platform": _shared(study.platforms, reader.platforms, ("unspecified", "several")),
        "industry": _shared(study.industries, reader.industries, ("all", "several", "na", "other")),
    }


def _country(study: Study, home: str) -> str:
    if not home or not study.countries:
        return "not known"
    if home in study.countries:
        return "same"
    return "region" if region_of(home) in {region_of(each) for each in study.countries} else "other"


def _shared(studied: Sequence[str], own: Sequence[str], vague: Sequence[str]) -> str:
    if not own or not studied or all(each in vague for each in studied):
        return "not known"
    return "same" if set(studied) & set(own) else "other"


def sample_words(study: Study) -> str:
    """Return the sample in words, as ``110 SMEs, ITA``."""
    unit = study.unit if study.n == 1 else f"{study.unit}s"
    size = f"{study.n:,} {unit}" if study.n is not None else "number not printed"
    where = " ".join(study.countries) or (
        f"{study.n_countries} countries that are not named" if study.n_countries else "country not named"
    )
    return f"{size}, {where}"


def strength(finding: Finding, study: Study, reader: Reader | None) -> dict[str, Any]:
    """Return what one should know before leaning on a finding, as JSON values; `direct` is null without a reader."""
    basis = basis_of(finding, study)
    words = [study.method.replace("_", " "), sample_words(study), GOT[finding.kind]]
    words += ["the sign is our conclusion, the review gives none"] if finding.sign == "inferred" else []
    words += ["one firm, an example"] if study.one_case else []
    near = directness(study, reader) if reader is not None else None
    if near is not None:
        words.append("; ".join(f"{respect}: {how}" for respect, how in near.items()))
    return {
        "design": study.design,
        "method": study.method,
        "kind": finding.kind,
        "basis": basis,
        "n": study.n,
        "unit": study.unit,
        "longitudinal": study.longitudinal,
        "direct": near,
        "says": ", ".join(words),
    }
