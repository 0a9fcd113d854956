"""Alibaba.com, the supplier's side: what products and keywords draw, and orders."""

from fondaco.ledger.platforms.alibaba.reader import HOT_KEYWORDS, ORDERS, PRODUCT_KEYWORDS, PRODUCTS

READERS = (PRODUCTS, PRODUCT_KEYWORDS, HOT_KEYWORDS, ORDERS)
