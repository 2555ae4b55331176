"""A table's rows cut to ``limit=``, before they are shaped, and how many there were.

Owns :func:`cut` alone. What is cut off is never read from a generator or a cursor, beyond the one row that tells that
there is more. Imports its own room; called by ``web`` for widgets with a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from itertools import islice
from types import GeneratorType
from typing import Any

from . import envelope
from .cursors import cursor_reader
from .rows import frame_of, is_columns, is_record, iter_rows


@dataclass(frozen=True)
class Truncation:
    """What was cut off."""

    rows: int
    """How many rows are left."""
    total: int | None
    """How many there were; None where nobody knows without reading them."""

    def __str__(self) -> str:
        return f"rows={self.rows}; total={'unknown' if self.total is None else self.total}"


def cut(value: Any, limit: int, *, data_key: str | None = None) -> tuple[Any, Truncation | None]:
    """Keep the first rows of a table's answer.

    :param value: An answer as :func:`.bodies.table` takes it, in an envelope or bare; it is not changed in place.
    :param limit: Rows to keep, at least 1.
    :param data_key: Path of the rows inside an envelope.
    :return: The answer with at most ``limit`` rows, and what was cut off; None where nothing was.

    .. versionadded:: 0.1
    """
    if not is_record(value) or is_columns(value):
        if isinstance(value, str | bytes) or not (isinstance(value, Iterable | Sized) or frame_of(value)):
            return value, None  # no rows: the shaper says so in better words
        return _head(value, limit)
    mapping = envelope.as_mapping(value)
    if data_key:
        steps = envelope.locate(value, data_key)
    else:
        key, _ = envelope.guess(mapping)
        steps = None if key is None else (key,)
    if steps is None:
        return value, None  # one row, or an error that the shaper words better
    truncation: Truncation | None = None

    def change(rows: Any) -> Any:
        nonlocal truncation
        changed, truncation = cut(rows, limit)
        return changed

    return envelope.replace(mapping, steps, change), truncation


def _head(rows: Any, limit: int) -> tuple[Any, Truncation | None]:
    """The first rows of whatever holds rows."""
    if is_columns(rows):
        total = len(next(iter(rows.values())))
        first: Any = {name: _slice(column, limit) for name, column in rows.items()}
    elif isinstance(rows, Sized):
        total = len(rows)
        first = rows if total <= limit else _slice(rows, limit)
    elif hasattr(rows, "collect_schema"):  # a polars LazyFrame computes these rows only
        frame = rows.head(limit + 1).collect()
        return (frame, None) if len(frame) <= limit else (frame.head(limit), Truncation(limit, None))
    else:
        return _read(rows, limit)
    return (rows, None) if total <= limit else (first, Truncation(limit, total))


def _slice(rows: Any, limit: int) -> Any:
    for head in ("head", "limit"):  # of frames and Series, whose own [] may go by label
        if hasattr(rows, head):
            return getattr(rows, head)(limit)
    if hasattr(rows, "to_batches"):
        return rows.slice(0, limit)
    try:
        return rows[:limit]
    except (TypeError, KeyError):  # a set, a deque
        return list(islice(rows, limit))


def _read(rows: Any, limit: int) -> tuple[Any, Truncation | None]:
    """Of what is read once: one row more than is kept tells whether there is more."""
    plain = isinstance(rows, Iterator) and cursor_reader(type(rows)) is None and frame_of(rows) is None
    first = list(islice(rows if plain else iter_rows(rows), limit + 1))
    if len(first) <= limit:
        return first, None
    if isinstance(rows, GeneratorType):
        rows.close()  # its 'finally' runs now, not whenever it is collected
    return first[:limit], Truncation(limit, None)
