"""A form in a real Chromium: submitted from Workspace's origin, refused readably, refreshed; from no other origin."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers import Gunicorn

from .conftest import WorkspacePage

pytestmark = pytest.mark.browser

KEY = "key-of-the-form-tests"
CLIENT = {"email": "ada@example.com", "name": "Ada", "investments": ["stocks"], "add": True}


@pytest.fixture
def server(gunicorn: Callable[..., Gunicorn], tmp_path: Path) -> Gunicorn:
    env = {"OPENBB_API_KEYS": KEY, "FORM_DB": str(tmp_path / "clients.sqlite")}
    return gunicorn("form_backend:create_app()", env=env)


def submit(page: WorkspacePage, endpoint: str, body: Any, content_type: str = "application/json") -> dict[str, Any]:
    headers = {"X-API-KEY": KEY, "Content-Type": content_type}
    return page.request(endpoint, method="POST", headers=headers, body=json.dumps(body))


def test_a_form_is_submitted_refused_and_its_table_refreshed(server: Gunicorn, workspace_page: WorkspacePage) -> None:
    widgets = workspace_page.connect(server.url, {"X-API-KEY": KEY})["widgets"]["body"]
    [form] = widgets["clients"]["params"]
    endpoint = f"{server.url}/{form['endpoint']}"
    assert workspace_page.fetch_widget("clients")["body"] == []
    refused = submit(workspace_page, endpoint, {**CLIENT, "email": "nobody", "name": "A"})
    assert refused["status"] == 400
    assert refused["body"]["message"] == "Nothing was saved, check email, name"
    assert workspace_page.fetch_widget("clients")["body"] == []
    accepted = submit(workspace_page, endpoint, CLIENT)
    assert (accepted["status"], accepted["body"]) == (200, {"message": "Ada was added."})
    assert [row["name"] for row in workspace_page.fetch_widget("clients")["body"]] == ["Ada"]


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_another_origin_submits_nothing(
    server: Gunicorn, workspace_page: WorkspacePage, evil_page: WorkspacePage, content_type: str
) -> None:
    assert "refused" in submit(evil_page, f"{server.url}/save_client", CLIENT, content_type)
    # Nor without a header that the browser would ask about first.
    bare = {"method": "POST", "headers": {"Content-Type": content_type}, "body": json.dumps(CLIENT)}
    assert "refused" in evil_page.request(f"{server.url}/save_client", **bare)
    workspace_page.connect(server.url, {"X-API-KEY": KEY})
    assert workspace_page.fetch_widget("clients")["body"] == []
