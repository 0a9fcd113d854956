"""Projects that several people carry on, reviews and codings: who is in one, and how one gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fondaco.web.accounts.models import User

#: The part of whoever may change people; the other parts are each kind's own.
LEAD = "lead"


class Project(models.Model):
    """What several people carry on; `KIND` begins its lines in the audit trail."""

    KIND: ClassVar[str]
    members: Any
    objects: ClassVar[models.Manager[Self]]

    title = models.CharField(gettext_lazy("title"), max_length=200)
    made = models.DateTimeField(gettext_lazy("made"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """A person in a project; `part` and the project are each kind's own."""

    part: Any

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(gettext_lazy("since"))

    class Meta:
        abstract = True
        ordering = ["part", "pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.part}"


P = TypeVar("P", bound=Project)


@dataclass(frozen=True)
class Access(Generic[P]):
    """A project as one person may use it."""

    user: User
    project: P
    part: str

    @property
    def leads(self) -> bool:
        """Whether they may change its people and what it works on."""
        return self.part == LEAD


def opened(kind: type[P], user: User | AnonymousUser, number: int, *, lead: bool) -> tuple[User, P, str]:
    """Return a person, the project that they are in, and their part.

    Raises
    ------
    Http404
        To anyone who is not in it.
    PermissionDenied
        Where only a lead may act.
    """
    if not isinstance(user, User):
        raise Http404
    project = kind.objects.filter(pk=number, members__user=user).first()
    if project is None:
        raise Http404
    part = project.members.get(user=user).part
    if lead and part != LEAD:
        raise PermissionDenied(_("Only a lead may do this."))
    return user, project, part
