"""Models as people write them, for the import to read."""
