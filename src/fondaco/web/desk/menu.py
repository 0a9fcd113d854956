"""The menu: rooms above, the pages of the room one is in below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fondaco.web.accounts.access import shares
from fondaco.web.accounts.models import Item

Text = str | Promise


@dataclass(frozen=True)
class Page:
    """A page of the menu: its address's name, its label, which names of addresses count as on it, whether for owners only."""

    name: str
    label: Text
    also: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Room:
    """A room of the menu; it opens with its first page, and `modules` are those of its other pages' views."""

    label: Text
    pages: tuple[Page, ...]
    modules: tuple[str, ...] = ()


FIRM: tuple[Room, ...] = (
    Room(_("Today"), (Page("firm", _("Today")), Page("digest", _("By mail"))), ("fondaco.web.today",)),
    Room(
        _("Inquiries"),
        (Page("inquiries", _("Inquiries"), ("inquiry", "inquiry_new")), Page("quotations", _("Quotations"), ("quotation", "quotation_new", "quotation_change", "quoting")), Page("templates", _("Reply templates"), ("template", "reply")), Page("tokens", _("Other programs"), own=True)),
        ("fondaco.web.inquiries",),
    ),
    Room(
        _("Buyers"),
        (Page("buyers", _("Buyers"), ("buyer",)), Page("same_buyers", _("The same buyer?")), Page("funnel", _("Funnel")), Page("forecast", _("Forecast")), Page("advantages", _("Advantages")), Page("conflicts", _("Channel conflicts"))),
        ("fondaco.web.relationships",),
    ),
    Room(
        _("Markets"),
        (Page("markets", _("Markets"), ("market",)), Page("explore", _("Explore")), Page("notes", _("Notes")), Page("signals", _("Signals")), Page("rules", _("Rules"), ("market_rules", "edit_rule")), Page("products", _("Product tags"), ("product_unit",))),
        ("fondaco.web.markets",),
    ),
    Room(
        _("Plan"),
        (Page("plan", _("The whole plan")), Page("platforms", _("Platforms")), Page("screening", _("Products")), Page("price", _("Price")), Page("delivery", _("Delivery")), Page("promotion", _("Promotion")), Page("profile", _("Profile"))),
        ("fondaco.web.strategy",),
    ),
    Room(
        _("Readiness"),
        (Page("readiness", _("Readiness")), Page("expectations", _("Expectations")), Page("staffing", _("Staffing")), Page("hours", _("Hours")), Page("renewal", _("Renewal review"))),
        ("fondaco.web.readiness",),
    ),
    Room(_("Data"), (Page("data", _("Files")),), ("fondaco.web.data",)),
    Room(_("Settings"), (Page("firm_settings", _("Settings")), Page("members", _("People")), Page("seen", _("What networks see")), Page("presence", _("Presence abroad"), ("presence_new",)), Page("left_platforms", _("Platforms left")))),
)  # fmt: skip

NETWORK: tuple[Room, ...] = (
    Room(_("Network"), (Page("network", _("Network"), ("network_facts", "member_facts")),)),
    Room(_("Knowledge"), (Page("knowledge", _("Knowledge board")), Page("questions", _("Questions"))), ("fondaco.web.network.knowledge.board",)),
    Room(_("Benchmarks"), (Page("benchmarks", _("Benchmarks")),), ("fondaco.web.network.benchmarks.comparing",)),
    Room(_("Shipping"), (Page("collective", _("Shipping together")),), ("fondaco.web.network.knowledge.collective",)),
    Room(_("Programmes"), (Page("dashboard", _("Dashboard")), Page("programmes", _("Programmes")), Page("choices", _("Choosing goods"), ("choice", "choice_score")), Page("kit", _("Start kit")), Page("traits", _("Members in numbers")), Page("departures", _("Platforms left"))), ("fondaco.web.network.knowledge.programmes", "fondaco.web.network.knowledge.progress", "fondaco.web.network.knowledge.young")),
    Room(_("Studies"), (Page("studies", _("Studies")),), ("fondaco.web.evidence.studies",)),
    Room(_("Partners"), (Page("network_partners", _("Partners")),)),
)  # fmt: skip

EVIDENCE: tuple[Room, ...] = (
    Room(_("Literature"), (Page("evidence", _("Findings"), ("evidence_study", "evidence_finding")), Page("evidence_framework", _("Framework")), Page("evidence_advice", _("Behind the advice"), ("evidence_rule",)), Page("evidence_counts", _("Counts")), Page("evidence_questions", _("Questions"))), ("fondaco.web.evidence.literature",)),
    Room(_("Reviews"), (Page("reviews", _("Reviews"), ("review",)),), ("fondaco.web.evidence.reviews",)),
    Room(_("Coding"), (Page("codings", _("Coding")),), ("fondaco.web.evidence.coding",)),
)  # fmt: skip

#: What supporters see of a firm, each by a consent of its own.
OUTSIDE: Mapping[Item, Room] = {
    Item.MARKETS: Room(_("Markets"), (Page("markets", _("Markets")),), ("fondaco.web.markets",)),
    Item.READINESS: Room(_("Readiness"), (Page("readiness", _("Readiness")),), ("fondaco.web.readiness",)),
}


def menu(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rooms and the pages of the room one is in, as the template `desk/menu.html` takes them.

    Parameters
    ----------
    context
        Of the page: its ``request``, and ``firm`` or ``network`` with ``access`` where it has one.
    """
    firm, network, seen = context.get("firm"), context.get("network"), context.get("access")
    where = context["request"].resolver_match
    if firm is not None and seen is not None:
        outside = tuple(room for item, room in OUTSIDE.items() if seen.is_supporter and shares(seen, item))
        rooms, kwargs = (outside if seen.is_supporter else FIRM), {"slug": firm.slug}
    elif network is not None:
        rooms, kwargs = NETWORK, {"slug": network.slug}
    elif where is not None and where.func.__module__.startswith("fondaco.web.evidence"):
        rooms, kwargs = EVIDENCE, {}
    else:
        return {"rooms": [], "pages": []}
    here, own = _here(rooms, where), bool(getattr(seen, "can_own", False))
    shown = [
        {"label": room.label, "address": pages[0]["address"], "current": room is here, "pages": pages}
        for room in rooms
        if (pages := _pages(room, kwargs, where, own))
    ]
    inside: list[dict[str, Any]] = next((room["pages"] for room in shown if room["current"]), [])
    return {"rooms": shown, "pages": inside if len(inside) > 1 else []}


def _here(rooms: tuple[Room, ...], where: Any) -> Room | None:
    if where is None:
        return None
    named = (room for room in rooms for page in room.pages if where.url_name in (page.name, *page.also))
    held = (room for room in rooms if where.func.__module__.startswith(room.modules or ("-",)))
    return next(named, None) or next(held, None)


def _pages(room: Room, kwargs: dict[str, str], where: Any, own: bool) -> list[dict[str, Any]]:
    found = []
    for page in room.pages:
        if page.own and not own:
            continue
        try:
            address = reverse(page.name, kwargs=kwargs)
        except NoReverseMatch:
            continue
        current = where is not None and where.url_name in (page.name, *page.also)
        found.append({"label": page.label, "address": address, "current": current})
    return found
