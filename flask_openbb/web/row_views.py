"""What a binding takes from a row model's declaration: its settings, and the argument its view narrows.

Used while bindings are made.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ..errors import RegistrationError
from ..manifest.params import WORKSPACE_ARGUMENTS
from ..manifest.registry import Declaration, View
from .row_options import SOURCE
from .settings import Settings

if TYPE_CHECKING:
    from .row_sources import RowModel

_SHAPING = {"big_ints", "decimals"}
_NOTHING_TO_DO = {
    "data_key": "the rows are under rowData, where Workspace looks for them",
    "file_endpoint": "a row model has no files",
    "ws_endpoint": "its rows do not come over a WebSocket",
    "ws_row_id_column": "its rows do not come over a WebSocket",
}


def row_model_of(settings: Settings, declaration: Declaration) -> RowModel | None:
    """Make what answers a declared row model; None for every other widget.

    :raises RegistrationError: With everything that is wrong.
    """
    if declaration.rows is None:
        return None
    problems = [
        f"{name}= does nothing here: {why}. Leave it out."
        for name, why in _NOTHING_TO_DO.items()
        if name in declaration.fields
    ]
    named = {"sep": "separator"}
    others = [named.get(name, name) for name in declaration.shaping if name not in _SHAPING]
    problems += [f"{name}= shapes rows, and a row model's are flat. Select in the statement." for name in others]
    if declaration.shape is False:
        problems.append("shape=False leaves nothing of a row model. Use widget(type='ssrm_table') and answer yourself.")
    if declaration.etag is True:
        problems.append("etag= is for widgets asked with GET, and a row model is asked with POST.")
    options, opened = declaration.rows
    if options.table is not None and not isinstance(options.table, str):
        problems.append(f"table={options.table!r} is no table's name. Give a table object as source=.")
    try:
        read = options.read(settings)
    except RegistrationError as error:
        problems.append(str(error))
    if problems:
        raise RegistrationError(" ".join(problems))
    from .row_sources import RowModel  # noqa: PLC0415 - loaded when first used

    return RowModel(options, read, opened)


def beside_rows(function: View, declaration: Declaration) -> frozenset[str]:
    """The arguments of a view that are no parameters: for a row model ``source`` too, if it has no default."""
    if declaration.rows is None or declaration.target:
        return WORKSPACE_ARGUMENTS
    options, _ = declaration.rows
    parameter = inspect.signature(function).parameters.get(SOURCE)
    declared = options.source is not None or options.table is not None
    wanted = parameter is not None and parameter.default is inspect.Parameter.empty and declared
    return WORKSPACE_ARGUMENTS | {SOURCE} if wanted else WORKSPACE_ARGUMENTS
