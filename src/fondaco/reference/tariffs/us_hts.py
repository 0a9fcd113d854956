"""The United States' own tariff file, as the International Trade Commission publishes it (HTS, CSV).

Its rates are prose: ``6.3¢/liter``, ``4.9¢/kg + 4%``, ``Free (A+,AU,BH) 2.8¢/liter (JO)``.  Statistical lines of
ten digits carry no rate and have that of their eight digits, which here is a matter of the longest code that
fits.  A rate that cannot be worked out (``18.7¢/clean kg``, ``See 9908.04.05``) stays in the table with no
duty, so that its line is known to be there and nobody takes it for free.

Preferences of whole programmes that need more than an origin (GSP, AGOA, the Caribbean Basin) are left out:
those goods get the general rate.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from fondaco.kernel import InputError
from fondaco.reference.tariffs import duty as expressions

if TYPE_CHECKING:
    import polars as pl

_NUMBER, _GENERAL, _SPECIAL = "HTS Number", "General Rate of Duty", "Special Rate of Duty"

#: Programmes of the column "Special" that are agreements with countries, and those countries.
PROGRAMMES = {
    "AU": "AUS", "BH": "BHR", "CL": "CHL", "CO": "COL", "IL": "ISR", "JO": "JOR", "JP": "JPN", "KR": "KOR",
    "MA": "MAR", "OM": "OMN", "P": "CRI DOM SLV GTM HND NIC", "PA": "PAN", "PE": "PER", "S": "CAN MEX",
    "SG": "SGP",
}  # fmt: skip

_UNITS = {
    "kg": "kg", "liter": "l", "liters": "l", "t": "t", "each": "unit", "no.": "unit", "doz.": "12 unit",
    "kg on contents and container": "kg_gross", "pf.liter": "l_alcohol", "pf. liter": "l_alcohol",
}  # fmt: skip
#: A proof litre is a litre of half alcohol: an amount on it is twice that amount on a litre of alcohol.
_PER_PROOF = ("pf.liter", "pf. liter")
_AMOUNT = re.compile(r"(?:(?P<cents>[\d.]+)\s*¢|\$\s*(?P<dollars>[\d.]+))\s*(?:/\s*|(?=each))(?P<unit>.+)")
_RATE_OF = re.compile(r"([^()]+?)\s*\(([^)]*)\)")


def is_hts(header: bytes) -> bool:
    """Whether a CSV file's first line is the official file's."""
    return b"HTS Number" in header and b"General Rate of Duty" in header


@lru_cache(maxsize=8192)
def expression(said: str) -> str:
    """Return a rate of the file as an expression of duty; empty where it cannot be worked out.

    >>> expression("6.3¢/liter"), expression("4.9¢/kg + 4%"), expression("$2.146/kg"), expression("Free")
    ('0.063 USD/l', '0.049 USD/kg + 4%', '2.146 USD/kg', '0%')
    >>> expression("12.8¢/pf.liter"), expression("18.7¢/clean kg"), expression("See 9908.04.05")
    ('0.256 USD/l_alcohol', '', '')
    """
    text = " ".join(re.sub(r"<[^>]*>", "", said).split())
    if text.casefold() == "free":
        return "0%"
    parts = [_part(part.strip()) for part in text.split("+")]
    if not all(parts):
        return ""
    found = " + ".join(parts)
    try:
        expressions.parse(found)
    except InputError:
        return ""
    return found


def _part(said: str) -> str:
    if re.fullmatch(r"[\d.]+\s*%", said):
        return said.replace(" ", "")
    found = _AMOUNT.fullmatch(said)
    if found is None or found["unit"].strip() not in _UNITS:
        return ""
    from decimal import Decimal

    unit = found["unit"].strip()
    amount = Decimal(found["cents"]) / 100 if found["cents"] else Decimal(found["dollars"])
    amount *= 2 if unit in _PER_PROOF else 1
    return f"{amount.normalize():f} USD/{_UNITS[unit]}"


def special(said: str) -> list[tuple[str, str]]:
    """Return pairs of a rate and the origins it is for, out of the column of special rates.

    >>> special("Free (A+,AU,S)2.8¢/liter (JO)")
    [('0%', 'AUS CAN MEX'), ('0.028 USD/l', 'JOR')]
    """
    found = []
    for rate, programmes in _RATE_OF.findall(said):
        names = [name.strip() for name in programmes.split(",")]
        origins = " ".join(sorted({o for name in names for o in PROGRAMMES.get(name, "").split()}))
        worked = expression(rate.strip())
        if origins and worked:
            found.append((worked, origins))
    return found


def read(content: bytes, where: str, valid_from: date, checked: date | None = None) -> pl.DataFrame:
    """Return the file's lines as rows of a tariff table, as texts.

    Parameters
    ----------
    valid_from
        From which day the edition is in force; the file does not say.

    Raises
    ------
    InputError
        Where the file cannot be read or is another.
    """
    import polars as pl

    try:
        held = pl.read_csv(BytesIO(content.removeprefix(b"\xef\xbb\xbf")), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{where} cannot be read as CSV ({str(error).splitlines()[0]}).") from None
    if missing := [name for name in (_NUMBER, _GENERAL, _SPECIAL) if name not in held.columns]:
        raise InputError(f"{where} is no file of the US tariff: it lacks the column {missing[0]}.")
    rows: list[dict[str, str | int]] = []
    lines = held.with_row_index("row", offset=2).select("row", _NUMBER, _GENERAL, _SPECIAL)
    for row, number, general, preferences in lines.iter_rows():
        code = re.sub(r"\D", "", number or "")
        if not general or len(code) not in (8, 10) or code.startswith(("98", "99")):
            continue
        shared = {
            "row": row, "market": "USA", "hs": code, "valid_from": valid_from.isoformat(), "valid_to": "",
            "source": f"Harmonized Tariff Schedule of the United States ({where})", "url": "https://hts.usitc.gov",
            "checked": checked.isoformat() if checked else "", "up_to": "", "kind": "duty", "needs": "",
        }  # fmt: skip
        rate = expression(general)
        rows.append(
            {**shared, "origin": "", "duty": rate, "note": "" if rate else f"The file says: {general}"}
        )
        rows += [
            {**shared, "origin": origins, "duty": worked, "note": "",
             "needs": "proof that the goods originate there"}
            for worked, origins in special(preferences or "")
        ]  # fmt: skip
    from fondaco.reference.tariffs.table import COLUMNS

    return pl.DataFrame(rows, schema={"row": pl.UInt32, **dict.fromkeys(COLUMNS, pl.String)})
