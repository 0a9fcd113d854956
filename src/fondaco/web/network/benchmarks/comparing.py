"""The page Benchmarks: a firm's own figures beside those of its network, and what it shares there."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from fondaco.network.disclosure import SCALES, Cell, Figure, Group, Indicator, Scale, Withheld, group_of
from fondaco.network.disclosure.answers import words
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm, Network
from fondaco.web.desk import names
from fondaco.web.network.benchmarks import refreshing, sharing
from fondaco.web.network.benchmarks.models import FirmFigures, SharedIndicator
from fondaco.workflows import benchmarks

#: Labels of indicators, to be translated.
LABELS = {
    Indicator.RESPONSE_RATE: lazy("Inquiries answered within a day"),
    Indicator.RESPONSE_HOURS: lazy("Hours until half of the inquiries are answered"),
    Indicator.INQUIRY_TO_ORDER: lazy("Inquirers who order within 90 days"),
    Indicator.ORDER_TO_REPEAT: lazy("New buyers who order again within 90 days"),
    Indicator.MARKETS: lazy("Foreign markets sold to"),
    Indicator.CONCENTRATION: lazy("Concentration of orders on few markets (1: all in one)"),
    Indicator.REPEAT_SHARE: lazy("Buyers who ordered on more than one day"),
    Indicator.SHIPPING_PER_KILO: lazy("Shipping cost, EUR per kg"),
    Indicator.EXPORT_HOURS: lazy("Hours a week for export"),
    Indicator.READINESS_STRUCTURAL: lazy("Structural readiness, 1 to 7"),
    Indicator.READINESS_EMOTIONAL: lazy("Emotional readiness, 1 to 7"),
    Indicator.ENGAGEMENT: lazy("Engagement, 1 to 7"),
}


@dataclass(frozen=True)
class Line:
    """An indicator as the page shows it: own figure, the network's, and whether the firm shares it."""

    indicator: Indicator
    own: str
    own_note: str
    cell: Cell | None
    others: str
    why: str
    shared: bool

    @property
    def label(self) -> str:
        """In words."""
        return str(LABELS[self.indicator])


def spelled(value: float, scale: Scale) -> str:
    """Return a figure as it is written: shares as per cent, others with the digits of their step."""
    if scale.unit == "share":
        return names.percent(value, 1 if scale.step < 0.05 else 0)
    return names.number(value, 0 if scale.step >= 1 else 2)


@login_required
@require_GET
def benchmarks_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Own figures beside the network's; a supporter without a firm in it sees the network's."""
    seen = access.network_for(request.user, slug)
    firms = list(access.firms_of(seen.user).filter(network_memberships__network=seen.network))
    firm = next((each for each in firms if each.slug == request.GET.get("firm")), firms[0] if firms else None)
    if firm is None:
        return redirect("dashboard", slug=slug)
    group = group_of(request.GET.get("group"))
    traits = sharing.traits_in(seen.network)
    groups = [(words(each), spelled_group(each)) for each in sharing.groups_of(traits.values())]
    refresh = refreshing.latest(seen.network)
    context = {
        "access": seen,
        "network": seen.network,
        "firm_shown": firm,
        "firms": firms,
        "lines": _lines(seen.network, firm, group, traits),
        "groups": groups,
        "group": words(group),
        "group_words": spelled_group(group),
        "may_share": firm.pk in seen.own_firms,
        "closed": frozenset() if sharing.consents(firm, seen.network) else sharing.READINESS,
        "refresh": refresh,
        "row": FirmFigures.objects.filter(firm=firm).order_by("-computed").first(),
    }
    return render(request, "benchmarks/benchmarks.html", context)


@login_required
@require_POST
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """Share exactly the indicators that are ticked, of one firm."""
    seen = access.network_for(request.user, slug)
    mine = access.firm_for(request.user, request.POST.get("firm", ""), need="own")
    sharing.share(mine, seen.network, request.POST.getlist("indicator"), now=timezone.now())
    messages.success(request, _("What your firm shares is kept. What it shares no longer is closed already."))
    return redirect(f"{request.path.removesuffix('share/')}?firm={mine.firm.slug}")


def spelled_group(group: Group) -> str:
    """Return a group in words."""
    parts = [
        _("home %(market)s") % {"market": names.market_name(value)}
        if name == "home"
        else _("%(band)s employees") % {"band": value}
        for name, value in group
    ]
    return ", ".join(parts) or _("the whole network")


def _lines(network: Network, firm: Firm, group: Group, traits: dict[str, dict[str, str]]) -> list[Line]:
    held = sharing.network_of(network)
    row = FirmFigures.objects.select_related("firm").filter(firm=firm).order_by("-computed").first()
    own = sharing.figures_from(row) if row else None
    shared = set(
        SharedIndicator.objects.filter(membership__network=network, membership__firm=firm).values_list(
            "indicator", flat=True
        )
    )
    found = []
    for of in Indicator:
        (shown,) = benchmarks.shown(access.workspace(), held, traits, of, [group], viewer=firm.slug)
        figure = own.figures.get(of) if own else None
        why = own.missing.get(of, "") if own else _("Not computed yet.")
        found.append(_line(of, figure, why, shown, of.value in shared))
    return found


def _line(of: Indicator, figure: Figure | None, why: str, shown: Cell | Withheld, shared: bool) -> Line:
    scale = SCALES[of]
    told = spelled(figure.value, scale) if figure else "—"
    counted = _("of %(cases)s cases") if figure and figure.cases else _("as stated")
    note = why if figure is None else counted % {"cases": names.number(figure.cases)}
    if isinstance(shown, Withheld):
        return Line(of, told, note, None, "", shown.why, shared)
    return Line(of, told, note, shown, between(shown.low, shown.high, scale), "", shared)


def between(low: float, high: float, scale: Scale) -> str:
    """Return published bounds in words."""
    return _("%(low)s to %(high)s") % {"low": spelled(low, scale), "high": spelled(high, scale)}
