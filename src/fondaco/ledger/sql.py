"""Texts, names and patterns as pieces of DuckDB's SQL."""

from __future__ import annotations


def literal(text: str) -> str:
    """Return a text as a literal.

    >>> literal("Cote d'Ivoire")
    "'Cote d''Ivoire'"
    """
    return "'" + text.replace("'", "''") + "'"


def quote(name: str) -> str:
    """Return a name as an identifier.

    >>> quote('the "usual" price')
    '"the ""usual"" price"'
    """
    return '"' + name.replace('"', '""') + '"'


def replaced(expr: str, pattern: str, by: str, every: bool = False) -> str:
    """Return `expr` with the first match of a regular expression, or every one, written anew.

    >>> replaced("c1", "[^0-9]+", "", every=True)
    "regexp_replace(c1, '[^0-9]+', '', 'g')"
    """
    return f"regexp_replace({expr}, {literal(pattern)}, {literal(by)}{', ' + literal('g') if every else ''})"
