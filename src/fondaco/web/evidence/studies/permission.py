"""Who may do what with a network's studies: supporters and researchers run them, people of its firms see what is released."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm, Network, User
from fondaco.web.evidence.studies.models import Researcher, Run, Study


@dataclass(frozen=True)
class StudiesAccess:
    """A network's studies as one person may use them.

    Attributes
    ----------
    user, network
        Who, and whose studies.
    supports, runs
        Whether they stand behind the network; whether they make and run studies.
    own_firms
        Ids of the member firms that they own.
    """

    user: User
    network: Network
    supports: bool
    runs: bool
    own_firms: frozenset[int]

    @property
    def inside(self) -> bool:
        """Whether the network's other pages are open to them; to researchers they are not."""
        return self.supports or not self.runs or bool(self.own_firms)


def studies_for(user: User | AnonymousUser, slug: str, *, run: bool = False) -> StudiesAccess:
    """Return a network's studies for `user`.

    Raises
    ------
    Http404
        To anyone without a tie to the network.
    PermissionDenied
        With `run`, to people who are neither its supporters nor its researchers.
    """
    if not isinstance(user, User):
        raise Http404
    held = Researcher.objects.select_related("network").filter(user=user, network__slug=slug).first()
    try:
        seen = access.network_for(user, slug)
    except Http404:
        if held is None:
            raise
        return StudiesAccess(user, held.network, False, True, frozenset())
    found = StudiesAccess(
        user, seen.network, seen.supports, seen.supports or held is not None, seen.own_firms
    )
    if run and not found.runs:
        raise PermissionDenied(_("Only supporters and researchers of the network make and run studies."))
    return found


def study_for(seen: StudiesAccess, study_id: int) -> Study:
    """Return one of the network's studies."""
    return get_object_or_404(Study.objects.select_related("network"), pk=study_id, network=seen.network)


def run_for(seen: StudiesAccess, study_id: int, run_id: object) -> Run:
    """Return a run of one of the network's studies; to people of its firms only once it is released."""
    found = get_object_or_404(
        Run.objects.select_related("study__network", "version", "answers"),
        pk=run_id, study_id=study_id, study__network=seen.network,
    )  # fmt: skip
    if found.released is None and not seen.runs:
        raise Http404
    return found


def own_firm(seen: StudiesAccess, slug: str) -> Firm:
    """Return a member firm that the user owns."""
    return get_object_or_404(Firm, slug=slug, pk__in=seen.own_firms)
