"""Quotations: what is offered to a buyer, at which price and terms, who may say so, and what was conceded since."""

from fondaco.desk.quotation.authority import Authority, Limit, Quoting, beyond_authority, parse_quoting
from fondaco.desk.quotation.checking import Backing, Channel, check_quotation
from fondaco.desk.quotation.conceding import Change, changes
from fondaco.desk.quotation.values import Line, Quotation, Step, Terms, quotation_from

__all__ = [
    "Authority",
    "Backing",
    "Change",
    "Channel",
    "Limit",
    "Line",
    "Quotation",
    "Quoting",
    "Step",
    "Terms",
    "beyond_authority",
    "changes",
    "check_quotation",
    "parse_quoting",
    "quotation_from",
]
