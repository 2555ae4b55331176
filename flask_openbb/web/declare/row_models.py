"""Row models: tables that stay in their database, of which Workspace gets one page at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from ...manifest.kinds import kind_for
from ..row_options import KEYWORDS, Opened, split
from .base import WIDGET_KEYWORDS, Declaring, check_options
from .keywords import P, RowModelOptions, V, ViewDecorator

if TYPE_CHECKING:
    from typing_extensions import Unpack


class RowModelDeclarations(Declaring):
    """Views that say which rows a table has, and leave finding them to a database."""

    @overload
    def row_model(self, view: V, /) -> V: ...

    @overload
    def row_model(self, view: Callable[P, object], /) -> Callable[P, Any]: ...

    @overload
    def row_model(self, /, **options: Unpack[RowModelOptions]) -> ViewDecorator: ...

    def row_model(self, view: Any = None, /, **options: Any) -> Any:
        """Make a POST view a table of any size: AG Grid asks for pages, sorted, filtered and grouped.

        The view returns where its rows are, narrowed by its parameters: a ``select()``, a table, a path, a frame, rows;
        or nothing, where ``source=`` says it all. A view that takes ``source`` without a default gets what it narrows.

        :param source: A SQLAlchemy table, mapped class or ``select()``, the path of a Parquet, CSV or DuckDB file, a
            DuckDB connection, a frame, or rows.
        :param key: The column or columns that tell each row from every other and are never NULL; the primary key where
            the source has one.
        :param bind: Where SQL runs: a SQLAlchemy engine, Flask-SQLAlchemy's ``db``, a URL, a DuckDB connection or its
            file, or a function that returns one. Without it the app's Flask-SQLAlchemy.
        :param table: The table's name, in place of ``source=`` beside ``bind=``, or of a DuckDB file or connection.
        :param schema: Its schema.
        :param errors: ``"toast"`` or ``"status"``; ``OPENBB_ROW_MODEL_ERRORS`` where not given, as for the next ones.
        :param timeout: Seconds a page may take.
        :param export_rows: The most rows in an export.
        :param export_timeout: Seconds an export may take, until its last row is sent.
        :param count_seconds: How long the total of a filter is believed; 0 counts each time.
        :param time_zone: What "today" is, and the zone of times that have none.
        :param first_weekday: The first day of "this week": 0 is Monday, 6 Sunday.
        :param inclusive: Whether a range includes its ends.
        :param null_label: The name of the group of NULLs.
        :param limits: What one request may ask for, a :class:`~flask_openbb.rowmodel.Limits`.
        :raises RegistrationError: For an unknown keyword.

        Source: OpenBB docs, widget-types/ssrm_mode; AG Grid docs, Server-Side Row Model.

        .. versionadded:: 0.1
        """
        check_options("row_model", options, WIDGET_KEYWORDS | KEYWORDS)
        own, others = split(options)
        kind = kind_for("ssrm_table")

        def decorate(view: Any) -> Any:
            self._declare(view, "widget", kind, others, decorator="row_model", rows=(own, Opened()))
            return view

        return decorate if view is None else decorate(view)
