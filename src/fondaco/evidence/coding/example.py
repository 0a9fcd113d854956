"""The data structure of a published study, as an example project: its codes, cases, statements and links, in our words.

Statements are gists, each from one informant of one case; the study prints whose, and mostly not in which round.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from fondaco.evidence.coding.codebook import Change, codebook
from fondaco.evidence.coding.project import Backing, Case, Coder, Coding, Link, Project, Source, checked
from fondaco.evidence.coding.refi import guid

#: When the example was coded.
WHEN = datetime(2026, 1, 5, 9, tzinfo=UTC)


@cache
def example() -> Project:
    """Return the example project.

    >>> held = example()
    >>> [len(held.book.of_level(level)) for level in (1, 2, 3)]
    [16, 9, 4]
    """
    said = tomllib.loads(
        files("fondaco.evidence.coding").joinpath("data/platform_exporters.toml").read_text("utf-8")
    )
    coder = Coder(guid("example", "coder"), "the study")
    changes = []
    for level, name in ((3, "dimension"), (2, "theme"), (1, "code")):
        for each in said[name]:
            to = guid("example", each["under"]) if "under" in each else None
            definition = each.get("gist", "")
            changes.append(
                Change(
                    "add", guid("example", each["id"]), coder.name, WHEN, each["name"], level, definition, to
                )
            )
    sources, codings, backing = _statements(said, coder.id)
    cases = tuple(
        Case(
            guid("example", "case", each["name"]),
            each["name"],
            tuple((key, str(value)) for key, value in each.items() if key != "name"),
        )
        for each in said["case"]
    )
    links = tuple(
        Link(each["id"], each["from"], each["to"], each["sign"], each["says"]) for each in said["link"]
    )
    return checked(
        Project(
            said["title"],
            (coder,),
            sources,
            codebook(changes),
            codings,
            (),
            cases,
            links,
            backing,
            description=said["source"],
        )
    )


def _statements(
    said: dict[str, Any], coder: str
) -> tuple[tuple[Source, ...], tuple[Coding, ...], tuple[Backing, ...]]:
    """Return a text for each informant, of one line for each statement, with codings and evidence for links."""
    texts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in said["statement"]:
        texts.setdefault((each["case"], each["who"]), []).append(each)
    sources, codings, backing = [], [], []
    for (case, who), mine in sorted(texts.items()):
        number, text = guid("example", case, who), ""
        wave = 1 if [case, who] in said["first_round_only"] else 0
        for place, each in enumerate(mine):
            held = guid("example", case, who, str(place))
            speaks_of = 2 if each.get("needs_long_use") else 0
            start, text = len(text), text + each["says"] + "\n"
            codings.append(
                Coding(
                    held,
                    number,
                    start,
                    len(text) - 1,
                    guid("example", each["code"]),
                    coder,
                    WHEN,
                    each.get("standing", "stated"),
                    speaks_of,
                )
            )
            backing += [Backing(link, held, True) for link in each.get("supports", ())]
            backing += [Backing(link, held, False) for link in each.get("contradicts", ())]
        sources.append(Source(number, f"{case}, {who}", text, case, wave, None, who, "seller"))
    return tuple(sources), tuple(codings), tuple(backing)
