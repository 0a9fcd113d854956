"""What quotations add to a buyer's one timeline: each version, when it was sent, and what the buyer decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from fondaco.relationships.identity import Event, known_by
from fondaco.web.accounts.models import Firm
from fondaco.web.inquiries.keeping import cases_of_buyer
from fondaco.web.inquiries.quotations.models import Quotation, State


def quotations_of_buyer(firm: Firm, records: Sequence[str]) -> list[Quotation]:
    """Return the quotations that answer the buyer's cases, and those without a case that name it in its country."""
    keys = [told.case for _case, told in cases_of_buyer(firm, records)]
    held = Quotation.objects.filter(Q(case__in=keys) | Q(case=""), firm=firm).prefetch_related("versions")
    ours = frozenset[tuple[str, ...]]().union(*map(known_by, records))
    return [each for each in held if each.case or ours & known_by(f"\t\t\t{each.buyer}\t{each.market}")]


def events_of_quotations(firm: Firm, records: Sequence[str]) -> Iterator[Event]:
    """Return the events of a buyer's quotations, each with the quotation's address."""
    first, desk = min(records), _("desk")
    for each in quotations_of_buyer(firm, records):
        there = reverse("quotation", args=[firm.slug, each.pk])
        for version in each.versions.all():
            said = _("no. %(number)s, version %(version)s") % {
                "number": each.number,
                "version": version.number,
            }
            yield Event(version.made, desk, _("quotation"), first, said, there)
            if version.sent is not None:
                yield Event(version.sent, desk, _("quotation sent"), first, said, there)
        if each.settled is not None:
            kind = _("quotation accepted") if each.state == State.ACCEPTED else _("quotation refused")
            said = _("no. %(number)s") % {"number": each.number}
            yield Event(each.settled, desk, kind, first, f"{said} {each.reason}".strip(), there)
