"""The decorators: thin, typed, free of any app.

:class:`Declarations` is the half of the extension that works at import time. Every decorator returns the view as
it was; what it noted is read when a manifest is built. All faults of a declaration but an unknown keyword or kind
wait for the manifest, so that they are reported together.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, TypeVar, overload

from ..errors import RegistrationError
from ..manifest.kinds import Kind, kind_for
from ..manifest.registry import (
    Declaration,
    Registry,
    caller_location,
    label_of,
    location_of,
    source_of,
)
from ..manifest.specs import App, Grid, Group, Param, Widget
from ..shape.shaping import Shaping

if TYPE_CHECKING:
    import marshmallow
    from typing_extensions import Unpack

    from ..door.auth import Policy
    from ..shape.layout import ListMode
    from ..shape.values import Decimals
    from .cache import Cache

V = TypeVar("V", bound=Callable[..., Any])


class WidgetOptions(TypedDict, total=False):
    """The keyword arguments of every widget decorator: the wire's keys in snake_case, and a few of ours."""

    id: str
    name: str
    description: str
    endpoint: str
    category: str
    sub_category: str
    source: str | Sequence[str]
    params: Sequence[Param | Sequence[Param]] | type[marshmallow.Schema] | marshmallow.Schema
    columns: Any
    grid: tuple[int, int] | Grid
    stale_time: int
    refetch_interval: int | Literal[False] | str
    data_update_display: str
    run_button: bool
    raw: bool
    exportable: bool
    show_title: bool
    disable_retrieval_for_copilot: bool
    copilot_parse_as: str
    input_type: str
    storage: Mapping[str, Any]
    mcp_tool: Mapping[str, Any]
    schema_name: str
    search_category: str
    group_by_id: str
    ws_endpoint: str
    file_endpoint: str
    data_key: str
    ws_row_id_column: str | Sequence[str]
    default_symbol: str
    update_frequency: int
    show_all: bool
    transpose: bool
    enable_advanced: bool
    enable_formulas: bool
    formatter_fn: str
    chart_view: Mapping[str, Any]
    extra: Mapping[str, Any]
    auth: Policy
    public: bool
    shape: bool
    limit: int
    etag: bool
    cache: int | Cache
    separator: str
    lists: ListMode | Mapping[str, ListMode]
    max_depth: int
    select: Sequence[str] | Mapping[str, str]
    orient: Literal["rows", "columns"]
    record_path: str | Sequence[str]
    meta: Sequence[str | Sequence[str]]
    big_ints: bool
    decimals: Decimals


class KindDecorator(Protocol):
    """A decorator for one widget kind, with or without keyword arguments."""

    @overload
    def __call__(self, view: V, /) -> V: ...

    @overload
    def __call__(self, /, **options: Unpack[WidgetOptions]) -> Callable[[V], V]: ...


_OURS = ("params", "columns", "auth", "public", "shape", "limit", "etag", "cache")
_MADE_BY_US = {"widget", "title", "data_key", "whole", "row_schema", "declared"}
_SHAPING = {
    "separator" if field.name == "sep" else field.name: field.name
    for field in dataclasses.fields(Shaping)
    if field.init and field.name not in _MADE_BY_US
}
"""Keywords that say how answers are shaped, and the fields of Shaping they fill."""
_WIDGET_FIELDS = {field.name for field in dataclasses.fields(Widget)} - {"type", "params", "columns"}
_KEYWORDS = _WIDGET_FIELDS | set(_OURS) | set(_SHAPING)
_APP_FIELDS = {field.name for field in dataclasses.fields(App)} - {"name", "tabs", "groups"}


class Declarations:
    """What can be declared on an :class:`~flask_openbb.OpenBB` extension."""

    def __init__(self) -> None:
        self.registry = Registry()
        """What was declared so far."""

    def widget(self, *, type: str = "table", **options: Unpack[WidgetOptions]) -> Callable[[V], V]:
        """Make a view a widget of any kind.

        :param type: Wire type, such as ``"chart-highcharts"``, an alias, or a plugin renderer's id.
        :param options: See :class:`WidgetOptions`; times are in milliseconds, sizes in grid cells.
        :return: A decorator that leaves the view as it is; it works above or below the route decorator.
        :raises UnknownKindError: If Workspace knows no such type.
        :raises RegistrationError: For an unknown keyword, with the nearest known one.

        Source: OpenBB docs, widgets.json reference.

        .. versionadded:: 0.1
        """
        return self._widget("widget", type, options)

    @property
    def table(self) -> KindDecorator:
        """Make a view a table: rows, or anything that becomes rows, flattened."""
        return self._kind("table")

    @property
    def chart(self) -> KindDecorator:
        """Make a view a Plotly chart: a figure, or its ``{"data": [...], "layout": {...}}``."""
        return self._kind("chart")

    @property
    def metric(self) -> KindDecorator:
        """Make a view one or more metrics: ``{"label", "value", "delta"}``."""
        return self._kind("metric")

    @property
    def markdown(self) -> KindDecorator:
        """Make a view a Markdown widget: it returns the text."""
        return self._kind("markdown")

    def register_widget(self, config: Mapping[str, Any]) -> Callable[[V], V]:
        """Make a view a widget from its widgets.json entry, as OpenBB's docs write it.

        :param config: The entry in the wire's camelCase; only a missing name, description or endpoint is filled
            in. The id is ``widgetId``, or else ``endpoint``, as in the docs.
        :raises RegistrationError: If it is not a mapping.

        Source: OpenBB docs, data-integration and widget-types pages, ``register_widget``.

        .. versionadded:: 0.1
        """
        if not isinstance(config, Mapping):
            raise RegistrationError(
                f"register_widget() takes one widgets.json entry, a mapping, not {config!r}. "
                "Write @openbb.register_widget({...}) above the view."
            )
        wire = dict(config)
        named = wire.get("type") or wire.get("defaultViz") or "table"
        kind = kind_for(named) if isinstance(named, str) else kind_for("table")

        def decorate(view: V) -> V:
            self._declare(view, "widget", kind, {}, wire=wire, decorator="register_widget")
            return view

        return decorate

    @overload
    def options(self, view: V, /) -> V: ...

    @overload
    def options(
        self,
        /,
        *,
        id: str = ...,
        params: Any = ...,
        auth: Policy = ...,
        public: bool = ...,
        etag: bool = ...,
        cache: int | Cache = ...,
    ) -> Callable[[V], V]: ...

    def options(self, view: Any = None, /, **options: Any) -> Any:
        """Make a view an options endpoint: it returns scalars, ``(label, value)`` pairs or mappings.

        Give the view itself as ``Param(options=view)``; the manifest gets its URL.

        :raises RegistrationError: For an unknown keyword.

        Source: OpenBB docs, widget-parameters/advanced-dropdown.

        .. versionadded:: 0.1
        """
        _check_options("options", options, {"id", "params", "auth", "public", "etag", "cache"})

        def decorate(view: V) -> V:
            self._declare(view, "options", None, options)
            return view

        return decorate if view is None else decorate(view)

    def expose(self, endpoint: str, /, *, type: str = "table", **options: Unpack[WidgetOptions]) -> None:
        """Declare a widget over a view that nobody may edit.

        The widget is asked at a URL of ours, ``<prefix>/openbb/widgets/<id>``, so callers of the view's own URL
        get what they always got. The host's blueprint hooks run as they do there, and the view reads the same
        ``request.args``.

        :param endpoint: The view's Flask endpoint, such as ``"reports.pnl"``.
        :param options: As in :meth:`widget`; ``params`` declares and checks what the view reads from
            ``request.args``.

        .. versionadded:: 0.1
        """
        kind = kind_for(type)
        _check_options("expose", options, _KEYWORDS)
        if not isinstance(endpoint, str):
            raise RegistrationError(
                f"expose() takes the Flask endpoint of a view, a text such as 'reports.pnl', not {endpoint!r}. "
                "'flask routes' lists them."
            )
        self.registry.expose(
            self._declaration("widget", kind, options, target=endpoint, location=caller_location(1), label=endpoint)
        )

    def app(
        self,
        name: str,
        *,
        tabs: Mapping[str, Sequence[Any]],
        prompts: Sequence[str] = (),
        groups: Sequence[Group] = (),
        **options: Any,
    ) -> None:
        """Declare one app of apps.json: a dashboard with its widgets in place.

        :param tabs: Tab name to its widgets in reading order: views, widget ids, or
            :class:`~flask_openbb.Placement` where the place is chosen; the others are packed on the 40 columns.
        :param prompts: Questions offered to the user of OpenBB's agent.
        :param groups: Parameters that move together.
        :param options: Other fields of :class:`~flask_openbb.manifest.specs.App`.
        :raises RegistrationError: For an unknown keyword.

        Source: OpenBB docs, apps.json reference.

        .. versionadded:: 0.1
        """
        _check_options("app", options, _APP_FIELDS)
        if not isinstance(tabs, Mapping) or any(isinstance(widgets, str) for widgets in tabs.values()):
            raise RegistrationError(
                f"app({name!r}): tabs= maps each tab's name to a list of widgets, as in {{'Main': [prices]}}, "
                f"not {tabs!r}."
            )
        self.registry.add_app(
            {
                "name": name,
                "tabs": dict(tabs),
                "prompts": tuple(prompts),
                "groups": tuple(groups),
                "location": caller_location(1),
                **options,
            }
        )

    def _kind(self, type: str) -> KindDecorator:
        def decorator(view: Any = None, /, **options: Any) -> Any:
            decorate = self._widget(type, type, options)
            return decorate if view is None else decorate(view)

        return decorator

    def _widget(self, decorator: str, type: str, options: Mapping[str, Any]) -> Callable[[V], V]:
        kind = kind_for(type)
        _check_options(decorator, options, _KEYWORDS)

        def decorate(view: V) -> V:
            self._declare(view, "widget", kind, options, decorator=decorator)
            return view

        return decorate

    def _declare(
        self,
        view: Any,
        role: Literal["widget", "options"],
        kind: Kind | None,
        options: Mapping[str, Any],
        **more: Any,
    ) -> None:
        if not callable(view):
            raise RegistrationError(
                f"openbb.{more.get('decorator', role)} was put on {view!r}, which is not a view. "
                "Put it directly above 'def' or 'class'."
            )
        declaration = self._declaration(
            role,
            kind,
            options,
            location=location_of(view),
            label=label_of(view),
            source=source_of(view),
            **more,
        )
        self.registry.add(view, declaration)

    def _declaration(
        self, role: Literal["widget", "options"], kind: Kind | None, options: Mapping[str, Any], **more: Any
    ) -> Declaration:
        given = dict(options)
        ours = {key: given.pop(key) for key in _OURS if key in given}
        shaping = {field: given.pop(key) for key, field in _SHAPING.items() if key in given}
        id = given.pop("id", None)
        return Declaration(
            role=role, kind=kind, owner=self.registry.owner, id=id, fields=given, shaping=shaping, **ours, **more
        )


def _check_options(what: str, options: Mapping[str, Any], known: set[str]) -> None:
    for key in options:
        if key not in known:
            snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()
            near = [snake] if snake in known else difflib.get_close_matches(snake, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise RegistrationError(
                f"openbb.{what}() has no keyword {key!r}.{hint} A wire key this version does not know goes into "
                "extra={...}."
            )
