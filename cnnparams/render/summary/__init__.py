"""Renderers of several networks side by side: a module with render(rows, view) for each format.

A row is a network: its name, its input, and the totals that its report declares for summaries.
"""
