"""Rows that are JSON already, so that nobody builds a dict per row only to write it again.

Owns :class:`Encoded` alone. Imports nothing; made by :mod:`.columnar`, sent as it is by whoever writes the body.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Encoded:
    """The JSON text of a table's rows.

    .. versionadded:: 0.1
    """

    body: bytes
    """One JSON array of flat objects, all with the same keys; UTF-8, compact, as :func:`.encode.dumps` writes it."""
    rows: int
    """How many objects are in it."""
