"""Widgets that take SQL: ``sql``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import ConfigError, RegistrationError
from ...manifest.kinds import kind_for
from ...manifest.registry import caller_location
from ...manifest.specs import Param
from .base import Serving, check_options, path_of
from .keywords import ServedOptions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ...rowmodel import Rules
    from ..sql import SqlWidget

ALL_TABLES = "ALL_DATABASES_ALL_SCHEMAS_ALL_TABLES"
"""The ``schemaName`` with which the editor completes every table there is.

Source: CLIENT components/ui/MonacoEditor.tsx.
"""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_VIEW = ("fqn", "viewName", "database", "schema", "baseTable", "comment")


class SqlOptions(ServedOptions, total=False):
    """The keyword arguments of ``sql``: its own, and those of widgets that it takes."""

    tables: Sequence[str]
    schemas: Sequence[str]
    default_query: str
    semantic_views: Sequence[Mapping[str, str]]
    secrets: Mapping[str, Mapping[str, Any]]
    timeout: float
    max_rows: int
    max_bytes: int | str
    memory_limit: int | str
    threads: int
    rules: Rules
    name: str
    description: str
    schema_name: str
    columns: Any
    stale_time: int
    run_button: bool
    exportable: bool
    chart_view: Mapping[str, Any]


_OWN = ("tables", "schemas", "default_query", "semantic_views", "secrets", "rules")
_CAPS = {"timeout": 30.0, "max_rows": 10_000_000, "max_bytes": "64MB", "memory_limit": "1GB", "threads": 2}


class SqlDeclarations(Serving):
    """Widgets of type ``ssrm_advanced``: their user writes SQL, and the grid sorts, filters and groups its result."""

    def sql(self, rule: str, over: Any, /, **options: Unpack[SqlOptions]) -> Callable[..., Any]:
        """Let people ask a database in SQL: one SELECT at a time, over the tables that are named, and no further.

        Works before ``init_app``, for every app, and after it until the first request.

        :param rule: URL of the widget below ``OPENBB_URL_PREFIX``, such as ``"/query"``.
        :param over: A SQLAlchemy engine or URL, a Flask-SQLAlchemy ``db``, a DuckDB connection or file, a Parquet, CSV,
            JSON or SQLite file, a glob, a folder, or a mapping of names to files and frames.
        :param options: See :class:`WidgetOptions`, and:

            - ``tables``: the tables that may be read, ``"name"`` or ``"schema.name"``; all of the source where not
              given;
            - ``schemas``: the schemas of a server whose tables may be read; its default one where not given;
            - ``default_query``: the statement that a new widget has, and that an empty one stands for;
            - ``schema_name``: what the editor completes, a key of ``/table-schemas``; all of them where not given;
            - ``semantic_views``: what ``/semantic-views`` lists, with ``fqn``, ``viewName``, ``database``, ``schema``,
              ``baseTable`` and perhaps ``comment``;
            - ``secrets``: DuckDB secrets by name, for files of an object store;
            - ``timeout``: seconds for one request; ``max_rows``: rows of a statement's whole result, more are refused;
              ``max_bytes``: text in one answer; ``memory_limit`` and ``threads``: of DuckDB;
            - ``rules``: time zone, limits and labels of the row model.

        :return: What to name the widget by in :meth:`app`.
        :raises RegistrationError: For a rule that is none, an object that is no source, an unknown keyword, a wrong
            bound, or an app that answers requests already.

        Source: CLIENT lib/types/app.ts, ``ssrm_advanced``.

        .. versionadded:: 0.1
        """
        from ..sql import SqlRoute, sql_view  # noqa: PLC0415 - loaded when first used

        check_options("sql", options, SqlOptions.__annotations__)
        path = path_of("sql", rule, to="take SQL at", such_as="/query")
        widget = _widget(rule, over, options)
        location = caller_location(1)
        declaration = self._declaration(
            "widget",
            kind_for("sql"),
            _fields(path, widget, options),
            shape=False,
            decorator="sql",
            location=location,
            label=f"sql({rule!r})",
            source=("sql", path, location),
        )
        route = SqlRoute(path=path, view=sql_view(widget), source=declaration.source)
        self._serve(route)
        self.registry.add(route.view, declaration)
        return route.view


def _widget(rule: str, over: Any, options: Mapping[str, Any]) -> SqlWidget:
    from ...rowmodel import Rules  # noqa: PLC0415 - loaded when first used
    from ...rowmodel.sql_caps import bytes_of  # noqa: PLC0415 - loaded when first used
    from ...rowmodel.sql_sources import check_sql  # noqa: PLC0415 - loaded when first used
    from ..sql import SqlWidget  # noqa: PLC0415 - loaded when first used

    given = {name: options.get(name, default) for name, default in _CAPS.items()}
    try:
        check_sql(over)
        caps = _caps(
            given["timeout"],
            given["max_rows"],
            bytes_of(given["max_bytes"]),
            bytes_of(given["memory_limit"]),
            given["threads"],
        )
    except (ConfigError, ValueError) as error:
        raise RegistrationError(f"sql({rule!r}): {error}") from None
    tables, schemas = options.get("tables"), options.get("schemas")
    for name, value in (("tables", tables), ("schemas", schemas)):
        if isinstance(value, str) or (value is not None and not value):
            raise RegistrationError(f"sql({rule!r}): {name}={value!r} is not allowed. Give a list of names.")
    return SqlWidget(
        rule,
        over,
        caps,
        options.get("rules") or Rules(),
        tables=None if tables is None else tuple(tables),
        schemas=None if schemas is None else tuple(schemas),
        secrets=options.get("secrets"),
        default=options.get("default_query") or _default(over, tables),
        semantic_views=_views(rule, options.get("semantic_views") or ()),
    )


def _fields(path: str, widget: SqlWidget, options: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of the widget's declaration."""
    query = Param(
        "query", label="SQL", description="One SELECT", type="text", language="sql", show=False, value=widget.default
    )
    return {
        "name": re.sub(r"\W+|_+", " ", path).title(),
        "description": "Ask the tables in SQL.",
        "endpoint": path,
        "id": path.replace("/", "_"),
        "schema_name": ALL_TABLES,
        **{name: value for name, value in options.items() if name not in _OWN and name not in _CAPS},
        "params": [query, *(options.get("params") or ())],
    }


def _caps(timeout: Any, max_rows: Any, max_bytes: int, memory: int, threads: Any) -> dict[str, Any]:
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < float("inf"):
        raise ConfigError(f"timeout={timeout!r} is not allowed. Give seconds, more than 0.")
    for key, value in (("max_rows", max_rows), ("threads", threads)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigError(f"{key}={value!r} is not allowed. Give a number, 1 or more.")
    return {"timeout": timeout, "max_rows": max_rows, "max_bytes": max_bytes, "memory": memory, "threads": threads}


def _default(over: Any, tables: Sequence[str] | None) -> str | None:
    """A first statement, where a table's name is known without asking the database."""
    names = tables or (list(over) if isinstance(over, Mapping) else [])
    return f"SELECT * FROM {names[0]} LIMIT 100" if names and _PLAIN.fullmatch(names[0]) else None  # noqa: S608


def _views(rule: str, views: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    for view in views:
        missing = [key for key in _VIEW[:-1] if not isinstance(view.get(key), str)]
        unknown = [key for key in view if key not in _VIEW]
        if missing or unknown:
            raise RegistrationError(
                f"sql({rule!r}): a semantic view has {', '.join(_VIEW[:-1])} and perhaps comment, each text; "
                f"{', '.join(map(repr, [*missing, *unknown]))} is wrong."
            )
    return tuple(dict(view) for view in views)
