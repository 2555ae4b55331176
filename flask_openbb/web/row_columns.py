"""The columns of a row model in the manifest: those of its source, with what the user declared in front.

Called while a manifest is built. A source that cannot be reached then leaves the widget without columns, and a warning;
one that is declared wrongly is a fault.
"""

from __future__ import annotations

import contextvars
import glob
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import ConfigError, Fault, MissingExtraError, Severity
from ..manifest.column_types import FLAG, NUMBER, TEXT, WHOLE, Types
from ..manifest.columns import columns_from
from ..manifest.specs import Column
from ..rowmodel import RowColumns
from ..rowmodel.columns import AGGREGATES
from .bindings import Binding
from .row_binds import is_file
from .row_sources import RowModel

logger = logging.getLogger("flask_openbb")

PATIENCE = 10.0
"""Seconds a manifest waits for a source to tell its columns."""

MOMENT: Types = {"cell_data_type": "date", "chart_data_type": "time"}
"""What the client filters by date; it does ``dateString`` by text, which no database does to a date.

Source: CLIENT components/General/Table/AgGridUtils.tsx.
"""
TYPES: Mapping[str, Types] = {
    "text": TEXT,
    "integer": NUMBER,
    "number": NUMBER,
    "decimal": NUMBER,
    "boolean": FLAG,
    "date": MOMENT,
    "datetime": MOMENT,
    "other": WHOLE,
}
"""The filter of a column is that of its ``cellDataType``: a time has the one of dates, unlike in a table."""


def row_columns(binding: Binding) -> tuple[tuple[Column, ...], tuple[Fault, ...], bool]:
    """Give the columns of a row model for its manifest, what is to be said of them, and whether its source was read.

    :raises ConfigError: If the source is declared wrongly.
    :raises MissingExtraError: If a package is missing.
    """
    model = binding.rows
    if model is None or not model.declared or binding.declaration.wire is not None:
        return binding.columns, (), True
    try:
        found = _in_time(lambda: model.source().columns)
    except MissingExtraError:
        raise
    except Exception as error:
        if isinstance(error, ConfigError) and not _absent(model):
            raise
        logger.warning("Widget %r: its source could not be read for the manifest.", binding.id, exc_info=error)
        reason = "its file is missing" if isinstance(error, ConfigError) else type(error).__name__
        if isinstance(error, ImportError):  # of a database's driver
            reason = str(error)
        message = f"The source could not be read ({reason}), so the manifest has no columns of it."
        fix = "It is read again with the manifest in half a minute; Workspace shows the columns of the first rows."
        location = binding.declaration.location
        return binding.columns, (Fault("warning", message, widget=binding.id, location=location, fix=fix),), False
    return merged(found, binding.columns), (*_unknown(binding, found), *_aggregates(binding, found)), True


def _unknown(binding: Binding, found: RowColumns) -> Iterator[Fault]:
    """Tell of declared columns that the source lacks; a view may still select them."""
    for column in binding.columns:
        if column.field not in found:
            near = found.nearest(column.field)
            severity: Severity = "warning" if near.startswith("Did you mean") else "hint"
            message = f"The source has no column {column.field!r}, which stays empty if the view selects none."
            location = binding.declaration.location
            yield Fault(severity, message, widget=binding.id, location=location, fix=near)


def _aggregates(binding: Binding, found: RowColumns) -> Iterator[Fault]:
    """Tell of declared aggregates that every request for groups would be refused for."""
    for column in binding.columns:
        if column.agg_func is None or column.field not in found:
            continue
        kind = found[column.field].type
        allowed = [name for name, kinds in AGGREGATES.items() if kind in kinds]
        if column.agg_func not in allowed:
            message = f"agg_func={column.agg_func!r} of column {column.field!r}, which is {kind}, is refused in groups."
            fix = f"Allowed: {', '.join(allowed)}."
            location = binding.declaration.location
            yield Fault("warning", message, widget=binding.id, location=location, fix=fix)


def merged(found: RowColumns, declared: Sequence[Column]) -> tuple[Column, ...]:
    """Join the columns of a source with those declared, which come first and win by what they say."""
    made = {name: _column(name, TYPES[column.type]) for name, column in found.items()}
    first = [made.pop(column.field) for column in declared if column.field in made]
    return columns_from([*first, *made.values()], overrides=declared)


def _column(name: str, types: Mapping[str, Any]) -> Column:
    return Column(name, **types)


def _absent(model: RowModel) -> bool:
    given = model.options.source
    if not isinstance(given, str | Path):
        given = model.options.bind if is_file(model.options.bind) else None
    text = "" if given is None else str(given)
    return bool(text) and "://" not in text and not Path(text).exists() and not any(glob.iglob(text, recursive=True))


def _in_time(ask: Callable[[], Any]) -> Any:
    """Ask in a thread, so that a database that does not answer cannot hold the manifest up."""
    found: list[Any] = []
    failed: list[Exception] = []
    context = contextvars.copy_context()

    def run() -> None:
        try:
            found.append(context.run(ask))
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="openbb-row-columns", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if failed:
        raise failed[0]
    if not found:
        msg = f"no answer within {PATIENCE:g} s"
        raise TimeoutError(msg)
    return found[0]
