"""Where the firm sells abroad: the map, the table, one market."""
