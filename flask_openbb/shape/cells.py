"""The cells of one column of a frame, as Python values that the rest of the room knows.

Owns what pandas, numpy and Arrow dtypes are in Python, a column at a time, because value by value is ten times
slower. A null is None, save that NaN may stay in arrays of floats. Imports no library: numpy is there when one of
its arrays is. Imports nothing of the package; called by :mod:`.frames` and :mod:`.columnar`.
"""

from __future__ import annotations

import re
import sys
from datetime import timedelta, timezone
from typing import Any

Cells = Any
"""A list; a numpy array of one dimension, of bool, int, float64 (NaN is a null) or ``datetime64[us]`` without NaT;
or :class:`Zoned`."""


class Zoned:
    """Times with a zone: no nulls, whole microseconds, offsets of whole minutes."""

    def __init__(self, wall: Any, offsets: Any) -> None:
        self.wall = wall
        """What the clocks on the wall there show, ``datetime64[us]``."""
        self.offsets = offsets
        """Seconds that they are ahead of UTC, ints."""

    def __len__(self) -> int:
        return len(self.wall)

    def __getitem__(self, part: slice) -> Zoned:
        return Zoned(self.wall[part], self.offsets[part])

    def tolist(self) -> list[Any]:
        """Read them as Python's datetimes with a fixed offset."""
        offsets = self.offsets.tolist()
        zones = {seconds: timezone(timedelta(seconds=seconds)) for seconds in set(offsets)}
        moments = zip(self.wall.tolist(), offsets, strict=True)
        return [moment.replace(tzinfo=zones[offset]) for moment, offset in moments]


_NAT = -(2**63)
_WIDE = 8
_FIRST_SECOND = -62_135_596_800
_LAST_SECOND = 253_402_300_799
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAYS = {"Y", "M", "W", "D"}
_ARROW_PLAIN = re.compile(r"u?int\d+|float|double|halffloat|bool")
_ARROW_MOMENTS = re.compile(r"timestamp\[\w+\]|date32\[day\]")
_MASKED = re.compile(r"(U?Int|Float)\d+Dtype|BooleanDtype")


def as_list(cells: Cells) -> list[Any]:
    """Turn cells into a list of Python values; NaN in an array becomes None."""
    if type(cells) is list:
        return cells
    kind = getattr(getattr(cells, "dtype", None), "kind", "")
    if kind == "f":
        nulls = cells != cells  # noqa: PLR0124 - only NaN differs from itself
        if nulls.any():
            cells = cells.astype(object)
            cells[nulls] = None
    return list(cells.tolist())


def array_cells(array: Any) -> Cells:
    """Read a numpy array of one dimension (of more, its first is the rows)."""
    kind, width = array.dtype.kind, array.dtype.itemsize
    if array.ndim > 1:
        return list(array) if kind in "mMV" else array.tolist()
    if kind in "biu":
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    if kind == "f" and width <= _WIDE:
        return array.astype("float64", copy=False)
    if kind == "M":
        found = _moments(array)
        return _scalars(array) if found is None else found
    return _scalars(array) if kind in "mVf" else array.tolist()


def _scalars(array: Any) -> list[Any]:
    # These have no Python type of the same precision: JSON is written from numpy's own scalars.
    return [None if str(item) == "NaT" else item for item in array] if array.dtype.kind in "mM" else list(array)


def _moments(array: Any) -> Cells | None:
    """Read dates and times as Python's; None if Python has none such: another millennium, or nanoseconds."""
    unit, step = sys.modules["numpy"].datetime_data(array.dtype)
    if unit in _DAYS:
        array = array.astype("datetime64[D]")
        days = array.astype("int64")
        known = days[days != _NAT]
        inside = not known.size or (known.min() * 86_400 >= _FIRST_SECOND and known.max() * 86_400 <= _LAST_SECOND)
        return array.tolist() if inside else None
    if unit in {"h", "m"}:
        array, unit, step = array.astype("datetime64[s]"), "s", 1
    if unit not in _PER_SECOND or step != 1:
        return None
    ticks = array.view("int64") if array.dtype.isnative else array.astype("int64")
    nulls = ticks == _NAT
    has_nulls = bool(nulls.any())
    known = ticks[~nulls] if has_nulls else ticks
    scale = _PER_SECOND[unit]
    if known.size and not (known.min() // scale >= _FIRST_SECOND and known.max() // scale <= _LAST_SECOND):
        return None
    if unit == "ns" and (known % 1000).any():
        return None
    array = array.astype("datetime64[us]")
    return array.tolist() if has_nulls else array


def pandas_cells(column: Any) -> Cells:  # noqa: PLR0911 - one return a dtype
    """Read a pandas Series or Index."""
    dtype = column.dtype
    name = type(dtype).__name__
    if type(dtype).__module__.partition(".")[0] == "numpy":
        return _numpy_backed(column, dtype.kind)
    if name == "CategoricalDtype":
        values = [*as_list(pandas_cells(dtype.categories)), None]
        return [values[code] for code in column.array.codes.tolist()]
    if name == "DatetimeTZDtype":
        return _zoned(column)
    if name == "StringDtype":
        return column.to_numpy(dtype=object, na_value=None).tolist()
    if name == "SparseDtype":
        return pandas_cells(sys.modules["pandas"].Series(column.array.to_dense()))
    if _MASKED.fullmatch(name):
        if not column.hasnans:
            return array_cells(column.to_numpy(dtype=dtype.numpy_dtype))
        return column.to_numpy(dtype=object, na_value=None).tolist()
    return _listed(column)


def _numpy_backed(column: Any, kind: str) -> Cells:
    if kind in "biuf":
        return array_cells(column.to_numpy())
    found = _moments(column.to_numpy()) if kind == "M" else None
    return _listed(column) if found is None else found


def _listed(column: Any) -> list[Any]:
    items: list[Any] = column.tolist()
    nulls = column.isna()
    if not nulls.any():
        return items
    return [None if null else item for item, null in zip(items, nulls.tolist(), strict=True)]


def _zoned(column: Any) -> Cells:
    """Read times with a zone: each with the offset it has there."""
    numpy = sys.modules["numpy"]
    accessor = getattr(column, "dt", column)
    wall = accessor.tz_localize(None).to_numpy()
    offsets = (wall - accessor.tz_convert(None).to_numpy()).astype("timedelta64[s]").astype("int64")
    offsets[numpy.isnat(wall)] = 0
    moments = _moments(wall)
    # ISO 8601 has no seconds in an offset, which only local times of the 19th century have.
    if moments is None or (offsets % 60).any():
        return _listed(column)
    if isinstance(moments, list):
        zones = {seconds: timezone(timedelta(seconds=seconds)) for seconds in set(offsets.tolist())}
        return [
            None if moment is None else moment.replace(tzinfo=zones[offset])
            for moment, offset in zip(moments, offsets.tolist(), strict=True)
        ]
    return Zoned(moments, offsets)


def arrow_cells(column: Any) -> Cells:
    """Read a pyarrow Array or ChunkedArray."""
    kind = str(column.type)
    if "numpy" in sys.modules:
        if kind in {"string", "large_string"}:
            return _copied(column).tolist()
        if column.null_count == 0 and _ARROW_PLAIN.fullmatch(kind):
            return array_cells(_copied(column))
        if _ARROW_MOMENTS.fullmatch(kind):
            return array_cells(_copied(column))
    return column.to_pylist()


def _copied(column: Any) -> Any:
    return column.to_numpy() if hasattr(column, "chunks") else column.to_numpy(zero_copy_only=False)
