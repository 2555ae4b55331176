"""Widgets and options endpoints: the decorators that take any kind, and ``expose``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, overload

from ...errors import RegistrationError
from ...manifest.kinds import kind_for
from ...manifest.registry import caller_location
from .base import WIDGET_KEYWORDS, Declaring, check_options
from .keywords import P, V, ViewDecorator, WidgetOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ...door.auth import Policy
    from ..cache import Cache


class WidgetDeclarations(Declaring):
    """Views that are widgets of any kind, or the options of a parameter."""

    def widget(self, *, type: str = "table", **options: Unpack[WidgetOptions]) -> ViewDecorator:
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

    def register_widget(self, config: Mapping[str, Any]) -> ViewDecorator:
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

        def decorate(view: Any) -> Any:
            self._declare(view, "widget", kind, {}, wire=wire, decorator="register_widget")
            return view

        return decorate

    @overload
    def options(self, view: V, /) -> V: ...

    @overload
    def options(self, view: Callable[P, object], /) -> Callable[P, Any]: ...

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
    ) -> ViewDecorator: ...

    def options(self, view: Any = None, /, **options: Any) -> Any:
        """Make a view an options endpoint: it returns scalars, ``(label, value)`` pairs or mappings.

        Give the view itself as ``Param(options=view)``; the manifest gets its URL.

        :raises RegistrationError: For an unknown keyword.

        Source: OpenBB docs, widget-parameters/advanced-dropdown.

        .. versionadded:: 0.1
        """
        check_options("options", options, {"id", "params", "auth", "public", "etag", "cache"})

        def decorate(view: Any) -> Any:
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
        check_options("expose", options, WIDGET_KEYWORDS)
        if not isinstance(endpoint, str):
            raise RegistrationError(
                f"expose() takes the Flask endpoint of a view, a text such as 'reports.pnl', not {endpoint!r}. "
                "'flask routes' lists them."
            )
        self.registry.expose(
            self._declaration("widget", kind, options, target=endpoint, location=caller_location(1), label=endpoint)
        )

    def _widget(self, decorator: str, type: str, options: Mapping[str, Any]) -> ViewDecorator:
        kind = kind_for(type)
        check_options(decorator, options, WIDGET_KEYWORDS)

        def decorate(view: Any) -> Any:
            self._declare(view, "widget", kind, options, decorator=decorator)
            return view

        return decorate
