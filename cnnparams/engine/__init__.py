"""Spec -> Graph -> Report: shapes, counts and explanations, one file for each kind of answer."""
