"""Nested rows become flat ones, because Workspace draws a nested value as JSON text.

Owns the names of flat columns and the text of lists, and works row by row with any value; :mod:`.plan` does the
same for many rows of one shape at once. Imports :mod:`.rows`, :mod:`.encode`, :mod:`.layout` and
:mod:`flask_openbb.errors`; called by :mod:`.stream` and by users' own code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from typing import Any

import orjson

from ..errors import EncodeError, ShapeError
from .encode import Form, scalar_text
from .layout import MAX_DEPTH, Layout, ListMode
from .rows import is_record, listing, record_reader, text_key

ATOMS = frozenset({str, int, float, bool, type(None), datetime, date, Decimal})
"""Classes whose values are one cell; others are looked at."""

Path = tuple[str, ...]
"""The keys that lead to a column."""

Row = dict[str, Any]


def flatten(
    rows: Iterable[Mapping[Any, Any]],
    *,
    sep: str = "_",
    lists: ListMode | Mapping[str, ListMode] = "join",
    whole: Collection[str] = frozenset(),
    max_depth: int | None = None,
    select: Sequence[str] | Mapping[str, str] | None = None,
) -> list[Row]:
    """Turn nested rows into flat ones that all have the same keys.

    * A nested mapping, or record, gives one column per leaf, named by its path: ``{"a": {"b": 1}}`` becomes
      ``{"a_b": 1}``. An empty one is a null under its own name.
    * A key that a row lacks is a null in it. Columns come in first-seen order.
    * A column that only ever held nulls is left out where other rows have a mapping instead: the null says
      that the mapping is missing. A scalar there is a value, and stays beside the mapping's columns.

    Lists are written as ``lists`` says:

    ============  =================================================================================================
    ``join``      text: scalars joined with ``", "``, nulls empty; JSON text if the list holds mappings or lists
    ``json``      JSON text
    ``index``     one column per item, ``tags_0``, ``tags_1``; mappings in it are flattened below that
    ``explode``   one row per item, the other columns repeated; several such lists in one row go side by side and
                  must be of one length; mappings in it are flattened
    ``keep``      an array, as it is
    ============  =================================================================================================

    An empty list is a null, except as ``json`` (``[]`` as text) and ``keep``.

    :param rows: One mapping per row, as :func:`.rows.to_rows` returns them; not changed.
    :param sep: Joins nested keys. A ``.`` is refused: Workspace takes it literally, AG Grid as a path.
    :param lists: How lists are written; or by flat name of their column, ``"*"`` being the rest (default join).
    :param whole: Flat names of columns whose values stay as they are, for hover cards and sparklines.
    :param max_depth: How many keys a column's name may join, 1 to 100; what is nested deeper becomes JSON text.
    :param select: Flat columns to send, in this order, or ``{"new name": "flat name"}``; columns not named are
        dropped, unless ``"*"`` names them all. One that no row has is null in every row.
    :return: As many rows as given (more with ``explode``), in the order given.
    :raises ShapeError: If two paths give one name, if a row nests more than 100 levels (or contains itself), if
        a list holds what JSON cannot, if lists to explode differ in length, if an option is wrong.

    Source: the client's table renderer takes its columns from row 0; OpenBB docs, ``columnsDefs[].field``.

    .. versionadded:: 0.1
    """
    layout = Layout(sep=sep, lists=lists, whole=whole, max_depth=max_depth, select=select)
    table = Columns(layout)
    found = [flat for row in rows for flat in table.flat(row)]
    return arranged(found, layout.pick(table.names()))


def arranged(rows: Iterable[Row], picked: Sequence[tuple[str, str]]) -> list[Row]:
    """Give every row the same columns in the same order.

    :param picked: New and old name of each column.
    """
    names = [new for new, old in picked if new == old]
    if len(names) != len(picked):
        return [{new: row.get(old) for new, old in picked} for row in rows]
    nulls: Row = dict.fromkeys(names)
    # A row that has a column besides these is read by name.
    even = ((row, nulls | row) for row in rows)
    return [full if len(full) == len(names) else {name: row.get(name) for name in names} for row, full in even]


class Columns:
    """The columns of one answer, found while its rows are flattened; of a stream, for as long as it lasts."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.paths: dict[str, Path] = {}
        """The path of each column, in first-seen order."""
        self._filled: set[str] = set()
        self._opened: set[Path] = set()
        self._pending: list[tuple[str, Path, list[Any]]] = []
        self._known: dict[Path, dict[str, tuple[str, Path]]] = {}

    def names(self) -> list[str]:
        """The columns found so far, in first-seen order."""
        empty = self.paths.keys() - self._filled
        return [name for name, path in self.paths.items() if name not in empty or path not in self._opened]

    def learn(self, paths: Mapping[str, Path]) -> None:
        """Take over columns that were found elsewhere, all of them filled."""
        self.paths.update(paths)
        self._filled.update(paths)
        self._opened.update(path[:end] for path in paths.values() for end in range(1, len(path)))

    def flat(self, row: Mapping[Any, Any]) -> list[Row]:
        """Flatten one row: into several where it has lists to explode."""
        one: Row = {}
        self._pending = []
        self._add(row, (), one)
        return self._exploded(one, self._pending) if self._pending else [one]

    def _exploded(self, one: Row, pending: list[tuple[str, Path, list[Any]]]) -> list[Row]:
        longest = max(pending, key=lambda entry: len(entry[2]))
        for _, path, items in pending:
            if items and len(items) != len(longest[2]):
                msg = (
                    f"the lists {dotted(path)} and {dotted(longest[1])} of one row have {len(items)} and "
                    f"{len(longest[2])} items, and cannot be exploded side by side. Explode one of them, with "
                    "lists={'<column>': 'explode'}."
                )
                raise ShapeError(msg)
        found: list[Row] = []
        for number in range(max(1, len(longest[2]))):
            row = dict(one)
            self._pending = []
            for name, path, items in pending:
                item = items[number] if items else None
                # A list inside is not exploded as well: it has no name of its own, and may hold itself.
                inner = isinstance(item, (list, tuple)) and not is_record(item)
                value = cell(item, path, "join", self.layout.form) if inner else item
                self._value(name, path, value, row)
            found += self._exploded(row, self._pending) if self._pending else [row]
        return found

    def _add(self, record: Mapping[Any, Any], above: Path, flat: Row, prefix: str = "") -> None:
        if len(above) > MAX_DEPTH:
            msg = (
                f"column {dotted(above[:5])}… is nested more than {MAX_DEPTH} levels deep, or contains "
                "itself. Return a flatter row."
            )
            raise ShapeError(msg)
        known, paths, filled = self._known.setdefault(above, {}), self.paths, self._filled
        for key, value in record.items():
            found = known.get(key) if type(key) is str else None
            name, path = found or self._named(key, above, prefix)
            # Most cells of most rows: what _value() and _put() would do, without a call.
            if type(value) in ATOMS and paths.get(name) is path and (name in filled or value is None):
                flat[name] = value
            else:
                self._value(name, path, value, flat)

    def _named(self, key: Any, above: Path, prefix: str) -> tuple[str, Path]:
        """Give the name and path of a column, and remember those of a key of text."""
        if type(key) is str:
            return self._known[above].setdefault(key, (prefix + key, (*above, key)))
        text = text_key(key, sep=self.layout.sep)
        # Marked, so that the keys 1 and "1" of one row are seen to be two.
        return prefix + text, (*above, text if isinstance(key, str) else f"{text} ({type(key).__name__})")

    def _value(self, name: str, path: Path, value: Any, flat: Row) -> None:
        if type(value) in ATOMS or name in self.layout.whole:
            self._put(name, path, value, flat)
            return
        nested = _nested(value)
        if nested is None:
            self._list(name, path, value, flat)
        elif not nested:
            self._put(name, path, None, flat)
        elif self.layout.max_depth is not None and len(path) >= self.layout.max_depth:
            self._put(name, path, json_text(value, path, self.layout.form), flat)
        else:
            self._opened.add(path)
            self._add(nested, path, flat, name + self.layout.sep)

    def _list(self, name: str, path: Path, value: Any, flat: Row) -> None:
        mode = self.layout.mode(name)
        items = listing(value) if mode in ("index", "explode") else None
        if items is None:
            self._put(name, path, cell(value, path, mode, self.layout.form), flat)
        elif mode == "explode":
            self._put(name, path, None, flat)
            self._pending.append((name, path, items))
        elif not items:
            self._put(name, path, None, flat)
        elif len(path) >= self.layout.deepest:
            self._put(name, path, json_text(value, path, self.layout.form), flat)
        else:
            self._opened.add(path)
            self._add(dict(enumerate(items)), path, flat, name + self.layout.sep)

    def _put(self, name: str, path: Path, value: Any, flat: Row) -> None:
        known = self.paths.setdefault(name, path)
        if known != path:
            msg = (
                f"two paths give the column {name!r}: {dotted(known)} and {dotted(path)}. Rename one of "
                "them, or choose another separator with sep=."
            )
            raise ShapeError(msg)
        flat[name] = value
        if value is not None and name not in self._filled and not (isinstance(value, float) and isnan(value)):
            self._filled.add(name)


def cell(value: Any, path: Path, mode: ListMode, form: Form) -> Any:
    """Write a value that is no record into one cell: a list as its mode says, anything else as it is.

    :raises EncodeError: If a list holds what JSON cannot.
    """
    items = None if mode == "keep" else listing(value)
    if items is None:
        return value
    if mode == "json":
        return json_text(items, path, form)
    if all(type(item) is str for item in items):
        return ", ".join(items) or None
    text = json_text(items, path, form)
    plain = orjson.loads(text)
    if any(isinstance(item, (list, dict)) for item in plain):
        return text
    return ", ".join(scalar_text(item, form) for item in plain)


def json_text(value: Any, path: Path, form: Form) -> str:
    """Write what a cell cannot hold as JSON text.

    :raises EncodeError: If it has no JSON form; names the column.
    """
    try:
        return form.dumps(value).decode()
    except EncodeError as error:
        what = "list" if listing(value) is not None else "value"
        msg = f"the {what} in column {dotted(path)} has no JSON form. {error}"
        raise EncodeError(msg) from error


def dotted(path: Path) -> str:
    """Name a path in a message."""
    return repr(".".join(path))


def _nested(value: Any) -> Mapping[Any, Any] | None:
    if type(value) is dict:
        return value
    read = record_reader(type(value)) if is_record(value) else None
    return None if read is None else read(value)
