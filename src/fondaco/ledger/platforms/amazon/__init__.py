"""Amazon Seller Central: orders, transactions, traffic, advertising and stock."""

from fondaco.ledger.platforms.amazon.advertising import SEARCH_TERMS
from fondaco.ledger.platforms.amazon.orders import ALL_ORDERS
from fondaco.ledger.platforms.amazon.stock import FBA_INVENTORY
from fondaco.ledger.platforms.amazon.traffic import BUSINESS_BY_ASIN, BUSINESS_BY_DATE
from fondaco.ledger.platforms.amazon.transactions import TRANSACTIONS

READERS = (ALL_ORDERS, TRANSACTIONS, BUSINESS_BY_ASIN, BUSINESS_BY_DATE, SEARCH_TERMS, FBA_INVENTORY)
