"""What a network may show of its members, through disclosure control, and its dashboard."""
