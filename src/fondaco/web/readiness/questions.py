"""The questions as a page shows them, and what was filled in as values.

Each question is a field ``q-KEY``; what is none, or no answer, is told beside its question and never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict

from fondaco.kernel.errors import InputError
from fondaco.readiness import DEPARTMENTS, Questionnaire, questionnaire
from fondaco.readiness.answers import checked
from fondaco.readiness.questionnaire import Asked, Form, minutes

#: Names of the languages in themselves.
LANGUAGES = {"en": "English", "it": "Italiano", "ko": "한국어", "mn": "Монгол"}


@dataclass(frozen=True)
class Filled:
    """What came from a page: values by key, the raw text of those that are none, department and language."""

    values: dict[str, float]
    wrong: dict[str, str]
    department: str
    language: str


def language_of(said: str | None, fallback: str) -> str:
    """Return a language of the questionnaire."""
    return said if said in LANGUAGES else fallback if fallback in LANGUAGES else "en"


def filled_in(posted: QueryDict, asked: Sequence[Asked], language: str) -> Filled:
    """Return what was filled in."""
    held = questionnaire()
    values, wrong = {}, {}
    for each in asked:
        said = posted.get(f"q-{each.key}", "").strip()
        if not said:
            continue
        try:
            values[each.key] = checked(each.key, float(said.replace(",", ".")), held)
        except (ValueError, InputError):
            wrong[each.key] = said[:40]
    department = posted.get("department", "")
    return Filled(
        values, wrong, department if department in DEPARTMENTS else "", language_of(posted.get("language"), language)
    )  # fmt: skip


def page_of(
    asked: Sequence[Asked],
    values: Mapping[str, float],
    language: str,
    *,
    department: str = "",
    wrong: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the template of the questions shows."""
    held = questionnaire()
    words = held.page[language]
    labels = held.labels[language]
    said = dict(wrong or {})
    sections = []
    for group, put in groupby(asked, key=lambda each: held.construct(each.item.construct).group):
        rows = [_row(held, each, values, said, language) for each in put]
        sections.append({"name": held.groups[group][language], "rows": rows})
    return {
        "words": words, "sections": sections, "language": language, "languages": LANGUAGES, "department": department,
        "departments": list(zip(DEPARTMENTS, words["departments"], strict=True)),
        "scale": list(enumerate(labels, 1)), "least": labels[0], "most": labels[-1],
        "minutes": words["minutes"].format(minutes=minutes(asked, language)), "wrong": bool(said),
        "questions": len(asked),
    }  # fmt: skip


def _row(
    held: Questionnaire, each: Asked, values: Mapping[str, float], wrong: Mapping[str, str], language: str
) -> dict[str, Any]:
    value = values.get(each.key)
    about = held.construct(each.item.construct).name(language, each.market) if each.market else ""
    return {
        "key": each.key, "text": each.item.text(language), "about": about, "kind": each.item.kind,
        "value": None if value is None else int(value) if each.item.kind == "scale" else f"{value:g}",
        "wrong": wrong.get(each.key, ""), "most": f"{each.item.most:g}",
    }  # fmt: skip


def form_of(said: str | None) -> Form:
    """Return which form is asked for; the short one where nothing is said."""
    return "full" if said == "full" else "short"
