"""Renderers of a grid: networks, or points of a sweep, side by side. A module with render(grid, view) for each format.

Those but json and markdown yield a row as whole lines, as soon as it is known.
"""
