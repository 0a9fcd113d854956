"""How forms look, the same everywhere: one field, its label, help and errors; and how a page keeps what one fills in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils import timezone

from fondaco.kernel.errors import InputError
from fondaco.web.accounts.access import FirmAccess

T = TypeVar("T")


class Renderer(TemplatesSetting):
    """Draws forms and fields with our own templates."""

    form_template_name = "desk/form.html"
    field_template_name = "desk/field.html"


def kept(
    request: HttpRequest, seen: FirmAccess, form: forms.ModelForm[Any], act: Callable[..., T], sentence: str, at: str = ""
) -> T | None:  # fmt: skip
    """Keep the row of a posted form by an action of ``firm``, ``by`` and ``now``, and say so on the next page.

    Returns what `act` made; None where the form is to be shown, with its mistakes.  What `act` finds wrong is told beside
    the field `at`, or above all of them.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = act(form.save(commit=False), firm=seen.firm, by=seen.user, now=timezone.now())
    except InputError as error:
        form.add_error(at or None, str(error))
        return None
    messages.success(request, sentence)
    return made
