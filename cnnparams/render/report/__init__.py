"""The formats of a report. Each module has `render(reports, view)`."""
