"""Who may make an account: the very first person, then those with an invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from fondaco.web.accounts import actions
from fondaco.web.accounts.models import Invitation, User

#: Where the session keeps the token of the invitation that the visitor opened.
INVITATION = "invitation"


def open_invitation(request: HttpRequest) -> Invitation | None:
    """Return the invitation the visitor came with, if it is still good."""
    token = request.session.get(INVITATION)
    return actions.invitation_for(token, now=timezone.now()) if token else None


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's doors, narrowed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell whether this visitor may make an account."""
        if open_invitation(request) is not None:
            return True
        return settings.SIGN_UP == "first" and not User.objects.exists()

    def clean_email(self, email: str) -> str:
        """Hold an invited visitor to the address that was invited."""
        email = str(super().clean_email(email)).strip().lower()
        request = self.request
        if request is not None and request.resolver_match.url_name == "account_signup":
            invitation = open_invitation(request)
            if invitation is not None and email != invitation.email:
                raise ValidationError(_("The invitation is for %(email)s.") % {"email": invitation.email})
        return email

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """Tell whether the address of a new account is proved: by its invitation, or by being the first."""
        invitation = open_invitation(request)
        if invitation is not None:
            return invitation.email == email.lower()
        return User.objects.count() <= 1 or bool(super().is_email_verified(request, email))
