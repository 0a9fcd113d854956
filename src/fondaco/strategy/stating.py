"""Stating a profile field by field: what each is used for, one changed by name, two compared.

A field is named as in the file, with dots: ``people.ecommerce_skill``, ``channel.1.ends`` (the first channel),
``margins.GBR.retailer``, ``thresholds.price/cost-share.max_cost_share``.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from fondaco.kernel import InputError
from fondaco.kernel.words import gettext_noop as _
from fondaco.strategy.profile import Profile, profile_of, profile_text

#: What each field is used for; those of a list stand for each of its rows.  Marked for translation.
USES: Mapping[str, str] = {
    "employees": _("which platforms and tasks a firm of this size can carry"),
    "no_distributors": _("whether an inquiry can enter anybody's territory"),
    "people.export_hours_per_week": _("how much of the plan fits into a week"),
    "people.languages": _("which markets can be answered, and what must be translated"),
    "people.ecommerce_manager": _("who owns the tasks; firms with such a person sell more abroad online"),
    "people.ecommerce_skill": _("third-party platform first, or an own site too"),
    "people.marketing_skill": _("what to learn before what to buy; skills come before AI tools"),
    "people.trade_experience": _("own export handling, or a service"),
    "means.monthly_budget": _("how much goes to which market each month"),
    "means.website": _("whether there is a site to send buyers to"),
    "means.website_languages": _("which markets the site can be shown to"),
    "registrations": _("which platforms are open in a market"),
    "aims.markets": _("which markets the plan is about"),
    "aims.text": _("what the plan is measured by"),
    "aims.wants_own_site": _("whether the plan says when an own site is due"),
    "price.margin": _("the lowest price to accept"),
    "price.confidence": _("how safe that price is against exchange rates"),
    "price.valid_days": _("how long exchange rates can move against a quotation"),
    "price.room": _("how far above the aim the opening price stands"),
    "channel": _("fees in the price, conflicts between channels, when a contract must be decided"),
    "distributor": _("whose territory an offer would enter"),
    "season": _("weeks in which no promotion is planned"),
    "attention.posting_hours": _("the share of listening in the time on social networks"),
    "attention.listening_hours": _("the share of listening in the time on social networks"),
    "tool": _("free tools that are not tried yet"),
    "campaign": _("what came after each campaign, by kind; what is run alone since a training"),
    "training": _("what the firm does alone since"),
    "supporter": _("who does what: teaching, delivery together, translation, quality mark"),
    "margins": _("the price on the shelf, and back from it"),
    "thresholds": _("the firm's own numbers in place of those that rules come with"),
}


def fingerprint(profile: Profile) -> str:
    """Return a mark of what a profile says: two who saw the same have the same mark.

    >>> fingerprint(Profile()) == fingerprint(Profile(employees=None)), fingerprint(Profile()) == fingerprint(Profile(employees=1))
    (True, False)
    """
    return hashlib.sha256(profile_text(profile).encode()).hexdigest()[:16]


def unknown_of(profile: Profile) -> dict[str, str]:
    """Return the fields that nothing is stated of, each with what it would be used for.

    >>> "employees" in unknown_of(Profile()), "employees" in unknown_of(Profile(employees=3))
    (True, False)
    """
    stated = profile.model_dump(exclude_defaults=True)
    return {name: use for name, use in USES.items() if not _at(stated, name.split("."))}


def _at(held: Any, path: list[str]) -> bool:
    for part in path:
        if not isinstance(held, Mapping) or held.get(part) in (None, "", ()):
            return False
        held = held[part]
    return True


def differences(one: Profile, other: Profile) -> dict[str, tuple[str, str]]:
    """Return the fields in which two profiles differ, with what each says; empty text where it says nothing.

    >>> differences(Profile(employees=3), Profile(employees=4))
    {'employees': ('3', '4')}
    """
    mine, theirs = stated_fields(one), stated_fields(other)
    names = [*mine, *(name for name in theirs if name not in mine)]
    return {
        name: (mine.get(name, ""), theirs.get(name, ""))
        for name in names
        if mine.get(name, "") != theirs.get(name, "")
    }


def stated_fields(profile: Profile) -> dict[str, str]:
    """Return every field that is stated, with its value as text.

    >>> stated_fields(Profile(employees=3))
    {'employees': '3'}
    """
    return dict(_leaves(profile.model_dump(exclude_defaults=True)))


def _leaves(held: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(held, Mapping):
        for name, value in held.items():
            yield from _leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(held, list | tuple) and held and isinstance(held[0], Mapping):
        for number, value in enumerate(held, start=1):
            yield from _leaves(value, f"{path}.{number}")
    elif isinstance(held, list | tuple):
        yield path, ", ".join(str(each) for each in held)
    elif held is not None:
        yield path, f"{held:f}" if isinstance(held, Decimal) else str(held)


def with_field(profile: Profile, assignment: str, where: str = "--set") -> Profile:
    """Return the profile with one field stated: ``NAME=VALUE``; an empty value makes it unknown again.

    The value is read as TOML (``6``, ``true``, ``2027-02-28``, ``["it", "en"]``), and as text where it is none.

    Raises
    ------
    InputError
        Where there is no such field, or the value is none of its kind.

    Examples
    --------
    >>> with_field(Profile(), "people.ecommerce_skill=some").people.ecommerce_skill
    'some'
    >>> with_field(Profile(), 'people.languages=["it", "en"]').people.languages
    ('it', 'en')
    """
    name, equals, said = assignment.partition("=")
    name = name.strip()
    if not equals or not name:
        raise InputError(f"{where} {assignment!r}: write NAME=VALUE, such as people.ecommerce_skill=some.")
    held = profile.model_dump(exclude_defaults=True)
    path = (
        ["thresholds", name.removeprefix("thresholds.")]
        if name.startswith("thresholds.")
        else name.split(".")
    )
    _put(held, path, _value(said.strip()), f"{where} {name}")
    return profile_of(held, f"{where} {name}")


def _value(said: str) -> Any:
    if not said:
        return None
    try:
        return tomllib.loads(f"value = {said}", parse_float=Decimal)["value"]
    except tomllib.TOMLDecodeError:
        return said


def _put(held: Any, path: list[str], value: Any, where: str) -> None:
    """Set what stands at `path`; a list's rows are numbered from 1, and one past its end begins a new one."""
    here, rest = path[0], path[1:]
    below = held.get(here)
    if rest and not isinstance(below, Mapping | list | tuple | None):
        raise InputError(f"{where}: {here} is a single field, nothing stands below it.")
    if here.isdecimal():
        raise InputError(f"{where}: a row is named after its list, such as channel.1.ends.")
    if not rest:
        held.pop(here, None)
        if value is not None:
            held[here] = value
    elif rest[0].isdecimal() and not isinstance(below, Mapping):
        rows = list(below or ())
        number = int(rest[0])
        if not 1 <= number <= len(rows) + 1:
            raise InputError(
                f"{where}: {here} has {len(rows)} rows; name one of them, or {len(rows) + 1} to add one."
            )
        if number == len(rows) + 1:
            rows.append({})
        _put_row(rows, number - 1, rest[1:], value, where)
        held[here] = rows
    elif isinstance(below, list | tuple):
        raise InputError(f"{where}: {here} has rows; name one by its number, such as {here}.1.{rest[0]}.")
    else:
        held[here] = dict(below or {})
        _put(held[here], rest, value, where)


def _put_row(rows: list[Any], at: int, rest: list[str], value: Any, where: str) -> None:
    if rest:
        rows[at] = dict(rows[at])
        _put(rows[at], rest, value, where)
    elif value is None:
        del rows[at]
    else:
        rows[at] = value
