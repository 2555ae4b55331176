"""Every widget kind in one table: wire type, aliases, method, shaper and what Workspace does when it asks.

The rows are data; a new kind is one row here, one shaper in ``shape`` and one thin decorator in ``web``.
Imports ``shape`` for the shapers; called by the decorators (import time) and by ``web`` (manifest and request).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ..errors import UnknownKindError
from ..shape import bodies, charts, files, news, omni, text
from ..shape.checks import Shaper

Place = Literal["query", "body"]

_DOCS = "docs.openbb.co/workspace/developers/"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What one widget type means on the wire."""

    wire: str
    """The ``type`` Workspace accepts."""
    shaper: Shaper = bodies.passthrough
    """Turns a view's answer into the body this kind promises."""
    aliases: tuple[str, ...] = ()
    """Other names accepted from users, never emitted."""
    method: Literal["GET", "POST", "PUT"] = "GET"
    """The HTTP method Workspace uses."""
    params_in: tuple[Place, ...] = ("query",)
    """Where its parameters arrive; later places win."""
    encoded_body: bool = False
    """Whether the body of a request may be a JSON string that holds the JSON object."""
    mimetype: str = "application/json"
    raw_mimetype: str = "application/json"
    """What it answers ``raw=true`` with."""
    adds: tuple[Literal["theme", "raw"], ...] = ()
    """What Workspace adds to the query by itself, and the shaper wants to know."""
    content_types: tuple[str, ...] = ()
    """The only ``Content-Type``s Workspace takes, to the letter; any where empty."""
    sends_credentials: bool = True
    """False where Workspace sends no header with the request, so that a protected endpoint must be signed."""
    sends_query: bool = True
    """False where it leaves out the query items of the connection, one of which may be the key."""
    fetched: bool = True
    """False where Workspace never asks the endpoint (note, iframe)."""
    size: tuple[int, int] = (20, 12)
    """Width and height in grid cells where an app places it and nobody chose."""
    source: str = ""
    """The page that says so."""


_ROWS = (
    Kind(
        wire="table",
        shaper=bodies.table,
        aliases=("aggrid", "grid"),
        source=_DOCS + "widget-types/aggrid-table-charts",
    ),
    Kind(
        wire="chart",
        shaper=charts.chart,
        aliases=("plotly",),
        adds=("theme", "raw"),
        source=_DOCS + "widget-types/plotly-charts",
    ),
    Kind(
        wire="chart-highcharts",
        shaper=charts.highcharts,
        adds=("theme", "raw"),
        aliases=("highcharts", "chart_highcharts"),
        source=_DOCS + "widget-types/highcharts",
    ),
    Kind(
        wire="chart-vegalite",
        shaper=charts.vegalite,
        adds=("theme", "raw"),
        aliases=("vegalite", "vega-lite", "chart_vegalite"),
        source=_DOCS + "widget-types/vega-lite",
    ),
    Kind(
        wire="metric",
        shaper=bodies.metric,
        aliases=("metrics",),
        size=(8, 5),
        source=_DOCS + "widget-types/metric",
    ),
    Kind(wire="markdown", shaper=bodies.markdown, size=(20, 8), source=_DOCS + "widget-types/markdown"),
    Kind(
        wire="html",
        shaper=text.html,
        mimetype="text/html",
        adds=("theme", "raw"),
        source=_DOCS + "widget-types/html",
    ),
    Kind(
        wire="newsfeed",
        shaper=news.newsfeed,
        aliases=("news",),
        size=(20, 15),
        source=_DOCS + "widget-types/newsfeed",
    ),
    Kind(
        wire="pdf",
        shaper=files.pdf,
        content_types=("application/json", "application/pdf"),
        sends_credentials=False,
        size=(20, 20),
        source=_DOCS + "widget-types/file-viewer",
    ),
    Kind(
        wire="multi_file_viewer",
        shaper=files.files,
        content_types=("application/json",),
        aliases=("files",),
        method="POST",
        params_in=("query", "body"),
        size=(20, 20),
        source=_DOCS + "widget-types/file-viewer",
    ),
    Kind(wire="file_viewer", shaper=files.file_list, source="CLIENT components/Widgets/FileView.tsx"),
    Kind(
        wire="omni",
        shaper=omni.omni,
        encoded_body=True,
        method="POST",
        params_in=("query", "body"),
        size=(20, 15),
        source=_DOCS + "widget-types/omni",
    ),
    Kind(wire="live_grid", aliases=("live_feed",), source=_DOCS + "widget-types/live-grid"),
    Kind(
        wire="advanced_charting",
        aliases=("advanced-chart", "advanced_chart", "udf"),
        sends_query=False,
        size=(30, 20),
        source=_DOCS + "widget-types/tradingview-charts",
    ),
    Kind(
        wire="ssrm_table",
        aliases=("table_ssrm", "row_model"),
        method="POST",
        params_in=("query", "body"),
        source=_DOCS + "widget-types/ssrm_mode",
    ),
    Kind(
        wire="ssrm_advanced",
        aliases=("sql",),
        method="POST",
        params_in=("query", "body"),
        source="CLIENT lib/types/app.ts",
    ),
    Kind(
        wire="youtube",
        shaper=text.youtube,
        mimetype="text/plain",
        raw_mimetype="text/markdown",
        adds=("raw",),
        size=(20, 12),
        source=_DOCS + "widget-types/youtube",
    ),
    Kind(
        wire="iframe",
        shaper=text.html,
        mimetype="text/html",
        sends_credentials=False,
        fetched=False,
        size=(20, 15),
        source=_DOCS + "widget-types/iframe",
    ),
    Kind(
        wire="note",
        shaper=bodies.markdown,
        aliases=("rich_note",),
        fetched=False,
        size=(20, 8),
        source="CLIENT Widgets/Misc/Editing/MarkdownEditor.tsx",
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.wire: kind for kind in _ROWS})
"""Every kind by its wire type."""

_BY_NAME = {name: kind for kind in _ROWS for name in (kind.wire, *kind.aliases)}
_PLUGIN = re.compile(r"@[\w.-]+/[\w.-]+/[\w.-]+")


def kind_for(name: str) -> Kind:
    """Find a kind by its wire type, an alias, or a plugin renderer's id.

    :param name: ``"table"``, ``"plotly"``, ``"@scope/package/name"``.
    :return: The kind; a plugin renderer gets a row of its own that passes answers through.
    :raises UnknownKindError: With the nearest known names.

    Source: CLIENT lib/types/app.ts, ``WidgetVizTypes`` and ``rendererIdSchema``.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    if _PLUGIN.fullmatch(name):
        return Kind(wire=name, source="CLIENT @piiq/workspace-plugin-sdk")
    near = difflib.get_close_matches(name, _BY_NAME, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownKindError(
        f"{name!r} is not a widget type that OpenBB Workspace knows.{hint} Known: {', '.join(KINDS)}."
    )
