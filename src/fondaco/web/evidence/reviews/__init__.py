"""Systematic reviews: records, screening, flow."""
