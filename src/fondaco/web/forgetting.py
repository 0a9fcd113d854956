"""The desk's database, as `fondaco forget` reaches it: Django is set up first, then asked."""

from __future__ import annotations

import os
from collections.abc import Callable

from fondaco.ledger import Person


def database_of(slug: str) -> Callable[[Person], int] | None:
    """Return what erases a person from the database; None where the desk has none yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fondaco.web.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.db import DatabaseError

    from fondaco.web.data.forgetting import erase, wipe
    from fondaco.web.data.models import Upload

    try:
        Upload.objects.exists()
    except DatabaseError:
        return None  # nobody has served the desk yet: there are no tables

    def run(person: Person) -> int:
        found = erase(slug, person)
        if found:
            wipe()
        return found

    return run
