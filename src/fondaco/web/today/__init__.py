"""The page that an export manager opens every morning, and the same by mail."""
