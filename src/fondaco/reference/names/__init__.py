"""Names of persons and firms, in any script: how they are spelled, and how alike two of them are."""

from fondaco.reference.names.likeness import Kind, Likeness, around_articles, inside, likeness, score, scores
from fondaco.reference.names.spelled import Name, read

__all__ = ["Kind", "Likeness", "Name", "around_articles", "inside", "likeness", "read", "score", "scores"]
