"""Platform: which kinds of platform a firm can use, which fit it, and what stands against the others."""
