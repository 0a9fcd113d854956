"""Fondaco: the open export desk for small firms that sell abroad through marketplaces."""

__version__ = "0.1.0"
