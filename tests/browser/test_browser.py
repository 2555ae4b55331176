"""A real Chromium on Workspace's origin reads every widget of the example; on any other origin it refuses to.

What a test client cannot show: that a browser sends the preflight we expect, accepts our answer to it, and
lets the page read what follows, errors included.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from servers import ROOT, Certificate, Gunicorn

from .conftest import EVIL, WORKSPACE, WorkspacePage

pytestmark = pytest.mark.browser

KEY = "key-of-the-browser-tests"
OTHER_KEY = "no-key-of-anybody"
BACKEND = "backend:create_app()"
PERMISSION_SINCE = 142
"""The first Chromium that asks its user before a public page may call this machine."""

Start = Callable[..., Gunicorn]


def start_example(gunicorn: Start, **arguments: Any) -> Gunicorn:
    options = ["--config", str(ROOT / "example_app" / "gunicorn.conf.py")]
    return gunicorn("example_app:create_app()", env={"OPENBB_API_KEYS": KEY}, options=options, **arguments)


def start_backend(gunicorn: Start) -> Gunicorn:
    return gunicorn(BACKEND, env={"OPENBB_API_KEYS": KEY})


def is_drawable(widget: dict[str, Any], outcome: dict[str, Any]) -> bool:
    """Tell whether Workspace has something to show: JSON, 200, not empty, in the form of the widget's kind."""
    if (outcome.get("status"), outcome.get("type")) != (200, "application/json"):
        return False
    body = outcome["body"]
    for key in filter(None, widget.get("data", {}).get("dataKey", "").split(".")):
        body = body[key]
    match widget.get("type", "table"):
        case "table":
            return bool(body) and all(row.keys() == body[0].keys() for row in body)
        case "markdown":
            return isinstance(body, str) and body != ""
        case "metric":
            figures = body if isinstance(body, list) else [body]
            return bool(figures) and all({"label", "value"} <= row.keys() for row in figures)
        case "chart":
            return bool(body["data"]) and isinstance(body["layout"], dict)
        case other:
            raise NotImplementedError(f"say here what a {other!r} widget must answer")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_workspace_reads_every_widget_of_the_example(
    gunicorn: Start, workspace_page: WorkspacePage, localhost_certificate: Certificate, scheme: str
) -> None:
    server = start_example(gunicorn, certificate=localhost_certificate if scheme == "https" else None)
    manifests = workspace_page.connect(f"{server.url}/", {"X-API-KEY": KEY})
    assert [outcome.get("status") for outcome in manifests.values()] == [200, 200], manifests
    widgets = manifests["widgets"]["body"]
    assert len(widgets) >= 8
    assert [app["name"] for app in manifests["apps"]["body"]] == ["Market overview"]

    outcomes = {name: workspace_page.fetch_widget(name) for name in widgets}
    failures = {name: found for name, found in outcomes.items() if not is_drawable(widgets[name], found)}
    assert failures == {}
    assert workspace_page.errors == []


def test_workspace_fills_every_choice_of_the_example(gunicorn: Start, workspace_page: WorkspacePage) -> None:
    server = start_example(gunicorn)
    widgets = workspace_page.connect(server.url, {"X-API-KEY": KEY})["widgets"]["body"]
    outcomes = [(name, outcome) for widget in widgets for name, outcome in workspace_page.fetch_options(widget).items()]
    assert outcomes, "the example shows no param whose choices an endpoint gives"
    assert [found for found in outcomes if found[1].get("status") != 200 or not found[1]["body"]] == []


def test_another_origin_reads_nothing(gunicorn: Start, workspace_page: WorkspacePage, evil_page: WorkspacePage) -> None:
    server = start_example(gunicorn)
    headers = {"X-API-KEY": KEY}
    widgets = workspace_page.connect(server.url, headers)["widgets"]["body"]
    paths = ["widgets.json", "apps.json", *(widget["endpoint"].strip("/") for widget in widgets.values())]
    urls = [f"{server.url}/{re.sub('{.*?}', 'SPX', path)}" for path in paths]

    outcomes = [evil_page.request(url, headers=headers) for url in urls]
    simple = evil_page.request(urls[0])

    refused = "TypeError: Failed to fetch"
    assert outcomes == [{"url": url, "refused": refused} for url in urls]
    assert simple == {"url": urls[0], "refused": refused}
    # The browser asked, and refused because the answer named no origin that is this page's.
    reasons = evil_page.refusals(len(urls) + 1)
    assert [text for text in reasons if "Access-Control-Allow-Origin" not in text] == []
    seen = [line for line in server.requests() if EVIL in line]
    assert [line.split()[0] for line in seen] == ["OPTIONS"] * len(urls) + ["GET"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-API-KEY": OTHER_KEY}, 403),
        ({"X-API-KEY": ""}, 401),
        ({"Authorization": f"Bearer {KEY}"}, 401),
    ],
    ids=["no key", "wrong key", "blank key", "key in the wrong place"],
)
def test_workspace_reads_why_it_was_turned_away(
    gunicorn: Start, workspace_page: WorkspacePage, headers: dict[str, str], status: int
) -> None:
    server = start_backend(gunicorn)
    for path in ("widgets.json", "apps.json", "working"):
        outcome = workspace_page.request(f"{server.url}/{path}", headers=headers)
        assert (outcome.get("status"), outcome.get("type")) == (status, "application/json"), outcome
        assert re.fullmatch(r".+", outcome["body"]["detail"])  # one line, as Workspace and Excel show it
        assert KEY not in str(outcome)
        assert OTHER_KEY not in str(outcome)


@pytest.mark.parametrize(
    ("ask", "status", "detail"),
    [
        ("GET missing", 404, r"There is no such report\."),
        ("POST working", 405, r"POST .*GET.*"),  # POST needs no consent of the preflight, as PUT does
        ("GET numbered?number=many", 422, r".*number.*"),
        ("GET broken", 500, r"(?!.*secret).+"),
    ],
    ids=["404", "405", "422", "500"],
)
def test_workspace_reads_what_went_wrong(
    gunicorn: Start, workspace_page: WorkspacePage, ask: str, status: int, detail: str
) -> None:
    server = start_backend(gunicorn)
    method, path = ask.split()
    outcome = workspace_page.request(f"{server.url}/{path}", method=method, headers={"X-API-KEY": KEY})
    assert (outcome.get("status"), outcome.get("type")) == (status, "application/json"), outcome
    assert re.fullmatch(detail, outcome["body"]["detail"])


@pytest.mark.parametrize(
    "origin",
    [
        "https://pro.openbb.co.evil.example",
        "https://pro.openbb.co-evil.example",
        "https://pro.openbb.co:8443",
    ],
)
def test_an_origin_that_looks_like_workspace_reads_nothing(
    gunicorn: Start, visit: Callable[..., WorkspacePage], origin: str
) -> None:
    server = start_backend(gunicorn)
    page = visit(origin)
    outcome = page.request(f"{server.url}/working", headers={"X-API-KEY": KEY})
    assert outcome == {"url": f"{server.url}/working", "refused": "TypeError: Failed to fetch"}
    assert "Access-Control-Allow-Origin" in page.refusals(1)[0]
    assert [line.split()[0] for line in server.requests() if origin in line] == ["OPTIONS"]


def test_chromium_asks_its_user_before_workspace_may_call_this_machine(
    gunicorn: Start, visit: Callable[..., WorkspacePage]
) -> None:
    server = start_backend(gunicorn)
    page = visit(WORKSPACE, allow_local=False)
    version = int(page.page.context.browser.version.split(".")[0])
    if version < PERMISSION_SINCE:
        pytest.skip(f"Chromium {version} does not ask yet")
    outcome = page.request(f"{server.url}/working", headers={"X-API-KEY": KEY})
    assert outcome == {"url": f"{server.url}/working", "refused": "TypeError: Failed to fetch"}
    assert "access the `loopback` address space" in page.refusals(1)[0]
    assert not [line for line in server.requests() if WORKSPACE in line]
