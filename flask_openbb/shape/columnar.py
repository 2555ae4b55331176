"""A frame becomes JSON column by column: writing a dict per row first would cost three times as much.

Owns the shortcut from a :class:`.frames.Frame` to :class:`.encoded.Encoded`: the bytes are those of
:func:`.encode.dumps` for the frame's rows, or there is no shortcut. The cells of a column are written at once by
orjson, or by polars' own code, and then put into the text of the rows.
Imports this room's rows, frames, cells and encode; called by :mod:`.bodies` for tables.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from io import BytesIO
from typing import Any
from uuid import UUID

import orjson

from ..errors import EncodeError
from .cells import Cells, Zoned
from .encode import Form
from .encoded import Encoded
from .feed import FEWEST_ROWS_TO_COMPILE, MOST_COLUMNS, NEXT, feeder
from .frames import Frame, frame_names, frame_rows
from .polars_json import is_usable, polars_body
from .rows import frame_of, per_class

Dumps = Callable[[Any], bytes]
Pick = Callable[[list[str]], Sequence[tuple[str, str]]]

FEWEST_ROWS = 500
"""Rows of a polars frame from which on polars' own code is faster."""

_AS_PROMISED = Form()
_SAFE_INT = 2**53 - 1
_PART = 1_000
"""Rows whose text is made at a time: the pieces of more would not stay in the processor's cache."""
_PLAIN = frozenset({str, int, float, bool, type(None), datetime, date, time, timedelta, Decimal, UUID})
_KNOWN = frozenset({str, int, float, bool, type(None), datetime, date, UUID})
"""What orjson writes as it is promised, save ints beyond 53 bits and dates before the year 1."""
_PANDAS_SCALARS = frozenset({"NaTType", "NAType", "Period", "Interval"})


def encode_frame(
    value: Any, *, sep: str = "_", form: Form = _AS_PROMISED, pick: Pick | None = None
) -> Encoded | list[dict[str, Any]] | None:
    """Write a frame as JSON, if it is one.

    :param value: The answer of a view, as for :func:`.rows.to_rows`.
    :param sep: Joins the parts of a column name that is a tuple.
    :param form: How values look in JSON, as the widget chose.
    :param pick: Gives the new and the old name of each column to write, of the names of all, in order; all where
        it is None. Rows that are returned are as they were: nothing is picked from them.
    :return: The JSON of its rows; its rows, if a cell is nested, has no JSON form, or comes from a reader that can
        be read only once; None if the value is no frame.
    :raises ShapeError: If two columns have one name.

    .. versionadded:: 0.1
    """
    frame = frame_of(value)
    if frame is None:
        return None
    if frame.once:
        return list(frame_rows(frame, sep=sep))
    names = frame_names(frame, sep=sep)
    try:
        encoded = _encoded(frame, names, form, pick)
    except (EncodeError, orjson.JSONEncodeError):
        # The rows are written again, row by row, which names the place.
        encoded = None
    if encoded is not None:
        return encoded
    again = frame_of(value if frame.polars is None else frame.polars)
    return [] if again is None else list(frame_rows(again, sep=sep))


def _encoded(frame: Frame, names: list[str], form: Form, pick: Pick | None) -> Encoded | None:
    if not names:
        return Encoded(b"[]", 0)
    pairs = [(name, name) for name in names] if pick is None else pick(names)
    if not {old for _, old in pairs} <= set(names):
        return None
    new_names = [new for new, _ in pairs]
    places = [names.index(old) for _, old in pairs]
    if frame.polars is not None and frame.polars.height >= FEWEST_ROWS and is_usable():
        columns = [frame.polars.to_series(place) for place in places]
        body = polars_body(columns, new_names, lambda cells: _texts(cells, form.dumps))
        if body is not None:
            return Encoded(body, frame.polars.height)
    # Part after part into one buffer: a copy of a large text costs more in page faults than in copying.
    text = BytesIO()
    height = 0
    for batch in frame.batches:
        for part in _batch_parts([batch[place] for place in places], new_names, form):
            if part is None:
                return None
            text.write(b"," if text.tell() else b"[")
            text.write(part)
        height += len(batch[0])
    text.write(b"]" if height else b"[]")
    return Encoded(text.getvalue(), height)


def _batch_parts(columns: Sequence[Cells], names: Sequence[str], form: Form) -> Iterator[bytes | None]:
    """Write a batch of rows, some at a time; None as soon as a cell cannot be written alone."""
    fits = len(columns[0]) >= FEWEST_ROWS_TO_COMPILE and len(names) <= MOST_COLUMNS
    plain = [_plain_cells(cells) for cells in columns] if fits else [None]
    if None not in plain:
        try:
            yield _fed(plain, names, form)
        except TypeError:  # an int too big for JavaScript: its column is written cell by cell
            pass
        else:
            return
    yield from _pieced(columns, names, form)


def _fed(columns: Sequence[Any], names: Sequence[str], form: Form) -> bytes:
    """Write columns of cells that orjson knows, without a dict for each row."""
    feed = feeder(tuple((name, None) for name in names), ())(zip(*columns, strict=True), form.hook)
    next(feed)
    return orjson.dumps([NEXT] * len(columns[0]), default=feed.send, option=form.options)[1:-1]


def _plain_cells(cells: Cells) -> list[Any] | None:
    """The cells of a column if orjson writes each as promised, but for ints too big; times as the text they become."""
    if isinstance(cells, Zoned):
        return _unquoted(b",".join(_zoned_texts(cells)))
    if not isinstance(cells, list):
        if cells.dtype.kind == "M":
            return _unquoted(orjson.dumps(_contiguous(cells), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1])
        return list(cells.tolist())
    return cells if _KNOWN.issuperset(map(type, cells)) else None


def _unquoted(texts: bytes) -> list[Any]:
    return texts.decode()[1:-1].split('","')


def _pieced(columns: Sequence[Cells], names: Sequence[str], form: Form) -> Iterator[bytes | None]:
    """Write cells column by column, and put their texts into those of the rows."""
    keys = [form.dumps(name) for name in names]
    width = len(keys)
    opening = [(b"," if number else b"{") + key.replace(b"%", b"%%") + b":%b" for number, key in enumerate(keys)]
    row = b"".join(opening) + b"},"
    for start in range(0, len(columns[0]), _PART):
        size = min(_PART, len(columns[0]) - start)
        pieces: list[Any] = [None] * (size * width)
        for number, cells in enumerate(columns):
            texts = _texts(cells[start : start + size], form.dumps)
            if texts is None:
                yield None
                return
            pieces[number::width] = texts
        yield (row * size % tuple(pieces))[:-1]


def _texts(cells: Cells, dumps: Dumps) -> list[bytes] | None:
    """Write each cell of a column as JSON; None if one is nested."""
    if isinstance(cells, Zoned):
        return _zoned_texts(cells)
    if not isinstance(cells, list):
        if cells.dtype.kind not in "iu" or not _has_big(cells):
            return _split(orjson.dumps(_contiguous(cells), option=orjson.OPT_SERIALIZE_NUMPY))
        cells = cells.tolist()
    kinds = set(map(type, cells))
    if not kinds <= _PLAIN and not all(map(_is_scalar, kinds)):
        return None
    text = dumps(cells)
    # As many commas as cells: none is inside one.
    if text.count(b",") == len(cells) - 1:
        return _split(text)
    return [dumps(cell) for cell in cells]


def _split(text: bytes) -> list[bytes]:
    return text[1:-1].split(b",")


def _zoned_texts(cells: Zoned) -> list[bytes]:
    text = orjson.dumps(_contiguous(cells.wall), option=orjson.OPT_SERIALIZE_NUMPY)
    offsets = cells.offsets.tolist()
    ends = {seconds: b'%b"' % _offset(seconds) for seconds in set(offsets)}
    if len(ends) == 1:
        (end,) = ends.values()
        return (text[1:-2].replace(b'",', end + b",") + end).split(b",")
    return [wall[:-1] + ends[offset] for wall, offset in zip(_split(text), offsets, strict=True)]


def _offset(seconds: int) -> bytes:
    sign, minutes = ("-" if seconds < 0 else "+"), abs(seconds) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}".encode()


def _has_big(array: Any) -> bool:
    return bool(array.size) and max(-int(array.min()), int(array.max())) > _SAFE_INT


def _contiguous(array: Any) -> Any:
    return array if array.flags.c_contiguous else array.copy()


@per_class
def _is_scalar(cls: type) -> bool:
    """Tell whether instances are written as one number or text, whatever they hold."""
    if cls in _PLAIN:
        return True
    if hasattr(cls, "__json__") or hasattr(cls, "to_plotly_json"):
        return False
    if issubclass(cls, Enum):
        return all(type(member.value) in _PLAIN for member in cls)
    if cls.__module__ == "numpy" and cls.__name__ not in {"void", "record"}:
        return issubclass(cls, sys.modules["numpy"].generic)
    if cls.__module__.partition(".")[0] == "pandas" and cls.__name__ in _PANDAS_SCALARS:
        return True
    return issubclass(cls, (str, int, float, date, time, timedelta, Decimal))
