"""From answers and ledgers to a result."""
