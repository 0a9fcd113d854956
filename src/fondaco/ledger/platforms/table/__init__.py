"""Any table at all, read through a mapping that is proposed from its names and values."""
