"""The body of an omni widget: text, a table, a chart or HTML, by the type of what the view returned.

Owns the shaper, named by ``manifest.kinds`` and called by ``web`` once per request, and :class:`OmniAnswer`, for views
that say more than their answer's type does. Imports its own room and :mod:`flask_openbb.errors` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import EncodeError
from . import bodies, charts, text
from .checks import refuse, refuse_none
from .encode import scalar_text
from .envelope import as_mapping
from .rows import describe, is_lazy, is_record, listing, records
from .shaping import Shaping

ParseAs = Literal["text", "table", "chart", "html"]

_RETURN = "Return text, rows or a frame, a Plotly figure, or OmniAnswer(content, parse_as='text')."
_WIRE = ("content", "data_format", "citable", "extra_citations")


@dataclass(frozen=True)
class OmniAnswer:
    """An omni widget's answer with what its type does not say.

    Source: OpenBB docs, widget-types/omni; CLIENT lib/state/copilot.ts, ``CopilotDataItemSchema``.

    .. versionadded:: 0.1
    """

    content: Any
    """Text, rows, a frame, or a figure."""
    parse_as: ParseAs | None = None
    """How Workspace draws it; by the type of ``content`` where not given."""
    citable: bool | None = None
    """Whether OpenBB's agent may cite the answer."""
    extra_citations: Sequence[Mapping[str, Any]] = ()
    """``{"source_info": {"type", "name", ...}, "details"?: [...]}`` each, cited with the answer."""


def omni(value: Any, shaping: Shaping) -> dict[str, Any]:
    """Shape the answer of an omni widget.

    :param value: Text, a number, or an iterator of text: drawn as Markdown. Rows, a frame or a mapping: a table,
        flattened as a table widget's. A Plotly figure, or a mapping with its ``data`` and ``layout``: a chart. An
        object with ``__html__()``: HTML. Or :class:`OmniAnswer`, or the body itself.
    :return: ``{"content", "data_format": {"data_type": "object", "parse_as"}, "citable"?, "extra_citations"?}``.
    :raises ShapeError: If the content is not what ``parse_as`` says, or nothing that can be drawn.

    Source: OpenBB docs, widget-types/omni; CLIENT components/Widgets/OmniWidget.tsx.

    .. versionadded:: 0.1
    """
    refuse_none(value, shaping, "text, rows or a frame, or a Plotly figure")
    if shaping.data_key:
        refuse(shaping, "an omni widget's content has one place, so data_key= has no meaning. Remove it.")
    answer = value if isinstance(value, OmniAnswer) else _given(value, shaping) or OmniAnswer(content=value)
    content = _joined(answer.content)
    if content is None:
        refuse(shaping, f"the content is None. {_RETURN}")
    parse_as = answer.parse_as or _parse_as(content)
    if parse_as not in _CONTENT:
        refuse(shaping, f"parse_as={parse_as!r} is not drawn. Use one of {', '.join(_CONTENT)}.")
    body: dict[str, Any] = {
        "content": _CONTENT[parse_as](content, shaping),
        "data_format": {"data_type": "object", "parse_as": parse_as},
    }
    if answer.citable is not None:
        body["citable"] = bool(answer.citable)
    if answer.extra_citations:
        body["extra_citations"] = _citations(answer.extra_citations, shaping)
    return body


def _given(value: Any, shaping: Shaping) -> OmniAnswer | None:
    """Read an answer that is the body itself, as the docs' examples return it."""
    if not is_record(value):
        return None
    body = as_mapping(value)
    if body.keys() == {"error_type", "content"}:
        refuse(shaping, "Workspace shows no 'error_type' in an omni widget. Use flask.abort(400, 'why').")
    if not {"content", "data_format"} <= body.keys() or not body.keys() <= set(_WIRE):
        return None
    data_format = as_mapping(body["data_format"]) if is_record(body["data_format"]) else {}
    data_type = data_format.get("data_type", "object")
    if data_type != "object":
        refuse(shaping, f"'data_format' has the data_type {data_type!r}, and an omni widget draws 'object' alone.")
    return OmniAnswer(
        content=body["content"],
        parse_as=data_format.get("parse_as"),
        citable=body.get("citable"),
        extra_citations=body.get("extra_citations") or (),
    )


def _joined(value: Any) -> Any:
    """Read an iterator, of parts of a text or of rows: the body is one JSON object and cannot be sent in parts."""
    if not isinstance(value, Iterator) or is_record(value):
        return value
    items = list(value)
    return "".join(items) if items and all(isinstance(item, str) for item in items) else items


def _parse_as(content: Any) -> ParseAs:
    if hasattr(type(content), "__html__"):
        return "html"
    if isinstance(content, (str, bytes)):
        return "text"
    if hasattr(type(content), "to_plotly_json") or _is_figure(content):
        return "chart"
    # A SQLAlchemy result is read as it comes and is no collection.
    if is_record(content) or is_lazy(content) or listing(content) is not None:
        return "table"
    return "text"


def _is_figure(content: Any) -> bool:
    if not isinstance(content, Mapping) or not content.keys() <= {"data", "layout", "config", "frames"}:
        return False
    traces = content.get("data")
    return isinstance(traces, (list, tuple)) and bool(traces) and all(_is_trace(trace) for trace in traces)


def _is_trace(value: Any) -> bool:
    return isinstance(value, Mapping) or hasattr(type(value), "to_plotly_json")


def _text(content: Any, shaping: Shaping) -> str:
    if isinstance(content, str):
        return str.__str__(content)
    if isinstance(content, bytes) or is_record(content) or listing(content) is not None:
        refuse(shaping, f"the content is {describe(content)}, not text. {_RETURN}")
    try:
        return scalar_text(content)
    except EncodeError:
        refuse(shaping, f"the view returned {describe(content)}. {_RETURN}")


def _table(content: Any, shaping: Shaping) -> Any:
    if isinstance(content, (str, bytes)):
        refuse(shaping, f"the content is {describe(content)}, not rows. Return a list of mappings, or a frame.")
    return bodies.table(records(content) if is_lazy(content) else content, shaping)


def _html(content: Any, shaping: Shaping) -> str:
    shaping.warn_once("html", "the published Workspace draws text, tables and charts in an omni widget, not HTML.")
    return str(text.html(content, shaping))


def _chart(content: Any, shaping: Shaping) -> Any:
    figure = charts.chart(content, shaping)
    if not isinstance(figure, dict) or "data" not in figure:
        refuse(shaping, "the content is rows, not a chart. Return a Plotly figure, or parse_as='table'.")
    return figure


_CONTENT: Mapping[str, Callable[[Any, Shaping], Any]] = {
    "text": _text,
    "table": _table,
    "chart": _chart,
    "html": _html,
}


def _citations(citations: Any, shaping: Shaping) -> list[dict[str, Any]]:
    found = []
    for number, citation in enumerate(listing(citations) or ()):
        body = {key: item for key, item in as_mapping(citation).items() if item is not None}
        source = as_mapping(body.get("source_info"))
        if not all(isinstance(source.get(key), str) for key in ("type", "name")):
            refuse(
                shaping,
                f"citation {number} (counted from 0) lacks its source. Give "
                "{'source_info': {'type': 'web', 'name': 'Annual report'}, 'details': [...]}.",
            )
        found.append(body)
    return found


__all__ = ["OmniAnswer", "ParseAs", "omni"]
