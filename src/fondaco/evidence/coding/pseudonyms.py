"""Which pseudonym stands for whom: a table of its own, used once, before a text is stored.

The table is a CSV of two columns, name and pseudonym; several spellings of one name have a row each.  Nothing here writes
a name into a project.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fondaco.kernel import InputError

#: Rows of a table of names.
MOST_NAMES = 2000


@dataclass(frozen=True)
class Replaced:
    """A text under pseudonyms.

    Attributes
    ----------
    text
        With each name replaced.
    times
        How often each pseudonym was put in.
    unused
        Names of the table that do not stand in the text: perhaps spelt otherwise.
    """

    text: str
    times: Mapping[str, int]
    unused: tuple[str, ...]


def read_names(text: str, where: str = "the table of names") -> dict[str, str]:
    r"""Read a table of names and pseudonyms, a row each, split by comma, semicolon or tab.

    Raises
    ------
    InputError
        Naming the row that has not two cells, a name that stands for two, a pseudonym that is itself a name.

    Examples
    --------
    >>> read_names("name,pseudonym\nMaria Rossi,P1\nRossi,P1\n")
    {'Maria Rossi': 'P1', 'Rossi': 'P1'}
    """
    held: dict[str, str] = {}
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark))
    except csv.Error as error:
        raise InputError(
            f"{where} cannot be read ({error}): write a name and a pseudonym in each row."
        ) from None
    if len(rows) > MOST_NAMES:
        raise InputError(f"{where} has {len(rows):,} rows; {MOST_NAMES:,} are the most for one study.")
    for number, row in enumerate(rows, 1):
        cells = [" ".join(cell.split()) for cell in row]
        if not any(cells) or (number == 1 and cells[0].casefold() in ("name", "real name", "real")):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise InputError(
                f"{where}, row {number}: a name and a pseudonym are needed, found {mark.join(row)!r}."
            )
        if held.get(cells[0], cells[1]) != cells[1]:
            raise InputError(
                f"{where}, row {number}: {cells[0]!r} has the pseudonym {held[cells[0]]!r} already."
            )
        held[cells[0]] = cells[1]
    for alias in held.values():
        if any(name.casefold() in alias.casefold() for name in held):
            raise InputError(f"{where}: the pseudonym {alias!r} holds a name: choose one that tells nothing.")
    return held


def replace_names(text: str, names: Mapping[str, str]) -> Replaced:
    """Put pseudonyms in place of names: whole words, longest names first, capitals as they come.

    Examples
    --------
    >>> replace_names("Maria Rossi: I asked ROSSI's son.", {"Maria Rossi": "P1", "Rossi": "P1"}).text
    "P1: I asked P1's son."
    """
    if not names:
        return Replaced(text, {}, ())
    folded = {name.casefold(): alias for name, alias in names.items()}
    words = sorted(names, key=lambda name: (-len(name), name))
    # A name broken over lines or spaced widely is still that name.
    spelt = "|".join(r"\s+".join(re.escape(part) for part in word.split()) for word in words)
    times: dict[str, int] = {}
    used: set[str] = set()

    def put(match: re.Match[str]) -> str:
        said = " ".join(match.group().split())
        # Letters that fold in more than one way, as the Turkish i, are found by comparing as the search does.
        name = said.casefold()
        if name not in folded:
            name = next(
                word.casefold() for word in words if re.fullmatch(re.escape(word), said, re.IGNORECASE)
            )
        alias = folded[name]
        used.add(name)
        times[alias] = times.get(alias, 0) + 1
        return alias

    replaced = re.sub(rf"(?<!\w)(?:{spelt})(?!\w)", put, text, flags=re.IGNORECASE)
    return Replaced(replaced, times, tuple(name for name in names if name.casefold() not in used))
