"""Pages of a network: what its members share, and what they do together."""
