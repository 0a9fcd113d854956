"""Is the firm ready: questionnaires, answers, expectations, reviews."""
