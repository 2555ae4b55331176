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
from typing import TYPE_CHECKING, Any, Literal, overload

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
from ..manifest.specs import App, Group, Widget
from ..shape.shaping import Shaping
from .keywords import KindDecorator, V, WidgetOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..door.auth import Policy
    from .cache import Cache

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
    def highcharts(self) -> KindDecorator:
        """Make a view a Highcharts chart: its options, or a chart of Highcharts Core."""
        return self._kind("highcharts")

    @property
    def vegalite(self) -> KindDecorator:
        """Make a view a Vega-Lite chart: a specification, or an Altair chart."""
        return self._kind("vegalite")

    @property
    def metric(self) -> KindDecorator:
        """Make a view one or more metrics: ``{"label", "value", "delta"}``."""
        return self._kind("metric")

    @property
    def markdown(self) -> KindDecorator:
        """Make a view a Markdown widget: it returns the text."""
        return self._kind("markdown")

    @property
    def html(self) -> KindDecorator:
        """Make a view a page: it returns HTML, and rows where ``raw`` is true."""
        return self._kind("html")

    @property
    def newsfeed(self) -> KindDecorator:
        """Make a view a newsfeed: articles with ``title`` and ``date``."""
        return self._kind("newsfeed")

    @property
    def youtube(self) -> KindDecorator:
        """Make a view a video: its URL, and the transcript where ``raw`` is true."""
        return self._kind("youtube")

    @property
    def iframe(self) -> KindDecorator:
        """Make a view the page in a frame: it returns or redirects to it, unless ``endpoint=`` is a whole URL."""
        return self._kind("iframe")

    @property
    def note(self) -> KindDecorator:
        """Make a view a note of the user's, which Workspace keeps: ``storage={"html": ...}`` is its first text."""
        return self._kind("note")

    @property
    def pdf(self) -> KindDecorator:
        """Make a view a PDF: bytes, a file object, a path inside ``folder=``, or a URL."""
        return self._kind("pdf")

    @property
    def files(self) -> KindDecorator:
        """Make a view of several PDFs: it takes the names selected and returns ``{name: file}``, or a list in order."""
        return self._kind("multi_file_viewer")

    @property
    def omni(self) -> KindDecorator:
        """Make a view an omni widget: it takes a ``prompt`` and returns text, rows or a figure."""
        return self._kind("omni")

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
