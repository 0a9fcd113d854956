"""Laws and regulations as dated data: rules with their sources, and what they say of a firm's products.

>>> from datetime import date
>>> book = rule_book()
>>> found = rules_for("USA", [Product("Cashmere scarf", ("cashmere",))], rules=book, today=date(2026, 11, 25))
>>> [cell.state for cell in found.products[0].cells if cell.kind == "label"]
['stated']
"""

from fondaco.reference.groups import GROUPS
from fondaco.reference.regulations.answering import (
    LEVELS,
    Applied,
    Cell,
    Flag,
    Level,
    MarketRules,
    Product,
    ProductRules,
    State,
    concerns,
    rules_for,
)
from fondaco.reference.regulations.files import (
    add,
    files_of,
    firm_file,
    name_of,
    parse,
    read,
    rule_book,
    shipped,
)
from fondaco.reference.regulations.rules import (
    KINDS,
    PLATFORMS,
    TOPICS,
    Basis,
    Confidence,
    Kind,
    Platform,
    Replaced,
    Rule,
    RuleBook,
    Strength,
    Topic,
    changes,
    tell,
    turning,
)

__all__ = [
    "GROUPS",
    "KINDS",
    "LEVELS",
    "PLATFORMS",
    "TOPICS",
    "Applied",
    "Basis",
    "Cell",
    "Confidence",
    "Flag",
    "Kind",
    "Level",
    "MarketRules",
    "Platform",
    "Product",
    "ProductRules",
    "Replaced",
    "Rule",
    "RuleBook",
    "State",
    "Strength",
    "Topic",
    "add",
    "changes",
    "concerns",
    "files_of",
    "firm_file",
    "name_of",
    "parse",
    "read",
    "rule_book",
    "rules_for",
    "shipped",
    "tell",
    "turning",
]
