"""Searching texts: PostgreSQL's full text search where there is one, every word somewhere in the text elsewhere."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

#: More words than this narrow nothing down.
_WORDS = 12
M = TypeVar("M", bound=Model)


def found_in(rows: QuerySet[M], asked: str, *fields: str) -> QuerySet[M]:
    """Return the rows whose fields hold all the words that were asked for; all rows for none.

    PostgreSQL is told no language (``simple``), as one board holds texts in several; words are matched from their
    beginning, so that Korean and Italian endings do not hide one.
    """
    words = [word for word in "".join(c if c.isalnum() else " " for c in asked).split() if word][:_WORDS]
    if not words:
        return rows
    if connection.vendor == "postgresql":
        return _full_text(rows, words, fields)
    for word in words:
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(one)
    return rows.distinct()


def _full_text(rows: QuerySet[Any], words: list[str], fields: tuple[str, ...]) -> QuerySet[Any]:
    from django.contrib.postgres.search import SearchQuery, SearchVector

    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    hits = rows.order_by().annotate(_words=SearchVector(*fields, config="simple")).filter(_words=query)
    return rows.filter(pk__in=hits.values("pk"))
