"""The formats of an explanation. Each module has `render(explanation, view)`."""
