"""Pages of a firm's relationships with its buyers."""
