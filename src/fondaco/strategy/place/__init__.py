"""Place: how the goods get to the market, what that costs, and who should see to it."""
