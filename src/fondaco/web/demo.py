"""The demonstration's people, as `fondaco demo` asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fondaco.ledger import Firm, Workspace
from fondaco.workflows.demo_files.firms import NetworkFacts


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
