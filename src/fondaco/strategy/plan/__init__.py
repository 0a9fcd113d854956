"""The plan: SWOT and the five parts joined, checked against each other, compared over time."""
