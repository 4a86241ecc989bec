"""Renderers of a solution: a module with render(solution, view) for each format."""
