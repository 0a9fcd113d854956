"""What people do with a study's cases, the links of its model and the evidence for them: lock, check, save, write the audit line.

They stand in `Study.extra`, as a file brings them.  Names in them are replaced as in texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.evidence.coding import lines_of, replace_names, values_of
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import User
from fondaco.web.desk import audit
from fondaco.web.evidence.coding.models import Passage, Study, new_key

#: Cases, links, and passages that stand for or against a link, of one study.
MOST, MOST_BACKING = 200, 2_000


@transaction.atomic
def keep_case(study: Study, name: str, text: str, was: str, *, by: User, now: datetime) -> None:
    """Keep what is told of a case, a line each; without a line the case goes. `was` is what the change began from.

    Raises
    ------
    InputError
        For a line that is not understood, and for more cases than a study holds.
    Refused
        Where somebody else changed it meanwhile.
    """
    held, names = _held(study)
    name = replace_names(" ".join(name.split()), names).text[:100]
    values = [list(pair) for pair in values_of(replace_names(text, names).text)]
    old = next((case for case in held["cases"] if case["name"] == name), None)
    before = old["values"] if old else []
    if lines_of(before).split() != was.split():
        raise Refused(_("Somebody else changed %(case)s meanwhile: open the page again, and add your change to theirs.") % {"case": name})  # fmt: skip
    if old is None and values:
        _room(held["cases"], MOST)
        held["cases"].append({"id": new_key(), "name": name, "values": values})
    elif old is not None:
        old["values"] = values
        held["cases"] = [case for case in held["cases"] if case["values"]]
    _save(study, held, "case", by, now, case=name, before=before, after=values)


@transaction.atomic
def add_link(study: Study, start: str, end: str, sign: str, says: str, *, by: User, now: datetime) -> None:
    """Draw an arrow of the model.

    Raises
    ------
    InputError
        For one that is drawn already, one from a thing to itself, and more than a study holds.
    """
    held, names = _held(study)
    start, end, says = (replace_names(" ".join(each.split()), names).text for each in (start, end, says))
    if start == end:
        raise InputError(_("A link leads from one thing to another."))
    if any((link["start"], link["end"], link["sign"]) == (start, end, sign) for link in held["links"]):
        raise InputError(_("This link is drawn already."))
    _room(held["links"], MOST)
    held["links"].append({"id": new_key(), "start": start, "end": end, "sign": sign, "says": says})
    _save(study, held, "link", by, now, after=[start, sign, end])


@transaction.atomic
def remove_link(study: Study, link: str, *, by: User, now: datetime) -> None:
    """Take an arrow away, and with it what stood for and against it; raises `Refused` where it is gone already."""
    held, _names = _held(study)
    gone = _link(held, link)
    held["links"].remove(gone)
    backing = [each for each in held["backing"] if each["link"] == link]
    held["backing"] = [each for each in held["backing"] if each["link"] != link]
    _save(study, held, "link_removed", by, now, before=[gone["start"], gone["sign"], gone["end"]], backing=backing)  # fmt: skip


@transaction.atomic
def back(
    study: Study, link: str, passage: Passage, *, supports: bool | None, by: User, now: datetime
) -> None:
    """Say that a passage supports a link, or contradicts it; None takes that back.

    Raises
    ------
    InputError
        For more evidence than a study holds.
    Refused
        Where the link is gone already.
    """
    held, _names = _held(study)
    _link(held, link)
    rest = [each for each in held["backing"] if (each["link"], each["coding"]) != (link, passage.key)]
    if supports is not None:
        _room(rest, MOST_BACKING)
        rest.append({"link": link, "coding": passage.key, "supports": supports})
    held["backing"] = rest
    _save(study, held, "evidence", by, now, link=link, passage=passage.pk, supports=supports)


def _held(study: Study) -> tuple[dict[str, Any], dict[str, str]]:
    """Return cases, links and evidence of the study, which is locked, and its pseudonyms by name."""
    extra = Study.objects.select_for_update().get(pk=study.pk).extra
    held = {**extra, **{what: list(extra.get(what, [])) for what in ("cases", "links", "backing")}}
    return held, dict(study.pseudonyms.values_list("name", "alias"))


def _link(held: dict[str, Any], link: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((each for each in held["links"] if each["id"] == link), None)
    if found is None:
        raise Refused(_("This link has been taken away meanwhile."))
    return found


def _room(held: list[Any], most: int) -> None:
    if len(held) >= most:
        raise InputError(_("A study holds %(most)d of these at most.") % {"most": most})


def _save(study: Study, held: dict[str, Any], what: str, by: User, now: datetime, **said: Any) -> None:
    study.extra = held
    study.save(update_fields=["extra"])
    audit.record(f"coding.{what}", by=by, now=now, study=study.pk, **said)
