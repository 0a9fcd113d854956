"""Layouts of trade files: which column says what, by publisher.

A layout is found from the column names alone, compared without case, spaces and punctuation.
Files as their publishers give them:

=================  ================================================================================
``baci``           CEPII BACI: ``t,i,j,k,v,q``; thousands of USD, tonnes; one reconciled flow a row
``comtrade``       UN Comtrade's API and its clients: ``refYear, reporterISO, partnerISO, cmdCode,
                   flowCode, primaryValue`` or the same in snake_case; USD, kilograms
``comtrade-old``   its downloads until 2023: ``Classification, Year, ... Trade Value (US$)``
``comext``         Eurostat Comext in bulk: ``DECLARANT(_ISO), PARTNER(_ISO), PRODUCT_NC, FLOW,
                   PERIOD, VALUE_IN_EUROS, QUANTITY_IN_KG``; euros
``comext-sdmx``    Eurostat's SDMX-CSV: ``reporter,partner,product,flow,indicators,TIME_PERIOD,
                   OBS_VALUE``; euros
``plain``          any table with exporter, importer, (product,) year and value under usual names
=================  ================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from fondaco.kernel.errors import InputError, UnreadableFile

Name = Literal["baci", "comtrade", "comtrade-old", "comext", "comext-sdmx", "plain"]

#: What a column can say. `exporter` and `importer` name the two ends; `reporter`, `partner` and `flow`
#: say the same from the side of whoever reports.
ROLES = (
    "exporter", "importer", "reporter", "partner", "flow", "product", "year", "month", "value",
    "quantity", "unit", "revision", "frequency", "indicator",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How a file says trade.

    Attributes
    ----------
    name
        See the module's table.
    columns
        Role to column name as it stands in the file.
    only
        Column name to the values (in capitals) that stand for the whole: other rows are parts of it,
        such as one mode of transport.
    currency
        ISO 4217, or None where the file does not say.
    scale
        Units of currency for one unit of the value column (1000 for thousands).
    tonnes
        Tonnes for one unit of the quantity column; None where its unit is not known.
    numeric
        Whether countries are the United Nations' three-digit codes.
    six_digits
        Whether every product is a subheading by definition, so that a missing first zero is known.
    machine
        Whether numbers are written by a program, with a decimal point.
    notes
        What was assumed because the file does not say it, in sentences.
    """

    name: Name
    columns: Mapping[str, str]
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    currency: str | None = None
    scale: float = 1.0
    tonnes: float | None = None
    numeric: bool = False
    six_digits: bool = False
    machine: bool = True
    notes: tuple[str, ...] = ()

    @property
    def reported(self) -> bool:
        """Whether a row is one side's report, with a flow, rather than a statement on both ends."""
        return "reporter" in self.columns

    @property
    def ends(self) -> tuple[str, str]:
        """The columns that name the two markets."""
        return ("reporter", "partner") if self.reported else ("exporter", "importer")


def plain_name(column: str) -> str:
    """Return a column's name without case, spaces and punctuation.

    >>> plain_name("Trade Value (US$)")
    'tradevalueus'
    """
    return re.sub(r"[^0-9a-z]", "", column.lower())


_PLAIN: dict[str, tuple[str, ...]] = {
    "exporter": (
        "exporter", "exporteriso", "exporteriso3", "exportercode", "exportername", "exportingcountry",
        "origin", "origincountry", "countryoforigin", "countryorigin", "isoo", "iso3o", "i", "o", "exp", "from",
    ),
    "importer": (
        "importer", "importeriso", "importeriso3", "importercode", "importername", "importingcountry",
        "destination", "destinationcountry", "countryofdestination", "market", "isod", "iso3d", "j", "d",
        "imp", "to",
    ),
    "reporter": (
        "reporteriso", "reporteriso3", "reporteriso3a", "declarantiso", "reporter", "reportercountry",
        "declarant", "reportername", "reporterdesc", "reportercode",
    ),
    "partner": (
        "partneriso", "partneriso3", "partneriso3a", "partner", "partnercountry", "partnername", "partnerdesc",
        "partnercode",
    ),
    "flow": ("flowcode", "flow", "tradeflow", "tradeflowcode", "flowdesc", "tradeflowname"),
    "product": (
        "product", "k", "cmdcode", "commoditycode", "productcode", "productnc", "hs", "hs6", "hs4", "hs2",
        "hscode", "hs6code", "cn8", "sitc", "commodity", "sector", "industry",
    ),
    "year": ("year", "t", "refyear", "period", "timeperiod", "time"),
    "value": (
        "value", "v", "primaryvalue", "tradevalue", "tradevalueus", "tradevalueusd", "valueusd", "valueus",
        "usd", "euros", "eur", "valueeur", "valueineuros", "valueeuros", "obsvalue", "trade", "exports",
        "exportvalue", "valueinthousandusd", "valuethousandusd", "tradevalue1000usd", "valuefob", "fobvalue",
    ),
    "quantity": ("q", "quantity", "netwgt", "netweightkg", "netweight", "quantityinkg", "weightkg", "qty", "tonnes"),
    "unit": ("unit", "qtyunit", "qtyunitabbr", "quantityunit"),
}  # fmt: skip

_WHOLE: dict[str, frozenset[str]] = {
    "customscode": frozenset({"C00", "", "0"}),
    "motcode": frozenset({"0", "", "-1"}),
    "moscode": frozenset({"0", ""}),
    "partner2code": frozenset({"0", "", "-1"}),
    "customsproccode": frozenset({"", "0", "C00"}),
    "modeoftransportcode": frozenset({"", "0"}),
    "2ndpartnercode": frozenset({"", "0"}),
}

#: What tells that a table holds orders, not trade statistics.
_ORDERS = {"sku", "order", "orderid", "ordernumber", "orderno", "invoice", "invoiceno", "customer", "customerid",
           "buyer", "buyeremail", "lineitemname", "lineitemprice", "unitprice", "asin", "item"}  # fmt: skip


def recognise(columns: Sequence[str], *, file: str, named: Mapping[str, str] | None = None) -> Layout:
    """Find the layout of a table from its column names.

    Parameters
    ----------
    columns
        As they stand in the file.
    file
        Its name, for messages.
    named
        Role to column, where a person says it; it goes before what is recognised.

    Raises
    ------
    UnreadableFile
        When it is no trade table; the message says which columns were found and which are missing.

    Examples
    --------
    >>> recognise(["t", "i", "j", "k", "v", "q"], file="x.csv").name
    'baci'
    >>> recognise(["Destination", "Origin", "Product", "Year", "dist_km", "Euros"], file="x.csv").currency
    'EUR'
    """
    if named:
        return _by_hand(columns, named, file)
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    found = (
        _baci(by_name) or _comtrade(by_name) or _comtrade_old(by_name) or _comext(by_name) or _sdmx(by_name)
    )
    return found or _plain_layout(by_name, columns, file)


def _pick(by_name: Mapping[str, str], **roles: Sequence[str]) -> dict[str, str]:
    found = {}
    for role, names in roles.items():
        for name in names:
            if name in by_name:
                found[role] = by_name[name]
                break
    return found


def _baci(by_name: Mapping[str, str]) -> Layout | None:
    if not {"t", "i", "j", "k", "v"} <= set(by_name):
        return None
    columns = _pick(
        by_name, year=["t"], exporter=["i"], importer=["j"], product=["k"], value=["v"], quantity=["q"]
    )
    return Layout("baci", columns, {}, "USD", 1000.0, 1.0, numeric=True, six_digits=True)


def _comtrade(by_name: Mapping[str, str]) -> Layout | None:
    if "primaryvalue" not in by_name or "cmdcode" not in by_name:
        return None
    columns = _pick(
        by_name,
        reporter=["reporteriso", "reportercode", "reporterdesc"],
        partner=["partneriso", "partnercode", "partnerdesc"],
        flow=["flowcode", "flowdesc"],
        product=["cmdcode"],
        year=["refyear", "period"],
        month=["refmonth"],
        value=["primaryvalue"],
        quantity=["netwgt"],
        unit=["qtyunitabbr"],
        revision=["classificationcode"],
        frequency=["freqcode"],
    )
    numeric = plain_name(columns.get("reporter", "")) == "reportercode"
    return Layout("comtrade", columns, _whole(by_name), "USD", 1.0, 0.001, numeric=numeric)


def _comtrade_old(by_name: Mapping[str, str]) -> Layout | None:
    values = ("tradevalueus", "tradevalue", "tradevalueusd")
    if (
        "classification" not in by_name
        or "commoditycode" not in by_name
        or not any(v in by_name for v in values)
    ):
        return None
    columns = _pick(
        by_name,
        reporter=["reporteriso", "reporter", "reportercode"],
        partner=["partneriso", "partner", "partnercode"],
        flow=["tradeflow", "tradeflowcode"],
        product=["commoditycode"],
        year=["year", "period"],
        value=values,
        quantity=["netweightkg"],
        unit=["qtyunit"],
        revision=["classification"],
    )
    return Layout("comtrade-old", columns, _whole(by_name), "USD", 1.0, 0.001, machine=False)


def _whole(by_name: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {by_name[name]: values for name, values in _WHOLE.items() if name in by_name}


def _comext(by_name: Mapping[str, str]) -> Layout | None:
    if "valueineuros" not in by_name:
        return None
    columns = _pick(
        by_name,
        reporter=["declarantiso", "reporteriso", "declarant", "reporter"],
        partner=["partneriso", "partner"],
        flow=["flow"],
        product=["productnc", "product"],
        year=["period"],
        value=["valueineuros"],
        quantity=["quantityinkg"],
    )
    return Layout("comext", columns, {}, "EUR", 1.0, 0.001)


def _sdmx(by_name: Mapping[str, str]) -> Layout | None:
    if not {"reporter", "partner", "product", "flow", "timeperiod", "obsvalue"} <= set(by_name):
        return None
    columns = _pick(
        by_name, reporter=["reporter"], partner=["partner"], flow=["flow"], product=["product"],
        year=["timeperiod"], value=["obsvalue"], indicator=["indicators", "indicator"], frequency=["freq"],
    )  # fmt: skip
    return Layout("comext-sdmx", columns, {}, "EUR")


_NO_FLOW = (
    "No column says whether a row is an import or an export: the reporter is taken as the exporter. "
    "If it is the importer, say --columns importer=REPORTER,exporter=PARTNER with the file's own names."
)


def _plain_layout(by_name: Mapping[str, str], columns: Sequence[str], file: str) -> Layout:
    found = _pick(by_name, **_PLAIN)
    both = "exporter" in found and "importer" in found
    if not both and "flow" not in found and {"reporter", "partner"} <= set(found):
        ends = {"exporter": found["reporter"], "importer": found["partner"]}
        rest = {role: column for role, column in found.items() if role not in {"reporter", "partner", *ends}}
        if {"year", "value"} <= set(rest):
            return replace(_read_off(ends | rest), notes=(_NO_FLOW,))
    sides = {"reporter", "partner", "flow"} <= set(found)
    if not (both or sides) or "year" not in found or "value" not in found:
        raise UnreadableFile(_no_trade(by_name, found, columns, file))
    dropped = {"reporter", "partner", "flow"} if both else {"exporter", "importer"}
    kept = {role: column for role, column in found.items() if role not in dropped}
    return _read_off(kept)


def _no_trade(by_name: Mapping[str, str], found: Mapping[str, str], columns: Sequence[str], file: str) -> str:
    shown = ", ".join(columns[:12]) + (" ..." if len(columns) > 12 else "")
    if len(_ORDERS & set(by_name)) >= 2 and "value" not in found:
        return (
            f"{file} looks like a file of orders (columns: {shown}), not of trade between countries: "
            f"bring it in with fondaco import."
        )
    wanted = [
        role
        for role in ("exporter", "importer", "year", "value")
        if role not in found
        and not (role in {"exporter", "importer"} and {"reporter", "partner"} <= set(found))
    ]
    orders = " It looks like a file of orders: fondaco import takes those." if _ORDERS & set(by_name) else ""
    return (
        f"{file} is no trade table that we know: its columns are {shown}; no column says "
        f"{' or '.join(wanted)}.{orders} Name the columns: "
        f"--columns exporter=...,importer=...,product=...,year=...,value=..."
    )


def _by_hand(columns: Sequence[str], named: Mapping[str, str], file: str) -> Layout:
    wrong = sorted(set(named) - set(ROLES))
    if wrong:
        raise InputError(f"No column can be {wrong[0]!r}: say one of {', '.join(ROLES)}.")
    by_name = {plain_name(column): column for column in columns}
    absent = [column for column in named.values() if plain_name(column) not in by_name]
    if absent:
        raise UnreadableFile(f"{file} has no column {absent[0]!r}: it has {', '.join(columns[:20])}.")
    kept = {role: by_name[plain_name(column)] for role, column in named.items()}
    sides = {"exporter", "importer"} <= set(kept) or {"reporter", "partner", "flow"} <= set(kept)
    if not sides or "year" not in kept or "value" not in kept:
        raise InputError(
            "Say which columns are exporter, importer, year and value (or reporter, partner, flow, year and value)."
        )
    return _read_off(kept)


def _read_off(columns: Mapping[str, str]) -> Layout:
    """Read currency, scale and weight off the names of the columns."""
    value, quantity = plain_name(columns["value"]), plain_name(columns.get("quantity", ""))
    dollars = "usd" in value or "us$" in columns["value"].lower()
    currency = "EUR" if "eur" in value else "USD" if dollars else None
    scale = 1000.0 if "thousand" in value or "1000" in value else 1e6 if "million" in value else 1.0
    tonnes = 0.001 if "kg" in quantity or quantity == "netwgt" else 1.0 if "tonne" in quantity else None
    return Layout("plain", columns, {}, currency, scale, tonnes, machine=False)
