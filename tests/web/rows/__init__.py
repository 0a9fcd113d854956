"""The permission table, a module for each app; all of them are found by their place."""
