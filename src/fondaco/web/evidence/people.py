"""The people of a project: taken in, given another part, let go; the same for reviews and codings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fondaco.kernel.errors import InputError, Refused
from fondaco.web.accounts.models import User
from fondaco.web.desk import audit
from fondaco.web.evidence.projects import LEAD, Access, Project, Seat


class MemberForm(forms.Form):
    """Somebody who joins, in one of the parts that the kind of project knows."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), help_text=gettext_lazy("Of somebody who has an account here.")
    )
    part = forms.ChoiceField(label=gettext_lazy("Part"))

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = project.members.model.part.field
        self.fields["part"] = forms.ChoiceField(
            label=self.fields["part"].label, choices=held.choices, initial=held.default
        )


@transaction.atomic
def add_member(project: Project, email: str, part: str, *, by: User, now: datetime) -> Any:
    """Take somebody who has an account into a project, or give them another part.

    Raises
    ------
    InputError
        Where nobody has an account with this address.
    Refused
        Where the project would be left without a lead.
    """
    _lock(project)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise InputError(_("Nobody has an account with this address: ask for one to be made first."))
    if part != LEAD:
        _keep_a_lead(project, without=user)
    member, _made = project.members.update_or_create(
        user=user, defaults={"part": part}, create_defaults={"part": part, "since": now}
    )
    _record(project, "member", user, part, by, now)
    return member


@transaction.atomic
def remove_member(project: Project, member: Seat, *, by: User, now: datetime) -> None:
    """Let somebody go; what they decided and coded stays and counts.

    Raises
    ------
    Refused
        For the last lead.
    """
    _lock(project)
    _keep_a_lead(project, without=member.user)
    _record(project, "member_removed", member.user, member.part, by, now)
    member.delete()


def _lock(project: Project) -> None:
    type(project).objects.select_for_update().get(pk=project.pk)


def _keep_a_lead(project: Project, *, without: User) -> None:
    if not project.members.filter(part=LEAD).exclude(user=without).exists():
        raise Refused(_("Somebody must lead it: name another lead first."))


def _record(project: Project, what: str, user: User, part: str, by: User, now: datetime) -> None:
    where = {project.members.field.name: project.pk}
    audit.record(f"{project.KIND}.{what}", by=by, now=now, person=user.pk, part=part, **where)


def urls(kind: str, opened: Callable[..., Access[Any]]) -> list[URLPattern]:
    """Return the addresses at which a lead changes a project's people; the list of projects is called `kind` with an s."""

    def people(request: HttpRequest, number: int) -> HttpResponse:
        seen = opened(request.user, number, need="lead")
        form = MemberForm(seen.project, request.POST)
        if not form.is_valid():
            messages.error(request, _("Write the e-mail address of somebody who has an account here."))
            return redirect(kind, number=number)
        said = form.cleaned_data
        member = add_member(seen.project, said["email"], said["part"], by=seen.user, now=timezone.now())
        messages.success(request, _("%(name)s is in.") % {"name": member.user})
        return redirect(kind, number=number)

    def remove(request: HttpRequest, number: int, member_id: int) -> HttpResponse:
        seen = opened(request.user, number, need="lead")
        member = get_object_or_404(seen.project.members.select_related("user"), pk=member_id)
        remove_member(seen.project, member, by=seen.user, now=timezone.now())
        messages.success(request, _("%(name)s is out; what they did stays.") % {"name": member.user})
        return redirect(f"{kind}s") if member.user == seen.user else redirect(kind, number=number)

    return [
        path("<int:number>/people/", login_required(require_POST(people)), name=f"{kind}_people"),
        path(
            "<int:number>/people/<int:member_id>/remove/",
            login_required(require_POST(remove)),
            name=f"{kind}_person_remove",
        ),
    ]
