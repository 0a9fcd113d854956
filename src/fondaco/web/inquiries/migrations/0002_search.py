"""PostgreSQL's index of words; SQLite looks through the text itself."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_MAKE = (
    "CREATE INDEX inquiries_case_words ON inquiries_case USING gin (to_tsvector('simple', words || ' ' || note_words))"
)


def _make(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_MAKE)


def _drop(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS inquiries_case_words")


class Migration(migrations.Migration):
    """An index for the search."""

    dependencies = [("inquiries", "0001_cases")]  # noqa: RUF012

    operations = [migrations.RunPython(_make, _drop)]  # noqa: RUF012
