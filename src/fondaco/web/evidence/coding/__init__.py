"""Interviews in, data structure out."""
