"""Inquiries and requests for quotation: the clock, the checks, the order of work, the answer."""
