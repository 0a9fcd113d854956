"""Erasing a person from the cases: what was told, said and kept of them, their files, and the history too."""

from __future__ import annotations

from typing import Any

from django.db import models

from fondaco.ledger import Person
from fondaco.ledger.persons import folded
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.cleaning import clean
from fondaco.web.inquiries.keeping import then_write
from fondaco.web.inquiries.models import Case, CaseAttachment, CaseEvent, CaseNote
from fondaco.web.inquiries.syncing import words_of

_WHO = ("buyer", "name", "company")


def erase_cases(firm: Firm, person: Person) -> int:
    """Erase a person from a firm's cases; return in how many rows they were found."""
    found = 0
    for case in Case.objects.filter(firm=firm):
        if any(_means(getattr(case, name), person) for name in _WHO):
            _erase(case, person)
            found += 1
    found += clean(
        Case.objects.filter(firm=firm), person,
        "buyer", "name", "company", "product", "message", "reason", "tags", "assumed", "cleared", "conclusion", "why", "note_words",
    )  # fmt: skip
    found += clean(CaseNote.objects.filter(case__firm=firm), person, "text")
    found += clean(CaseAttachment.objects.filter(case__firm=firm), person, "name")
    # The history never changes otherwise; the law that a person may be forgotten goes before that.
    found += clean(CaseEvent.objects.filter(case__firm=firm), person, "before", "after")
    if found:
        for case in Case.objects.filter(firm=firm):
            Case.objects.filter(pk=case.pk).update(words=words_of(case))
        then_write(firm)
    return found


def _means(said: str, person: Person) -> bool:
    return bool(said) and (folded(said) in person.pseudonyms or folded(said) in person.folded_names)


def _erase(case: Case, person: Person) -> None:
    """Empty a case that is theirs: names become the pseudonym, texts and files go, orders of work stay."""
    for name in _WHO:
        if _means(getattr(case, name), person):
            setattr(case, name, person.pseudonyms.get(folded(getattr(case, name)), person.pseudonym))
    case.message, case.conclusion, case.mark, case.note_words = "", {}, "", ""
    case.save(update_fields=[*_WHO, "message", "conclusion", "mark", "note_words"])
    case.notes.filter(sort=CaseNote.Sort.MESSAGE).update(text="")
    for file in case.attachments.select_related("case__firm"):
        file.path.unlink(missing_ok=True)
    case.attachments.update(name=person.pseudonym)
    for event in case.events.all():
        models.QuerySet(CaseEvent).filter(pk=event.pk).update(
            before=_without(event.before, person), after=_without(event.after, person)
        )


def _without(said: dict[str, Any], person: Person) -> dict[str, Any]:
    return {name: (person.pseudonym if name in (*_WHO, "message") else value) for name, value in said.items()}
