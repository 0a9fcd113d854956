"""What members share, and what the network shows of it; all that is shown comes through the network's door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError
from fondaco.network.disclosure import Cell, Group, Indicator, MemberFigures, Withheld, indicator
from fondaco.web.accounts.access import FirmAccess, workspace
from fondaco.web.accounts.models import Consent, Firm, Item, Network, NetworkMembership
from fondaco.web.desk import audit
from fondaco.web.network.benchmarks.models import Board, FirmFigures, SharedIndicator
from fondaco.workflows import benchmarks, networks
from fondaco.workflows.stated import GROUPS

#: Groups of one kind on the dashboard, the largest first.
MOST_GROUPS = 12
#: Shared only by firms whose supporters may see their readiness.
READINESS = frozenset(GROUPS)


def share(seen: FirmAccess, network: Network, names: Iterable[str], *, now: datetime) -> None:
    """Let a firm share exactly these indicators in a network; what it shares no longer is closed at once.

    Raises
    ------
    InputError
        Where the firm is not in the network, an indicator is not on the list, or readiness has no consent of its own.
    """
    wanted = {indicator(name) for name in names}
    with transaction.atomic():
        membership = (
            NetworkMembership.objects.select_for_update().filter(firm=seen.firm, network=network).first()
        )
        if membership is None:
            raise InputError(_("The firm is not in that network."))
        if wanted & READINESS and not consents(seen.firm, network):
            raise InputError(
                _(
                    "Readiness is shared in figures where supporters may see it: consent to that first, under Settings."
                )
            )
        held = {Indicator(name) for name in membership.sharings.values_list("indicator", flat=True)}
        SharedIndicator.objects.bulk_create(
            SharedIndicator(membership=membership, indicator=each, given_by=seen.user, given_at=now)
            for each in sorted(wanted - held)
        )
        ended = held - wanted
        membership.sharings.filter(indicator__in=[each.value for each in ended]).delete()
        for what, changed in (("benchmark.shared", wanted - held), ("benchmark.withdrawn", ended)):
            for each in sorted(changed):
                audit.record(
                    what, by=seen.user, now=now, firm=seen.firm, network=network, indicator=each.value
                )
        if ended:
            benchmarks.withdraw_from(workspace(), network.slug, seen.firm.slug, ended)


def consents(firm: Firm, network: Network) -> bool:
    """Whether a firm lets the network's supporters see its readiness."""
    return Consent.objects.filter(firm=firm, network=network, item=Item.READINESS).exists()


def end_readiness(firm: Firm, network: Network, *, now: datetime) -> None:
    """Close what a firm shares of its readiness in a network: its consent that supporters see it has ended."""
    rows = SharedIndicator.objects.filter(
        membership__firm=firm, membership__network=network, indicator__in=READINESS
    )
    ended = {Indicator(name) for name in rows.values_list("indicator", flat=True)}
    rows.delete()
    for each in sorted(ended):
        audit.record(
            "benchmark.withdrawn", by=None, now=now, firm=firm, network=network, indicator=each.value
        )
    if ended:
        benchmarks.withdraw_from(workspace(), network.slug, firm.slug, ended)


def end_all(membership: NetworkMembership) -> None:
    """Close all that a firm shares in a network that it leaves."""
    ended = [Indicator(name) for name in membership.sharings.values_list("indicator", flat=True)]
    if ended:
        benchmarks.withdraw_from(workspace(), membership.network.slug, membership.firm.slug, ended)


def network_of(network: Network) -> networks.Network:
    """Return the network as the door takes it: members, and what each shares."""
    members = {slug: set[Indicator]() for slug in network.memberships.values_list("firm__slug", flat=True)}
    rows = SharedIndicator.objects.filter(membership__network=network).values_list(
        "membership__firm__slug", "indicator"
    )
    for slug, name in rows:
        members[slug].add(Indicator(name))
    listed = tuple(networks.Member(slug, frozenset(shares)) for slug, shares in sorted(members.items()))
    return networks.Network(network.slug, network.name, listed)


def figures_in(network: Network) -> dict[str, MemberFigures]:
    """Return the figures of all members that were computed, by short name."""
    rows = FirmFigures.objects.filter(firm__network_memberships__network=network).select_related("firm")
    return {row.firm.slug: figures_from(row) for row in rows.order_by("computed")}


def figures_from(row: FirmFigures) -> MemberFigures:
    """Return a row as the door takes it."""
    return MemberFigures(
        row.firm.slug,
        {Indicator(name): benchmarks.figure_from(held) for name, held in row.figures.items()},
        traits_of(row.home, row.size),
        {Indicator(name): why for name, why in row.missing.items()},
        row.mark,
    )


def traits_of(home: str, size: str) -> dict[str, str]:
    """Return what groups are made by."""
    return {"home": home, **({"size": size} if size else {})}


def publish(network: Network, *, now: datetime) -> None:
    """Publish what can be, draw up the dashboard, and keep the network's file for the command line."""
    held, figures = network_of(network), figures_in(network)
    networks.write_network(workspace(), _with_stated(held, figures))
    benchmarks.publish_network(workspace(), held, figures, now.date())
    board_of(network)


def _with_stated(held: networks.Network, figures: Mapping[str, MemberFigures]) -> networks.Network:
    """Return the network with those shared figures of its members that no ledger tells."""

    def stated(each: networks.Member) -> networks.Member:
        found = figures[each.firm].figures if each.firm in figures else {}
        return replace(each, stated={of: found[of] for of in benchmarks.ONLY_STATED if of in found and of in each.shares})  # fmt: skip

    return replace(held, members=tuple(map(stated, held.members)))


def shown_to(firm: Firm, indicators: Iterable[Indicator]) -> tuple[str, list[Cell | Withheld]] | None:
    """Return the firm's network that shows it most of some indicators, by name, and what it shows; None without one."""
    wanted, best = list(indicators), None
    for network in Network.objects.filter(memberships__firm=firm).order_by("slug"):
        held, traits = network_of(network), traits_in(network)
        cells = [benchmarks.shown(workspace(), held, traits, of, [()], viewer=firm.slug)[0] for of in wanted]
        told = sum(cell.n for cell in cells if isinstance(cell, Cell))
        if best is None or told > best[0]:
            best = told, (network.name, cells)
    return best and best[1]


def traits_in(network: Network) -> dict[str, dict[str, str]]:
    """Return the traits of all members whose figures were computed."""
    rows = FirmFigures.objects.filter(firm__network_memberships__network=network)
    return {
        slug: traits_of(home, size) for slug, home, size in rows.values_list("firm__slug", "home", "size")
    }


def groups_of(traits: Iterable[Mapping[str, str]]) -> list[Group]:
    """Return the groups that are large enough to be asked about: all, by home and by size, the largest first."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for each in traits:
        for pair in each.items():
            counts[pair] += 1
    found: list[Group] = [()]
    for name in ("home", "size"):
        large = (
            pair for pair in counts if pair[0] == name and counts[pair] >= benchmarks.POLICY.contributors
        )
        of = sorted(large, key=lambda pair: (-counts[pair], pair))
        found += [(pair,) for pair in of[:MOST_GROUPS]]
    return found


def board_of(network: Network) -> list[dict[str, Any]]:
    """Return the dashboard's cells, drawn up anew where anything that they rest on has changed."""
    stamp = _stamp(network)
    board = Board.objects.filter(network=network).first()
    if board is not None and board.stamp == stamp:
        return list(board.cells)
    traits, held = traits_in(network), network_of(network)
    groups = groups_of(traits.values())
    cells = [
        cell.to_json()
        for of in Indicator
        for cell in benchmarks.shown(workspace(), held, traits, of, groups, viewer=None)
    ]
    Board.objects.update_or_create(network=network, defaults={"stamp": stamp, "cells": cells})
    return cells


def _stamp(network: Network) -> str:
    """Return a mark that changes with what members share, who is a member, what is computed and what is published."""
    shared = SharedIndicator.objects.filter(membership__network=network).aggregate(
        many=Count("pk"), last=Max("pk")
    )
    rows = FirmFigures.objects.filter(firm__network_memberships__network=network)
    figures = rows.aggregate(many=Count("pk"), last=Max("computed"))
    published = networks.published_mark(workspace())
    return f"{shared['many']} {shared['last']} {figures['many']} {figures['last']} {published}"
