"""WooCommerce: the export of Analytics > Orders."""

from fondaco.ledger.platforms.woocommerce.reader import ORDERS

READERS = (ORDERS,)
