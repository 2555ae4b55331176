"""The body that each widget kind promises Workspace, made from what a view returned, or refused.

Owns the shapers of rows, metrics, Markdown and options; :mod:`.charts`, :mod:`.news` and :mod:`.text` own the others.
A shaper is a function ``(answer, Shaping) -> JSON-able value``, which :func:`.encode.dumps` writes, or a
:class:`.stream.Stream` of JSON text. It never changes the answer in place.
``manifest.kinds`` names the shaper of a kind; ``web`` builds one :class:`Shaping` per widget and calls the shaper once
per request.
Imports its own room and :mod:`flask_openbb.errors` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from secrets import token_hex
from typing import Any

import orjson
from orjson import Fragment

from ..errors import ShapeError
from . import envelope
from .checks import named, refuse, refuse_none, under
from .columnar import encode_frame
from .documents import unfold
from .encode import dumps, scalar_text
from .encoded import Encoded
from .images import embedded
from .rows import describe, is_lazy, is_record, iter_records, listing, records, text_key, to_rows
from .shaping import Shaping as Shaping  # noqa: PLC0414 - whoever calls a shaper needs it
from .stream import PART, Stream, dump_table, stream_table

_METRIC = "{'label': ..., 'value': ...}, with 'delta' if there is one, or a list of them"
_OPTIONS = "a list of scalars, of (label, value) pairs, or of {'label', 'value'} mappings"
_TUPLE_METRICS = (2, 3)
_PAIR = 2


def table(value: Any, shaping: Shaping) -> Any:
    """Shape the rows of a table: flat, all with the same keys.

    With ``data_key``, a record is the envelope: the rows under the path are flattened in place and the rest is
    kept; anything else is the rows, and is wrapped under the path. Without it, a record is an envelope if just
    one key of :data:`.envelope.NAMES` (``results``, ``data``, …) holds a list of records, or if it
    holds one list of records and beside it only nulls, mappings and empty lists; its rows are returned alone,
    and a warning says once that the rest was not sent. Any other mapping is one row, whose list of records is
    a cell; if it holds such a list, a warning says once how to send that instead.

    An iterator of many rows, a generator above all, becomes a stream; see :func:`.stream.dump_rows`.

    :param value: Rows as :func:`.rows.to_rows` reads them, or an envelope of them.
    :return: The flat rows as JSON text, or a mapping with it under ``data_key``; the whole as a stream.
    :raises ShapeError: If there are no rows in the answer, or :func:`.flatten.flatten` refuses them.

    Source: OpenBB docs, widgets.json reference, ``data.dataKey``; the client unwraps nothing without it.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, "rows: a list of mappings, or a DataFrame")
    if not is_record(value):
        rows = _rows(value, shaping)
        return _enclosed(rows, lambda body: envelope.wrap(body, shaping.data_key or "")) if shaping.data_key else rows
    if not shaping.data_key:
        return _rows(_unwrapped(value, shaping) if shaping.unfolding is None else value, shaping)
    steps = envelope.locate(value, shaping.data_key)
    if steps is None:
        keys = ", ".join(repr(text_key(key)) for key in envelope.as_mapping(value)) or "none"
        refuse(
            shaping,
            f"the manifest says that the rows are under data_key={shaping.data_key!r}, but the answer has only the "
            f"keys {keys}. Return the rows there, return them bare, or change data_key=.",
        )
    found: list[Encoded | Stream] = []

    def shape(rows: Any) -> Any:
        found.append(_rows(rows, shaping))
        return found[0]

    whole = envelope.replace(value, steps, shape)
    return _enclosed(found[0], lambda body: envelope.replace(whole, steps, lambda _: body))


def metric(value: Any, shaping: Shaping) -> Any:
    """Shape one metric or several.

    :param value: A mapping or record with ``label`` and ``value`` and perhaps ``delta``; a tuple of these in
        this order; one number or text, whose label is the widget's title; a list or frame of metrics.
    :return: ``{"label", "value", "delta"?}`` or a list of them; further keys are kept.
    :raises ShapeError: If label or value are missing or nested.

    Source: OpenBB docs, widget-types/metric.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, _METRIC)
    return under(value, shaping, _metrics)


def markdown(value: Any, shaping: Shaping) -> Any:
    """Shape a text in Markdown.

    :param value: Text; with ``data_key`` also a mapping that holds text there. Images in it that are files of
        ``folder`` become data URIs.
    :return: The text, which becomes a JSON string, or a mapping with it under ``data_key``.
    :raises RequestError: 404 if it names an image that is not in ``folder``.
    :raises ShapeError: If it is no text.

    Source: OpenBB docs, widget-types/markdown.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, "text in Markdown")
    return under(value, shaping, _markdown)


def options(value: Any, shaping: Shaping) -> list[Any]:
    """Shape the choices of a parameter; all become mappings, the one form every client reads.

    Nulls are left out. Workspace drops choices whose value is ``0``, ``""`` or ``False``: they are kept, and
    a warning says so once.

    :param value: A list of scalars, of ``(label, value)`` pairs, of mappings with ``label`` or ``value``, of rows of
        a SQLAlchemy query with one column or two; a mapping ``{label: value}``.
    :return: One ``{"label": str, "value": scalar, "extraInfo"?: ...}`` per choice.
    :raises ShapeError: If something in it is no choice.

    Source: OpenBB docs, widget-parameters/advanced-dropdown; the client compares values with ``===``.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, _OPTIONS)
    if isinstance(value, Mapping):
        choices: list[Any] | None = [(text_key(label), item) for label, item in value.items()]
    else:
        choices = list(value) if isinstance(value, Iterator) else listing(value)
    if choices is None:
        refuse(shaping, f"the view returned {describe(value)}, not options. Return {_OPTIONS}.")
    with named(shaping):
        found = [_option(item, number) for number, item in enumerate(choices) if item is not None]
    kept = [choice for choice in found if choice["value"] is not None]
    if len(kept) < len(choices) or not all(choice["value"] for choice in kept):
        shaping.warn_once("options", "Workspace drops options whose value is null, 0, '' or False. Use other values.")
    return kept


def option_rows(value: Any, shaping: Shaping) -> dict[str, Any]:
    """Shape the choices of a parameter that has a ``query``: ``{"rowData": [...]}``, each as :func:`options` has it.

    :raises ShapeError: As :func:`options`.

    Source: the client posts ``{"query"}`` to the options endpoint and reads ``rowData``.

    .. versionadded:: 0.1
    """
    rows = value["rowData"] if isinstance(value, Mapping) and "rowData" in value else value
    return {"rowData": options(rows, shaping)}


def passthrough(value: Any, shaping: Shaping) -> Any:
    """Leave an answer as it is, of a kind whose body is the user's own.

    :raises ShapeError: If the view returned None.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, "the body of its widget")
    return value


def _rows(value: Any, shaping: Shaping) -> Encoded | Stream:
    layout = shaping.layout
    with named(shaping):
        if shaping.orient == "columns" and is_record(value):
            value = to_rows(value, sep=shaping.sep, orient="columns")
        if is_lazy(value):
            ready = stream_table(_prepared(iter_records(value), shaping), layout, declared=shaping.declared)
            return ready if isinstance(ready, Encoded) else Stream(_named_parts(ready, shaping), source=ready)
        if shaping.unfolding is None and shaping.row_schema is None:
            frame = encode_frame(value, sep=shaping.sep, form=layout.form, pick=layout.pick)
            if frame is not None:
                return frame if isinstance(frame, Encoded) else dump_table(frame, layout)
        return dump_table(_prepared(records(value), shaping), layout)


def _prepared(items: Iterable[Any], shaping: Shaping) -> Iterable[Any]:
    if shaping.unfolding is not None:
        items = unfold(items, shaping.unfolding, sep=shaping.sep)
    if shaping.row_schema is None:
        return items
    if isinstance(items, Iterator):
        return _dumped_parts(items, shaping.row_schema)
    dumped: list[Any] = _dumped(list(items), shaping.row_schema)
    return dumped


def _dumped_parts(items: Iterator[Any], schema: Any) -> Iterator[Any]:
    while part := list(islice(items, PART)):
        yield from _dumped(part, schema)


def _named_parts(parts: Stream, shaping: Shaping) -> Iterator[bytes]:
    with named(shaping):
        yield from parts


def _enclosed(body: Any, enclose: Callable[[Any], Any]) -> Any:
    """Put the rows into their envelope; around a stream goes the envelope's text."""
    if not isinstance(body, Stream):
        return enclose(body)
    mark = f'"{token_hex(16)}"'.encode()
    before, _, after = dumps(enclose(Fragment(mark))).partition(mark)
    return body.within(before, after)


def _dumped(items: list[Any], schema: Any) -> Any:
    for number, item in enumerate(items):
        if item is None or isinstance(item, (str, bytes, int, float)):
            msg = f"row {number} (counted from 0) is {describe(item)}, not a record. Return one per row."
            raise ShapeError(msg)
    try:
        return schema.dump(items, many=True)
    except Exception as error:
        msg = (
            f"the schema {type(schema).__name__} cannot dump the rows ({type(error).__name__}). Compare its "
            "fields with what the view returns."
        )
        raise ShapeError(msg) from error


def _unwrapped(value: Any, shaping: Shaping) -> Any:
    mapping = envelope.as_mapping(value)
    key, holding = envelope.guess(mapping)
    if key is None:
        if holding:
            names = " or ".join(f"data_key={name!r}" for name in holding)
            shaping.warn_once(
                "one row", f"the answer was taken as one row. If its rows are in a list, declare {names}."
            )
        return value
    if len(mapping) > 1:
        shaping.warn_once(
            "envelope", f"only the rows under {key!r} were sent. To keep the rest, declare data_key={key!r}."
        )
    return mapping[key]


def _metrics(value: Any, shaping: Shaping) -> Any:
    cls = type(value)
    if is_record(value) or (cls is tuple and len(value) in _TUPLE_METRICS and isinstance(value[0], str)):
        return _metric(value, shaping)
    # numpy's scalars have dimensions, and none of them.
    if isinstance(value, (str, int, float, Decimal)) or getattr(value, "ndim", None) == 0:
        return {"label": shaping.title or shaping.widget, "value": value}
    items = list(value) if isinstance(value, Iterator) else listing(value)
    if items is None:
        refuse(shaping, f"the view returned {describe(value)}, not a metric. Return {_METRIC}.")
    return [_metric(item, shaping) for item in items]


def _metric(value: Any, shaping: Shaping) -> dict[str, Any]:
    if type(value) in (tuple, list) and len(value) in _TUPLE_METRICS:
        value = dict(zip(("label", "value", "delta"), value, strict=False))
    if not is_record(value):
        refuse(shaping, f"{describe(value)} is not a metric. Return {_METRIC}.")
    found = {text_key(key): item for key, item in envelope.as_mapping(value).items()}
    missing = [key for key in ("label", "value") if key not in found]
    if missing:
        refuse(shaping, f"the metric has no {' and no '.join(map(repr, missing))}. Return {_METRIC}.")
    if not isinstance(found["label"], str):
        refuse(shaping, f"the label of a metric is {describe(found['label'])}. Give it as text.")
    for key in ("value", "delta"):
        item = found.get(key)
        if is_record(item) or listing(item) is not None:
            refuse(shaping, f"the {key} of a metric is {describe(item)}. Give one number or text.")
    return found


def _markdown(value: Any, shaping: Shaping) -> str:
    if isinstance(value, (bytes, bytearray)):
        refuse(shaping, "the view returned bytes, whose encoding is not known. Return bytes.decode().")
    if is_record(value):
        path = f"holds no text under data_key={shaping.data_key!r}" if shaping.data_key else "needs data_key="
        refuse(shaping, f"the view returned {describe(value)}, which {path}. Return the text alone.")
    if not isinstance(value, str):
        refuse(shaping, f"the view returned {describe(value)}, not text. Return a str in Markdown.")
    text = str.__str__(value)
    if "![" not in text:
        return text
    with named(shaping):
        return embedded(text, shaping.file_limits, warn=lambda why: shaping.warn_once("image", why))


def _option(item: Any, number: int) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if isinstance(item, (tuple, list)) and len(item) == _PAIR:
        label, value = item
    elif is_record(item):
        extra = {text_key(key): part for key, part in envelope.as_mapping(item).items()}
        if not {"label", "value"} & extra.keys():
            if hasattr(item, "_mapping") and len(extra) <= _PAIR:  # a row of a query: select(name, id)
                return _option(tuple(extra.values()) if len(extra) == _PAIR else next(iter(extra.values())), number)
            msg = f"option {number} (counted from 0) has neither 'label' nor 'value'. Return {_OPTIONS}."
            raise ShapeError(msg)
        value = extra.get("value", extra.get("label"))
        label = extra.get("label", value)
    else:
        label = value = item
    plain = orjson.loads(dumps(value))
    if isinstance(plain, (list, dict)) or is_record(label) or listing(label) is not None:
        msg = f"option {number} (counted from 0) holds {describe(value)}. Return {_OPTIONS}."
        raise ShapeError(msg)
    return {**extra, "label": scalar_text(label), "value": plain}
