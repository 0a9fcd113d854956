"""Etsy: sold orders, and sold order items."""

from fondaco.ledger.platforms.etsy.reader import ORDER_ITEMS, ORDERS

READERS = (ORDERS, ORDER_ITEMS)
