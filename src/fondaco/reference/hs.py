"""Codes of the Harmonized System: which are possible, how deep they go, what lies below what.

A code is text: ``"0409"`` is honey and ``"409"`` is nothing.  Nothing is padded by guess.  Chapters
have two digits, headings four, subheadings six; those six are the same in every country.  Longer
codes (eight digits in the European Union, ten in the United States) are national below their
sixth digit.

The table of codes itself is the World Customs Organization's and is not carried along.  What can be
said without it: chapters go from 01 to 97, 77 is kept free, 98 and 99 are each nation's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fondaco.kernel.errors import InputError

#: Digits of the international levels.
LEVELS = (2, 4, 6)

#: The revisions: the name UN Comtrade gives them, and the year each came into force.
REVISIONS = {
    "H0": "HS1992", "H1": "HS1996", "H2": "HS2002", "H3": "HS2007", "H4": "HS2012", "H5": "HS2017", "H6": "HS2022",
}  # fmt: skip

#: Words that stand for all goods together.
TOTALS = frozenset({"TOTAL", "ALL", "AG0", "_T", "ALL COMMODITIES", "WLD", "999999T"})

Problem = Literal["", "total", "not a code", "odd digits", "chapter 77", "chapter 00"]

_REVISION = re.compile(r"HS\D{0,3}(?:19|20)?(88|92|96|02|07|12|17|22)\b", re.IGNORECASE)
_DOTS = re.compile(r"(?<=\d)[.\s](?=\d)")


@dataclass(frozen=True)
class Code:
    """What a text says as a code of the Harmonized System.

    Attributes
    ----------
    said
        The text, as given.
    code
        Its digits, at most six; empty where it is no possible code.
    digits
        How many digits the text had (2 to 12), 0 where it is none.
    national
        Whether it goes deeper than six digits or lies in chapter 98 or 99.
    problem
        Why it is none: ``total`` (all goods), ``not a code``, ``odd digits`` (a leading zero was
        probably lost), ``chapter 77`` (kept free) or ``chapter 00``; else empty.
    """

    said: str
    code: str
    digits: int
    national: bool = False
    problem: Problem = ""

    @property
    def level(self) -> int:
        """Digits of `code`: 2, 4 or 6; 0 where there is none."""
        return len(self.code)


def parse(said: str) -> Code:
    """Read a text as a code; dots and blanks between digits are dropped, zeros are never added.

    Examples
    --------
    >>> parse("2204.21").code, parse("22042142").code, parse("22042142").national
    ('220421', '220421', True)
    >>> parse("409").problem, parse("77").problem, parse("TOTAL").problem
    ('odd digits', 'chapter 77', 'total')
    """
    text = said.strip()
    if text.upper() in TOTALS:
        return Code(said, "", 0, problem="total")
    digits = _DOTS.sub("", text)
    if not digits.isascii() or not digits.isdigit() or not 1 <= len(digits) <= 12:
        return Code(said, "", 0, problem="not a code")
    if len(digits) % 2:
        return Code(said, "", len(digits), problem="odd digits")
    if digits.startswith(("00", "77")):
        return Code(said, "", len(digits), problem="chapter 00" if digits[0] == "0" else "chapter 77")
    return Code(said, digits[:6], len(digits), len(digits) > 6 or digits.startswith(("98", "99")))


def is_possible(said: str) -> bool:
    """Whether a text can be a code of the Harmonized System.

    >>> is_possible("0409"), is_possible("409"), is_possible("770100")
    (True, False, False)
    """
    return bool(parse(said).code)


def query(said: str) -> str:
    """Return the code that a person asks for; ``2204`` will match its subheadings.

    Raises
    ------
    InputError
        When it is no possible code; the message says why.
    """
    found = parse(said)
    if found.code:
        return found.code
    why = {
        "odd digits": "it has an odd number of digits: write leading zeros, such as 0409 for honey",
        "total": "it stands for all goods: leave the product out",
        "chapter 77": "chapter 77 is kept free",
        "chapter 00": "there is no chapter 00",
    }.get(found.problem, "a code has 2, 4 or 6 digits, such as 22, 2204 or 220421")
    raise InputError(f"{said!r} is no code of the Harmonized System: {why}.")


def hs_code(said: object) -> str:
    """Return an HS code as its digits; dots and blanks do not count, and nothing is padded.

    Raises
    ------
    InputError
        Where it is no text of 2, 4, 6, 8 or 10 digits.

    Examples
    --------
    >>> hs_code("2204.21"), hs_code("0409")
    ('220421', '0409')
    >>> hs_code("409")
    Traceback (most recent call last):
    fondaco.kernel.errors.InputError: The HS code '409' has 3 digits; codes have 2, 4, 6, 8 or 10. If a spreadsheet took a zero away in front, write it again, as 0409.
    """
    if not isinstance(said, str):
        raise InputError(
            f"The HS code {said!r} is no text: put it in quotation marks, or zeros in front are lost."
        )
    digits = re.sub(r"[.\s]", "", said)
    if not (digits.isascii() and digits.isdigit()):
        raise InputError(f"The HS code {said!r} holds something else than digits and dots.")
    if len(digits) not in (2, 4, 6, 8, 10):
        cure = (
            f" If a spreadsheet took a zero away in front, write it again, as 0{digits}."
            if len(digits) in (1, 3, 5, 7, 9)
            else ""
        )
        raise InputError(f"The HS code {said!r} has {len(digits)} digits; codes have 2, 4, 6, 8 or 10.{cure}")
    if digits.startswith("00"):
        raise InputError(f"The HS code {said!r} begins with 00: chapters go from 01 to 99.")
    return digits


def matches(code: str, asked: str) -> bool:
    """Whether `code` is the code asked for or lies below it.

    >>> matches("220421", "2204"), matches("22", "2204")
    (True, False)
    """
    return code.startswith(asked)


def roll_up(code: str, level: int) -> str | None:
    """Return the code at a level, or None where it is coarser than that.

    >>> roll_up("220421", 4), roll_up("22", 4)
    ('2204', None)
    """
    return code[:level] if len(code) >= level else None


def revision(said: str) -> str | None:
    """Return the name of a revision as a file states it, such as ``H5``, ``HS 2017`` or ``HS17``.

    Examples
    --------
    >>> revision("H5"), revision("BACI_HS12_Y2018_V202401.csv"), revision("S3")
    ('HS2017', 'HS2012', None)
    """
    text = said.strip()
    if text.upper() in REVISIONS:
        return REVISIONS[text.upper()]
    found = _REVISION.search(text.replace("_", " "))
    if not found or found[1] == "88":
        return None
    return f"HS{'19' if found[1][0] == '9' else '20'}{found[1]}"


def looks_like_hs(said: Iterable[str]) -> bool:
    """Whether a column of distinct texts holds codes of the Harmonized System: four in five are possible.

    Codes of three or five digits, whose first zero may be lost, tell neither way.

    >>> looks_like_hs(["0409", "220421", "TOTAL"]), looks_like_hs(map(str, range(1, 21)))
    (True, False)
    """
    read = [
        found
        for found in map(parse, said)
        if found.problem != "total" and not (found.problem == "odd digits" and found.digits > 1)
    ]
    return bool(read) and sum(bool(found.code) for found in read) >= 0.8 * len(read)
