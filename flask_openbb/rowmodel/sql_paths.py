"""How a path of a SQL widget's source is told from others.

Imports nothing; read by :mod:`.sql_sources` and :mod:`.sql_files`.
"""

from __future__ import annotations

SQLITE = frozenset({".sqlite", ".sqlite3"})
"""Endings of SQLite files."""
REMOTE = ("s3://", "gs://", "gcs://", "r2://", "https://", "http://")
"""Beginnings of what DuckDB reads over the network."""
