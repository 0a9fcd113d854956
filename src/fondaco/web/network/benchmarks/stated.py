"""What goes into a member's figures beside its ledger: readiness, hours, and what it paid where members ship together."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from fondaco.ledger import Workspace
from fondaco.network.disclosure import SCALES, Figure, Indicator
from fondaco.web.accounts.models import Firm
from fondaco.web.network.knowledge.models import Pool
from fondaco.workflows.networks import WINDOW, stated_figure
from fondaco.workflows.stated import hours_figure, readiness_figures

#: Shipping costs are compared in this currency; pools with rates in another are left out, as no day's rate was agreed.
CURRENCY = SCALES[Indicator.SHIPPING_PER_KILO].unit[:3]


def stated_of(at: Workspace, firm: Firm, today: date) -> dict[Indicator, Figure]:
    """Return a firm's figures that no ledger tells, each of a year."""
    return {
        **readiness_figures(at, firm.slug, today),
        **hours_figure(at, firm.slug, today),
        **shipping_figure(firm, today),
    }


def shipping_figure(firm: Firm, today: date) -> dict[Indicator, Figure]:
    """Return what a firm's shares of closed pools come to a kilo, over the pools that ended in the last year.

    A pool counts where all of the firm's shipments in it are in the result: what was put in later was not worked out.
    """
    pools = Pool.objects.filter(
        shipments__membership__firm=firm, state=Pool.State.DONE, closed__isnull=False, currency=CURRENCY,
        closes__gt=today - timedelta(days=WINDOW), closes__lte=today,
    ).distinct()  # fmt: skip
    paid, kilos, last = Decimal(0), Decimal(0), date.min
    for pool in pools:
        held = [each.shipment for each in pool.shipments.filter(membership__firm=firm).select_related("membership__firm")]  # fmt: skip
        grouped = {name for group in (pool.result or {})["groups"] for name in group["shipments"]}
        own = next((each for each in (pool.result or {})["shares"] if each["member"] == firm.slug), None)
        if own is None or not {each.shipment for each in held} <= grouped:
            continue
        paid += Decimal(own["pays"])
        kilos += sum((each.weight_kg for each in held), Decimal(0))
        last = max(last, pool.closes)
    if not kilos:
        return {}
    return {Indicator.SHIPPING_PER_KILO: stated_figure(float(paid / kilos), last, float(kilos))}
