"""Promotion: which words and tools to spend on, who does it, and when."""
