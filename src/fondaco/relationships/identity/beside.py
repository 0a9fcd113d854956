"""Whose the records are that no file tells of: inquiries that people typed in, or that a program sent.

They are few, and come one at a time; the model is not asked.  Such a record is a known buyer's where it has that buyer's
address or mark, or names its firm or person in the same country, spelt the same; where several buyers are known so, it is
nobody's but its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence


def known_by(record: str) -> frozenset[tuple[str, ...]]:
    r"""Return by what a record is known again in another channel: an address, or firm or person in a country.

    >>> sorted(known_by("web\tA@B.example\t\tRossi  Vini\tITA"))
    [('ITA', 'rossi vini'), ('mail', 'a@b.example')]
    """
    platform, mark, name, company, country = (*record.split("\t"), "", "", "", "", "")[:5]
    found: set[tuple[str, ...]] = {
        (country, plain) for said in (name, company) if country and (plain := _plain(said))
    }
    if mark:
        found.add(("mail", _plain(mark)) if "@" in mark else (platform, "mark", mark))
    return frozenset(found)


def pairs_beside(told: Iterable[str], groups: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    r"""Return the pairs that are one: each record of `told` with the buyer that it is of, or with others of its own kind.

    Parameters
    ----------
    told
        Records that no file tells of.
    groups
        The records of each known buyer.

    Examples
    --------
    >>> anna, vini = "shop\tK1\tAnna\tRossi\tITA", "shop\tK2\tAnna\tVini\tITA"
    >>> pairs_beside(["fair\t\t\trossi\tITA", "fair\t\tAnna\t\tITA"], [[anna], [vini]])
    [('fair\t\t\trossi\tITA', 'shop\tK1\tAnna\tRossi\tITA')]
    """
    keys = {record: known_by(record) for record in dict.fromkeys(told)}
    asked = frozenset[tuple[str, ...]]().union(*keys.values())
    owners: defaultdict[tuple[str, ...], dict[int, str]] = defaultdict(dict)
    for number, records in enumerate(groups):
        for record in records:
            for key in asked & known_by(record):
                owners[key].setdefault(number, record)
    pairs, first = list[tuple[str, str]](), dict[tuple[str, ...], str]()
    for record, known in keys.items():
        of = {number: one for key in sorted(known) for number, one in owners[key].items()}
        if len(of) == 1:
            pairs += [(record, one) for one in of.values()]
        else:
            pairs += [(record, first[key]) for key in sorted(known) if key in first]
            first |= dict.fromkeys(known, record)
    return pairs


def _plain(said: str) -> str:
    return " ".join(said.casefold().split())
