"""Citations: where an agent's answer comes from.

Imports its own room and :mod:`flask_openbb.errors` only.

Source: PyPI openbb-ai 2.2, ``Citation``, ``SourceInfo`` and ``cite``; CLIENT components/AI/Citation.tsx.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ShapeError
from ..shape.rows import describe
from .events import CITATIONS, Event, details_of, plain
from .results import Result
from .widgets import AgentWidget, WidgetRequest


@dataclass(frozen=True)
class Box:
    """Where a quoted text stands on a page of a PDF, in points from its upper left corner.

    .. versionadded:: 0.1
    """

    text: str
    page: int
    """Counted from 1."""
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True)
class Citation:
    """One source; :func:`cite` makes it.

    .. versionadded:: 0.1
    """

    source_info: Mapping[str, Any]
    """What is cited, as the wire has it."""
    details: Sequence[Any] = ()
    boxes: Sequence[Sequence[Box]] = ()
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def wire(self) -> dict[str, Any]:
        """The citation as it goes on the wire."""
        found: dict[str, Any] = {"id": self.id, "source_info": dict(self.source_info)}
        if self.details:
            found["details"] = list(self.details)
        if self.boxes:
            found["quote_bounding_boxes"] = [[vars(box) for box in quote] for quote in self.boxes]
        return found


def cite(
    source: AgentWidget | WidgetRequest | Result | str,
    arguments: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    details: Any = None,
    quotes: Sequence[Box | Sequence[Box]] = (),
) -> Citation:
    """Name a source of the answer.

    :param source: A widget of the request; what :meth:`AgentWidget.request` made; a result of ``query.results``,
        whose widget is cited with the parameters it was fetched with; or the address of a page.
    :param arguments: The widget's parameters; where not given, those of the request or the current ones.
    :param name: What the reader sees; the widget's name, or the address.
    :param details: A mapping to show in the citation, or a list of them.
    :param quotes: Passages of a PDF to highlight; a passage of several lines is a list of boxes.
    :raises ShapeError: If that cannot be cited.

    Source: PyPI openbb-ai, ``cite``; OpenBB docs, ai-features/citations-for-documents.

    .. versionadded:: 0.1
    """
    shown = details_of(details, "agents.cite()")
    boxes = tuple((quote,) if isinstance(quote, Box) else tuple(quote) for quote in quotes)
    if isinstance(source, str):
        info: dict[str, Any] = {"type": "web", "name": name or source, "metadata": {}, "citable": True}
        return Citation(info, [{"Title": name or source, "Link": source}, *shown], boxes)
    if isinstance(source, Result):
        if source.request is None:
            raise ShapeError("agents.cite(): this result is no widget's. Cite the widget or an address.")
        request = source.request
    elif isinstance(source, AgentWidget | WidgetRequest):
        request = source.request()
    else:
        raise ShapeError(f"agents.cite() takes a widget of the request or an address, not {describe(source)}.")
    given = request.arguments if arguments is None else arguments
    info = {
        "type": "widget",
        "uuid": request.uuid,
        "origin": request.origin,
        "widget_id": request.widget_id,
        "name": name or request.name,
        "metadata": {"input_args": plain(dict(given), "agents.cite()")},
        "citable": True,
    }
    return Citation({key: value for key, value in info.items() if value not in (None, "")}, shown, boxes)


def citations(*found: Citation | Iterable[Citation]) -> Event:
    """Show the sources of what was written so far.

    :param found: What :func:`cite` returned, or lists of it.

    Source: PyPI openbb-ai, ``citations``.

    .. versionadded:: 0.1
    """
    listed = [one for group in found for one in ([group] if isinstance(group, Citation) else group)]
    for one in listed:
        if not isinstance(one, Citation):
            raise ShapeError(f"agents.citations() takes what agents.cite() returns, not {describe(one)}.")
    return Event(CITATIONS, {"citations": [one.wire() for one in listed]})
