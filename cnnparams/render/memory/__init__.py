"""Renderers of a network's memory: a module with render(memory, view) for each format."""
