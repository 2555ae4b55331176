"""What one typed statement may take. Imports nothing; read by the databases (:mod:`.sql_database`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS = {"": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}


@dataclass(frozen=True)
class SqlCaps:
    """What one statement may take.

    .. versionadded:: 0.1
    """

    timeout: float = 30.0
    """Seconds for one request."""
    max_rows: int = 10_000_000
    """Rows of a statement's whole result; more are refused, not cut."""
    max_bytes: int = 64 * 2**20
    """Bytes of text in one answer; more are refused."""
    memory: int = 2**30
    """Bytes that a statement may make this process grow by (DuckDB)."""
    threads: int = 2
    """Threads of one database in each process (DuckDB)."""


def bytes_of(size: int | str) -> int:
    """Read a size such as ``"512MB"``.

    :raises ValueError: If it is none.
    """
    found = re.fullmatch(r"\s*(\d+)\s*([KMG]B)?\s*", str(size).upper())
    if isinstance(size, bool) or found is None or int(found[1]) < 1:
        msg = f"{size!r} is no size. Write bytes, or '512MB'."
        raise ValueError(msg)
    return int(found[1]) * UNITS[found[2] or ""]
