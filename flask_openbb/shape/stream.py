"""The rows of one answer become JSON: at once, or, from a generator, part by part in bounded memory.

Owns the choice between the plan of a shape and row by row, and the promise that a stream which fails never looks
complete. Imports :mod:`.plan`, :mod:`.flatten`, :mod:`.layout` and :mod:`.rows`; called by :mod:`.bodies`, whose
:class:`Stream` ``web`` sends as it comes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from ..errors import EncodeError, ShapeError
from .encoded import Encoded
from .flatten import Columns, Path, Row, arranged, dotted
from .layout import Layout
from .plan import fit
from .rows import to_rows

PART = 2_000
"""Rows of a generator that are shaped at once."""


class Stream(Iterator[bytes]):
    """The JSON text of an answer, in parts; whoever sends it closes it.

    An error on the way is raised, and leaves the text without an end.

    .. versionadded:: 0.1
    """

    def __init__(self, parts: Iterator[bytes], *, before: bytes = b"", after: bytes = b"", source: Any = None) -> None:
        """Take the parts; ``source`` is what they are made of, and is closed after them.

        Not left to the count of references: Python 3.13.0 keeps what a closed generator held.
        """
        self._sources = [parts, source]
        self._text = chain([before], parts, [after])

    def __next__(self) -> bytes:
        """Give the next part that is not empty."""
        return next(filter(None, self._text))

    def within(self, before: bytes, after: bytes) -> Stream:
        """Put text around it."""
        return Stream(self._text, before=before, after=after, source=self)

    def close(self) -> None:
        """End the generator the rows come from."""
        for source in self._sources:
            _close(source)


def dump_table(rows: Iterable[Any], layout: Layout) -> Encoded:
    """Flatten rows and write them as one JSON array.

    :param rows: Records, as :func:`.rows.records` returns them.
    :raises ShapeError: As :func:`.rows.to_rows` and :func:`.flatten.flatten`.
    :raises EncodeError: If a value has no JSON form; names its row, column and type.

    .. versionadded:: 0.1
    """
    return Encoded(*_Table(layout).first(list(rows)))


def dump_rows(
    rows: Iterable[Any], layout: Layout, *, declared: Sequence[str] = (), part: int = PART
) -> Iterator[bytes]:
    """Flatten rows as they come, and yield one JSON array in parts of ``part`` rows.

    The columns are those of the first part, and those ``declared``: every row gets them all. A later row that
    has a value in any other column is an error, because the rows before it were sent without. (With ``select=``
    such a column is dropped, as asked.) No part but the last ends in ``]``, so that what an error cuts short is
    no JSON. The text is that of :func:`dump_table` wherever it does not raise, apart from columns that were only
    declared.

    :param rows: Records; an iterator is read part by part.
    :param declared: Flat columns, before ``select`` renames them, that every row of a stream has; they follow
        those found. An answer of one part has only what its rows have.
    :raises ShapeError: As :func:`dump_table`; also, from a later part, for a column that came too late.

    .. versionadded:: 0.1
    """
    with closing(_parts(rows, layout, declared, part)) as parts:
        for text, _, _ in parts:
            yield text


def stream_table(rows: Iterable[Any], layout: Layout, *, declared: Sequence[str] = ()) -> Encoded | Stream:
    """Shape the first part of an iterator now, so that its errors can still be an answer.

    :param declared: As for :func:`dump_rows`.
    :return: The whole text if that was all, else the stream.
    :raises ShapeError: As :func:`dump_table`, for the first part.

    .. versionadded:: 0.1
    """
    parts = _parts(rows, layout, declared, PART)
    text, count, more = next(parts)
    return Stream(map(itemgetter(0), parts), before=text, source=parts) if more else Encoded(text, count)


def _parts(
    rows: Iterable[Any], layout: Layout, declared: Sequence[str], size: int
) -> Generator[tuple[bytes, int, bool], None, None]:
    """Yield each part of the text, the number of rows so far, and whether there are more."""
    source = iter(rows)
    try:
        table = _Table(layout)
        head = list(islice(source, size))
        ahead = list(islice(source, 1))
        text, count = table.first(head, declared=declared if ahead else ())
        yield text[:-1] if ahead else text, count, bool(ahead)
        del head
        while ahead:
            text, count = table.later([*ahead, *islice(source, size - 1)], count)
            ahead = list(islice(source, 1))
            yield b"," + (text[1:-1] if ahead else text[1:]), count, bool(ahead)
    finally:
        _close(source)


def _close(source: Any) -> None:
    close = getattr(source, "close", None)
    if close is not None:
        close()


class _Table:
    """One answer while its parts are written."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._columns = Columns(layout)
        self._names: dict[str, None] = {}
        self._picked: list[tuple[str, str]] = []
        self._fitting: dict[str, Path] = {}
        self._like: Row | None = None

    def first(self, items: list[Any], *, declared: Sequence[str] = ()) -> tuple[bytes, int]:
        """The text of the first part, and how many rows are in it."""
        rows = _dicts(items, self._layout.sep)
        fitted = fit(rows, self._layout)
        while fitted is not None:
            try:
                self._settle(fitted.paths, declared)
            except ShapeError:  # perhaps for a null that stands for a mapping, and is no column
                break
            text = fitted.text(self._picked)
            if text is not None:
                self._fitting, self._like = fitted.paths, fitted.like
                self._columns.learn(fitted.paths)
                return text, len(rows)
            fitted = fitted.widened()
        found = [flat for row in to_rows(rows, sep=self._layout.sep) for flat in self._columns.flat(row)]
        self._settle(self._columns.names(), declared)
        return self._layout.form.dumps(arranged(found, self._picked)), len(found)

    def later(self, items: list[Any], count: int) -> tuple[bytes, int]:
        """The text of another part, and how many rows there are up to its end.

        :param count: How many there are before it.
        """
        try:
            rows = _dicts(items, self._layout.sep)
            fitted = fit(rows, self._layout, like=self._like) if self._like else None
            if fitted is not None and fitted.paths == self._fitting:
                text = fitted.text(self._picked, first_row=count)
                if text is not None:
                    return text, count + len(rows)
            rows = to_rows(rows, sep=self._layout.sep)
        except EncodeError:
            raise
        except ShapeError as error:
            msg = f"in the part of the stream that starts with row {count}: {error}"
            raise ShapeError(msg) from error
        found: list[Row] = []
        for row in rows:
            for flat in self._columns.flat(row):
                self._refuse_late(flat, count + len(found))
                found.append(flat)
        return self._layout.form.dumps(arranged(found, self._picked), first_row=count), count + len(found)

    def _settle(self, names: Iterable[str], declared: Sequence[str]) -> None:
        self._names = dict.fromkeys((*names, *declared))
        self._picked = self._layout.pick(self._names)

    def _refuse_late(self, flat: Row, number: int) -> None:
        if self._layout.drops:
            return
        for name, value in flat.items():
            if name not in self._names and value is not None:
                path = dotted(self._columns.paths[name])
                msg = (
                    f"row {number} (counted from 0) of the stream has the column {name!r} ({path}), which none of "
                    "the first rows has: they were sent without it. Give the key in the first row, declare the "
                    "column, or return a list."
                )
                raise ShapeError(msg)


def _dicts(items: list[Any], sep: str) -> list[Any]:
    """Most rows are dicts with keys of text already, which the plan checks by itself."""
    return items if not items or type(items[0]) is dict else to_rows(items, sep=sep)
