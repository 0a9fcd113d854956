"""Pages of evidence: the literature, reviews, coded interviews, studies."""
