"""Which fields of the row the rules of a column name, and which of these a Schema never dumps.

Imports marshmallow, the errors, and this room's near misses and specs, no Flask. Called by :mod:`.columns`, where a
Schema knows every key of a row, and by :mod:`.lint_columns`, where only the columns are known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from marshmallow import Schema

from ..errors import RegistrationError
from .foreign import has_hook
from .near_misses import did_you_mean
from .specs import Column

_SEPARATOR = "_"
_PLACEHOLDER = re.compile(r"\{([^\W\d]\w*)\}")
_CELL = "value"
"""The placeholder of the cell's own value."""


def named_fields(params: Any, sparkline: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find the fields of the row that one column's rules name.

    A hover card's ``cellField`` is none of them: it is a key of the cell's own object. A placeholder in the text sent
    to an agent is one: Workspace leaves a gap for a field the row has not.

    :param params: ``renderFnParams`` as on the wire, of any shape.
    :param sparkline: ``sparkline`` as on the wire, of any shape.
    :return: The keys from the column to the name, and the name.

    Source: the client's ``useCellOnClickHandler``, ``colDefFormatter`` and ``processSparklineConfig``.
    """
    given = params if isinstance(params, Mapping) else {}
    group_by = given.get("groupBy")
    places: tuple[tuple[tuple[str, ...], Any, str], ...] = (
        (("renderFnParams", "groupBy"), group_by, "valueField"),
        (("renderFnParams",), given, "colorValueKey"),
        (("sparkline",), sparkline, "dataField"),
    )
    for path, holder, key in places:
        name = holder.get(key) if isinstance(holder, Mapping) else None
        if isinstance(name, str) and name:
            yield (*path, key), name
    sent = given.get("sendToAgent")
    text = sent.get("markdown") if isinstance(sent, Mapping) else None
    for name in dict.fromkeys(_PLACEHOLDER.findall(text) if isinstance(text, str) else ()):
        if name != _CELL:
            yield ("renderFnParams", "sendToAgent", "markdown"), name


def check_fields(columns: Collection[Column], known: Collection[str], open_below: Collection[str], *, of: str) -> None:
    """Refuse rules that name a field no row of a Schema has.

    :param known: The flat names a Schema dumps.
    :param open_below: Those below which more names may follow, because they hold mappings of unknown keys.
    :param of: What the columns were read from, for the message.
    :raises RegistrationError: With every such name.
    """
    wrong = []
    names = {*known, *(column.field for column in columns)}
    for column in columns:
        for path, name in named_fields(column.render_fn_params, column.sparkline):
            if name in names or any(name.startswith(above + _SEPARATOR) for above in open_below):
                continue
            fix = did_you_mean(name, sorted(names), otherwise="Add the field to the Schema.")
            wrong.append(
                f"Column {column.field!r} of {of} names {name!r} in {'.'.join(path)}, no field of a row. {fix}"
            )
    if wrong:
        raise RegistrationError("\n".join(wrong))


def check_cell_field(column: Column, cell: Schema, *, of: str) -> None:
    """Refuse a hover card that shows a key its cells never hold.

    :param cell: The Schema that dumps the cell's object.
    :raises RegistrationError: With the keys there are.
    """
    params: Any = column.render_fn_params or {}
    card = params.get("hoverCard")
    if card is None or adds_keys(cell):
        return
    keys = {field.data_key if field.data_key is not None else name for name, field in cell.dump_fields.items()}
    shown = card.get("cellField", "value") if isinstance(card, Mapping) else None
    if isinstance(shown, str) and shown not in keys:
        fix = did_you_mean(shown, sorted(keys), otherwise=f"Give hover_card(cell_field=...), one of {sorted(keys)}.")
        raise RegistrationError(
            f"Column {column.field!r} of {of} shows the cell's key {shown!r}, and there is none. {fix}"
        )


def adds_keys(schema: Schema) -> bool:
    """Tell whether a Schema may dump keys it does not declare: by a ``post_dump`` hook, or by a ``dump`` of its own."""
    return has_hook(schema, "post_dump") or type(schema).dump is not Schema.dump
