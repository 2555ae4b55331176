"""Documents whose rows sit deep become rows that carry what they need from above.

Owns ``record_path`` and ``meta``, in the terms of ``pandas.json_normalize``. Imports :mod:`.rows` and
:mod:`flask_openbb.errors`; called by :mod:`.bodies` before the rows are flattened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ShapeError
from .rows import describe, is_record, listing, record_reader

Path = tuple[str, ...]

_MISSING = object()


@dataclass(frozen=True)
class Unfolding:
    """Where the rows of a document are, and what goes with each of them.

    .. versionadded:: 0.1
    """

    record_path: Path
    """Keys from a document to the list of its rows; a list on the way is gone through item by item."""
    meta: tuple[Path, ...] = ()
    """Paths of values that each row gets too; where one follows ``record_path``, it reads the item at hand."""


def unfolding(record_path: Any, meta: Any) -> Unfolding | None:
    """Read the options of a decorator: text, or a list of keys; for ``meta`` a list of these.

    :return: None without a ``record_path``.
    :raises ShapeError: If one is not that, or there is ``meta`` alone.
    """
    if record_path is None:
        if meta:
            msg = f"meta={meta!r} needs record_path=, the keys that lead to the rows it belongs to."
            raise ShapeError(msg)
        return None
    if isinstance(meta, str) or not isinstance(meta, Sequence):
        msg = f"meta={meta!r} is not a list. Give one key, or one list of keys, for each value."
        raise ShapeError(msg)
    return Unfolding(_path(record_path, "record_path"), tuple(_path(entry, "meta") for entry in meta))


def unfold(documents: Iterable[Any], how: Unfolding, *, sep: str = "_") -> Iterator[dict[Any, Any]]:
    """Yield the rows inside documents, in order.

    A row has its own keys first, then one for each ``meta`` path, its keys joined by ``sep``; a document that lacks
    one gives a null. A row that is no record becomes ``{<last key of record_path>: row}``. A document whose list is
    empty, null or missing has no rows.

    :param documents: Records, as :func:`.rows.records` returns them.
    :raises ShapeError: If a document is no record, if what is under ``record_path`` is neither a list nor a record,
        if a row has the key of a meta column, or if no document has the path of the records or of a meta value.

    .. versionadded:: 0.1
    """
    names = {sep.join(path): path for path in how.meta}
    if len(names) < len(how.meta):
        msg = f"two meta paths give one column: {', '.join(map(repr, how.meta))}. Choose another sep=."
        raise ShapeError(msg)
    seen: set[Path] = set()
    documents_read = rows = 0
    for document in documents:
        documents_read += 1
        for trail, item in _descend(document, how.record_path, [], seen):
            rows += 1
            yield _row(item, trail, names, how.record_path, seen)
    if documents_read and how.record_path not in seen:
        _refuse_missing("record_path", how.record_path)
    for path in how.meta if rows else ():
        if path not in seen:
            _refuse_missing("meta", path)


def _descend(
    document: Any, record_path: Path, above: list[Mapping[Any, Any]], seen: set[Path]
) -> Iterator[tuple[list[Mapping[Any, Any]], Any]]:
    """Yield each row with the records it was reached through."""
    record = _mapping(document)
    if record is None:
        msg = f"{describe(document)} stands where record_path={_dotted(record_path)} expects a record with that key."
        raise ShapeError(msg)
    trail = [*above, record]
    value = record.get(record_path[len(above)], _MISSING)
    last = len(trail) == len(record_path)
    if last and value is not _MISSING:
        seen.add(record_path)
    if value is None or value is _MISSING:
        return
    items = [value] if is_record(value) else listing(value)
    if items is None:
        msg = f"record_path={_dotted(record_path)} leads to {describe(value)}, not to a list of rows."
        raise ShapeError(msg)
    for item in items:
        if last:
            yield trail, item
        else:
            yield from _descend(item, record_path, trail, seen)


def _row(
    item: Any, trail: list[Mapping[Any, Any]], names: Mapping[str, Path], record_path: Path, seen: set[Path]
) -> dict[Any, Any]:
    record = _mapping(item)
    row: dict[Any, Any] = {record_path[-1]: item} if record is None else dict(record)
    for name, path in names.items():
        if name in row:
            msg = (
                f"the key {name!r} of a row and the meta path {_dotted(path)} give one column. Leave that path out "
                "of meta=, or choose another sep=."
            )
            raise ShapeError(msg)
        value = _meta(trail, path, record_path)
        if value is _MISSING:
            value = None
        else:
            seen.add(path)
        row[name] = value
    return row


def _meta(trail: list[Mapping[Any, Any]], path: Path, record_path: Path) -> Any:
    shared = 0
    while shared < min(len(trail), len(path)) - 1 and path[shared] == record_path[shared]:
        shared += 1
    value: Any = trail[shared]
    for key in path[shared:]:
        record = _mapping(value)
        if record is None or key not in record:
            return _MISSING
        value = record[key]
    return value


def _mapping(value: Any) -> Mapping[Any, Any] | None:
    if type(value) is dict:
        return value
    read = record_reader(type(value)) if is_record(value) else None
    return None if read is None else read(value)


def _path(keys: Any, option: str) -> Path:
    path = (keys,) if isinstance(keys, str) else tuple(keys) if isinstance(keys, Sequence) else ()
    if not path or not all(isinstance(key, str) and key for key in path):
        msg = f"{option}={keys!r} is no path. Give a key, or a list of keys from the document down."
        raise ShapeError(msg)
    return path


def _dotted(path: Path) -> str:
    return repr(".".join(path))


def _refuse_missing(option: str, path: Path) -> None:
    msg = f"no document has {option}={_dotted(path)}. Name the keys as the view returns them."
    raise ShapeError(msg)
