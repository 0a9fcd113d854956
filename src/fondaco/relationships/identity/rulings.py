"""What people ruled of records, kept as rows that only ever grow, and which of it holds now.

A row says that two records are one buyer or two, that somebody will look later, or that an earlier row is taken back;
taking back is a row too, and may itself be taken back.  A row names records as the files wrote them.  A later file may
write a buyer otherwise, so a record that is no more is looked for by its platform's mark, then by its name and firm;
one that is not found waits, and counts again when it comes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from fondaco.kernel import InputError, Refused
from fondaco.kernel.moments import aware
from fondaco.relationships.identity.merging import Decision

Verdict = Literal["one", "two", "later", "undo"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
#: A reason may be so long.
LONGEST = 500


@dataclass(frozen=True)
class Ruling:
    """A row.

    Attributes
    ----------
    number
        From 1; rows are never renumbered.
    verdict
        ``one``, ``two``, ``later`` (somebody will look), or ``undo``.
    left, right
        The records, as `fondaco.workflows.buyers.records_of` writes them; those of the row that is taken back.
    at, by, why
        When (with a time zone), who, and for what reason.
    undoes
        The number of the row that is taken back.
    """

    number: int
    verdict: Verdict
    left: str
    right: str
    at: datetime
    by: str
    why: str = ""
    undoes: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "number": self.number, "verdict": self.verdict, "left": self.left, "right": self.right,
            "at": self.at.isoformat(), "by": self.by, "why": self.why, "undoes": self.undoes,
        }  # fmt: skip


def from_json(said: Any, where: str) -> Ruling:
    """Return the row that JSON values say.

    Parameters
    ----------
    where
        File and line, for the message.

    Raises
    ------
    InputError
        Where they say none.
    """
    try:
        at = aware(datetime.fromisoformat(said["at"]), "at")
        held = Ruling(
            int(said["number"]), said["verdict"], str(said["left"]), str(said["right"]), at, str(said["by"]),
            str(said.get("why", "")), said.get("undoes"),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, InputError) as error:
        raise InputError(f"{where} says no decision on buyers ({error}): mend or remove the line.") from None
    if held.verdict not in VERDICTS or (held.undoes is not None and not isinstance(held.undoes, int)):
        raise InputError(
            f"{where} says {held.verdict!r}: a verdict is one of {', '.join(VERDICTS)}, and takes back a number."
        )
    return held


def standing(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """Return the rows that hold: those that no row which itself holds takes back; undoing rows are left out.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 30, tzinfo=UTC)
    >>> one = Ruling(1, "one", "a", "b", at, "Ada")
    >>> back = Ruling(2, "undo", "a", "b", at, "Bo", undoes=1)
    >>> again = Ruling(3, "undo", "a", "b", at, "Ada", undoes=2)
    >>> len(standing([one, back])), len(standing([one, back, again]))
    (0, 1)
    """
    held = sorted(rulings, key=lambda each: each.number)
    gone: set[int] = set()
    for each in reversed(held):  # a row is taken back by later ones only
        if each.verdict == "undo" and each.number not in gone and each.undoes is not None:
            gone.add(each.undoes)
    return tuple(each for each in held if each.number not in gone and each.verdict != "undo")


def added(
    rulings: Sequence[Ruling],
    verdict: Verdict,
    left: str,
    right: str,
    *,
    at: datetime,
    by: str,
    why: str = "",
) -> Ruling:
    """Return the row to add for two records.

    Raises
    ------
    InputError
        Where both are the same record, or the reason is too long.
    """  # fmt: skip
    if left == right:
        raise InputError("That is one record, and cannot be joined with or parted from itself.")
    return Ruling(_next(rulings), verdict, left, right, at, by, _reason(why))


def taken_back(rulings: Sequence[Ruling], number: int, *, at: datetime, by: str, why: str = "") -> Ruling:
    """Return the row that takes an earlier one back.

    Raises
    ------
    InputError
        Where there is none of that number.
    Refused
        Where it has been taken back already.
    """
    known = {each.number: each for each in rulings}
    if number not in known:
        raise InputError(f"There is no decision number {number} on buyers.")
    there = {each.number for each in standing(rulings)}
    undoing = {each.undoes for each in rulings if each.verdict == "undo"}
    row = known[number]
    if row.verdict == "undo":
        if row.undoes in there:
            raise Refused(f"Decision {number} has been taken back already.")
    elif number not in there and number in undoing:
        raise Refused(f"Decision {number} has been taken back already.")
    return Ruling(_next(rulings), "undo", row.left, row.right, at, by, _reason(why), number)


def _next(rulings: Sequence[Ruling]) -> int:
    return max((each.number for each in rulings), default=0) + 1


def _reason(why: str) -> str:
    if len(why) > LONGEST:
        raise InputError(f"The reason has {len(why):,} letters: {LONGEST} are kept at most.")
    return " ".join(why.split())


class Records:
    r"""The records of a firm, and which of them stands for one that was written otherwise before.

    Examples
    --------
    >>> held = Records(["shop\tK1\tAnna Rossi\tRossi Vini\tITA", "shop\t\tBo\t\tSWE"])
    >>> held.find("shop\tK1\tA. Rossi\tRossi Vini\tITA").split("\t")[2]
    'Anna Rossi'
    >>> held.find("shop\tK2\tNobody\t\tITA") is None
    True
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self._known = set(ids)
        self._by: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for each in self._known:
            for key in _keys(each):
                self._by[key].append(each)

    def find(self, record: str) -> str | None:
        """Return the record itself, or the one that stands for it; None where there is none, or it is not clear which."""
        if record in self._known:
            return record
        for key in _keys(record):
            held = self._by.get(key, [])
            if held and (len(held) == 1 or key[0] == "mark"):
                return min(held)  # records of one mark are one buyer, whichever it is
        return None

    def decisions(self, rulings: Iterable[Ruling]) -> tuple[tuple[Decision, ...], tuple[Ruling, ...]]:
        """Return what holds of the records as they are now, and the rows that wait for a record to come back."""
        found, waiting = [], []
        for each in standing(rulings):
            if each.verdict == "later":
                continue
            left, right = self.find(each.left), self.find(each.right)
            if left is None or right is None or left == right:
                waiting.append(each)
            else:
                verdict: Literal["one", "two"] = "one" if each.verdict == "one" else "two"
                found.append(Decision(left, right, verdict, each.at, each.by, each.why))
        return tuple(found), tuple(waiting)


def _keys(record: str) -> list[tuple[str, ...]]:
    """Return by what a record may be found again, the surest first."""
    platform, mark, name, company, country = (*record.split("\t"), "", "", "", "", "")[:5]
    keys = []
    if mark:
        keys += [
            ("mark and firm", platform, mark, company),
            ("mark and name", platform, mark, name),
            ("mark", platform, mark),
        ]
    if name or company:
        keys += [("name", platform, name, company, country), ("name anywhere", platform, name, company)]
    return keys  # fmt: skip


__all__ = [
    "LONGEST",
    "VERDICTS",
    "Records",
    "Ruling",
    "Verdict",
    "added",
    "from_json",
    "standing",
    "taken_back",
]
