"""A plain list of layers -> the spec that a person would write: named parts, blocks, repeats."""
