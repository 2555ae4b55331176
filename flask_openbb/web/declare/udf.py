"""Feeds of advanced charts: ``udf``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...manifest.kinds import kind_for
from ...manifest.registry import caller_location
from ..udf import FeedRoute, feed_view, own_view
from .base import Serving, check_options, path_of
from .keywords import ServedOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ...live.feed import Feed


class UdfOptions(ServedOptions, total=False):
    """The keyword arguments of ``udf`` beside the usual."""

    update_frequency: int


class UdfDeclarations(Serving):
    """Widgets of type ``advanced_charting``, fed from here."""

    def udf(
        self,
        rule: str,
        feed: Feed,
        *,
        name: str | None = None,
        description: str | None = None,
        default_symbol: str | None = None,
        **options: Unpack[UdfOptions],
    ) -> Callable[..., Any]:
        """Serve a feed to TradingView's chart: a widget, and all of TradingView's UDF below its URL.

        Works before ``init_app``, for every app, and after it until the first request.

        :param rule: URL of the widget below ``OPENBB_URL_PREFIX``, such as ``"/udf"``.
        :param feed: A :class:`~flask_openbb.Feed`, such as :class:`~flask_openbb.DataFrameFeed`.
        :param default_symbol: The symbol that a new chart shows; the first of the feed's ``symbols``, unless given.
        :param options: See :class:`WidgetOptions`; ``update_frequency`` is in milliseconds.
        :return: What to name the widget by in :meth:`app`.
        :raises RegistrationError: For a rule that is none, an object that is no feed, an unknown keyword, a URL
            that another feed has, or an app that answers requests already.

        Source: OpenBB docs, widget-types/tradingview-charts; TradingView's documentation, UDF.

        .. versionadded:: 0.1
        """
        from ...live.sources import methods_of  # noqa: PLC0415 - loaded when first used

        check_options("udf", options, UdfOptions.__annotations__)
        path = path_of("udf", rule, to="serve a feed at", such_as="/udf")
        takes = methods_of(feed)
        location = caller_location(1)
        fields: dict[str, Any] = {
            "name": name or _titled(path),
            "description": description or _described(feed),
            "default_symbol": default_symbol or _first_symbol(feed),
            "endpoint": path,
            "id": path.replace("/", "_"),
            **options,
        }
        declaration = self._declaration(
            "widget",
            kind_for("udf"),
            {key: value for key, value in fields.items() if value is not None},
            shape=False,
            decorator="udf",
            location=location,
            label=f"udf({rule!r})",
            source=("udf", path, location),
        )
        route = FeedRoute(path=path, view=own_view(), below=feed_view(feed, takes), source=declaration.source)
        self._serve(route)
        self.registry.add(route.view, declaration)
        return route.view


def _titled(path: str) -> str:
    return "Advanced Chart" if path == "udf" else re.sub(r"\W+|_+", " ", path).title()


def _described(feed: Any) -> str:
    """The first paragraph of a feed's docstring; of ours, what it shows."""
    cls = type(feed)
    own = cls.__module__.partition(".")[0] != __name__.partition(".")[0]
    paragraph = (inspect.getdoc(cls) or "").split("\n\n", 1)[0] if own and "__doc__" in vars(cls) else ""
    return " ".join(paragraph.split()) or "Prices as an interactive chart."


def _first_symbol(feed: Any) -> str | None:
    """The first symbol of a feed that lists them without waiting; otherwise the check of the manifest asks for one."""
    found = getattr(feed, "symbols", None)
    if callable(found):
        if inspect.iscoroutinefunction(found) or type(feed).__module__.partition(".")[0] != "flask_openbb":
            return None
        found = found()
    first = next(iter(found), None) if isinstance(found, Sequence | Mapping) and found else None
    named = first.get("name") if isinstance(first, Mapping) else getattr(first, "name", first)
    return named if isinstance(named, str) else None
