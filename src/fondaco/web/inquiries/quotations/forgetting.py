"""Erasing a person from quotations and from the replies that were sent."""

from __future__ import annotations

from fondaco.ledger import Person
from fondaco.web.accounts.models import Firm
from fondaco.web.desk.cleaning import clean
from fondaco.web.inquiries.quotations.models import Quotation, SentReply, Version


def erase_quotations(firm: Firm, person: Person) -> int:
    """Erase a person from a firm's quotations; return in how many rows they stood."""
    found = clean(Quotation.objects.filter(firm=firm), person, "buyer", "reason")
    found += clean(Version.objects.filter(quotation__firm=firm), person, "content", "beyond")
    return found + clean(SentReply.objects.filter(firm=firm), person, "text")
