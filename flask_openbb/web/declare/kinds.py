"""One thin, typed decorator a widget kind."""

from __future__ import annotations

from typing import Any

from .keywords import KindDecorator
from .widgets import WidgetDeclarations


class KindDeclarations(WidgetDeclarations):
    """Decorators named after the kind of widget they make."""

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

    def _kind(self, type: str) -> KindDecorator:
        def decorator(view: Any = None, /, **options: Any) -> Any:
            decorate = self._widget(type, type, options)
            return decorate if view is None else decorate(view)

        return decorator
