"""What members of a network do together; so far collective delivery."""
