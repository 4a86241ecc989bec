"""A network as a Python module that depends on PyTorch alone. This is text: nothing here knows torch."""
