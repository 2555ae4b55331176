"""Workspace as the tests of the example have it: a client with a key that asks for widgets by their manifest entry."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

ORIGIN = "https://pro.openbb.co"
KEY = "a-key-of-the-tests"
WITH_THEME = {"chart", "chart-highcharts", "chart-vegalite", "html", "markdown", "iframe"}
WITHOUT_HEADERS = {"pdf", "iframe"}
POSTED = {"omni", "multi_file_viewer"}


class Workspace:
    """Asks as Workspace does: defaults sent, nothing empty, placeholders filled in, the key where it sends it."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.client.environ_base.update({"HTTP_ORIGIN": ORIGIN, "HTTP_X_API_KEY": KEY})
        self._bare = app.test_client()
        self._bare.environ_base.update({"HTTP_ORIGIN": ORIGIN})
        self._widgets: dict[str, Any] | None = None

    @property
    def widgets(self) -> dict[str, Any]:
        """The manifest."""
        if self._widgets is None:
            self._widgets = self.client.get("/widgets.json").get_json()
        return self._widgets

    @property
    def apps(self) -> list[dict[str, Any]]:
        """The apps."""
        return self.client.get("/apps.json").get_json()

    def ask(self, widget_id: str, **changes: Any) -> TestResponse:
        """Ask for a widget with its initial params, and *changes* in their place."""
        widget = self.widgets[widget_id]
        params = [param for param in flat(widget.get("params", [])) if param["type"] != "form"]
        values = {param["paramName"]: param.get("value") for param in params} | changes
        values = {name: value for name, value in values.items() if value not in (None, "", [], False, 0)}
        if widget["type"] in POSTED:
            return self.client.post("/" + widget["endpoint"].strip("/"), json=values)
        if widget["type"] == "ssrm_advanced":
            page = {"startRow": 0, "endRow": 100}
            return self.client.post("/" + widget["endpoint"].strip("/"), json={**values, **page})
        query = {name: wire_value(value) for name, value in values.items()}
        if widget["type"] == "ssrm_table":
            page = {"startRow": 0, "endRow": 100}
            return self.client.post("/" + widget["endpoint"].strip("/"), query_string=query, json=page)
        endpoint = widget["endpoint"]
        for name in re.findall(r"{(\w+)}", endpoint):
            endpoint = endpoint.replace(f"{{{name}}}", query.pop(name))
        if widget["type"] in WITH_THEME:
            query.setdefault("theme", "dark")
        client = self._bare if widget["type"] in WITHOUT_HEADERS else self.client
        return client.get("/" + endpoint.strip("/"), query_string=query)

    def body(self, widget_id: str, **changes: Any) -> Any:
        """Ask for a widget, which must answer 200, and return its body."""
        answer = self.ask(widget_id, **changes)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json() if answer.mimetype == "application/json" else answer.get_data(as_text=True)


def flat(params: list[Any]) -> list[dict[str, Any]]:
    """The params of a widget, out of their rows."""
    return [param for row in params for param in (row if isinstance(row, list) else [row])]


def wire_value(value: Any) -> str:
    """A value as Workspace writes it into a query."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
