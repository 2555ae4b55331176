"""Nested rows become flat ones, because Workspace draws a nested value as JSON text.

Owns the names of flat columns and the text of lists. Imports :mod:`.rows`, :mod:`.encode` and
:mod:`flask_openbb.errors`; called by :mod:`.bodies` once per answer of a table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from typing import Any, Literal, TypeGuard

import orjson

from ..errors import EncodeError, ShapeError
from .encode import dumps, scalar_text
from .rows import is_record, listing, record_reader, text_key

MAX_DEPTH = 100
"""Levels of mappings a row may nest."""

_LISTS = ("join", "json")
_ATOMS = frozenset({str, int, float, bool, type(None), datetime, date, Decimal})


def flatten(
    rows: Iterable[Mapping[Any, Any]],
    *,
    sep: str = "_",
    lists: Literal["join", "json"] = "join",
    whole: Collection[str] = frozenset(),
) -> list[dict[str, Any]]:
    """Turn nested rows into flat ones that all have the same keys.

    * A nested mapping, or record, gives one column per leaf, named by its path: ``{"a": {"b": 1}}`` becomes
      ``{"a_b": 1}``. An empty one is a null under its own name.
    * A list of scalars becomes text joined with ``", "``, its nulls empty; a list that holds mappings or
      lists becomes JSON text. An empty list is a null. With ``lists="json"`` every list becomes JSON text.
    * A key that a row lacks is a null in it. Columns come in first-seen order.
    * A column that only ever held nulls is left out where other rows have a mapping instead: the null says
      that the mapping is missing. A scalar there is a value, and stays beside the mapping's columns.

    :param rows: One mapping per row, as :func:`.rows.to_rows` returns them; not changed.
    :param sep: Joins nested keys. A ``.`` is refused: Workspace takes it literally, AG Grid as a path.
    :param lists: How lists are written, except in ``whole`` columns.
    :param whole: Flat names of columns whose values stay as they are, for hover cards and sparklines.
    :return: As many rows as given, in the order given.
    :raises ShapeError: If two paths give one name, if a row nests more than 100 levels (or contains itself),
        if a list holds what JSON cannot, if ``sep`` or ``lists`` is wrong.

    Source: the client's table renderer takes its columns from row 0; OpenBB docs, ``columnsDefs[].field``.

    .. versionadded:: 0.1
    """
    check_options(sep=sep, lists=lists)
    rows = list(rows)
    if _are_flat(rows):
        return rows
    columns = _Columns(sep=sep, as_json=lists == "json", whole=whole)
    found: list[dict[str, Any]] = []
    for row in rows:
        flat: dict[str, Any] = {}
        columns.add(row, (), flat)
        found.append(flat)
    names = columns.names()
    return [{name: flat.get(name) for name in names} for flat in found]


def _are_flat(rows: list[Mapping[Any, Any]]) -> TypeGuard[list[dict[str, Any]]]:
    names = list(rows[0]) if rows else []
    return {str}.issuperset(map(type, names)) and all(
        type(row) is dict and list(row) == names and _ATOMS.issuperset(map(type, row.values())) for row in rows
    )


def check_options(*, sep: Any, lists: Any) -> None:
    """Refuse a separator or a way of writing lists that cannot work.

    :raises ShapeError: With the reason.
    """
    if not isinstance(sep, str) or not sep or "." in sep:
        msg = (
            f"sep={sep!r} cannot join nested keys: use text without a '.', which is a path to stock AG Grid "
            "and a letter to Workspace. '_' is the default."
        )
        raise ShapeError(msg)
    if lists not in _LISTS:
        msg = f"lists={lists!r} is not known. Use one of: {', '.join(_LISTS)}."
        raise ShapeError(msg)


Path = tuple[str, ...]


class _Columns:
    """The columns of one answer, found while its rows are flattened."""

    def __init__(self, *, sep: str, as_json: bool, whole: Collection[str]) -> None:
        self.sep = sep
        self.as_json = as_json
        self.whole = whole
        self.paths: dict[str, Path] = {}
        self.filled: set[str] = set()
        self.opened: set[Path] = set()

    def names(self) -> list[str]:
        empty = self.paths.keys() - self.filled
        return [name for name, path in self.paths.items() if name not in empty or path not in self.opened]

    def add(self, record: Mapping[Any, Any], above: Path, flat: dict[str, Any], prefix: str = "") -> None:
        if len(above) > MAX_DEPTH:
            msg = (
                f"column {_dotted(above[:5])}… is nested more than {MAX_DEPTH} levels deep, or contains "
                "itself. Return a flatter row."
            )
            raise ShapeError(msg)
        for key, value in record.items():
            text = key if type(key) is str else text_key(key, sep=self.sep)
            # Marked, so that the keys 1 and "1" of one row are seen to be two.
            path = (*above, text if isinstance(key, str) else f"{text} ({type(key).__name__})")
            name = prefix + text
            if type(value) in _ATOMS or name in self.whole:
                self.put(name, path, value, flat)
                continue
            nested = _nested(value)
            if nested:
                self.opened.add(path)
                self.add(nested, path, flat, name + self.sep)
            else:
                self.put(name, path, self.cell(value, path) if nested is None else None, flat)

    def put(self, name: str, path: Path, value: Any, flat: dict[str, Any]) -> None:
        known = self.paths.setdefault(name, path)
        if known != path:
            msg = (
                f"two paths give the column {name!r}: {_dotted(known)} and {_dotted(path)}. Rename one of "
                "them, or choose another separator with sep=."
            )
            raise ShapeError(msg)
        flat[name] = value
        if value is not None and name not in self.filled and not (isinstance(value, float) and isnan(value)):
            self.filled.add(name)

    def cell(self, value: Any, path: Path) -> Any:
        items = listing(value)
        if items is None:
            return value
        if not self.as_json and all(type(item) is str for item in items):
            return ", ".join(items) or None
        try:
            text = dumps(items)
        except EncodeError as error:
            msg = f"the list in column {_dotted(path)} has no JSON form. {error}"
            raise EncodeError(msg) from error
        if self.as_json:
            return text.decode()
        plain = orjson.loads(text)
        if any(isinstance(item, (list, dict)) for item in plain):
            return text.decode()
        return ", ".join(map(scalar_text, plain))


def _nested(value: Any) -> Mapping[Any, Any] | None:
    if type(value) is dict:
        return value
    read = record_reader(type(value)) if is_record(value) else None
    return None if read is None else read(value)


def _dotted(path: Path) -> str:
    return repr(".".join(path))
