"""Items as lines of JSON: the file that a network's board is kept in beside its database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from fondaco.kernel.problems import Problem
from fondaco.network.knowledge.items import Item, Vote
from fondaco.reference import countries

_Text = Annotated[str, StringConstraints(min_length=1, max_length=8000)]
_Short = Annotated[str, StringConstraints(max_length=400)]


class _Vote(BaseModel):
    model_config = ConfigDict(extra="ignore")
    voter: _Short
    word: Literal["confirm", "dispute", "outdated"]
    reason: _Short = ""
    day: date


class _Item(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: int
    kind: Literal["customer", "market", "setting"]
    market: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
    text: _Text
    source: _Short
    first_hand: bool
    tacit: bool
    day: date
    review_by: date
    products: tuple[_Short, ...] = ()
    barrier: _Short = ""
    author: _Short = ""
    votes: tuple[_Vote, ...] = Field(default=(), max_length=10_000)


def text_of(items: Iterable[Item]) -> str:
    """Return items as JSON, one a line; a voter is a number within the item, so that votes lead back to nobody."""
    return "".join(json.dumps(_said(item), ensure_ascii=False) + "\n" for item in items)


def _said(item: Item) -> dict[str, object]:
    votes = [
        {"voter": str(number), "word": vote.word, "reason": vote.reason, "day": vote.day.isoformat()}
        for number, vote in enumerate(item.votes, start=1)
    ]
    days = {"day": item.day.isoformat(), "review_by": item.review_by.isoformat()}
    return {**asdict(item), **days, "votes": votes}


def items_of(text: str, where: str) -> tuple[tuple[Item, ...], tuple[Problem, ...]]:
    r"""Read items back; a line that is none is told with its number, and the others are kept.

    Examples
    --------
    >>> items_of("{}\n", "knowledge.jsonl")[1][0].reason
    'knowledge.jsonl, line 1, id: Field required.'
    """
    found: list[Item] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            said = _Item.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = " ".join(map(str, first["loc"])) or "the line"
            problems.append(_problem(f"{where}, line {number}, {place}: {first['msg'].rstrip('.')}."))
            continue
        if not countries.is_market(said.market):
            problems.append(_problem(f"{where}, line {number}: {said.market} is no market."))
            continue
        votes = tuple(Vote(vote.voter, vote.word, vote.reason, vote.day) for vote in said.votes)
        found.append(Item(**{**said.model_dump(exclude={"votes"}), "votes": votes}))
    return tuple(found), tuple(problems)


def _problem(reason: str) -> Problem:
    return Problem(
        "line", 1, reason, "Mend the line, or change anything on the board: it writes the file anew."
    )
