"""YAML text -> Document -> Spec: everything that can be wrong with a file is found here or in the engine."""
