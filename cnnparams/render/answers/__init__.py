"""What commands found, as formats read it: a file for each answer, with a class that is an Answer (sections.py)."""
