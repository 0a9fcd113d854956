"""What is drawn out of a study: the columns of the literature base, with their types, and the study as a row of it.

A study that is drawn out here joins the base as one of the workspace's own: the same columns, checked by the same code.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from fondaco.evidence.literature import Study, extended
from fondaco.evidence.literature.base import DESIGNS
from fondaco.evidence.review.records import Record
from fondaco.kernel import InputError
from fondaco.kernel.exports import SafeWriter
from fondaco.reference.countries import is_market

Type = Literal["text", "long", "number", "choice", "list", "countries"]


@dataclass(frozen=True)
class Field:
    """One field of the form.

    Attributes
    ----------
    name, label, help
        The base's column, what people call it, and how to fill it in.
    type
        ``text``, ``long``, ``number``, ``choice``, ``list`` (parted by semicolons) or ``countries`` (alpha-3 codes).
    choices
        Of a choice.
    needed
        Whether it must be filled in.
    """

    name: str
    label: str
    type: Type
    help: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False


FORM: tuple[Field, ...] = (
    Field("key", "Key", "text", "surname_year, in small letters: kuehn_2024", needed=True),
    Field("design", "Design", "choice", choices=DESIGNS, needed=True),
    Field("method", "Method", "text", "survey, secondary_data, multiple_case_study", needed=True),
    Field("data_source", "Data", "list", "survey_online; secondary_panel"),
    Field("theories", "Theories", "list"),
    Field("countries", "Countries of the firms", "countries", "ISO alpha-3, parted by semicolons: ITA; CHN"),
    Field("authorship_countries", "Countries of the authors", "countries"),
    Field("n", "Sample", "number", "the main number"),
    Field("n_second", "Second sample", "number", "the interviews of a mixed study"),
    Field("unit", "Unit", "text", "firm, manager, transaction"),
    Field("sample_note", "About the sample", "long"),
    Field("industries", "Industries", "list"),
    Field("platforms", "Types of platforms", "list", "e-commerce; social media"),
    Field("focus", "Focus", "list", "antecedents, phenomenon, outcomes"),
    Field("theme", "Main theme", "choice", choices=("resources_capabilities", "environment", "adoption_use", "benefits_risks"), needed=True),
    Field("note", "Note", "long"),
)  # fmt: skip


def checked(said: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a form, tidied.

    Raises
    ------
    InputError
        Naming the first field that is wrong, what was found and what to write.

    Examples
    --------
    >>> checked({"key": "kuehn_2024", "design": "quantitative", "method": "survey", "theme": "environment", "n": "120"})["n"]
    '120'
    """
    held: dict[str, str] = {}
    for field in FORM:
        value = " ".join(str(said.get(field.name, "")).split())
        if field.needed and not value:
            raise InputError(f"{field.label} is empty; it is needed.")
        if len(value) > 2000:
            raise InputError(f"{field.label} is longer than 2,000 letters.")
        if value and field.type == "number" and not (value.isascii() and value.isdigit() and len(value) < 10):
            raise InputError(f"{field.label}: {value!r} is no whole number.")
        if value and field.type == "choice" and value not in field.choices:
            raise InputError(f"{field.label}: {value!r} is none of {', '.join(field.choices)}.")
        if value and field.type in ("list", "countries"):
            parts = [part.strip() for part in value.split(";") if part.strip()]
            if field.type == "countries":
                parts = [part.upper() for part in parts]
                if wrong := next((part for part in parts if not is_market(part)), None):
                    raise InputError(
                        f"{field.label}: {wrong!r} is no country; write ISO alpha-3 codes, parted by semicolons."
                    )
            value = ";".join(parts)
        held[field.name] = value
    return held


def studies_csv(drawn: Sequence[tuple[Record, Mapping[str, str], str, str]]) -> str:
    """Return studies as the base's ``studies.csv``, to be put into a workspace's ``literature`` folder.

    Parameters
    ----------
    drawn
        Of each study: its record, the form's values, where in it they stand, and who coded it.

    Raises
    ------
    InputError
        As the base's own check: a key that is there already, a year that is missing.
    """
    columns = [field.name for field in fields(Study)]
    out = io.StringIO()
    writer = SafeWriter(out)
    writer.writerow(columns)
    for record, values, source, coder in drawn:
        countries = values.get("countries", "")
        coded = f"coded by {coder} from {source}"
        row = {
                **{name: value for name, value in values.items() if name in columns},
                "authors": "; ".join(record.authors), "year": str(record.year or ""), "title": record.title,
                "journal": record.journal, "doi": record.doi, "countries_said": "named" if countries else "none",
                "n_countries": str(len(countries.split(";"))) if countries else "", "themes": values.get("theme", ""),
                "theme_basis": "coder", "note": "; ".join(filter(None, (values.get("note", ""), coded))),
            }  # fmt: skip
        writer.writerow(row.get(name, "") for name in columns)
    if drawn:
        extended(out.getvalue(), "", "")
    return out.getvalue()
