"""Renderers of what was verified: a module with render(verifications, view) for each format."""
