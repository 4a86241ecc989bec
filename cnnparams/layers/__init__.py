"""The vocabulary of layer types: one file for each family, one class for each type."""
