"""What was quoted to a buyer, in which version, and what was conceded."""
