"""The formats of verdicts: a module with render(verdicts, view) for each.

One that tells what is wrong with specs too, where others leave that to standard error, has trouble(problems) as well.
"""
