"""People, firms, networks, and who may do what."""
