"""Renderers of what leads from one network to another: a module with render(difference, view) for each format."""
