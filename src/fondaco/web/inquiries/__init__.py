"""Inquiries as cases: who works on them, what was said and done, what waits."""
