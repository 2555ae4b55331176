"""Sphinx configuration; ``docs/_ext/tables.py`` makes tables from the code."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
sys.path.insert(0, str(Path(__file__).parent.parent))  # the example, which is not installed with the package

project = "Flask-OpenBB"
author = "The Flask-OpenBB maintainers"
copyright = "2026, the Flask-OpenBB maintainers"
version = release = installed_version("Flask-OpenBB")

extensions = ["sphinx.ext.autodoc", "tables"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Flask-OpenBB"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
nitpicky = False
