"""What is asked below a row model's own URL: a column's distinct values, and exports. Imports nothing."""

from __future__ import annotations

VALUES = "values/"
EXPORTS = {
    "export.csv": "text/csv; charset=utf-8",
    "export.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def extract_of(path: str) -> str | None:
    """Give the extract that the end of a path names, or None if it names none."""
    return path if path in EXPORTS or (path.startswith(VALUES) and len(path) > len(VALUES)) else None
