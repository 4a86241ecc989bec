"""The commands, one file each, with a click command named `command`. Imports that take time belong inside it."""
