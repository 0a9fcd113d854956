"""The literature base: studies, what they found, and the variables that they found it of.

It ships as data, ``data/*.csv``: the 51 studies of Da Rocha, Neves da Fonseca and Kogut (2024, CC BY 4.0), coded
from that review's tables and text in our own words.

>>> base = shipped()
>>> len(base.studies), len(base.findings), len(base.variables)
(51, 128, 162)
>>> base.studies["rienda_etal_2021"].cited
'Rienda, Ruiz-Fernandez and Carey (2021)'
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from fondaco.kernel import InputError
from fondaco.reference.countries import is_market

_SHIPPED = Path(__file__).parent / "data"

#: Of driver on outcome; ``0`` is an effect looked for and not found, ``U`` a curve.
Direction = Literal["+", "-", "0", "U"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)

#: ``pattern`` and ``typology`` describe; they say nothing of an effect.
Kind = Literal["effect", "association", "mechanism", "pattern", "typology"]
KINDS: tuple[Kind, ...] = get_args(Kind)

DESIGNS = ("quantitative", "mixed", "qualitative")
ROLES = ("strengthens", "weakens", "required", "no_effect", "context")

SOURCE = (
    "Da Rocha, A., Neves da Fonseca, L. and Kogut, C.S. (2024). Small firm internationalization using digital "
    "platforms: an assessment and future research directions. International Marketing Review, 41(5), 981-1015. "
    "doi 10.1108/IMR-10-2023-0280. CC BY 4.0."
)


@dataclass(frozen=True)
class Variable:
    """A driver, outcome, mediator or moderator; `desirable` is 1 where more is better for a firm, -1 where less is."""

    name: str
    label: str
    family: str
    desirable: Literal[-1, 0, 1]
    definition: str


@dataclass(frozen=True)
class Study:
    """A study as the review describes it.

    Attributes
    ----------
    design, method
        ``quantitative``, ``mixed``, ``qualitative``; how it was done.
    countries, countries_said, n_countries
        Where the firms are, alpha-3; empty where the review names none, and then whether it says ``several`` or
        ``none``, and their number, if it has one.
    n, n_second
        The main sample in `unit`; the interviews of a mixed study. None where not printed.
    platforms
        Types: e-commerce, social media, crowdfunding and so on; ``several``, ``unspecified``.
    theme, themes
        The review's main section for it, and all of them; `theme_basis` says who placed it there.
    overlap_group, overlap
        Studies that may share a sample, and how sure we are of it; no statement of the review.
    """

    key: str
    authors: tuple[str, ...]
    year: int
    title: str
    journal: str
    doi: str
    design: str
    method: str
    data_source: tuple[str, ...]
    theories: tuple[str, ...]
    countries: tuple[str, ...]
    countries_said: str
    n_countries: int | None
    authorship_countries: tuple[str, ...]
    n: int | None
    n_second: int | None
    unit: str
    sample_note: str
    industries: tuple[str, ...]
    platforms: tuple[str, ...]
    focus: tuple[str, ...]
    theme: str
    themes: tuple[str, ...]
    theme_basis: str
    overlap_group: str
    overlap: str
    note: str

    @property
    def sample(self) -> str:
        """What counts as one sample: the study, or the group that may share one."""
        return self.overlap_group or self.key

    @property
    def cited(self) -> str:
        """The study in a line: surnames, the letter of its key where two works need one, and the year."""
        names = [author.split(",")[0] for author in self.authors]
        letter = self.key[-1] if self.key[-1].isalpha() and self.key[-2].isdigit() else ""
        who = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
        return f"{who} ({self.year}{letter})"

    @property
    def longitudinal(self) -> bool:
        """Whether the coding shows the same firms at several times."""
        return "secondary_panel" in self.data_source or "followed" in self.sample_note

    @property
    def one_case(self) -> bool:
        """Whether it is of a single firm: an example."""
        return self.n == 1 and self.design == "qualitative"


@dataclass(frozen=True)
class Finding:
    """What a study found of one driver and one outcome.

    Attributes
    ----------
    direction
        Of driver on outcome; of the whole chain where there is a mediator.
    moderator, moderator_role
        Under what condition, and what the condition does: it strengthens, weakens, is required, changes nothing, or
        is the context.
    kind
        ``effect`` (tested), ``association``, ``mechanism`` (told by cases), ``pattern`` and ``typology``.
    source, sign, coder
        Where in the review (or else the paper); ``stated``, or ``inferred`` by the coder where it gives no sign; who
        coded it.
    """

    id: str
    study: str
    driver: str
    direction: Direction
    outcome: str
    mediator: str
    moderator: str
    moderator_role: str
    kind: Kind
    source: str
    sign: Literal["stated", "inferred"]
    coder: str
    note: str

    @property
    def votes(self) -> bool:
        """Whether it is of an effect at all; patterns of use and typologies are not."""
        return self.kind not in {"pattern", "typology"}

    @property
    def variables(self) -> tuple[str, ...]:
        """All that it names."""
        return tuple(v for v in (self.driver, self.outcome, self.mediator, self.moderator) if v)


@dataclass(frozen=True)
class Dispute:
    """Results that stand against each other, as the review's text has them or as its parts contradict one another."""

    id: str
    says: str
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Concept:
    """A word that people ask with, and the variables that it means."""

    name: str
    words: tuple[str, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Base:
    """The whole base, its parts checked against each other."""

    studies: Mapping[str, Study]
    findings: tuple[Finding, ...]
    variables: Mapping[str, Variable]
    disputes: tuple[Dispute, ...] = ()
    concepts: tuple[Concept, ...] = ()

    def study_of(self, finding: Finding) -> Study:
        """Return the study that a finding is of."""
        return self.studies[finding.study]

    @cached_property
    def by_id(self) -> Mapping[str, Finding]:
        """The findings by their ids."""
        return {each.id: each for each in self.findings}


@cache
def shipped() -> Base:
    """Return the edition that ships."""
    said = {
        name: (_SHIPPED / name).read_text("utf-8")
        for name in ("studies.csv", "findings.csv", "variables.csv")
    }
    return parse(
        said["studies.csv"],
        said["findings.csv"],
        said["variables.csv"],
        disputes=tomllib.loads((_SHIPPED / "disputes.toml").read_text("utf-8")),
        concepts=_shipped_concepts(),
    )


@cache
def _shipped_concepts() -> Mapping[str, Any]:
    return tomllib.loads((_SHIPPED / "concepts.toml").read_text("utf-8"))


def extended(studies: str, findings: str, variables: str) -> Base:
    """Return the edition that ships with studies of one's own, coded in the same columns; an empty text adds nothing.

    Each finding names who coded it (`coder`) and from where (`source`). What ships is not replaced: a key that it has
    already is a fault.

    Raises
    ------
    InputError
        As `parse`.
    """
    return parse(studies, findings, variables, concepts=_shipped_concepts(), over=shipped())


def parse(
    studies: str,
    findings: str,
    variables: str,
    *,
    disputes: Mapping[str, Any] | None = None,
    concepts: Mapping[str, Any] | None = None,
    over: Base | None = None,
) -> Base:
    """Read a base from the texts of its three tables (CSV) and, where there are, its disputes and concepts.

    With `over`, what is read comes on top of another base.

    Raises
    ------
    InputError
        Naming each row that is wrong (up to eight): a study that is not there, a variable without definition, a
        direction that is none, a key that stands twice.
    """
    faults: list[str] = []
    below = over or Base({}, (), {})
    variables_read = _taken("variables.csv", variables, Variable, _variable, "name", faults, below.variables)
    held = {**below.variables, **{each.name: each for each in variables_read}}
    studies_read = _taken("studies.csv", studies, Study, _study, "key", faults, below.studies)
    known = {**below.studies, **{each.key: each for each in studies_read}}
    own = _taken("findings.csv", findings, Finding, _finding, "id", faults, below.by_id)
    found = (*below.findings, *own)
    for each in own:
        if each.study not in known:
            faults.append(f"findings.csv, {each.id}: no study {each.study!r}; add it to studies.csv")
        faults.extend(
            f"findings.csv, {each.id}: no variable {name!r}; define it in variables.csv"
            for name in each.variables
            if name not in held
        )
    told = (
        *below.disputes,
        *(Dispute(id_, said["says"], tuple(said["findings"])) for id_, said in (disputes or {}).items()),
    )
    meant = tuple(_concepts(concepts or {}, held, faults))
    ids = {each.id for each in found}
    faults.extend(
        f"disputes.toml, {each.id}: no finding {id_!r}"
        for each in told
        for id_ in each.findings
        if id_ not in ids
    )
    if faults:
        more = f"; and {len(faults) - 8} more" if len(faults) > 8 else ""
        raise InputError(f"The literature base: {'; '.join(faults[:8])}{more}.")
    return Base(known, found, held, told, meant)


def _concepts(said: Mapping[str, Any], held: Mapping[str, Variable], faults: list[str]) -> Sequence[Concept]:
    found = []
    for name, each in said.items():
        families = each.get("families", [])
        of_families = [v.name for v in held.values() if v.family in families]
        names = tuple(dict.fromkeys([*each.get("variables", []), *of_families]))
        faults.extend(f"concepts.toml, {name}: no variable {v!r}" for v in names if v not in held)
        found.append(Concept(name, tuple(each.get("words", [])), names))
    return found


def _taken(
    file: str, text: str, record: Any, read: Any, key: str, faults: list[str], below: Mapping[str, Any]
) -> list[Any]:
    """Return the rows of a table as records; what is wrong with a row is added to `faults`.

    Keys that `below` has may not come again; an empty text has no rows.
    """
    if not text.strip():
        return []
    reader = csv.DictReader(io.StringIO(text))
    needed = set(record.__dataclass_fields__)
    if missing := sorted(needed - set(reader.fieldnames or ())):
        faults.append(f"{file}: no column {', '.join(missing)}")
        return []
    found: dict[str, Any] = {}
    for number, row in enumerate(reader, start=2):
        said = {name: (row[name] or "").strip() for name in needed}
        try:
            each = record(**{**said, **read(said)})
        except ValueError as error:
            faults.append(f"{file}, row {number} ({said[key] or 'without a key'}): {error}")
            continue
        if not said[key] or said[key] in found or said[key] in below:
            faults.append(f"{file}, row {number}: {key} {said[key]!r} is empty or stands there already")
            continue
        found[said[key]] = each
    return list(found.values())


def _variable(row: Mapping[str, str]) -> dict[str, Any]:
    if not row["definition"]:
        raise ValueError("the definition is empty")
    return {"desirable": int(_one_of(row, "desirable", ("-1", "0", "1")))}


_LISTS = (
    "data_source", "theories", "countries", "authorship_countries", "industries", "platforms", "focus", "themes",
)  # fmt: skip


def _study(row: Mapping[str, str]) -> dict[str, Any]:
    _one_of(row, "design", DESIGNS)
    for country in (*_list(row["countries"]), *_list(row["authorship_countries"])):
        if not is_market(country):
            raise ValueError(f"{country!r} is no country: write ISO 3166-1 alpha-3 codes, parted by ;")
    _one_of(row, "countries_said", ("named", "several", "none"))
    _one_of(row, "overlap", ("", "likely", "possible"))
    return {
        "authors": _list(row["authors"]),
        "year": _number(row, "year", needed=True),
        **{name: _number(row, name) for name in ("n", "n_second", "n_countries")},
        **{name: _list(row[name]) for name in _LISTS},
    }


def _finding(row: Mapping[str, str]) -> dict[str, Any]:
    _one_of(row, "direction", DIRECTIONS)
    _one_of(row, "kind", KINDS)
    _one_of(row, "sign", ("stated", "inferred"))
    _one_of(row, "moderator_role", ("", *ROLES))
    if not (row["driver"] and row["outcome"]):
        raise ValueError("driver or outcome is empty")
    if not (row["source"] and row["coder"]):
        raise ValueError("source or coder is empty: say where it stands and who coded it")
    return {}


def _one_of(row: Mapping[str, str], column: str, allowed: Sequence[str]) -> str:
    if row[column] not in allowed:
        raise ValueError(f"{column} {row[column]!r} is none of {', '.join(filter(None, allowed))}")
    return row[column]


def _number(row: Mapping[str, str], column: str, *, needed: bool = False) -> int | None:
    if not row[column] and not needed:
        return None
    if not row[column].isascii() or not row[column].isdigit():
        raise ValueError(f"{column} {row[column]!r} is no whole number")
    return int(row[column])


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
