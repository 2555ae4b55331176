"""How a path of a source is told from others.

Imports nothing; read by :mod:`.sources`, :mod:`.sql_sources` and :mod:`.sql_files`.
"""

from __future__ import annotations

SQLITE = frozenset({".sqlite", ".sqlite3"})
"""Endings of SQLite files."""
STORES = ("s3://", "gs://", "gcs://", "r2://")
"""Beginnings of files in an object store."""
REMOTE = (*STORES, "https://", "http://")
"""Beginnings of what DuckDB reads over the network."""
NEEDS_HTTPFS = "files of an object store need DuckDB's httpfs: run INSTALL httpfs once, in duckdb, on this machine."
"""Said where it is not there."""
