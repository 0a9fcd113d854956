"""What the demo is made of: firms as data, their buyers' behaviour, the files, and the dirt on them."""
