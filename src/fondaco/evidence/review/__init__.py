"""A systematic review kept alive: records in, duplicates out, screening, and counts that add up."""
