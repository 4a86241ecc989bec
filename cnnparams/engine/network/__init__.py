"""Spec -> Graph: every layer in its place, every shape known; and back, a graph as a plain spec."""
