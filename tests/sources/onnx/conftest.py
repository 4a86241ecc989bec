"""These tests need onnx: without it they are left out, as their files are made with it."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("onnx") else ["test_*.py"]
