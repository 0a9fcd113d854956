"""The review's descriptive counts, computed from the base beside what the review prints, each difference explained."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fondaco.evidence.literature.base import Base, Study
from fondaco.evidence.literature.regions import region_of
from fondaco.reference import countries

_PRINTED = Path(__file__).parent / "data" / "printed.toml"


@cache
def printed() -> tuple[Mapping[str, Any], ...]:
    """Return what the review prints, item by item."""
    return tuple(tomllib.loads(_PRINTED.read_text("utf-8"))["printed"])


def counts(base: Base) -> list[dict[str, Any]]:
    """Return each count of the review beside the base's, as JSON values.

    Each is ``{"item", "printed", "as_printed", "computed", "detail", "agrees", "why"}``; `agrees` is null where the
    review prints a word and no number.
    """
    return [_line(base, said) for said in printed()]


def _line(base: Base, said: Mapping[str, Any]) -> dict[str, Any]:
    computed, detail = COUNTS[said["count"]](base)
    vague = isinstance(said["printed"], str) and isinstance(computed, int)
    same = set(str(computed).split(", ")) == set(
        str(said["printed"]).split(", ")
    )  # of a list the order is no claim
    return {
        "item": said["item"],
        "printed": said["printed"],
        "as_printed": said.get("as_printed"),
        "computed": computed,
        "detail": detail or None,
        "agrees": None if vague else same,
        "why": said.get("why"),
    }


_Count = Callable[[Base], tuple[int | str, str]]


def _number(test: Callable[[Study], bool]) -> _Count:
    return lambda base: (sum(test(each) for each in base.studies.values()), "")


def _in(region: str) -> _Count:
    def count(base: Base) -> tuple[int, str]:
        held = [each for each in base.studies.values() if region in _regions(each)]
        only = sum(_regions(each) == {region} for each in held)
        alone = sum(len(each.countries) == 1 for each in held)
        mentions = sum(region_of(country) == region for each in held for country in each.countries)
        if not held:
            return 0, ""
        return (
            len(held),
            f"{only} with no other region, {alone} of one country, {mentions} mentions of a country",
        )

    return count


def _regions(study: Study) -> set[str]:
    return {region_of(country) for country in study.countries}


def _leading(words: Callable[[Study], Iterable[str]], most: int, say: Callable[[str], str] = str) -> _Count:
    """Name those that come most often; who come equally often stand in the order of the alphabet."""

    def count(base: Base) -> tuple[str, str]:
        held = Counter(word for each in base.studies.values() for word in words(each))
        ordered = sorted(held.items(), key=lambda pair: (-pair[1], say(pair[0])))
        detail = ", ".join(f"{say(word)} {number}" for word, number in ordered[: most + 3])
        return ", ".join(say(word) for word, _ in ordered[:most]), detail

    return count


def _authors_at_home(base: Base) -> tuple[int, str]:
    named = [each for each in base.studies.values() if each.countries]
    at_home = sum(bool(set(each.countries) & set(each.authorship_countries)) for each in named)
    return at_home, f"of {len(named)} that name their countries"


def _several(base: Base) -> tuple[int, str]:
    """Count the studies of several countries: several named, a number above one, or several by their sample."""
    held = base.studies.values()
    named = sum(len(each.countries) > 1 for each in held)
    unnamed = [each for each in held if not each.countries]
    several = [each for each in unnamed if each.countries_said == "several"]
    rest = len(unnamed) - len(several)
    return named + len(several), f"{named} name them, {len(several)} do not, {rest} more give no country"


def _drivers_of_risk(base: Base) -> tuple[int, str]:
    held = {
        each.driver: each.source
        for each in base.findings
        if each.study == "jean_etal_2020" and each.outcome == "digital_platform_risk"
    }
    return len(held), ", ".join(f"{base.variables[name].label} ({source})" for name, source in held.items())


#: What can be counted: the number or words, and the detail behind it.
COUNTS: Mapping[str, _Count] = {
    "studies": lambda base: (len(base.studies), ""),
    "quantitative": _number(lambda each: each.design == "quantitative"),
    "qualitative": _number(lambda each: each.design == "qualitative"),
    "mixed": _number(lambda each: each.design == "mixed"),
    "until_2019": _number(lambda each: 2016 <= each.year <= 2019),
    "since_2020": _number(lambda each: each.year >= 2020),
    "of_2023": _number(lambda each: each.year == 2023),
    "quantitative_surveys": _number(lambda each: each.design == "quantitative" and each.method == "survey"),
    "quantitative_secondary": _number(
        lambda each: each.design == "quantitative" and each.method == "secondary_data"
    ),
    "case_studies": _number(lambda each: each.design == "qualitative" and "case_study" in each.method),
    "without_theory": _number(lambda each: not each.theories),
    "leading_theories": _leading(lambda each: each.theories, 4),
    "several_countries": _several,
    "europe": _in("Europe"),
    "asia": _in("Asia"),
    "china": _number(lambda each: "CHN" in each.countries),
    "americas": _in("Americas"),
    "oceania": _in("Oceania"),
    "africa": _in("Africa"),
    "leading_europe": _leading(
        lambda each: (c for c in each.countries if region_of(c) == "Europe"), 3, countries.name
    ),
    "authors_at_home": _authors_at_home,
    "platform_unspecified": _number(lambda each: each.platforms == ("unspecified",)),
    "platform_several": _number(lambda each: each.platforms == ("several",)),
    "leading_platforms": _leading(lambda each: each.platforms, 2),
    "leading_focus": _leading(lambda each: each.focus, 1),
    "leading_industry": _leading(
        lambda each: () if set(each.industries) & {"all", "several"} else each.industries, 1
    ),
    "named_in_themes": _number(lambda each: each.theme_basis == "prose"),
    "drivers_of_risk": _drivers_of_risk,
    "n_cassia_magno_2022b": lambda base: (base.studies["cassia_magno_2022b"].n or 0, ""),
}
