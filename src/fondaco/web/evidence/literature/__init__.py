"""The base of studies and findings, to ask."""
