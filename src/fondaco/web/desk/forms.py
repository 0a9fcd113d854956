"""How forms look: one field, its label, help and errors, the same everywhere."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws forms and fields with our own templates."""

    form_template_name = "desk/form.html"
    field_template_name = "desk/field.html"
