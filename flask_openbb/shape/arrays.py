"""What Plotly's Python half, or its user, writes in a way that Workspace does not read, written so that it does.

Typed arrays in base64: plotly.js draws them, but Workspace reads a chart's points for its CSV and Excel export and for
its agent, and takes only lists for points. Titles that are text: plotly.js dropped them, and draws no title.
Imports nothing of the package; called by :mod:`.charts` and :mod:`.traces`.

Source: plotly.js 3, ``dtype``, ``bdata`` and ``shape`` (little endian, with the typed arrays of JavaScript) and the
list of what it removed; CLIENT components/Charting/utils.ts, ``getExportData``, and package.json for the version.
"""

from __future__ import annotations

import struct
from base64 import b64decode
from collections.abc import Mapping
from math import prod
from typing import Any

_TYPES = {
    **{"i1": "b", "u1": "B", "u1c": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I"},
    **{"f4": "f", "f8": "d"},
}

_OWN = frozenset({"customdata", "meta", "geojson", "source"})
"""What holds values of the figure's author, to be shown as they are: a feature of a map may have a title too."""


def decoded(value: Mapping[str, Any]) -> list[Any] | None:
    """Read a typed array.

    :param value: ``{"dtype", "bdata"}``, with ``shape`` where it has several dimensions.
    :return: Its numbers, nested by its shape; None if it is no typed array, or a broken one.

    .. versionadded:: 0.1
    """
    code, text = _TYPES.get(str(value.get("dtype"))), value.get("bdata")
    if code is None or not isinstance(text, str):
        return None
    try:
        data = b64decode(text, validate=True)
        items: list[Any] = list(struct.unpack(f"<{len(data) // struct.calcsize('<' + code)}{code}", data))
        shape = [int(size) for size in str(value.get("shape") or len(items)).split(",")]
    except (ValueError, struct.error):
        return None
    if prod(shape) != len(items) or min(shape) < 0:
        return None
    if not items:
        return []
    for axis in range(len(shape) - 1, 0, -1):
        width = shape[axis]
        items = [items[start : start + width] for start in range(0, prod(shape[: axis + 1]), width)]
    return items


def plain(value: Any) -> Any:
    """Copy a figure, or a part of one, with lists for its typed arrays and ``{"text": ...}`` for its titles.

    .. versionadded:: 0.1
    """
    if isinstance(value, Mapping):
        items = decoded(value) if "bdata" in value else None
        return {key: _part(key, item) for key, item in value.items()} if items is None else items
    # A list of scalars may be long, and holds none.
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping | list | tuple):
        return [plain(item) for item in value]
    return value


def _part(key: Any, value: Any) -> Any:
    if key in _OWN:
        return (decoded(value) or value) if isinstance(value, Mapping) else value
    return {"text": value} if key == "title" and isinstance(value, str) else plain(value)
