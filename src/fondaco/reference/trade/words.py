"""What the words of a trade file mean: countries, flows, products, periods, and the mark before decimals.

Python sees only the distinct spellings of each column.  What they mean lies on the bench as tables that the rows are
joined with: ``place_COLUMN``, ``flow``, ``product``, ``period``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondaco.kernel.errors import InputError, NeedsAnswer, Question, UnreadableFile
from fondaco.reference import hs
from fondaco.reference.trade.bench import Bench, Products
from fondaco.reference.trade.layouts import Layout, plain_name
from fondaco.reference.trade.places import Place, places

_FLOWS = {
    "m": "importer", "i": "importer", "1": "importer", "import": "importer", "imports": "importer",
    "x": "exporter", "e": "exporter", "2": "exporter", "export": "exporter", "exports": "exporter",
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What is known of a file once its words are understood.

    Attributes
    ----------
    scheme
        ``hs`` where products are codes of the Harmonized System, else ``labels``.
    revisions
        Of the Harmonized System, as the rows state them.
    told
        What one should know of a country as it is written there.
    decimal
        ``.`` or ``,``.
    """

    scheme: Products
    revisions: tuple[str, ...]
    told: Mapping[str, str]
    decimal: str


def understand(bench: Bench, layout: Layout) -> Words:
    """Lay what the words of the staged cells mean beside them.

    Raises
    ------
    UnreadableFile
        Where countries cannot be told, or no row is an import or an export.
    NeedsAnswer
        Where the numbers can be read in two ways.
    """
    revisions = tuple(bench.distinct("revision")) if "revision" in layout.columns else ()
    told: dict[str, str] = {}
    for column in layout.ends:
        said = bench.distinct(column)
        told |= _keep_places(bench, column, places(said, numeric=_numeric(said, layout, bench.name)))
    if layout.reported:
        _keep_flows(bench)
    scheme = _keep_products(bench, layout, revisions)
    _keep_periods(bench)
    return Words(scheme, revisions, told, _decimal(bench, layout))


# ---- countries -----------------------------------------------------------------------------------


def _numeric(said: Sequence[str], layout: Layout, name: str) -> bool:
    """Whether countries are written as numbers of the United Nations."""
    digits = [one for one in said if one]
    if not all(one.isdigit() and len(one) <= 3 for one in digits):
        return False
    if layout.name == "comext":
        raise UnreadableFile(
            f"{name} states countries by Eurostat's numbers only, which are not those of the United Nations: "
            "download it with the columns DECLARANT_ISO and PARTNER_ISO."
        )
    return bool(digits)


def _keep_places(bench: Bench, column: str, understood: Mapping[str, Place]) -> dict[str, str]:
    """Keep what a column's countries mean; return what one should know of some."""
    bench.keep(f"place_{column}", ("said", "kind", "market"),
               [(said, place.kind, place.market) for said, place in understood.items()])  # fmt: skip
    conventions = {
        f"{said} is read as {place.market}: {place.note}"
        for said, place in understood.items()
        if place.kind == "market" and place.note
    }
    bench.notes += sorted(conventions - set(bench.notes))
    return {said: place.note for said, place in understood.items() if place.note}


def _keep_flows(bench: Bench) -> None:
    rows = [(one, _FLOWS.get(plain_name(one))) for one in bench.distinct("flow")]
    bench.keep("flow", ("said", "side"), rows)
    if not any(side for _, side in rows):
        shown = ", ".join(one or "(empty)" for one, _ in rows[:6])
        raise UnreadableFile(f"{bench.name}: no flow is an import or an export; its flows are {shown}.")


# ---- products ------------------------------------------------------------------------------------

_PRODUCT = ("said", "code", "digits", "aside")


def _keep_products(bench: Bench, layout: Layout, revisions: Sequence[str]) -> Products:
    said = bench.distinct("product")
    if "product" not in layout.columns or all(one.upper() in hs.TOTALS for one in said):
        bench.notes.append("The file says nothing of single products: all goods are taken together.")
        bench.keep("product", _PRODUCT, [(one, "all", 0, "") for one in said])
        return "labels"
    scheme = bench.options.products or _scheme(layout, revisions, said)
    if scheme == "labels":
        bench.notes.append("Products are labels of the file's own, not codes of the Harmonized System.")
        bench.keep("product", _PRODUCT, [_label(one) for one in said])
        return "labels"
    codes = {one: _code(one, layout, pad_zeros=bench.options.pad_zeros) for one in said}
    if any(code != one.strip() for one, code in codes.items()) and layout.six_digits:
        bench.notes.append(
            "Codes with five digits got their first zero back: in this layout every product has six."
        )
    bench.keep("product", _PRODUCT, [_product(one, code) for one, code in codes.items()])
    return "hs"


def _scheme(layout: Layout, revisions: Sequence[str], said: Sequence[str]) -> Products:
    """Return whether products are codes of the Harmonized System, by the layout, else by how they look."""
    others = [one for one in revisions if one and hs.revision(one) is None]
    if others and len(others) == len(revisions):
        return "labels"
    if layout.name == "plain" and not plain_name(layout.columns["product"]).startswith(("hs", "cn8")):
        return "hs" if hs.looks_like_hs(said) else "labels"
    return "hs"


def _label(said: str) -> tuple[str, str, int, str]:
    return said, said, 0, "all products" if said.upper() in hs.TOTALS else "" if said else "unknown product"


def _code(said: str, layout: Layout, *, pad_zeros: bool) -> str:
    """Return a code with the first zero that it lost, where that is known or was said."""
    text = said.strip()
    if not text.isdigit() or len(text) % 2 == 0:
        return text
    return text.zfill(6) if layout.six_digits else f"0{text}" if pad_zeros else text


def _product(said: str, code: str) -> tuple[str, str | None, int, str]:
    found = hs.parse(code)
    digits = re.sub(r"\D", "", code)
    aside = {"": "", "total": "all products", "odd digits": "lost zero"}.get(found.problem, "unknown product")
    return said, digits if found.code else None, len(digits) if found.code else 0, aside


# ---- periods and numbers -------------------------------------------------------------------------


def _keep_periods(bench: Bench) -> None:
    rows = bench.rows("SELECT DISTINCT coalesce(year, ''), coalesce(month, '') FROM staged")
    bench.keep("period", ("said", "month_said", "year", "month"),
               [(year, month, *_period(year, month)) for year, month in rows])  # fmt: skip


def _period(said: str, month: str) -> tuple[int | None, int]:
    """Return year and month of a period; month 0 is the whole year.

    >>> _period("2018", ""), _period("201852", ""), _period("2018-03", ""), _period("2018", "52"), _period("x", "")
    ((2018, 0), (2018, 0), (2018, 3), (2018, 0), (None, 0))
    """
    text = re.sub(r"\.0+$", "", said.strip())
    found = re.fullmatch(r"(1[89]\d\d|20\d\d|21\d\d)(?:[-M/]?(\d\d))?(?:-?\d\d)?", text)
    if not found:
        return None, 0
    number = int(found[2] or 0) or (int(month) if month.isdigit() else 0)
    return int(found[1]), number if 1 <= number <= 12 else 0


def _decimal(bench: Bench, layout: Layout) -> str:
    """Return the mark before decimals: as said, as the layout writes numbers, else as the values themselves show."""
    if bench.options.decimal:
        if bench.options.decimal not in {".", ","}:
            raise InputError("--decimal is . or , (the mark before the decimals).")
        return bench.options.decimal
    if layout.machine:
        return "."
    point, comma, dot3, comma3 = bench.rows(
        r"""
        SELECT count(*) FILTER (regexp_matches(value, ',\d{3}(,|\.)') OR regexp_matches(value, '^[-+]?\d*\.(\d{1,2}|\d{4,})$')
                                OR regexp_matches(value, '^[-+]?(0|\d{4,})\.\d{3}$')) AS point,
               count(*) FILTER (regexp_matches(value, '\.\d{3}(\.|,)') OR regexp_matches(value, '^[-+]?\d*,(\d{1,2}|\d{4,})$')
                                OR regexp_matches(value, '^[-+]?(0|\d{4,}),\d{3}$')) AS comma,
               count(*) FILTER (regexp_matches(value, '^[-+]?[1-9]\d{0,2}\.\d{3}$')) AS dot3,
               count(*) FILTER (regexp_matches(value, '^[-+]?[1-9]\d{0,2},\d{3}$')) AS comma3
        FROM staged
        """
    )[0]
    if point and comma:
        raise InputError(
            f"{bench.name}: values are written in two ways, {point:,} with a decimal point and {comma:,} with a decimal "
            "comma. Say --decimal . or --decimal , and look at the rows that are then no numbers."
        )
    if comma:
        bench.notes.append("Values have a decimal comma; points set thousands apart.")
        return ","
    if not point and dot3 and not comma3:
        raise NeedsAnswer([Question(
            "decimal", f"{bench.name}: is 1.234 one thousand or one and a bit? Say --decimal , (a point sets thousands "
            "apart) or --decimal . (it goes before decimals).", (",", "."),
        )])  # fmt: skip
    if comma3 or bench.count("staged", "value LIKE '%,%'"):
        bench.notes.append("Commas in values set thousands apart.")
    return "."
