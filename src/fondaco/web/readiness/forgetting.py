"""Erasing a person from expectations, the log of hours and the decisions on renewal."""

from __future__ import annotations

from fondaco.ledger import Person
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.cleaning import clean
from fondaco.web.readiness.outlook_models import Expectation, HoursEntry, RenewalDecision


def erase_outlook(firm: Firm, person: Person) -> int:
    """Erase a person from what a firm expected, worked and decided; return in how many rows they stood."""
    found = clean(Expectation.objects.filter(firm=firm), person, "aim", "found")
    found += clean(HoursEntry.objects.filter(firm=firm), person, "person", "note")
    return found + clean(RenewalDecision.objects.filter(firm=firm), person, "reasons", "decided_by", "seen")
