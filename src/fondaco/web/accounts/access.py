"""Permission is how you get the thing.

A view asks for a firm with what it means to do, and gets a `FirmAccess`: the firm, the role, and the
ledger already bound to that firm.  There is no other way to a firm's ledger in the web.  Outsiders
get 404 (they do not learn that the firm exists), insiders without the right get 403.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from fondaco.ledger import Workspace
from fondaco.web.accounts.models import Consent, Firm, Item, Membership, Network, Role, Support, User
from fondaco.web.desk import audit
from fondaco.web.desk.models import AuditLine

if TYPE_CHECKING:
    from fondaco.ledger import Ledger

Need = Literal["read", "write", "own"]

#: Roles that satisfy each need.
_ENOUGH: dict[Need, frozenset[str]] = {
    "read": frozenset({Role.OWNER, Role.MEMBER, Role.VIEWER}),
    "write": frozenset({Role.OWNER, Role.MEMBER}),
    "own": frozenset({Role.OWNER}),
}
SUPPORTER = "supporter"


def workspace() -> Workspace:
    """Return the workspace that this site serves."""
    return Workspace(settings.FONDACO_HOME)


@dataclass(frozen=True)
class FirmAccess:
    """A firm as one person may use it.

    Attributes
    ----------
    user, firm
        Who, and which firm.
    role
        ``owner``, ``member``, ``viewer``, or ``supporter`` where a consent lets them see this page.
    """

    user: User
    firm: Firm
    role: str

    @property
    def can_write(self) -> bool:
        """Whether they may take in files and undo imports."""
        return self.role in _ENOUGH["write"]

    @property
    def can_own(self) -> bool:
        """Whether they may change people, consents and settings."""
        return self.role in _ENOUGH["own"]

    @property
    def is_supporter(self) -> bool:
        """Whether they see the firm from outside, by its consent."""
        return self.role == SUPPORTER

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, for workflows of this firm."""
        return workspace()

    @cached_property
    def ledger(self) -> Ledger:
        """The firm's ledger."""
        return self.workspace.ledger(self.firm.slug)


@dataclass(frozen=True)
class NetworkAccess:
    """A network as one person may use it.

    Attributes
    ----------
    user, network
        Who, and which network.
    supports
        Whether they stand behind it: keep its facts and invite.
    own_firms
        Ids of the member firms that they own, whose stated facts they keep.
    """

    user: User
    network: Network
    supports: bool
    own_firms: frozenset[int]


def firm_for(
    user: User | AnonymousUser, slug: str, *, need: Need = "read", shared: Item | None = None
) -> FirmAccess:
    """Return the firm for `user`, who must be allowed what they `need`.

    Parameters
    ----------
    user
        Signed in or not.
    slug
        The firm's short name.
    need
        ``read``, ``write`` or ``own``.
    shared
        The item that this page shows, if it is one that supporters may see with the firm's consent.

    Raises
    ------
    Http404
        To anyone without a tie to the firm.
    PermissionDenied
        To a member whose role is not enough.
    """
    if not isinstance(user, User):
        raise Http404
    membership = Membership.objects.select_related("firm").filter(user=user, firm__slug=slug).first()
    if membership is not None:
        if membership.role not in _ENOUGH[need]:
            raise PermissionDenied(
                _("Your role in %(firm)s is %(role)s. Ask one of its owners for more.")
                % {"firm": membership.firm.name, "role": membership.get_role_display()}
            )
        return FirmAccess(user, membership.firm, membership.role)
    if need == "read" and shared is not None:
        consent = _consents(user, slug, shared).first()
        if consent is not None:
            _log_sight(user, consent)
            return FirmAccess(user, consent.firm, SUPPORTER)
    raise Http404


def _log_sight(user: User, consent: Consent) -> None:
    """Write down that a supporter looked at something shared, once a day, for the firm's owners to read."""
    now = timezone.now()
    today = AuditLine.objects.filter(
        what="firm.seen",
        user=user,
        firm=consent.firm,
        at__gte=now - timedelta(days=1),
        data__item=consent.item,
    )
    if not today.exists():
        audit.record(
            "firm.seen", by=user, now=now, firm=consent.firm, network=consent.network, item=consent.item
        )


def shares(seen: FirmAccess, item: Item) -> bool:
    """Whether the firm lets this supporter see one more item, beside the one they came by."""
    return _consents(seen.user, seen.firm.slug, item).exists()


def _consents(user: User, slug: str, item: Item) -> QuerySet[Consent]:
    return Consent.objects.select_related("firm", "network").filter(
        firm__slug=slug,
        item=item,
        network__supports__user=user,
        # A consent ends when the firm leaves the network.
        firm__network_memberships__network_id=F("network_id"),
    )


def network_for(
    user: User | AnonymousUser, slug: str, *, need: Literal["read", "support"] = "read"
) -> NetworkAccess:
    """Return the network for `user`: people of its firms may read, supporters keep its facts.

    Raises
    ------
    Http404
        To anyone without a tie to the network.
    PermissionDenied
        To people of member firms where only a supporter may act.
    """
    if not isinstance(user, User):
        raise Http404
    network = Network.objects.filter(slug=slug).first()
    if network is None:
        raise Http404
    supports = Support.objects.filter(network=network, user=user).exists()
    roles = Membership.objects.filter(user=user, firm__network_memberships__network=network)
    if not supports and not roles.exists():
        raise Http404
    if need == "support" and not supports:
        raise PermissionDenied(_("Only supporters of the network may do this."))
    owned = frozenset(roles.filter(role=Role.OWNER).values_list("firm_id", flat=True))
    return NetworkAccess(user, network, supports, owned)


def firms_of(user: User) -> QuerySet[Firm]:
    """Return the firms in which `user` has a role."""
    return Firm.objects.filter(memberships__user=user).order_by("name", "slug")


def networks_of(user: User) -> QuerySet[Network]:
    """Return the networks that `user` supports or has a firm in."""
    supported = Network.objects.filter(supports__user=user)
    joined = Network.objects.filter(memberships__firm__memberships__user=user)
    return (supported | joined).distinct().order_by("name")
