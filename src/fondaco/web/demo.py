"""The demonstration's people, as `fondaco demo` asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from fondaco.ledger import Firm, Workspace


class MemberFacts(Protocol):
    """What a network states of one member; the share is between 0 and 1."""

    @property
    def slug(self) -> str:
        """The firm."""
        ...

    @property
    def export_share(self) -> float:
        """Share of its sales made abroad, from 0 to 1."""
        ...

    @property
    def markets(self) -> tuple[str, ...]:
        """Where it sells, alpha-3."""
        ...


class NetworkFacts(Protocol):
    """What a network states of itself."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def founded(self) -> int:
        """The year it was founded."""
        ...

    @property
    def recognition(self) -> str:
        """By whom it is recognised."""
        ...

    @property
    def members(self) -> Sequence[MemberFacts]:
        """Its firms."""
        ...


def seed(
    workspace: Workspace, firms: Sequence[Firm], network: NetworkFacts, *, now: datetime | None = None
) -> list[tuple[str, str, str]]:
    """Make the demonstration's people, their network and their roles; starts Django where it is not.

    The owner owns all firms; member and viewer work in the first two; the supporter stands behind
    the network and sees the first three firms by their consent; the outsider has no tie.

    Parameters
    ----------
    workspace
        The demonstration's workspace.
    firms
        The demonstration's firms, all fictional.
    network
        What the consortium states of itself.
    now
        When; the clock's time if left out.

    Returns
    -------
    list of (email, password, role)
        The password is empty for people who were there already: it stays as it was.

    Raises
    ------
    Refused
        If the workspace holds a firm that is not fictional: demo people are never mixed with real ones.
    """
    from django.apps import apps

    from fondaco.web.serve import prepare

    if not apps.ready:
        prepare(workspace.home)
    from fondaco.web.accounts.demo import seed_people

    return seed_people(workspace, firms, network, now=now)
