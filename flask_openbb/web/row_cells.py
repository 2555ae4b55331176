"""Cells of row models that no column type covers, as text that JSON, CSV and Excel have a form for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import EncodeError
from ..shape.encode import Form

SHOWN_BYTES = 32
"""Bytes of a binary value that a grid shows; exports have all."""


def shown(value: Any, *, whole: bool = False) -> Any:
    """Give a cell's value in a form that can be written: bytes become their first ones in hexadecimal.

    Half a surrogate pair becomes a question mark. Lists and mappings stay as they are, but for what is in them.

    :param whole: Write all bytes, as a file does that somebody takes away.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        found = bytes(value)
        cut = not whole and len(found) > SHOWN_BYTES
        return f"0x{found[:SHOWN_BYTES].hex()}…" if cut else f"0x{found.hex()}"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {shown(str(key)): shown(each, whole=whole) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return [shown(each, whole=whole) for each in value]
    return value if isinstance(value, int | float | None) or hasattr(value, "isoformat") else _known(value)


def shown_row(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Give a row with some of its cells shown."""
    return {**row, **{name: shown(row[name]) for name in names}}


def written(form: Form, body: Any) -> bytes:
    """Write a page or a list of values, whatever is in it: SQLite keeps bytes in a column of numbers if told to.

    :raises EncodeError: If a value has no JSON form, and no other.
    """
    try:
        return form.dumps(body)
    except EncodeError:
        return form.dumps(shown(body))


def _known(value: Any) -> Any:
    known = {"Decimal", "UUID", "timedelta"}
    return value if type(value).__name__ in known else str(value)
