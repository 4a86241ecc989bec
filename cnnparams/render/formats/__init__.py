"""The formats that every answer has: a file for each, with `render(answer, view)`, whose name chooses it.

A format of one answer alone stands beside this folder: github.py, yaml.py. The commands of that answer name it.
"""
