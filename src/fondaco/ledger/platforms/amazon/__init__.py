"""Amazon Seller Central: the all-orders report."""

from fondaco.ledger.platforms.amazon.reader import ALL_ORDERS

READERS = (ALL_ORDERS,)
