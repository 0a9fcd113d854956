"""Reply templates: those that ship, one file for each language in ``texts/``, and a firm's own over them.

A firm's own stand in ``firms/SLUG.replies.toml``, by name and language; a name of its own is a new template::

    [acknowledge.en]
    subject = "Your inquiry"
    body = \"\"\"
    Thank you for asking about {product}.
    ? You asked for {quantity} units.\"\"\"

``{name}`` is filled from the case (`FACTS` says with what).  A line that begins with ``? `` is left out where one of its
facts is not known; in any other line a fact that is not known leaves a gap that a person has to fill.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import tomli_w

from fondaco.desk.quotation.values import LONG, words
from fondaco.desk.replies.language import LANGUAGES
from fondaco.kernel import InputError

#: The templates that ship, in the order of a deal.
NAMES: Mapping[str, str] = {
    "acknowledge": "We have it, and when we answer",
    "ask": "Ask for what is missing",
    "quotation": "Quotation",
    "samples": "Samples",
    "cannot_ship": "Decline: cannot ship there",
    "distributor": "Decline: a distributor sells there",
    "unfit": "Decline: the order does not fit",
    "follow_up": "Follow up after no answer",
    "second_order": "Ask for a second order",
}
#: What can stand in a template, and where it comes from.
FACTS: Mapping[str, str] = {
    "buyer": "the buyer's name, else its firm",
    "firm": "your firm's name",
    "sender": "who signs",
    "product": "what is asked for",
    "quantity": "units asked for, or quoted",
    "market": "the buyer's country",
    "received": "the day on which the inquiry came in",
    "answer_by": "the day on which you mean to answer",
    "questions": "what the inquiry leaves open",
    "lines": "the quotation's lines",
    "total": "the quotation's total",
    "incoterm": "Incoterm and named place",
    "valid_until": "the last day of the quotation",
    "lead_days": "days from order to ready",
    "minimum": "the smallest order, in units",
    "samples": "your terms for samples",
    "payment": "your terms of payment",
    "distributor": "who sells for you there",
    "distributor_contact": "how to reach them",
    "reason": "why not",
    "alternative": "what you offer in its place",
    "sent": "the day on which the quotation was sent",
    "order_day": "the day of the buyer's last order",
    "order_product": "what was ordered then",
}
#: What stands in for a fact in a text.
PLACE = re.compile(r"\{([A-Za-z0-9_]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
#: Templates of a firm, at most.
_MOST = 200


@dataclass(frozen=True)
class Template:
    """A subject and a body with places for facts; `own` where the firm wrote it."""

    name: str
    language: str
    subject: str
    body: str
    own: bool = False


@dataclass(frozen=True)
class Language:
    """What ships in a language: templates by name, how a letter begins and ends, questions, and labels of papers."""

    code: str
    templates: Mapping[str, Template]
    greeting: str
    greeting_unnamed: str
    close: str
    questions: Mapping[str, str]
    labels: Mapping[str, str]


@lru_cache
def language_of(code: str) -> Language:
    """Return what ships in a language.

    Raises
    ------
    InputError
        Where there are no texts in it.

    Examples
    --------
    >>> language_of("de").templates["quotation"].subject
    'Unser Angebot für {product}'
    """
    if code not in LANGUAGES:
        raise InputError(f"There are no texts in {code!r}: languages are {', '.join(LANGUAGES)}.")
    held = tomllib.loads(files("fondaco.desk.replies").joinpath(f"texts/{code}.toml").read_text("utf-8"))
    return Language(
        code,
        {name: Template(name, code, held[name]["subject"], held[name]["body"].strip("\n")) for name in NAMES},
        held["greeting"],
        held["greeting_unnamed"],
        held["close"].strip("\n"),
        held["questions"],
        held["labels"],
    )


def own_templates(text: str, where: str) -> dict[tuple[str, str], Template]:
    r"""Read a firm's own templates, by name and language.

    Raises
    ------
    InputError
        Naming the file, the template and what is wrong with it.

    Examples
    --------
    >>> held = own_templates('[hello.it]\nsubject = "Ciao"\nbody = "{buyer}!"', "a.toml")
    >>> held["hello", "it"].body
    '{buyer}!'
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    found = {}
    for name, by_language in said.items():
        if not isinstance(by_language, dict):
            raise InputError(f"{where}: write each template as [{name}.en] with subject and body.")
        for code, held in by_language.items():
            try:
                found[name, code] = template_from(name, code, held)
            except InputError as error:
                raise InputError(f"{where}, {name}.{code}: {error}") from None
    if len(found) > _MOST:
        raise InputError(f"{where} holds {len(found)} templates, of which it may hold {_MOST}.")
    return found


def template_from(name: str, code: str, held: Any) -> Template:
    """Return a firm's template from plain values.

    Raises
    ------
    InputError
        Where the name or the language is none, a part is missing, or a place names no fact.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r:.60} is no name of a template: use small letters, digits and _.")
    if code not in LANGUAGES:
        raise InputError(f"{code!r:.20} is no language of ours: {', '.join(LANGUAGES)}.")
    if not isinstance(held, dict) or set(held) != {"subject", "body"}:
        raise InputError("a template has a subject and a body, and nothing else.")
    subject, body = words(held["subject"], "subject"), words(held["body"], "body", LONG)
    if not subject or not body:
        raise InputError("subject and body may not be empty.")
    if strange := [place for place in PLACE.findall(subject + body) if place not in FACTS]:
        raise InputError(f"there is no fact {{{strange[0]}}}; facts are {', '.join(FACTS)}.")
    return Template(name, code, subject, body, own=True)


def templates_text(templates: Mapping[tuple[str, str], Template]) -> str:
    """Return templates as TOML that `own_templates` reads again."""
    told: dict[str, dict[str, Any]] = {}
    for (name, code), each in sorted(templates.items()):
        told.setdefault(name, {})[code] = {"subject": each.subject, "body": each.body}
    return tomli_w.dumps(told, multiline_strings=True)
