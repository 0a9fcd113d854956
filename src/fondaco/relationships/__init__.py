"""Who a buyer really is, how far the relationship has come, and what it will bring."""
