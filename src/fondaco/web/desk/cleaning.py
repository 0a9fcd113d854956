"""Erasing a person from columns of the database, whatever else may or may not change there."""

from __future__ import annotations

from typing import Any

from django.db import models

from fondaco.ledger import Person


def clean(rows: models.QuerySet[Any], person: Person, *names: str) -> int:
    """Replace what means a person in some columns; return in how many rows it stood."""
    found = 0
    for pk, *values in rows.values_list("pk", *names):
        cleaned = [person.without_all(value) for value in values]
        if cleaned != values:
            models.QuerySet(rows.model).filter(pk=pk).update(**dict(zip(names, cleaned, strict=True)))
            found += 1
    return found
