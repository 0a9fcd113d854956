"""What members share with each other and do together."""
