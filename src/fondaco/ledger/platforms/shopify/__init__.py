"""Shopify: the orders export (``orders_export.csv``)."""

from fondaco.ledger.platforms.shopify.reader import ORDERS

READERS = (ORDERS,)
