"""The audit trail: who did what, when, for which firm.  Lines are added and never changed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(models.QuerySet["AuditLine"]):
    """A queryset that reads and adds, and refuses the rest."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("The audit trail only grows: its lines cannot be changed or deleted.")

    update = delete = bulk_update = update_or_create = _refuse


class AuditLine(models.Model):
    """One thing somebody did.

    ``who`` keeps the e-mail as it was, also when the account is gone; ``what`` is a dotted verb such as
    ``firm.member.invited``; ``data`` holds the particulars.
    """

    at = models.DateTimeField(_("when"), db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    who = models.CharField(_("who"), max_length=254)
    what = models.CharField(_("what"), max_length=80)
    firm = models.ForeignKey(
        "accounts.Firm", on_delete=models.PROTECT, null=True, blank=True, related_name="audit_lines"
    )
    network = models.ForeignKey(
        "accounts.Network", on_delete=models.PROTECT, null=True, blank=True, related_name="audit_lines"
    )
    data = models.JSONField(_("particulars"), default=dict)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.what}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the line; raises when it is there already."""
        if not self._state.adding:
            raise TypeError("The audit trail only grows: its lines cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise: a line stays."""
        raise TypeError("The audit trail only grows: its lines cannot be deleted.")
