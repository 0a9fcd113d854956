"""Reviews: Alice leads one, Bob reviews in it; everybody else does not learn that it exists."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import NOW, Town
from tests.web.table import IN, SIGNED_IN, Row

from fondaco.web.evidence import people
from fondaco.web.evidence.reviews import actions
from fondaco.web.evidence.reviews.models import Entry, Extract, Likeness, Protocol, Vote

RIS = """TY  - JOUR
TI  - Small exporters on platforms
AU  - Kühn, Jana
PY  - 2020
ER  -
TY  - JOUR
TI  - Small exporters on the platforms
AU  - Kuehn, J.
PY  - 2022
ER  -
TY  - JOUR
TI  - Mice and men
ER  -
TY  - JOUR
TI  - Wine sold abroad by families
PY  - 2021
ER  -
TY  - JOUR
TI  - Coffee sold abroad by villages
PY  - 2019
ER  -
"""

#: anonymous, outsider, viewer, member (reviewer here), owner (lead here), supporter
INSIDE = (IN, 404, 404, 200, 200, 404)


def prepare(town: Town) -> dict[str, int]:
    review = actions.start("Small firms abroad", "What drives them?", by=town.alice, now=NOW)
    bob = people.add_member(review, town.bob.email, "reviewer", by=town.alice, now=NOW)
    batch = actions.bring(review, "a.ris", RIS.encode(), other=False, by=town.alice, now=NOW)
    mice, wine = review.entries.get(title__startswith="Mice"), review.entries.get(title__startswith="Wine")
    coffee = review.entries.get(title__startswith="Coffee")
    Entry.objects.filter(pk__in=(wine.pk, coffee.pk)).update(abstract_state="in", full_state="in")
    Extract.objects.create(
        entry=coffee,
        values={"key": "villages_2019", "design": "quantitative", "method": "survey", "theme": "environment"},
        source="table 2",
        by=town.bob,
        at=NOW,
    )
    Vote.objects.create(
        entry=mice, user=town.bob, stage="abstract", verdict="exclude", reason="Of mice", at=NOW
    )
    Protocol.objects.create(
        review=review, number=1, include="surveys", databases="Scopus", search="SME*", made=NOW, by=town.alice
    )
    pair = Likeness.objects.get(review=review)
    return {
        "review": review.pk,
        "batch": batch.pk,
        "mice": mice.pk,
        "wine": wine.pk,
        "pair": pair.pk,
        "bob": bob.pk,
    }


def of_review(made: Any) -> dict[str, object]:
    return {"number": made.more["reviews"]["review"]}


def of_batch(made: Any) -> dict[str, object]:
    return {**of_review(made), "batch_id": made.more["reviews"]["batch"]}


def of_bob(made: Any) -> dict[str, object]:
    return {**of_review(made), "member_id": made.more["reviews"]["bob"]}


def of_pair(made: Any) -> dict[str, object]:
    return {**of_review(made), "pair_id": made.more["reviews"]["pair"]}


def of_wine(made: Any) -> dict[str, object]:
    return {**of_review(made), "entry_id": made.more["reviews"]["wine"]}


CODED: dict[str, object] = {
    "version": "0", "key": "kuehn_2021", "design": "quantitative", "method": "survey", "theme": "environment", "source": "table 1",
}  # fmt: skip

ROWS = (
    Row("reviews", SIGNED_IN),
    Row("reviews", (IN, 302, 302, 302, 302, 302), post={"title": "Wine", "question": "Who?"}),
    Row("review", INSIDE, of_review),
    Row("review_people", (IN, 404, 404, 403, 302, 404), of_review, {"email": "", "part": "reviewer"}),
    Row("review_person_remove", (IN, 404, 404, 403, 302, 404), of_bob, {}),
    Row("review_protocol", INSIDE, of_review),
    Row(
        "review_protocol",
        (IN, 404, 404, 403, 302, 404),
        of_review,
        {"databases": "Scopus", "search": "SME*", "include": "surveys"},
    ),
    Row("review_records", INSIDE, of_review),
    Row("review_records", (IN, 404, 404, 403, 400, 404), of_review, {}, note="400: no file was sent"),
    Row("review_export", INSIDE, of_review),
    Row("review_kept", INSIDE, of_batch),
    Row(
        "review_batch_remove",
        (IN, 404, 404, 403, 409, 404),
        of_batch,
        {},
        note="409: people decided on its records",
    ),
    Row("review_duplicate", (IN, 404, 404, 302, 302, 404), of_pair, {"same": "one"}),
    Row("review_screen", INSIDE, of_review),
    Row("review_screen", (IN, 404, 404, 302, 302, 404), of_review, {"entry": "", "stage": "abstract"}),
    Row("review_vote_back", (IN, 404, 404, 404, 404, 404), of_review, {}, note="404: no record was named"),
    Row(
        "review_rest",
        (IN, 404, 404, 403, 409, 404),
        of_review,
        {},
        note="409: one person has read a record alone",
    ),
    Row("review_conflicts", INSIDE, of_review),
    Row("review_conflicts", (IN, 404, 404, 302, 302, 404), of_review, {}),
    Row("review_prisma", INSIDE, of_review),
    Row("review_flow", INSIDE, of_review),
    Row("review_studies", INSIDE, of_review),
    Row("review_studies_csv", INSIDE, of_review),
    Row("review_extract", INSIDE, of_wine),
    Row("review_extract", (IN, 404, 404, 302, 302, 404), of_wine, CODED),
)
