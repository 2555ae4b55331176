"""Cells of row models that no column type covers, as text that JSON, CSV and Excel have a form for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SHOWN_BYTES = 32
"""Bytes of a binary value that are shown."""


def shown(value: Any) -> Any:
    """Give a cell's value in a form that can be written: bytes become their first ones in hexadecimal.

    Lists and mappings stay as they are, but for what is in them.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        found = bytes(value)
        return f"0x{found[:SHOWN_BYTES].hex()}" + ("…" if len(found) > SHOWN_BYTES else "")
    if isinstance(value, Mapping):
        return {str(key): shown(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [shown(each) for each in value]
    return value if isinstance(value, str | int | float | None) or hasattr(value, "isoformat") else _known(value)


def shown_row(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Give a row with some of its cells shown."""
    return {**row, **{name: shown(row[name]) for name in names}}


def _known(value: Any) -> Any:
    known = {"Decimal", "UUID", "timedelta"}
    return value if type(value).__name__ in known else str(value)
