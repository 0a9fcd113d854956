"""What members of a network know together, ship together and learn together."""
