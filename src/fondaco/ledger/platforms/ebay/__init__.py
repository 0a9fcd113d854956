"""eBay: the orders report of Seller Hub."""

from fondaco.ledger.platforms.ebay.reader import ORDERS

READERS = (ORDERS,)
