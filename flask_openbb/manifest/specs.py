"""What a user declares: frozen dataclasses for widgets, parameters, columns, apps and agents.

They hold what was written, unchecked: :mod:`.schemas` turns them into the wire's camelCase and
:mod:`.lint` says what Workspace would refuse. ``None`` means "not given" in every field.
Imports the errors and :mod:`.render`, no Flask. Built at import time by the decorators in ``web``, read while a
manifest is built.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from typing import Any

from ..errors import RegistrationError
from .render import Render, Renders, combined

Options = Sequence[Any] | Mapping[str, Any] | Callable[..., Any] | str
"""Choices of a parameter: scalars, ``(label, value)`` pairs, wire mappings, ``{label: value}``, an
``@openbb.options`` view, or the URL of an options endpoint."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The size of a widget on Workspace's 40-column grid, in cells.

    Source: OpenBB docs, widget-configuration/grid-size.
    """

    w: int = dataclasses.field(kw_only=False)
    """Width in columns; the docs promise 10 to 40, the client draws 8 and more."""
    h: int = dataclasses.field(kw_only=False)
    """Height in rows; the docs promise 4 to 100."""
    min_w: int | None = None
    min_h: int | None = None
    max_w: int | None = None
    max_h: int | None = None


@dataclass(frozen=True, kw_only=True)
class Param:
    """One input of a widget; also what ``Annotated[..., Param(...)]`` adds to an annotation.

    Source: OpenBB docs, widgets.json reference, ``params``; the client's ParamDef schemas.
    """

    name: str | None = dataclasses.field(default=None, kw_only=False)
    """``paramName``: the query key. Taken from the view's argument inside ``Annotated``."""
    type: str | None = None
    """text date ticker number boolean endpoint button tabs form; inferred where not given."""
    label: str | None = None
    description: str | None = None
    value: Any = None
    """The default, as on the wire; the view's own default where not given."""
    options: Options | None = None
    options_params: Mapping[str, Any] | None = None
    """Query items for the options endpoint; ``"$other"`` is the current value of parameter ``other``."""
    show: bool | None = None
    multi_select: bool | None = None
    multiple: bool | None = None
    """Let the user type several values (text parameters only)."""
    style: Mapping[str, Any] | None = None
    """``{"popupWidth": 100..1000}`` in pixels."""
    placeholder: str | None = None
    language: str | None = None
    """Turns a text parameter into a code editor: sql javascript python json html css markdown xml text."""
    roles: Sequence[str] | None = None
    query: str | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    endpoint: str | None = None
    """Where a ``form`` parameter posts to."""
    method: str | None = None
    input_params: Sequence[Param] | None = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Wire keys this version does not know, passed through as they are."""

    def __hash__(self) -> int:
        # Options and styles have no hash, but Optional[Annotated[str, Param(...)]] needs one.
        return hash((self.name, self.type, self.label))


_RENDERED = ("render_fn", "render_fn_params", "sparkline")

ParamRows = tuple[Param | tuple[Param, ...], ...]
"""Parameters in the order shown; a tuple inside is one row."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table, named as in AG Grid.

    Source: OpenBB docs, widgets.json reference, ``data.table.columnsDefs``.
    """

    field: str = dataclasses.field(kw_only=False)
    """The flat key of the row."""
    header_name: str | None = None
    """The heading; made from ``field`` where not given."""
    chart_data_type: str | None = None
    cell_data_type: str | None = None
    formatter_fn: str | None = None
    decimal_places: int | None = None
    render: InitVar[Renders | None] = None
    """Helpers such as ``green_red()``, one or several; they fill ``render_fn``, ``render_fn_params`` and ``sparkline``,
    which write the same by hand."""
    render_fn: str | Sequence[str] | None = None
    render_fn_params: Mapping[str, Any] | None = None
    sparkline: Mapping[str, Any] | None = None
    pinned: str | bool | None = None
    align: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    width: float | None = None
    min_width: float | None = None
    max_width: float | None = None
    hide: bool | None = None
    header_tooltip: str | None = None
    row_group: bool | None = None
    agg_func: str | None = None
    enable_cell_change_ws: bool | None = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self, render: Renders | None) -> None:
        if isinstance(self.sparkline, Render):
            raise RegistrationError(f"Column {self.field!r} has sparkline={self.sparkline.helper}. Give it as render=.")
        if render is None:
            return
        for name in _RENDERED:
            if getattr(self, name) is not None:
                raise RegistrationError(f"Column {self.field!r} has both render= and {name}=. Give one of them.")
        for name, value in combined(self.field, render).items():
            object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        # As for Param: Annotated[float, Column(...)] may be part of a Union.
        return hash((self.field, self.header_name))


@dataclass(frozen=True, kw_only=True)
class Widget:
    """One entry of widgets.json.

    Source: OpenBB docs, widgets.json reference; the client's widget schema.
    """

    id: str
    """The key in widgets.json; Workspace stores it in dashboards, so it must not change."""
    type: str = "table"
    """Wire type, e.g. ``chart-highcharts``."""
    name: str | None = None
    description: str | None = None
    endpoint: str | None = None
    category: str | None = None
    sub_category: str | None = None
    source: str | Sequence[str] | None = None
    params: ParamRows | None = None
    grid: Grid | None = None
    stale_time: int | None = None
    """Milliseconds before cached data is stale, at least 1000; Workspace's default is 300,000."""
    refetch_interval: int | bool | str | None = None
    """Milliseconds between fetches, at least 1000; False for never; or a cron expression."""
    data_update_display: str | None = None
    run_button: bool | None = None
    raw: bool | None = None
    exportable: bool | None = None
    show_title: bool | None = None
    disable_retrieval_for_copilot: bool | None = None
    copilot_parse_as: str | None = None
    input_type: str | None = None
    storage: Mapping[str, Any] | None = None
    mcp_tool: Mapping[str, Any] | None = None
    schema_name: str | None = None
    search_category: str | None = None
    group_by_id: str | None = None
    ws_endpoint: str | None = None
    file_endpoint: str | None = None
    data_key: str | None = None
    """Path to the rows inside the answer; Workspace does not unwrap without it."""
    ws_row_id_column: str | Sequence[str] | None = None
    default_symbol: str | None = None
    update_frequency: int | None = None
    columns: Sequence[Column] | None = None
    show_all: bool | None = None
    transpose: bool | None = None
    enable_advanced: bool | None = None
    enable_formulas: bool | None = None
    formatter_fn: str | None = None
    chart_view: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Wire keys this version does not know, passed through as they are."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """One widget on a tab: ``{i, x, y, w, h}`` in grid cells; :func:`~flask_openbb.place` makes one.

    What is left out is chosen while apps.json is built: the size from the widget, the place where there is room.

    Source: OpenBB docs, apps.json reference, ``layout``.
    """

    widget: Any = dataclasses.field(kw_only=False)
    """A view or a widget's id; on the wire the id."""
    x: int | None = None
    y: int | None = None
    w: int | None = None
    h: int | None = None
    params: Mapping[str, Any] | None = None
    """Values its parameters start with, by their names in the manifest; checked against the widget."""
    state: Mapping[str, Any] | None = None
    """Anything else Workspace keeps of a placed widget, as on the wire: ``chartView``, ``columnState``, ``storage``."""
    groups: Sequence[str] | None = None
    """The names of its groups, where the app's groups should not choose: ``()`` is none."""
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab of an app."""

    id: str
    name: str
    layout: Sequence[Placement] = ()
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Wire keys this version does not know."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Parameters of several widgets that move together.

    Source: OpenBB docs, apps.json reference, ``groups``; CLIENT lib/utils/app.ts, ``updateWidgetGroupValues``.
    """

    name: str = dataclasses.field(kw_only=False)
    """Workspace names its own ``Group 1``, ``Group 2`` and so on."""
    type: str | None = None
    """``param``, ``endpointParam`` (its options come from an endpoint) or ``ticker``; found where not given."""
    param_name: str | None = None
    """The parameter the widgets share."""
    widgets: Sequence[Any] | None = None
    """Its members, as views or ids: every placement of them; all that have the parameter where nothing names any."""
    widget_ids: Sequence[str] | None = None
    """As on the wire: the same, by ids."""
    default_value: Any = None
    """What it starts with; the first member's own value where not given."""
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Wire keys this version does not know."""


@dataclass(frozen=True, kw_only=True)
class McpServer:
    """An MCP server that an app offers to connect.

    Source: OpenBB docs, apps.json reference, ``mcp_servers``; CLIENT lib/types/app.ts.

    .. versionadded:: 0.1
    """

    name: str = dataclasses.field(kw_only=False)
    url: str = dataclasses.field(kw_only=False)
    """Absolute: ``https://example.com/mcp``."""
    description: str | None = None
    auth_type: str | None = None
    """``oauth`` (what Workspace takes where nothing is given) or ``token``."""
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class App:
    """One entry of apps.json.

    Source: OpenBB docs, apps.json reference.
    """

    name: str = dataclasses.field(kw_only=False)
    description: str | None = None
    tabs: Sequence[Tab] = ()
    groups: Sequence[Group] = ()
    prompts: Sequence[str] = ()
    img: Any = None
    """A URL, a data URI, or an image file: a :class:`~pathlib.Path`, or its name relative to the app's root."""
    img_dark: Any = None
    img_light: Any = None
    allow_customization: bool = True
    id: str | None = None
    template_id: str | None = None
    selected_agent: Any = None
    """The agent that is chosen when the app is opened: an ``@openbb.agent`` view, or an agent's id or name."""
    authentication: str | None = None
    mcp_servers: Sequence[McpServer | Mapping[str, Any]] | None = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Agent:
    """One entry of agents.json.

    Source: OpenBB docs, agents.json reference.
    """

    id: str
    name: str
    description: str
    query: str
    """URL of the query endpoint, absolute or relative to the base URL."""
    image: str | None = None
    features: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    models: Sequence[Mapping[str, Any]] | None = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
