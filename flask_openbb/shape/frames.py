"""A frame of any library becomes named columns of plain cells, a batch of rows at a time.

Owns how pandas, polars, Arrow and numpy hold a table, and what their cells are in Python; the cells of one column
are in :mod:`.cells`. It recognises a library by its classes and imports none that the user has not: only an object
that offers the Arrow stream and nothing else makes it look for pyarrow or polars.
Imports this room's records and cells, and :mod:`flask_openbb.errors`; called by :mod:`.rows` and :mod:`.columnar`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ShapeError
from .cells import Cells, array_cells, arrow_cells, as_list, pandas_cells
from .records import describe, per_class, text_key

BATCH = 16_384
"""Rows that are turned into Python objects at a time."""


@dataclass(frozen=True)
class Frame:
    """A table by columns."""

    names: Sequence[Any]
    """One key a column, of any type, as the library has it."""
    batches: Iterable[Sequence[Cells]]
    """For each batch of rows, the cells of every column, all equally long. Read once."""
    index: int = 0
    """How many of the first names are levels of a pandas index."""
    once: bool = False
    """Whether the value it was opened from is used up by reading it."""
    polars: Any = None
    """The polars DataFrame it was opened from, whose own code writes JSON faster."""


Opener = Callable[[Any], Frame]


def frame_rows(frame: Frame, *, sep: str = "_") -> Iterator[dict[str, Any]]:
    """Read a frame row by row, as lazily as its batches come.

    :raises ShapeError: If two columns have one name.
    """
    names = frame_names(frame, sep=sep)
    for columns in frame.batches:
        for cells in zip(*map(as_list, columns), strict=True):
            yield dict(zip(names, cells, strict=True))


def frame_names(frame: Frame, *, sep: str = "_") -> list[str]:
    """Name the columns as the rows' keys; tuples, as in pandas' MultiIndex, are joined.

    :raises ShapeError: If two columns have one name.
    """
    names = [text_key(name, sep=sep) for name in frame.names]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if not twice:
        return names
    levels = [name for name in twice if name in names[: frame.index] and name in names[frame.index :]]
    if levels:
        msg = (
            f"the DataFrame's index ({', '.join(map(repr, levels))}) has the name of a column. Drop it with "
            "reset_index(drop=True), or rename it with rename_axis()."
        )
    else:
        msg = f"the DataFrame has several columns named {', '.join(map(repr, twice))}. Rename them."
    raise ShapeError(msg)


@per_class
def frame_opener(cls: type) -> Opener | None:  # noqa: PLR0911 - one return a library
    """Find how instances of a class are read as a table.

    pandas and polars frames and polars LazyFrames (collected), pyarrow Tables, RecordBatches and
    RecordBatchReaders (a batch at a time), and what offers ``__arrow_c_stream__`` or ``__dataframe__``. No Series:
    see :func:`series_opener`.

    :param cls: The class of a value; nothing is called on it here.

    .. versionadded:: 0.1
    """
    library = cls.__module__.partition(".")[0]
    if all(hasattr(cls, name) for name in ("reset_index", "columns", "iloc", "to_dict")):
        return _pandas
    if library == "polars" and hasattr(cls, "collect_schema"):
        return _polars if hasattr(cls, "iter_slices") else lambda lazy: _polars(lazy.collect())
    if library == "pyarrow" and hasattr(cls, "schema"):
        return _arrow
    if hasattr(cls, "to_dicts"):
        return _dicts
    # Series and arrays of these libraries offer the stream too: of one column, whose name is not theirs to give.
    if hasattr(cls, "__arrow_c_stream__") and library not in {"pandas", "polars", "pyarrow"}:
        return _stream
    if hasattr(cls, "__dataframe__"):
        return _interchange
    return None


@per_class
def series_opener(cls: type) -> Opener | None:
    """Find how a Series is read as a table of its own: its index, if it has one, and its values.

    .. versionadded:: 0.1
    """
    if not hasattr(cls, "to_frame") or not (hasattr(cls, "iloc") or hasattr(cls, "to_physical")):
        return None
    return _series


def record_array(value: Any) -> Frame | None:
    """Read a numpy array of one dimension whose dtype has named fields."""
    names = getattr(getattr(value, "dtype", None), "names", None)
    if not names or getattr(value, "ndim", None) != 1:
        return None
    return Frame(names, _sliced([value[name] for name in names]))


def is_columns(value: Any) -> bool:
    """Tell whether a mapping is a table by columns: each of its values an array or a Series, all equally long.

    Lists do not count, because one row may hold them: say ``orient="columns"`` for those.

    .. versionadded:: 0.1
    """
    if not isinstance(value, Mapping) or not value:
        return False
    return all(map(_is_column, value.values())) and len({len(column) for column in value.values()}) == 1


def columns_frame(value: Any) -> Frame:
    """Read a mapping of columns, each a list, tuple, array or Series. They are matched by position, not by index.

    :raises ShapeError: If it is no mapping, if a value is no column, or if their lengths differ.

    .. versionadded:: 0.1
    """
    if not isinstance(value, Mapping):
        msg = f"{describe(value)} is not a mapping of columns. Return {{name: list of values}}."
        raise ShapeError(msg)
    for name, column in value.items():
        if not isinstance(column, (list, tuple, range)) and not _is_column(column):
            msg = f"column {text_key(name)!r} is {describe(column)}, not a list of values. Return one per column."
            raise ShapeError(msg)
    lengths = {text_key(name): len(column) for name, column in value.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name!r} has {length}" for name, length in list(lengths.items())[:8])
        msg = f"the columns are not equally long: {found}. Return one value per row in each."
        raise ShapeError(msg)
    return Frame(list(value), _sliced(list(value.values())))


def _is_column(value: Any) -> bool:
    cls = type(value)
    if not (hasattr(cls, "dtype") or hasattr(cls, "null_count")) or not hasattr(cls, "__len__"):
        return False
    names = getattr(getattr(value, "dtype", None), "names", None)
    return not names and getattr(value, "ndim", 1) == 1


def _sliced(columns: Sequence[Any]) -> Iterator[Sequence[Cells]]:
    height = len(columns[0]) if columns else 0
    for start in range(0, height, BATCH):
        yield [_cells(column[start : start + BATCH]) for column in columns]


def _cells(column: Any) -> Cells:
    library = type(column).__module__.partition(".")[0]
    if library == "pandas":
        # A bare array of pandas' own, as Categorical is.
        return pandas_cells(column if hasattr(column, "array") else sys.modules["pandas"].Series(column))
    if library == "numpy":
        return array_cells(column)
    if library == "pyarrow":
        return arrow_cells(column)
    return column.to_list() if hasattr(column, "to_list") else list(column)


def _pandas(frame: Any) -> Frame:
    index = frame.index
    if is_row_numbers(index):
        names, levels = [], []
    else:
        several = index.nlevels > 1
        unnamed = [f"level_{number}" if several else "index" for number in range(index.nlevels)]
        names = [other if name is None else name for name, other in zip(index.names, unnamed, strict=True)]
        levels = [index.get_level_values(number) for number in range(index.nlevels)]
    columns = [frame.iloc[:, position] for position in range(frame.shape[1])]
    return Frame([*names, *frame.columns], _sliced([*levels, *columns]), index=len(names))


def is_row_numbers(index: Any) -> bool:
    """Whether a pandas index only counts the rows, and is no column."""
    # What is left of them after a sort or a filter is a RangeIndex or not as it happens: they never are a column.
    if index.nlevels > 1 or index.name is not None:
        return False
    return type(index).__name__ == "RangeIndex" or getattr(index.dtype, "kind", "O") in "iu"


def _series(series: Any) -> Frame:
    if hasattr(series, "iloc"):
        return _pandas(series.to_frame("value" if series.name is None else series.name))
    return _polars(series.to_frame(series.name or "value"))


def _polars(frame: Any) -> Frame:
    def batches() -> Iterator[Sequence[Cells]]:
        for part in frame.iter_slices(BATCH) if frame.width else ():
            yield [column.to_list() for column in part.get_columns()]

    return Frame(list(frame.columns), batches(), polars=frame)


def _dicts(frame: Any) -> Frame:
    rows = list(frame.to_dicts())
    names = list(dict.fromkeys(name for row in rows for name in row))
    return Frame(names, [[[row.get(name) for row in rows] for name in names]] if names else [])


def _arrow(table: Any) -> Frame:
    once = hasattr(table, "read_next_batch")
    if once:
        batches: Iterable[Any] = table
    else:
        batches = table.to_batches(max_chunksize=BATCH) if hasattr(table, "to_batches") else [table]
    found = ([arrow_cells(column) for column in batch.columns] for batch in batches)
    return Frame(list(table.schema.names), found, once=once)


def _stream(value: Any) -> Frame:
    pyarrow = _importable("pyarrow")
    if pyarrow is not None and hasattr(pyarrow, "RecordBatchReader"):
        return _arrow(pyarrow.RecordBatchReader.from_stream(value))
    polars = _importable("polars")
    if polars is not None:
        return _polars(polars.DataFrame(value))
    raise ShapeError(_needs(value, "pyarrow or polars", "pyarrow"))


def _interchange(value: Any) -> Frame:
    for module in ("pyarrow.interchange", "pandas.api.interchange"):
        reader = _importable(module)
        if reader is not None:
            frame = reader.from_dataframe(value)
            return _pandas(frame) if hasattr(frame, "iloc") else _arrow(frame)
    raise ShapeError(_needs(value, "pyarrow or pandas", "pyarrow"))


def _needs(value: Any, libraries: str, package: str) -> str:
    return f"{describe(value)} can be read as rows by {libraries} only, and neither is here: pip install {package}"


def _importable(name: str) -> Any:
    if name in sys.modules:
        return sys.modules[name]
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
