"""Tables, charts and texts that stand in an agent's answer.

Rows pass through the shaping of table widgets. Imports ``shape``, :mod:`.events` and :mod:`flask_openbb.errors` only.

Source: PyPI openbb-ai 2.2, ``ClientArtifact`` and ``ChartParameters``; CLIENT components/AI/Artifact.tsx.
"""

from __future__ import annotations

import difflib
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson

from ..errors import ShapeError
from ..shape import bodies
from ..shape.shaping import Shaping
from ..shape.stream import Stream
from ..shape.text import html as _html
from .events import ARTIFACT, Event, clean_text

ChartKind = Literal["line", "bar", "scatter", "pie", "donut"]

_XY = ("line", "bar", "scatter")
_ROUND = ("pie", "donut")
_ALIASES = {"doughnut": "donut"}
_Rows = list[dict[str, Any]]


def table(rows: Any, *, name: str | None = None, description: str | None = None, **shaping: Any) -> Event:
    """Show rows as a table.

    :param rows: What a table widget may return: mappings, records, a frame, a query's rows; nested ones are flattened,
        NaN becomes null.
    :param name: Its title, unlike that of any other artifact in the chat; one is made where there is none.
    :param description: What it shows; the agent is told with later questions.
    :param shaping: ``select``, ``lists``, ``max_depth``, ``sep`` as for table widgets.
    :raises ShapeError: If these are no rows.

    Source: PyPI openbb-ai, ``table``.

    .. versionadded:: 0.1
    """
    content = _shaped(rows, "agents.table()", shaping)
    return _artifact("table", name, description or "A table of data", content)


def chart(
    rows: Any,
    *,
    type: str = "line",
    x: str | None = None,
    y: str | Sequence[str] | None = None,
    angle: str | None = None,
    label: str | None = None,
    name: str | None = None,
    description: str | None = None,
    **shaping: Any,
) -> Event:
    """Draw rows.

    :param rows: As for :func:`table`.
    :param type: ``"line"``, ``"bar"`` or ``"scatter"``, which take ``x`` and ``y``; ``"pie"`` or ``"donut"``, which
        take ``angle`` and ``label``.
    :param x: The column along the axis; of numbers in a scatter plot.
    :param y: The column drawn, or several, of numbers.
    :param angle: The column of the sectors' sizes, of numbers.
    :param label: The column of the sectors' names.
    :raises ShapeError: For an unknown type, a column that is missing from the rows or holds no numbers.

    Source: PyPI openbb-ai, ``chart`` and ``ChartParameters``.

    .. versionadded:: 0.1
    """
    where = "agents.chart()"
    kind = _ALIASES.get(type, type)
    names = [y] if isinstance(y, str) else list(y or ())
    given: dict[str, Any] = {"x": x, "y": names, "angle": angle, "label": label}
    wanted = ("x", "y") if kind in _XY else ("angle", "label")
    if kind not in _XY + _ROUND:
        raise ShapeError(f"{where}: type={type!r} is not drawn. Use one of {', '.join(_XY + _ROUND)}.")
    for key, value in given.items():
        if key in wanted and not value:
            raise ShapeError(f"{where}: a {kind} chart needs {wanted[0]}= and {wanted[1]}=, columns of the rows.")
        if key not in wanted and value:
            raise ShapeError(f"{where}: a {kind} chart takes {wanted[0]}= and {wanted[1]}=, not {key}=.")
    # A number that JavaScript rounds is drawn all the same; as text it would not be.
    content = _shaped(rows, where, {"big_ints": False, "decimals": "number", **shaping})
    _check_columns(content, [*([x] if x else ()), *names, *([angle] if angle else ()), *([label] if label else ())])
    numeric = [angle] if kind in _ROUND else [*([x] if kind == "scatter" else ()), *names]
    for column in numeric:
        _check_numbers(content, str(column))
    if kind in _XY:
        parameters = {"chartType": kind, "xKey": x, "yKey": names}
    else:
        parameters = {"chartType": kind, "angleKey": angle, "calloutLabelKey": label}
    more = {"chart_params": parameters}
    return _artifact("chart", name, description or f"A {kind} chart of data", content, **more)


def markdown(content: str, *, name: str | None = None, description: str | None = None) -> Event:
    """Show a longer text in a block of its own, which the user can keep as a note.

    .. versionadded:: 0.1
    """
    if not isinstance(content, str):
        raise ShapeError(f"agents.markdown() takes text, not {content.__class__.__name__}.")
    return _artifact("text", name, description or "A text", clean_text(content))


def html(content: Any, *, name: str | None = None, description: str | None = None) -> Event:
    """Show a page; Workspace takes scripts, forms and frames out of it.

    :param content: HTML, or an object with ``__html__()``. Escape what users or others wrote.

    Source: OpenBB docs, ai-features/create-html-artifacts.

    .. versionadded:: 0.1
    """
    page = str(_named(lambda: _html(content, _shaping("agents.html()", {})), "agents.html()"))
    return _artifact("html", name, description or "A page", clean_text(page))


def _artifact(kind: str, name: str | None, description: str, content: Any, **more: Any) -> Event:
    data = {
        "type": kind,
        "name": _title(name) or f"{kind.capitalize()} {uuid.uuid4().hex[:6]}",
        "description": clean_text(description),
        "uuid": str(uuid.uuid4()),
        "content": content,
    }
    return Event(ARTIFACT, {**data, **more})


def _title(name: str | None) -> str:
    """A name as the client can find it again: it writes it into a tag, ``<artifact className="..."/>``."""
    text = clean_text(str(name or "")).replace('"', "'")
    return " ".join(re.sub(r"[<>]", " ", text).split())


def _shaped(rows: Any, where: str, options: Mapping[str, Any]) -> _Rows:
    body = _named(lambda: _table(rows, where, options), where)
    found: _Rows = orjson.loads(body)
    return found


def _table(rows: Any, where: str, options: Mapping[str, Any]) -> bytes:
    body = bodies.table(rows, _shaping(where, options))
    if isinstance(body, Stream):
        return b"".join(body)
    encoded: bytes = body.body
    return encoded


def _shaping(where: str, options: Mapping[str, Any]) -> Shaping:
    known = {"sep", "lists", "max_depth", "select", "orient", "record_path", "meta", "big_ints", "decimals"}
    for key in options:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ShapeError(f"{where} has no keyword {key!r}.{hint}")
    return Shaping(widget=where, **options)


def _named(shape: Any, where: str) -> Any:
    """Let a refusal name the function: to the shapers everything is a widget."""
    try:
        return shape()
    except ShapeError as error:
        said = str(error).removeprefix(f"Widget {where!r}: ").replace("the view returned", "it was given")
        raise type(error)(said if said.startswith(where) else f"{where}: {said}") from error.__cause__


def _check_columns(rows: _Rows, names: Sequence[str]) -> None:
    if not rows:
        return
    for name in names:
        if name not in rows[0]:
            near = difflib.get_close_matches(name, rows[0], n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" They have {', '.join(map(repr, rows[0]))}."
            raise ShapeError(f"agents.chart(): the rows have no column {name!r}.{hint}")


def _check_numbers(rows: _Rows, name: str) -> None:
    for number, row in enumerate(rows):
        value = row[name]
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ShapeError(
                f"agents.chart(): row {number} (counted from 0) has {value!r:.40} in {name!r}, which is no number."
            )
