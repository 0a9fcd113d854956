"""Is the firm ready, structurally and emotionally, and are its expectations within reach?"""
