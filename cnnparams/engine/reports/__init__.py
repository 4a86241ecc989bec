"""Graph -> Report: every answer as numbers and names, for whatever shows it."""
