"""What people do with firms, networks, roles and invitations: lock, check, save, write the audit line."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError, Refused
from fondaco.ledger import Firm as LedgerFirm
from fondaco.ledger import Workspace
from fondaco.web.accounts.models import (
    Consent,
    Firm,
    Invitation,
    InvitationKind,
    Item,
    Membership,
    Network,
    NetworkMembership,
    Role,
    Support,
    User,
)
from fondaco.web.desk import audit

#: How long an invitation is good for.
INVITATION_LASTS = timedelta(days=7)


# --- people ---------------------------------------------------------------------------------------


def ensure_user(email: str, password: str, *, name: str = "") -> User:
    """Return the user with this address, made with `password` if there is none.

    The password of a user who is there already is left alone.  The address counts as proved: whoever
    calls this runs the machine.
    """
    email = email.strip().lower()
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, password, name=name)
    prove_address(user)
    return user


def prove_address(user: User) -> None:
    """Mark the user's address as theirs, so that a second factor can be set up."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


# --- firms ----------------------------------------------------------------------------------------


def create_firm(
    workspace: Workspace, *, name: str, home: str, currency: str, by: User, now: datetime
) -> Firm:
    """Make a firm in the ledger and here, with `by` as its first owner.

    Raises
    ------
    InputError
        If the name leaves nothing to make a short name of.
    Refused
        If the short name is taken.
    """
    slug = slugify(name)[:60].strip("-")
    if not slug:
        raise InputError(_("Give the firm a name with some letters or digits from A to Z in it."))
    with transaction.atomic():
        if Firm.objects.filter(slug=slug).exists() or slug in {firm.slug for firm in workspace.firms()}:
            raise Refused(
                _(
                    "There is a firm called “%(slug)s” here already. Choose another name, or ask its owner for an invitation."
                )
                % {"slug": slug}
            )
        try:
            with transaction.atomic():
                row = Firm.objects.create(slug=slug, name=name, home=home, currency=currency)
        except IntegrityError as error:
            raise Refused(_("There is a firm of that name here already. Choose another name.")) from error
        Membership.objects.create(firm=row, user=by, role=Role.OWNER)
        audit.record("firm.created", by=by, now=now, firm=row, home=home, currency=currency)
        # Last, so that a refusal by the ledger takes the rows back.
        workspace.create_firm(slug, name=name, home=home, currency=currency)
    return row


def ensure_firm_row(firm: LedgerFirm) -> Firm:
    """Return the row that mirrors the ledger's `firm`, made or brought up to date."""
    row, _made = Firm.objects.update_or_create(
        slug=firm.slug,
        defaults={
            "name": firm.name,
            "home": firm.home,
            "currency": firm.currency,
            "fictional": firm.fictional,
        },
    )
    return row


def adopt_ledger_firms(workspace: Workspace, owner: User, *, now: datetime) -> list[Firm]:
    """Give `owner` the ledger's firms that have nobody yet (made on the command line)."""
    adopted = []
    for firm in workspace.firms():
        row = ensure_firm_row(firm)
        with transaction.atomic():
            if not row.memberships.select_for_update().exists():
                Membership.objects.create(firm=row, user=owner, role=Role.OWNER)
                audit.record("firm.adopted", by=owner, now=now, firm=row)
                adopted.append(row)
    return adopted


def _owners_left(firm: Firm, without: User) -> bool:
    owners = firm.memberships.select_for_update().filter(role=Role.OWNER).exclude(user=without)
    return bool(list(owners))  # evaluated, so that the rows are locked until the end of the transaction


def set_role(firm: Firm, user_id: int, role: str, *, by: User, now: datetime) -> Membership:
    """Give a person another role; the last owner stays owner."""
    if role not in Role.values:
        raise InputError(_("There is no role of that name."))
    with transaction.atomic():
        membership = (
            Membership.objects.select_for_update()
            .filter(firm=firm, user_id=user_id)
            .select_related("user")
            .first()
        )
        if membership is None:
            raise InputError(_("This person has no role in the firm."))
        if membership.role == Role.OWNER and role != Role.OWNER and not _owners_left(firm, membership.user):
            raise Refused(_("A firm needs an owner: make somebody else an owner first."))
        before, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        audit.record(
            "firm.role.changed",
            by=by,
            now=now,
            firm=firm,
            person=membership.user.email,
            before=before,
            after=role,
        )
    return membership


def remove_member(firm: Firm, user_id: int, *, by: User, now: datetime) -> None:
    """Take a person's role away; the last owner stays."""
    with transaction.atomic():
        membership = (
            Membership.objects.select_for_update()
            .filter(firm=firm, user_id=user_id)
            .select_related("user")
            .first()
        )
        if membership is None:
            raise InputError(_("This person has no role in the firm."))
        if membership.role == Role.OWNER and not _owners_left(firm, membership.user):
            raise Refused(_("A firm needs an owner: make somebody else an owner first."))
        membership.delete()
        audit.record("firm.member.removed", by=by, now=now, firm=firm, person=membership.user.email)


def set_consent(firm: Firm, network: Network, item: str, given: bool, *, by: User, now: datetime) -> None:
    """Let the supporters of `network` see an item of `firm`, or no longer."""
    if item not in Item.values:
        raise InputError(_("There is nothing of that name to share."))
    with transaction.atomic():
        if not NetworkMembership.objects.filter(firm=firm, network=network).exists():
            raise InputError(_("The firm is not in that network."))
        if given:
            Consent.objects.get_or_create(
                firm=firm, network=network, item=item, defaults={"given_by": by, "given_at": now}
            )
        else:
            Consent.objects.filter(firm=firm, network=network, item=item).delete()
        what = "consent.given" if given else "consent.withdrawn"
        audit.record(what, by=by, now=now, firm=firm, network=network, item=item)


# --- networks -------------------------------------------------------------------------------------


def create_network(name: str, *, by: User, now: datetime) -> Network:
    """Make a network with `by` as its first supporter."""
    slug = slugify(name)[:60].strip("-")
    if not slug:
        raise InputError(_("Give the network a name with some letters or digits from A to Z in it."))
    with transaction.atomic():
        network, made = Network.objects.get_or_create(slug=slug, defaults={"name": name})
        if not made:
            raise Refused(
                _("There is a network of that name already. Ask one of its supporters for an invitation.")
            )
        Support.objects.create(network=network, user=by)
        audit.record("network.created", by=by, now=now, network=network)
    return network


def set_network_facts(
    network: Network,
    *,
    name: str,
    founded_on: date | None,
    recognised_on: date | None,
    recognised_by: str,
    by: User,
    now: datetime,
) -> None:
    """Keep what is officially known of the network."""
    with transaction.atomic():
        network.name, network.founded_on = name, founded_on
        network.recognised_on, network.recognised_by = recognised_on, recognised_by
        network.save()
        audit.record(
            "network.facts.changed",
            by=by,
            now=now,
            network=network,
            founded_on=str(founded_on or ""),
            recognised_on=str(recognised_on or ""),
            recognised_by=recognised_by,
        )


def set_membership_facts(
    membership: NetworkMembership,
    *,
    joined_on: date | None,
    export_share: Decimal | None,
    export_share_year: int | None,
    markets: Sequence[str],
    by: User,
    now: datetime,
) -> None:
    """Keep what a firm states of itself in the network: since when, export share, markets."""
    with transaction.atomic():
        membership.joined_on, membership.export_share = joined_on, export_share
        membership.export_share_year, membership.markets = export_share_year, sorted(set(markets))
        membership.save()
        audit.record(
            "network.member.changed",
            by=by,
            now=now,
            firm=membership.firm,
            network=membership.network,
            export_share=str(export_share) if export_share is not None else "",
            year=export_share_year,
            markets=membership.markets,
        )


# --- invitations ----------------------------------------------------------------------------------


def hash_of(token: str) -> str:
    """Return what is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(email: str, kind: str, *, to: Firm | Network, by: User, now: datetime) -> tuple[Invitation, str]:
    """Make an invitation; returns it with its token, which is told once and not kept."""
    of_firm = kind in (InvitationKind.OWNER, InvitationKind.MEMBER, InvitationKind.VIEWER)
    if kind not in InvitationKind.values or of_firm != isinstance(to, Firm):
        raise InputError(_("There is no invitation of that kind."))
    token = secrets.token_urlsafe(32)
    firm, network = (to, None) if isinstance(to, Firm) else (None, to)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=email.strip().lower(),
            kind=kind,
            firm=firm,
            network=network,
            token_hash=hash_of(token),
            by=by,
            made=now,
            expires=now + INVITATION_LASTS,
        )
        audit.record("invited", by=by, now=now, firm=firm, network=network, email=invitation.email, kind=kind)
    return invitation, token


def invitation_for(token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that `token` opens, if it is still good."""
    return (
        Invitation.objects.select_related("firm", "network", "by")
        .filter(token_hash=hash_of(token), used=None, withdrawn=None, expires__gt=now)
        .first()
    )


def withdraw(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Take an invitation back; one that is used stays used."""
    with transaction.atomic():
        changed = Invitation.objects.filter(pk=invitation.pk, used=None, withdrawn=None).update(withdrawn=now)
        if changed:
            audit.record(
                "invitation.withdrawn",
                by=by,
                now=now,
                firm=invitation.firm,
                network=invitation.network,
                email=invitation.email,
            )


def accept(token: str, *, user: User, now: datetime, firm: Firm | None = None) -> Invitation:
    """Use an invitation: `user` gets the role, or `firm` of theirs joins the network.

    Raises
    ------
    Refused
        If the invitation is used, withdrawn, out of date or to another address, or if a firm must be
        named and `user` owns none of that name.
    """
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=("self",))
            .filter(token_hash=hash_of(token), used=None, withdrawn=None, expires__gt=now)
            .first()
        )
        if invitation is None:
            raise Refused(_("This invitation is used, withdrawn or out of date. Ask for a new one."))
        if invitation.email != user.email:
            raise Refused(
                _("This invitation is for %(email)s. Sign in with that address, or ask for one to yours.")
                % {"email": invitation.email}
            )
        if invitation.kind == InvitationKind.SUPPORTER:
            Support.objects.get_or_create(network=invitation.network, user=user)
        elif invitation.kind == InvitationKind.JOIN:
            if firm is None or not Membership.objects.filter(firm=firm, user=user, role=Role.OWNER).exists():
                raise Refused(_("Choose a firm that you own: it joins the network."))
            NetworkMembership.objects.get_or_create(
                network=invitation.network, firm=firm, defaults={"joined_on": now.date()}
            )
        else:
            held = Membership.objects.filter(firm=invitation.firm, user=user).first()
            # An invitation never takes a right away from somebody who has it.
            if held is None or Role.values.index(invitation.kind) < Role.values.index(held.role):
                Membership.objects.update_or_create(
                    firm=invitation.firm, user=user, defaults={"role": invitation.kind}
                )
        prove_address(user)
        Invitation.objects.filter(pk=invitation.pk).update(used=now)
        audit.record(
            "invitation.accepted",
            by=user,
            now=now,
            firm=invitation.firm or firm,
            network=invitation.network,
            kind=invitation.kind,
        )
    return invitation


def leave_network(membership: NetworkMembership, *, by: User, now: datetime) -> None:
    """Take the firm out of the network, and its consents with it."""
    with transaction.atomic():
        firm, network = membership.firm, membership.network
        Consent.objects.filter(firm=firm, network=network).delete()
        membership.delete()
        audit.record("network.left", by=by, now=now, firm=firm, network=network)
