"""Renderers of a spec worked out: a module with render(spec, view) for each format."""
