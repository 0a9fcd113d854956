"""Product: which of a firm's products can stand export, and what they need for a market."""
