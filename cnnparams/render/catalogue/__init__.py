"""The formats of the catalogue of layer types. Each module has `everything` and `cards`."""
