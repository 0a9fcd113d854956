"""Long lists of firms, page by page, with a search by name: an agency has thousands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from fondaco.web.desk.numbers import number_of

#: Rows on a page; a list that fits on one is not searched.
PAGE = 100

M = TypeVar("M", bound=Model)


def listed(held: QuerySet[M], by: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Return a page of a list for a template: its `rows`, the `total`, and what `desk/pager.html` and `desk/find.html` take.

    Parameters
    ----------
    held
        All rows, in their order.
    by
        The column that holds names.
    said
        Of the address: ``q`` for a part of a name, ``page``.
    """
    total = held.count()
    words = said.get("q", "").replace("\0", "")[:100]
    page = number_of(said.get("page")) or 1
    found = held.filter(**{f"{by}__icontains": words}) if words else held
    rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
    return {
        "rows": rows[:PAGE], "total": total, "page": page, "more": len(rows) > PAGE,
        "words": words, "to_search": total > PAGE,
    }  # fmt: skip
