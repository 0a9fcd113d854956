"""Erasing a person from steps, agreements, conflicts and advantages."""

from __future__ import annotations

from fondaco.ledger import Person
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.cleaning import clean
from fondaco.web.relationships.keeping import then_write
from fondaco.web.relationships.models import (
    Advantage,
    Agreement,
    AgreementDay,
    Conflict,
    ConflictEntry,
    Keeper,
    Step,
    StepOutcome,
)
from fondaco.workflows.rulings import record_without


def erase_relationships(firm: Firm, person: Person) -> int:
    """Erase a person from a firm's registers of buyers; what was kept of a buyer follows the pseudonym."""
    found = 0
    for model in (Step, Agreement, Keeper):
        for pk, buyer in model.objects.filter(firm=firm).values_list("pk", "buyer"):
            cleaned = record_without(buyer, person)
            if cleaned != buyer:
                model.objects.filter(pk=pk).update(buyer=cleaned)
                found += 1
    found += clean(Step.objects.filter(firm=firm), person, "what", "channel")
    found += clean(StepOutcome.objects.filter(step__firm=firm), person, "why")
    found += clean(Agreement.objects.filter(firm=firm), person, "what", "ended_why")
    found += clean(AgreementDay.objects.filter(agreement__firm=firm), person, "note")
    found += clean(Conflict.objects.filter(firm=firm), person, "what", "channels")
    found += clean(ConflictEntry.objects.filter(conflict__firm=firm), person, "handled", "ended")
    learned = ("learned", "made_of_it", "evidence", "feeds", "retired_why")
    found += clean(Advantage.objects.filter(firm=firm), person, *learned)
    if found:
        then_write(firm)
    return found
