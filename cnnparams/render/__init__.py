"""Reports, explanations and the catalogue of layer types as text: one file for each format."""
