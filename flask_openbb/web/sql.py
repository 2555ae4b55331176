"""The URLs of SQL widgets: the statement's own, and what Workspace's editor completes from.

A widget's URL is added to each app as a chart's is (``udf``). ``/table-schemas`` and ``/semantic-views`` are the
extension's own, so that ``hooks`` guards them as it does the manifests; they exist once a SQL widget is declared.
A database is opened at the first request for it, in the process and for the app that need it.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, current_app, got_request_exception
from werkzeug.wrappers import Response

from ..door.auth import authenticate
from ..errors import (
    AuthError,
    ConfigError,
    EncodeError,
    MissingExtraError,
    RegistrationError,
    RequestError,
    RowTimeoutError,
)
from ..manifest.registry import View
from ..rowmodel import Guard
from ..rowmodel.pools import of_this_process
from ..rowmodel.sql_caps import SqlCaps
from ..rowmodel.sql_sources import kind_of_source, open_sql
from ..shape.encode import Form
from .answers import json_response, one_line
from .assembly import routes_of
from .door import credentials
from .json_body import json_body
from .row_cells import shown
from .row_watch import watched
from .state import BLUEPRINT, current_state

logger = logging.getLogger("flask_openbb")

SCHEMAS, SEMANTIC_VIEWS = "table-schemas", "semantic-views"
_NESTED = "A value of the answer cannot be shown: it is nested too deeply, or of no type JSON has. CAST it to text."
_FAILED = "The database could not be asked; the server's log says why."


@dataclass(frozen=True, eq=False)
class SqlRoute:
    """One SQL widget to be served: by every app of an extension."""

    path: str
    """Its URL below the prefix, without slashes at its ends."""
    view: View
    source: object
    """What identifies the declaring code: a factory that runs again declares the same widget."""

    def add(self, app: Flask, prefix: str) -> None:
        """Add a SQL widget's URL to an app, and those of the editor.

        :raises RegistrationError: If another widget has it, or the app answers requests already.
        """
        endpoint = "flask_openbb_sql_" + re.sub(r"\W", "_", self.path)
        if endpoint in app.view_functions:
            raise RegistrationError(f"App {app.name!r} takes SQL at '/{self.path}' already. Choose another URL.")
        try:
            app.add_url_rule(f"{prefix}/{self.path}", endpoint, self.view, methods=["POST"])
            for path, view in ((SCHEMAS, table_schemas), (SEMANTIC_VIEWS, semantic_views)):
                own = f"{BLUEPRINT}.{path.replace('-', '_')}"
                if own not in app.view_functions:
                    app.add_url_rule(f"{prefix}/{path}", own, view, methods=["GET"])
        except AssertionError:
            raise RegistrationError(
                f"sql('/{self.path}') came after the first request to app {app.name!r}. Declare SQL widgets where the "
                "app is made, before the server starts."
            ) from None


@dataclass(eq=False)
class SqlWidget:
    """What a SQL widget was declared with; its database in each app is opened when it is first asked."""

    rule: str
    """Its URL as it was declared, by which errors name it."""
    source: Any
    caps: Mapping[str, Any]
    rules: Any
    tables: Sequence[str] | None = None
    schemas: Sequence[str] | None = None
    secrets: Mapping[str, Mapping[str, Any]] | None = field(default=None, repr=False)
    default: str | None = None
    semantic_views: Sequence[Mapping[str, str]] = ()
    form: Form = field(default_factory=Form)
    pid: int = field(default_factory=os.getpid)
    _lock: Any = field(default_factory=threading.Lock, repr=False)
    _models: WeakKeyDictionary[Flask, Any] = field(default_factory=WeakKeyDictionary, repr=False)

    def model(self) -> Any:
        """Give the widget's model in the current app.

        :raises ConfigError: If its database cannot be opened.
        """
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        found = self._models.get(app)
        if found is None:
            with self._lock:
                found = self._models.get(app)
                if found is None:
                    found = self._models[app] = self._open()
        return found

    def _open(self) -> Any:
        self._renew()
        database = open_sql(
            self.source, caps=SqlCaps(**self.caps), tables=self.tables, schemas=self.schemas, secrets=self.secrets
        )
        from ..rowmodel.sql_answer import SqlModel

        return SqlModel(database, default=self.default, rules=self.rules)

    def _renew(self) -> None:
        """In a process that forked, leave the parent's connections alone."""
        if os.getpid() == self.pid:
            return
        kind = kind_of_source(self.source)
        if kind == "duckdb":
            raise ConfigError("a DuckDB connection does not survive a fork. Give its file, which each worker opens.")
        if kind in {"engine", "flask"}:
            engine = self.source if kind == "engine" else self.source.engine
            of_this_process(engine, self.pid)


def sql_view(widget: SqlWidget) -> View:
    """A view that answers statements; what the user can mend is said as Workspace toasts it."""

    def sql() -> Response:
        try:
            body = json_body(current_state())
            model, guard = widget.model(), Guard(widget.caps["timeout"])
            with watched(guard):
                page = model.answer(body, guard=guard)
            rows = [{name: shown(value) for name, value in row.items()} for row in page["rowData"]]
            return json_response(widget.form.dumps({**page, "rowData": rows}))
        except (RequestError, RowTimeoutError) as error:
            return _toast(detail_of(error))
        except (RecursionError, EncodeError):
            return _toast(_NESTED)
        except Exception as error:
            _report(widget, error)
            return _toast(_FAILED)

    sql.openbb_sql = widget  # type: ignore[attr-defined]
    return sql


def table_schemas() -> Response:
    """``/table-schemas``: the tables of every SQL widget the caller may ask, for the editor.

    Source: CLIENT lib/utils/validateBackend.ts; its editor looks up what was typed, so that each table is there by its
    short name and by its full one.
    """
    merged: dict[str, Any] = {}
    for widget in _allowed():
        try:
            found = widget.model().database.catalog().schemas()
        except Exception as error:
            _report(widget, error)
            continue
        for name, table in found.items():
            if merged.get(name, table) == table:
                merged[name] = table
    return _listed(merged)


def semantic_views() -> Response:
    """``/semantic-views``: the views that were declared as such, by their full names, for Workspace's chat.

    Source: CLIENT components/AI/hooks/useSemanticViewSuggestions.tsx.
    """
    views = [view for widget in _allowed() for view in widget.semantic_views]
    return _listed({view["fqn"]: dict(view) for view in views})


def _listed(body: Mapping[str, Any]) -> Response:
    response = json_response(Form().dumps(body))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _allowed() -> list[SqlWidget]:
    """The SQL widgets of the app whose door the caller passes."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    state = current_state()
    found = []
    for binding in routes_of(app, state).widgets.values():
        widget = getattr(state.originals.get(binding.endpoint), "openbb_sql", None)
        if widget is None:
            continue
        if binding.policy is not None and binding.policy is not state.policy:
            try:
                authenticate(binding.policy, credentials(binding.id))
            except AuthError:
                continue
        found.append(widget)
    return found


def detail_of(error: Exception) -> str:
    """What is said of a statement that was refused."""
    text = error.detail if isinstance(error, RequestError) else str(error)
    own = text.removeprefix("query: ")
    if own is not text or isinstance(error, RowTimeoutError):
        text = own[:1].upper() + own[1:]
    return one_line(text)


def _toast(text: str) -> Response:
    response = json_response(Form().dumps({"error": text, "rowData": [], "rowCount": 0, "lastRow": 0}))
    response.headers["Cache-Control"] = "no-store"
    return response


def _report(widget: SqlWidget, error: Exception) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if isinstance(error, ConfigError | MissingExtraError):
        logger.error("sql(%r): %s", widget.rule, error)
    else:
        logger.error("sql(%r): its database failed.", widget.rule, exc_info=error)
    got_request_exception.send(app, _async_wrapper=app.ensure_sync, exception=error)
